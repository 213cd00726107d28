import type { CancellationToken } from '../common/cancellation.js';
import { untilCancelled } from '../common/untilCancelled.js';
import type { ValidationOptions } from '../dataset/validate/validateDataset.js';
import type { ClientScope } from './clientScope.js';

/** Looks into clips for what their documents say of them, in turn with whoever else opens clips. */
export function clipProber({ engine, id: client }: ClientScope, token: CancellationToken): NonNullable<ValidationOptions['probe']> {
  const { parts, ffmpeg, probes, probing } = engine;
  return (path) =>
    probing.run(
      { client, chat: 'validate' },
      async () => {
        const tools = await untilCancelled(ffmpeg.tools(), token);
        const { facts, index, timeBase } = await probes.get(path, () => parts.video.probe(path, tools, token));
        const { numerator, denominator } = timeBase;
        const first = index.ticks[0] ?? 0;
        return {
          sha256: facts.contentHash,
          durationSeconds: facts.durationSeconds,
          times: index.ticks.map((ticks) => ((ticks - first) * numerator) / denominator),
        };
      },
      token,
    );
}
