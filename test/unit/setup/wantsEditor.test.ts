import { expect, it } from 'vitest';
import { wantsEditor } from '../../../server/setup/browser/prepareEditorBench.mjs';

it.each([
  [[], true],
  [['editor'], true],
  [['--json'], true],
  [['--model', 'other', '--threads', '2'], true],
  [['frames', 'editor'], true],
  [['--only', 'vision,editor'], true],
  [['--only=editor'], true],
  [['frames'], false],
  [['--only', 'frames,vision'], false],
  [['--only=language', '--model', 'editor'], false],
  [['--help'], false],
])('the bench with %j prepares the editor: %s', (args, wanted) => {
  expect(wantsEditor(args)).toBe(wanted);
});
