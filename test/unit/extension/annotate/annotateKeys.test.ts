import { describe, expect, it } from 'vitest';
import { annotateKeys } from '../../../../extension/annotate/annotateKeys.js';

describe('the keys of the annotator', () => {
  it.each([
    ['in English', 'Annotator: Mark In', 'Mark In'],
    ['in another language, where the editor keeps the original beside the title', { value: '标注器：标记起点', original: 'Annotator: Mark In' }, '标记起点'],
  ])('have their titles %s', (_where, title, expected) => {
    const contributes = {
      commands: [{ command: 'videochat.annotate.markIn', title }],
      keybindings: [{ command: 'videochat.annotate.markIn', key: 'shift+[' }],
    };
    expect(annotateKeys({ contributes }, 'linux')).toContainEqual({ command: 'markIn', title: expected, key: 'Shift+[' });
  });
});
