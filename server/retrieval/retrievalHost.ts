import { existsSync } from 'node:fs';
import { builtProgram } from '../common/builtProgram.js';
import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { ChildWorker, ChildWorkerError } from '../common/childWorker.js';
import { onnxRuntimePath } from '../common/onnxRuntimePath.js';
import { untilCancelled } from '../common/untilCancelled.js';
import { contrastOf, leastOf, promptFor } from '../models/dualEncoderManifest.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import type { RgbFrame } from '../video/decodeStretches.js';
import { DualEncoderFinder, type FoundDualEncoder } from './dualEncoderFinder.js';
import type { EmbeddedQuery, Retrieval, RetrievalModel, RetrievalOpenOptions } from './retrieval.js';
import type { RetrievalRequests } from './retrievalProcessProtocol.js';
import { verifiedFiles } from './verifiedFiles.js';

export interface RetrievalHostOptions extends RetrievalOpenOptions {
  /** The built `retrievalProcess`; left out: the one beside this bundle, from TypeScript sources the one in `dist/`. */
  program?: string;
}

const openTimeoutMs = 5 * 60_000;
const embedTimeoutMs = 2 * 60_000;
/** An idle process is ended: it holds the whole model. */
const idleMs = 5 * 60_000;
const attempts = 2;
/** A question that is typed, corrected and asked again is embedded once. */
const mostRemembered = 256;
const hint = phrase`Install the model again, or remove its folder: words are searched without it.`;

/** The dual encoder in a child process of its own, which is there while it is needed, and is started again when it died. */
export class RetrievalHost implements Retrieval {
  private readonly finder: DualEncoderFinder;
  private worker: ChildWorker<RetrievalRequests> | undefined;
  private opened: { sha256: string; ready: Promise<void> } | undefined;
  private readonly texts = new Map<string, Promise<Float32Array>>();
  private idle: NodeJS.Timeout | undefined;
  private disposed = false;

  constructor(private readonly options: RetrievalHostOptions) {
    this.finder = new DualEncoderFinder(options.modelFolders);
  }

  /** The process that holds the model, while there is one. */
  get processId(): number | undefined {
    return this.worker?.processId;
  }

  async model(now = false): Promise<RetrievalModel | undefined> {
    const found = await this.finder.find(now);
    if (!found) {
      return undefined;
    }
    const { id, retrieval } = found.manifest;
    const { scale, bias } = retrieval.score;
    return { id, sha256: found.sha256, width: retrieval.width, score: { scale, ...(bias === undefined ? {} : { bias }), least: leastOf(found.manifest) } };
  }

  async embedPicture(frame: RgbFrame, token?: CancellationToken): Promise<Float32Array | undefined> {
    const found = await this.needed();
    return this.ask(found, 'embedPicture', { frame }, token);
  }

  async embedQuery(query: string, token?: CancellationToken): Promise<EmbeddedQuery> {
    const found = await this.needed();
    const texts = [promptFor(query, found.manifest), ...contrastOf(found.manifest)];
    const [vector, ...contrast] = await untilCancelled(Promise.all(texts.map((text) => this.embedText(found, text))), token);
    return { vector: vector ?? new Float32Array(0), contrast };
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    clearTimeout(this.idle);
    await this.worker?.dispose();
  }

  private async needed(): Promise<FoundDualEncoder> {
    const found = await this.finder.find();
    if (!found) {
      throw unavailable(phrase`none is installed`);
    }
    return found;
  }

  private embedText(found: FoundDualEncoder, text: string): Promise<Float32Array> {
    const key = `${found.sha256} ${text}`;
    const known = this.texts.get(key);
    // The latest is the last to be forgotten.
    this.texts.delete(key);
    const made = known ?? this.ask(found, 'embedText', { text }).then((vector) => vector ?? Promise.reject(unavailable(phrase`its process broke at a text`)));
    this.texts.set(key, made);
    if (!known) {
      made.catch(() => this.texts.delete(key));
      [...this.texts.keys()].slice(0, -mostRemembered).forEach((old) => this.texts.delete(old));
    }
    return made;
  }

  /** @returns undefined if it broke the process twice */
  private async ask<Kind extends 'embedPicture' | 'embedText'>(
    found: FoundDualEncoder,
    kind: Kind,
    params: RetrievalRequests[Kind]['params'],
    token?: CancellationToken,
  ): Promise<RetrievalRequests[Kind]['result'] | undefined> {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        const worker = await untilCancelled(this.ready(found), token);
        clearTimeout(this.idle);
        return await untilCancelled(worker.request(kind, params, embedTimeoutMs), token);
      } catch (error) {
        throwIfCancelled(token);
        if (!(error instanceof ChildWorkerError)) {
          throw error;
        }
        if (error.kind === 'refused' || this.disposed) {
          throw unavailable(error.reason);
        }
        this.options.logger.log('warn', `Retrieval (${kind}): ${String(error.reason)}.`);
      } finally {
        clearTimeout(this.idle);
        this.idle = setTimeout(() => void this.worker?.dispose(), idleMs).unref();
      }
    }
    return undefined;
  }

  /** A process in which the model is open. @throws RetrievalUnavailable, ChildWorkerError */
  private async ready(found: FoundDualEncoder): Promise<ChildWorker<RetrievalRequests>> {
    const { sha256 } = found;
    if (!this.worker?.isAlive) {
      this.worker = this.start();
      this.opened = undefined;
    }
    const { worker } = this;
    if (this.opened?.sha256 !== sha256) {
      const ready = this.openIn(worker, found);
      this.opened = { sha256, ready };
      ready.catch(() => (this.opened?.ready === ready ? (this.opened = undefined) : undefined));
    }
    await this.opened?.ready;
    return worker;
  }

  private async openIn(worker: ChildWorker<RetrievalRequests>, found: FoundDualEncoder): Promise<void> {
    const { threads, cacheFolder } = this.options;
    const files = await verifiedFiles(found, cacheFolder).catch((error: unknown) => {
      throw error instanceof VideoChatError ? new VideoChatError(ErrorCode.RetrievalUnavailable, error.phrases.message, { hint }) : error;
    });
    await worker.request('open', { manifest: found.manifest, files, threads }, openTimeoutMs);
  }

  private start(): ChildWorker<RetrievalRequests> {
    if (this.disposed) {
      throw unavailable(phrase`it was closed`);
    }
    return new ChildWorker<RetrievalRequests>({
      args: [this.program(), onnxRuntimePath()],
      logger: this.options.logger,
      name: 'retrieval',
      describe: (reason) => phrase`the process of the model for searching ${reason}`,
    });
  }

  private program(): string {
    const program = this.options.program ?? builtProgram('retrievalProcess.mjs');
    if (!existsSync(program)) {
      throw unavailable(phrase`its program ${program} is missing`);
    }
    return program;
  }
}

function unavailable(reason: string | Phrase): VideoChatError {
  return new VideoChatError(ErrorCode.RetrievalUnavailable, phrase`The model that finds pictures by words cannot be used: ${reason}.`, {
    hint,
  });
}
