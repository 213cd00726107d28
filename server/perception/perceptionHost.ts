import { existsSync } from 'node:fs';
import { builtProgram } from '../common/builtProgram.js';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { ChildWorker, ChildWorkerError } from '../common/childWorker.js';
import type { Logger } from '../common/logger.js';
import { onnxRuntimePath } from '../common/onnxRuntimePath.js';
import { reasonOf } from '../common/phraseError.js';
import { untilCancelled } from '../common/untilCancelled.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { VoiceState } from './detectors/sileroVad.js';
import { findPerceptionModels, type PerceptionModel } from './models/findPerceptionModels.js';
import { verifyPerceptionModel } from './models/verifyPerceptionModel.js';
import type { FrameSights, SightKind } from './observations.js';
import { type HeardWords, longestHeard, type Perception, type PerceptionKind, type PerceptionModelFacts, type ProcessMemory, type RgbFrame, type VoiceListener, voiceSampleRate } from './perception.js';
import type { PerceptionRequests } from './perceptionProcessProtocol.js';

export interface PerceptionHostOptions {
  /** Besides those that come with the program. */
  modelFolders: readonly string[];
  /** Where hashes of files are remembered; left out: in this process only. */
  cacheFolder?: string;
  /** CPU threads; 0 = ONNX Runtime chooses. */
  threads: number;
  logger: Logger;
  /** The built `perceptionProcess`; left out: the one beside this bundle, from TypeScript sources the one in `dist/`. */
  program?: string;
}

const openTimeoutMs = 2 * 60_000;
const lookTimeoutMs = 2 * 60_000;
const hearTimeoutMs = { base: 60_000, perSample: 1 / 16 };
/** A piece of half a minute takes a large model minutes. */
const transcribeTimeoutMs = 30 * 60_000;
/** How long a cancelled request may go on before its process is ended. */
const cancelGraceMs = 2_000;
/** An idle process is ended: its models need some 200 MB. */
const idleMs = 2 * 60_000;
const attempts = 2;
/** So many frames in succession that break the process: then it is not the frames. */
const brokenFrames = 3;
/** More samples are heard in pieces, so that one request is short: a minute. */
const samplesPerRequest = 60 * 16_000;

/**
 * The perception models in a child process of their own. It is started when it is needed, opens a model when its kind is
 * first asked for, and is started again when it died: a crash costs no more than the frame that caused it twice.
 */
export class PerceptionHost implements Perception {
  private worker?: ChildWorker<PerceptionRequests>;
  private readonly open = new Set<PerceptionKind>();
  private queue: Promise<unknown> = Promise.resolve();
  private brokenInSuccession = 0;
  private lastMemory?: ProcessMemory;
  private idle?: NodeJS.Timeout;
  private disposed = false;

  private constructor(
    private readonly options: PerceptionHostOptions,
    private readonly found: readonly PerceptionModel[],
  ) {}

  /** Looks which models there are; nothing is opened. */
  static async open(options: PerceptionHostOptions): Promise<PerceptionHost> {
    return new PerceptionHost(options, await findPerceptionModels(options.modelFolders, options.logger));
  }

  /** The process that holds the models, while there is one. */
  get processId(): number | undefined {
    return this.worker?.processId;
  }

  memory(): ProcessMemory | undefined {
    return this.processId === undefined ? undefined : this.lastMemory;
  }

  models(): PerceptionModelFacts[] {
    return this.found.map(({ manifest: { id, name, kind }, sha256 }) => ({ id, name, kinds: [kind], sha256 }));
  }

  isAvailable(kind: PerceptionKind): boolean {
    return this.found.some(({ manifest }) => manifest.kind === kind) && (kind !== 'poses' || this.isAvailable('objects'));
  }

  look(frame: RgbFrame, kinds: readonly SightKind[], token?: CancellationToken): Promise<FrameSights> {
    const { width, height, data } = frame;
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0 && data.length === width * height * 3)) {
      return Promise.reject(new VideoChatError(ErrorCode.InvalidParams, phrase`This is no picture of ${width}×${height} pixels (${data.length} bytes).`));
    }
    const needed: PerceptionKind[] = kinds.includes('poses') ? [...new Set<SightKind>([...kinds, 'objects'])] : [...kinds];
    return this.inOrder(token, async () => {
      const sights = await this.ask(needed, 'look', { frame, kinds }, lookTimeoutMs, token);
      this.brokenInSuccession = sights ? 0 : this.brokenInSuccession + 1;
      if (this.brokenInSuccession >= brokenFrames) {
        throw unusable(phrase`its process broke at ${brokenFrames} frames in succession`);
      }
      return sights ?? {};
    });
  }

  listen(): VoiceListener {
    let state: VoiceState | undefined;
    return {
      hear: (samples, token) =>
        this.inOrder(token, async () => {
          const parts: Float32Array[] = [];
          for (let from = 0; from < samples.length; from += samplesPerRequest) {
            throwIfCancelled(token);
            const part = samples.slice(from, from + samplesPerRequest);
            const heard = await this.ask(['voice'], 'hear', { samples: part, state }, hearTimeoutMs.base + part.length * hearTimeoutMs.perSample, token);
            if (!heard) {
              throw unusable(phrase`its process broke at the sound of this clip`);
            }
            state = heard.state;
            parts.push(heard.voice);
          }
          return joined(parts);
        }),
    };
  }

  transcribe(samples: Float32Array, language?: string, token?: CancellationToken): Promise<HeardWords> {
    const most = longestHeard * voiceSampleRate;
    return this.inOrder(token, async () => {
      const stopping = token?.onCancellationRequested(() => void this.worker?.request('stop', {}, transcribeTimeoutMs).catch(() => undefined));
      try {
        const params = { samples: samples.slice(0, most), ...(language === undefined ? {} : { language }) };
        const heard = await this.ask(['transcription'], 'transcribe', params, transcribeTimeoutMs, token);
        return heard ?? { lines: [], heardSeconds: samples.length / voiceSampleRate };
      } finally {
        stopping?.dispose();
      }
    });
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    clearTimeout(this.idle);
    await this.worker?.dispose();
  }

  /** Work that waits for what was asked before; who cancels stops waiting at once. */
  private inOrder<T>(token: CancellationToken | undefined, work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(async () => {
      throwIfCancelled(token);
      clearTimeout(this.idle);
      let timer: NodeJS.Timeout | undefined;
      const subscription = token?.onCancellationRequested(() => {
        timer = setTimeout(() => this.worker?.kill(phrase`was cancelled`), cancelGraceMs);
      });
      try {
        return await work();
      } finally {
        clearTimeout(timer);
        subscription?.dispose();
        this.idle = setTimeout(() => void this.worker?.dispose(), idleMs).unref();
      }
    });
    this.queue = result.catch(() => undefined);
    return untilCancelled(result, token);
  }

  /**
   * One request, asked again in a new process if it broke the first.
   *
   * @returns `undefined` if it broke both
   */
  private async ask<Kind extends 'look' | 'hear' | 'transcribe'>(
    kinds: readonly PerceptionKind[],
    kind: Kind,
    params: PerceptionRequests[Kind]['params'],
    timeoutMs: number,
    token?: CancellationToken,
  ): Promise<PerceptionRequests[Kind]['result'] | undefined> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const worker = await this.ready(kinds, token);
      try {
        const result = await worker.request(kind, params, timeoutMs);
        worker.request('memory', {}, openTimeoutMs).then((memory) => (this.lastMemory = memory), () => undefined);
        return result;
      } catch (error) {
        this.checkFailure(error, token);
        this.options.logger.log(attempt < attempts ? 'warn' : 'error', `Perception (${kind} ${kinds.join()}): ${reasonOf(error)}.`);
      }
    }
    return undefined;
  }

  /** A process in which the models of these kinds are open. */
  private async ready(kinds: readonly PerceptionKind[], token?: CancellationToken): Promise<ChildWorker<PerceptionRequests>> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.opened(kinds, token);
      } catch (error) {
        this.checkFailure(error, token);
        if (attempt === attempts) {
          throw unusable(reasonOf(error));
        }
      }
    }
  }

  private async opened(kinds: readonly PerceptionKind[], token?: CancellationToken): Promise<ChildWorker<PerceptionRequests>> {
    const { logger, threads, cacheFolder } = this.options;
    if (this.disposed) {
      throw unusable(phrase`they were closed`);
    }
    if (!this.worker?.isAlive) {
      this.open.clear();
      this.worker = new ChildWorker<PerceptionRequests>({
        args: [this.program(), onnxRuntimePath()],
        logger,
        name: 'perception',
        describe: (reason) => phrase`the process of the perception models ${reason}`,
      });
    }
    for (const kind of kinds.filter((each) => !this.open.has(each))) {
      const model = this.found.find(({ manifest }) => manifest.kind === kind);
      if (!model) {
        throw new VideoChatError(ErrorCode.PerceptionUnavailable, 'No perception model for this is installed.', {
          hint: 'Install VideoChat again, or put the models into one of its model folders.',
          subject: kind,
        });
      }
      await verifyPerceptionModel(model, cacheFolder, token);
      await this.worker.request('open', { manifest: model.manifest, files: model.paths, threads }, openTimeoutMs);
      this.open.add(kind);
    }
    return this.worker;
  }

  private program(): string {
    const program = this.options.program ?? builtProgram('perceptionProcess.mjs');
    if (!existsSync(program)) {
      throw unusable(phrase`its program ${program} is missing`);
    }
    return program;
  }

  /** Throws what is no accident of the process. */
  private checkFailure(error: unknown, token?: CancellationToken): void {
    throwIfCancelled(token);
    if (!(error instanceof ChildWorkerError)) {
      throw error;
    }
    if (error.kind === 'refused' || this.disposed) {
      throw unusable(error.reason);
    }
  }
}

function unusable(reason: ReturnType<typeof reasonOf>): VideoChatError {
  return new VideoChatError(ErrorCode.PerceptionUnavailable, phrase`The perception models cannot be used: ${reason}.`, {
    hint: 'Install VideoChat again; its log says more.',
  });
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
