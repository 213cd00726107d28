import type { BenchResult } from '../../../server/bench/benchResult.js';
import { median } from '../../../server/bench/measure.js';
import { clipName, ProbedEditor } from './probedEditor.js';

const windows = 3;
const openings = 4;

interface Opening {
  typable: number;
  playable: number;
}

/** From the command to a page that takes a question, and to the clip's picture in it. */
export async function benchPanel(extension: string): Promise<BenchResult> {
  const first: Opening[] = [];
  const later: Opening[] = [];
  const empty: number[] = [];
  const editor = await ProbedEditor.open(extension);
  try {
    for (let window = 0; window < windows; window++) {
      if (window > 0) {
        await editor.load(extension);
      }
      // The first webview of a window pays for the editor's own machinery, whoever opens it.
      await editor.ask('emptyPanel');
      first.push(await open(editor));
      for (let opening = 0; opening < openings; opening++) {
        later.push(await open(editor));
        empty.push((await editor.ask('emptyPanel')).milliseconds);
      }
      await editor.ask('end');
    }
  } finally {
    await editor.close();
  }
  const middle = (of: Opening[], pick: keyof Opening): number => median(of.map((opening) => opening[pick]));
  const usual = middle(later, 'typable');
  return {
    name: 'command to a panel that takes a question, against an empty webview of the editor',
    ratio: median(empty) / usual,
    numbers: [
      { label: 'panel', value: usual, unit: 'ms' },
      { label: 'empty webview', value: median(empty), unit: 'ms' },
      { label: "with the clip's picture", value: middle(later, 'playable'), unit: 'ms' },
      { label: 'first panel of a window', value: middle(first, 'typable'), unit: 'ms' },
      { label: 'with the server started and the picture', value: middle(first, 'playable'), unit: 'ms' },
    ],
  };
}

async function open(editor: ProbedEditor): Promise<Opening> {
  const { at } = await editor.ask('chatWith', clipName);
  const typable = (await editor.panel.typable()) - at;
  const playable = (await editor.panel.playable()) - at;
  await editor.ask('closePanels');
  return { typable, playable };
}
