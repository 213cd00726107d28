import type { Logger } from '../common/logger.js';
import { reasonOf } from '../common/phraseError.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { probeGraph } from './probeGraph.js';
import { type OtherRuntime, SessionHost } from './sessionHost.js';

/** What may run the vision encoder. */
export const executionProviders = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;
export type ExecutionProvider = (typeof executionProviders)[number];

export interface ProviderVerdict {
  works: boolean;
  /** Time of the probe's work ÷ that of the CPU: far above 1 for a GPU that is emulated in software. */
  slowdown: number;
  reason?: string | Phrase;
  /** What the reason came as. */
  error?: unknown;
}

/** What `auto` tries, best first, by platform; the CPU comes last. */
const preference: Partial<Record<NodeJS.Platform, ExecutionProvider[]>> = {
  linux: ['cuda', 'webgpu'],
  win32: ['cuda', 'dml', 'webgpu'],
  darwin: ['webgpu', 'coreml'],
};
/** Small enough for an emulated GPU; the real ones lose to a many-core CPU here, hence the factor. */
const probeSide = 384;
const slowdownLimit = 4;
/** A first run this long is no shader compilation. */
const emulatedMs = 2_000;
const probeTolerance = 5e-3;
const probeTimeoutMs = 90_000;
const verdicts = new Map<string, Promise<ProviderVerdict>>();

/**
 * Providers worth trying for a setting, best first: those of `auto` that pass a probe and are no emulation,
 * then the CPU; or the one that was asked for.
 *
 * @param requested `auto` or an {@link ExecutionProvider}
 * @param cudaRuntime that of a GPU pack
 * @throws ProviderUnavailable if a provider was asked for that does not pass its probe
 */
export async function usableProviders(requested: string, logger: Logger, cudaRuntime?: OtherRuntime): Promise<ExecutionProvider[]> {
  if (requested === 'auto') {
    const usable: ExecutionProvider[] = [];
    for (const provider of preference[process.platform] ?? []) {
      const verdict = await probeProvider(provider, logger, provider === 'cuda' ? cudaRuntime : undefined);
      if (verdict.works && verdict.slowdown < slowdownLimit) {
        usable.push(provider);
        break;
      }
    }
    return [...usable, 'cpu'];
  }
  const provider = executionProviders.find((name) => name === requested);
  if (!provider) {
    throw unavailable(requested, phrase`it is not one of auto, ${executionProviders.join(', ')}`);
  }
  if (provider !== 'cpu') {
    const { works, reason } = await probeProvider(provider, logger, provider === 'cuda' ? cudaRuntime : undefined);
    if (!works) {
      throw unavailable(provider, reason ?? phrase`its probe failed`);
    }
  }
  return [provider];
}

/**
 * Runs a small graph on a provider, in a throw-away child process, and compares with the CPU there: a
 * provider may crash the process, hang, or calculate wrongly. The verdict holds for this process.
 */
export function probeProvider(provider: ExecutionProvider, logger: Logger, runtime?: OtherRuntime): Promise<ProviderVerdict> {
  const key = `${provider} ${runtime?.path ?? ''}`;
  let verdict = verdicts.get(key);
  if (!verdict) {
    verdict = tryProvider(provider, logger, runtime).then((found) => {
      const text = found.works
        ? `works, ${found.slowdown.toFixed(2)} × the CPU's time`
        : `cannot be used: ${found.reason}`;
      logger.log('info', `Execution provider ${provider} ${text}`);
      return found;
    });
    verdicts.set(key, verdict);
  }
  return verdict;
}

export function unavailable(provider: string, reason: string | Phrase): VideoChatError {
  return new VideoChatError(
    ErrorCode.ProviderUnavailable,
    phrase`The execution provider "${provider}" cannot be used here: ${tidyReason(reason)}.`,
    { hint: 'Set the execution provider to "auto" or "cpu".', subject: provider },
  );
}

/** ONNX Runtime's messages begin with the place in its sources and may end with a newline. */
function tidyReason(reason: string | Phrase): string | Phrase {
  if (typeof reason !== 'string') {
    return reason;
  }
  const text = reason.replace(/^\/\S+ .* was false\.\s*/s, '').replace(/\s+/g, ' ');
  return text.replace(/[.\s]+$/, '');
}

/** The same as {@link probeProvider}, and nothing is remembered. */
export async function tryProvider(provider: ExecutionProvider, logger: Logger, runtime?: OtherRuntime): Promise<ProviderVerdict> {
  const deadline = Date.now() + probeTimeoutMs;
  const host = new SessionHost(logger, runtime);
  try {
    const expected = await measure(host, 'cpu', deadline);
    const actual = await measure(host, provider, deadline);
    const wrong = expected.data.some((value, i) => !(Math.abs(value - (actual.data[i] ?? NaN)) <= probeTolerance));
    if (wrong) {
      return { works: false, slowdown: Infinity, reason: phrase`it calculates wrongly` };
    }
    return { works: true, slowdown: actual.milliseconds / expected.milliseconds };
  } catch (error) {
    return { works: false, slowdown: Infinity, reason: tidyReason(reasonOf(error)), error };
  } finally {
    await host.dispose();
  }
}

/** Output of the probe's graph, and the time of its second run, since the first compiles. */
async function measure(
  host: SessionHost,
  provider: ExecutionProvider,
  deadline: number,
): Promise<{ data: Float32Array; milliseconds: number }> {
  const left = (): number => Math.max(1, deadline - Date.now());
  const data = Float32Array.from({ length: probeSide * probeSide }, (_, i) => Math.sin(i * i) / Math.sqrt(probeSide));
  await host.request('load', { model: Buffer.from(probeGraph, 'base64'), provider, threads: 0 }, left());
  const run = { input: 'x', data, dims: [probeSide, probeSide], output: 'y' };
  let result = await host.request('run', run, left());
  if (result.milliseconds < emulatedMs) {
    result = await host.request('run', run, left());
  }
  return { data: result.data as Float32Array, milliseconds: result.milliseconds };
}
