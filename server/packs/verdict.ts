import { ChildWorkerError } from '../common/childWorker.js';
import { reasonOf } from '../common/phraseError.js';
import { cudaCodes, type CudaFacts } from '../language/cudaCheck.js';
import { ChildFailure } from '../language/runInChild.js';
import { type PackReason, type Phrase, phrase } from '../protocol/index.js';

/** What a test has shown, before it is said to anybody. */
export interface Finding {
  reason?: PackReason;
  library?: string;
  /** In the words of a program. */
  detail?: string;
}

/** Of a pack that works. */
export const works: Finding = {};

/** What the driver's answers mean; undefined where nothing speaks against it. */
export function judgeDriver({ driverError, init, version, devices }: CudaFacts, leastVersion: number): Finding | undefined {
  if (driverError !== undefined) {
    return { reason: 'noDriver', detail: driverError };
  }
  if (init === cudaCodes.insufficientDriver || init === cudaCodes.driverMismatch || (version !== undefined && version < leastVersion)) {
    return { reason: 'driverTooOld', detail: `CUDA ${cudaVersion(version ?? 0)}` };
  }
  if (init === cudaCodes.noDevice || (init === 0 && devices === 0)) {
    return { reason: 'noDevice' };
  }
  if (init !== 0) {
    return init === cudaCodes.outOfMemory ? { reason: 'outOfMemory' } : { reason: 'failed', detail: `cuInit ${init}` };
  }
  return undefined;
}

/** What the first of the backends is built for. The next one is for the version before. */
const newestCuda = 13_000;

/** Any backend that can be loaded will do; what the one for this driver lacks is told. */
export function judgeBackends({ backends, version = newestCuda }: CudaFacts): Finding | undefined {
  const fitting = backends.at(version >= newestCuda ? 0 : -1);
  return fitting?.error === undefined || backends.some(({ error }) => error === undefined) ? undefined : judgeText(fitting.error);
}

/** What an error of a test means. */
export function judgeError(error: unknown): Finding {
  const detail = String(reasonOf(error)).slice(0, 500);
  const text = judgeText(detail);
  if (error instanceof ChildFailure && text.reason === 'failed') {
    return { reason: error.kind === 'timedOut' ? 'timedOut' : 'crashed', detail };
  }
  if (error instanceof ChildWorkerError && error.kind === 'died' && text.reason === 'failed') {
    return { reason: /gave no answer/.test(detail) ? 'timedOut' : 'crashed', detail };
  }
  return text;
}

/** What the words of the system, CUDA or ONNX Runtime mean. */
export function judgeText(text: string): Finding {
  const detail = text.replace(/\s+/g, ' ').trim().slice(0, 500);
  const library = /(lib[\w+-]+\.so(?:\.\d+)*|[\w-]+\.dll): cannot open shared object/.exec(text)?.[1] ?? /depends on "?([\w.-]+\.(?:so[.\d]*|dll))"? which is missing/i.exec(text)?.[1];
  if (library !== undefined || /cannot open shared object|error 126\b|specified module could not be found/i.test(text)) {
    return { reason: 'libraryMissing', ...(library === undefined ? {} : { library }), detail };
  }
  if (/out of memory|cudaErrorMemoryAllocation|failed to allocate|BFCArena/i.test(text)) {
    return { reason: 'outOfMemory', detail };
  }
  if (/driver version is insufficient|cudaErrorInsufficientDriver|unsupported toolchain/i.test(text)) {
    return { reason: 'driverTooOld', detail };
  }
  if (/no CUDA-capable device|cudaErrorNoDevice|finds no GPU/i.test(text)) {
    return { reason: 'noDevice', detail };
  }
  return /calculates wrongly|first computation fails/.test(text) ? { reason: 'wrongResult', detail } : { reason: 'failed', detail };
}

/** A sentence for a finding, and what can be done. */
export function sayFinding({ reason, library, detail = '' }: Finding): { message: Phrase; hint?: Phrase } {
  switch (reason) {
    case undefined:
      return { message: phrase`The pack works.` };
    case 'noDriver':
      return { message: phrase`There is no NVIDIA driver.`, hint: phrase`Install NVIDIA's driver for the card, then test the pack again. In a container, the card must be passed through.` };
    case 'driverTooOld':
      return { message: phrase`NVIDIA's driver is too old for the pack (${detail}).`, hint: phrase`Update NVIDIA's driver, then test the pack again.` };
    case 'noDevice':
      return { message: phrase`NVIDIA's driver shows no card.`, hint: phrase`Look at what nvidia-smi says; CUDA_VISIBLE_DEVICES may hide the card.` };
    case 'libraryMissing':
      return {
        message: library === undefined ? phrase`A library that the pack needs is missing: ${detail}` : phrase`The library ${library} is missing, which the pack needs.`,
        hint: phrase`Install NVIDIA's CUDA runtime (for vision encoders cuDNN too), or set LD_LIBRARY_PATH to where it is, then test the pack again.`,
      };
    case 'outOfMemory':
      return { message: phrase`The card's memory is taken by other programs.`, hint: phrase`End programs that use the card, then test the pack again.` };
    case 'crashed':
      return { message: phrase`The pack's test ended unexpectedly: ${detail}`, hint: phrase`Update NVIDIA's driver, then test the pack again.` };
    case 'timedOut':
      return { message: phrase`The pack's test gave no answer in time.`, hint: phrase`The first use of a card may take minutes: test the pack again.` };
    case 'wrongResult':
      return { message: phrase`The card calculates otherwise than the processor.`, hint: phrase`Update NVIDIA's driver, then test the pack again.` };
    case 'changed':
      return { message: phrase`A file of the pack is not the one that was installed: ${detail}.`, hint: phrase`Fetch the pack again.` };
    case 'failed':
      return { message: phrase`The pack does not work here: ${detail}` };
  }
}

/** 13000 → `13.0` */
function cudaVersion(code: number): string {
  return `${Math.floor(code / 1000)}.${Math.floor((code % 1000) / 10)}`;
}
