import type { BenchResult } from '../../../server/bench/benchResult.js';
import { median } from '../../../server/bench/measure.js';
import type { Activation } from '../probe/probeApi.js';
import { ProbedEditor } from './probedEditor.js';

const starts = 7;
/** What the extension may take at most, in milliseconds. */
const bound = 30;

/** The extension's start, in as many extension hosts, by VS Code's own clock. */
export async function benchActivation(extension: string): Promise<BenchResult> {
  const editor = await ProbedEditor.open(extension);
  const found: Activation[] = [];
  try {
    for (let start = 0; start < starts; start++) {
      if (start > 0) {
        await editor.load(extension);
      }
      found.push(await editor.ask('activate'));
      await editor.ask('end');
    }
  } finally {
    await editor.close();
  }
  const of = (pick: (activation: Activation) => number): number[] => found.map(pick);
  const calls = of(({ call }) => call);
  return {
    name: `activate() in ${starts} extension hosts, against the ${bound} ms it may take`,
    ratio: bound / Math.max(1, median(calls)),
    numbers: [
      { label: 'activate()', value: median(calls), unit: 'ms' },
      { label: 'slowest', value: Math.max(...calls), unit: 'ms' },
      { label: 'before it, loading the bundle', value: median(of(({ load }) => load)), unit: 'ms' },
      { label: 'the whole first command', value: median(of(({ awaited }) => awaited)), unit: 'ms' },
    ],
  };
}
