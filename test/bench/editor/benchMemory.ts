import type { BenchResult } from '../../../server/bench/benchResult.js';
import type { HostMemory } from '../probe/probeApi.js';
import { clipName, ProbedEditor } from './probedEditor.js';

const warmUp = 10;
const conversations = 100;
const mebi = 1 << 20;

/** The extension host after so many conversations: each in a panel of its own, with a question, closed again. */
export async function benchMemory(extension: string): Promise<BenchResult> {
  const editor = await ProbedEditor.open(extension);
  try {
    const converse = async (times: number): Promise<HostMemory> => {
      for (let time = 0; time < times; time++) {
        await editor.ask('chatWith', clipName);
        await editor.panel.typable();
        await editor.panel.ask('What color is it?');
        await editor.ask('closePanels');
      }
      return editor.ask('memory');
    };
    const before = await converse(warmUp);
    const half = await converse(conversations / 2);
    const after = await converse(conversations / 2);
    return {
      name: `memory of the extension host before ${conversations} conversations, against after them (1×: nothing stays)`,
      ratio: before.heapBytes / after.heapBytes,
      numbers: [
        { label: 'heap before', value: before.heapBytes / mebi, unit: 'MiB' },
        { label: `after ${conversations / 2}`, value: half.heapBytes / mebi, unit: 'MiB' },
        { label: `after ${conversations}`, value: after.heapBytes / mebi, unit: 'MiB' },
        { label: 'for each', value: (after.heapBytes - before.heapBytes) / conversations / 1024, unit: 'KiB' },
        { label: 'resident before', value: before.residentBytes / mebi, unit: 'MiB' },
        { label: 'after', value: after.residentBytes / mebi, unit: 'MiB' },
      ],
    };
  } finally {
    await editor.close();
  }
}
