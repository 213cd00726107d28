import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CancellationToken } from '../../common/cancellation.js';
import type { Disposable } from '../../common/dispose.js';
import { withinTime } from '../../common/withinTime.js';
import { ErrorCode, VideoChatError } from '../../protocol/index.js';
import type { DatasetFolder } from '../datasetFolder.js';
import { DatasetIndex, type IndexSummary } from './datasetIndex.js';
import type { IndexCall, IndexReply } from './datasetWorker.js';

/** An index, wherever it runs. */
export type ClipIndex = Pick<DatasetIndex, 'recall' | 'update' | 'changed' | 'list' | 'folder' | 'review'> & Disposable;

/** The built worker beside the bundle. Run from TypeScript sources there is none. */
const workerPath = fileURLToPath(new URL('./datasetWorker.mjs', import.meta.url));
/** How long a thread may take to write its index at the end, in milliseconds. */
const endMs = 3000;

/**
 * An index on a thread of its own: however large the dataset and however slow its disk, other requests are answered.
 *
 * @param differs told after an update that found something else than was answered meanwhile
 */
export function startIndex(dataset: DatasetFolder, cacheFolder: string, differs: (summary: IndexSummary) => void): ClipIndex {
  return existsSync(workerPath) ? new IndexThread(cacheFolder, differs) : new DatasetIndex(dataset, cacheFolder, differs);
}

interface Waiting {
  resolve(result: never): void;
  reject(error: unknown): void;
  report?: (clips: number) => void;
}

class IndexThread implements ClipIndex {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private nextId = 0;
  private end: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly cacheFolder: string,
    private readonly differs: (summary: IndexSummary) => void,
  ) {
    // What a thread prints would be this process's output, which may be the protocol.
    this.worker = new Worker(workerPath, { stdout: true, stderr: true });
    this.worker.unref();
    this.worker.on('message', (message: IndexReply) => this.receive(message));
    this.worker.on('error', (error) => this.fail(error instanceof Error ? error : new Error(String(error))));
    this.worker.on('exit', (code) => this.fail(new Error(`The thread of the dataset's index ended with code ${code}.`)));
  }

  recall({ path, manifest }: DatasetFolder): ReturnType<DatasetIndex['recall']> {
    return this.call({ id: this.nextId++, method: 'recall', path, manifest, cacheFolder: this.cacheFolder });
  }

  update({ path, manifest }: DatasetFolder, report: (clips: number) => void, token?: CancellationToken): ReturnType<DatasetIndex['update']> {
    const id = this.nextId++;
    const subscription = token?.onCancellationRequested(() => this.post({ method: 'cancel', id }));
    const answer = this.call<Awaited<ReturnType<DatasetIndex['update']>>>({ id, method: 'update', path, manifest, cacheFolder: this.cacheFolder }, report);
    if (token?.isCancellationRequested) {
      this.post({ method: 'cancel', id });
    }
    return answer.finally(() => subscription?.dispose());
  }

  changed(paths: readonly string[]): void {
    this.post({ method: 'changed', paths });
  }

  list(params: Parameters<DatasetIndex['list']>[0]): ReturnType<DatasetIndex['list']> {
    return this.call({ id: this.nextId++, method: 'list', params });
  }

  folder(params: Parameters<DatasetIndex['folder']>[0]): ReturnType<DatasetIndex['folder']> {
    return this.call({ id: this.nextId++, method: 'folder', params });
  }

  review(params: Parameters<DatasetIndex['review']>[0]): ReturnType<DatasetIndex['review']> {
    return this.call({ id: this.nextId++, method: 'review', params });
  }

  dispose(): Promise<void> {
    this.end ??= (async () => {
      await withinTime(this.call({ id: this.nextId++, method: 'dispose' }), endMs).catch(() => undefined);
      await this.worker.terminate();
    })();
    return this.end;
  }

  private call<Result>(call: IndexCall & { id: number }, report?: (clips: number) => void): Promise<Result> {
    if (this.failure) {
      return Promise.reject(this.failure);
    }
    return new Promise<Result>((resolve, reject) => {
      this.waiting.set(call.id, { resolve, reject, ...(report ? { report } : {}) });
      this.worker.ref();
      this.post(call);
    });
  }

  private post(call: IndexCall): void {
    this.worker.postMessage(call);
  }

  private receive(message: IndexReply): void {
    if ('differs' in message) {
      this.differs(message.differs);
      return;
    }
    const waiting = this.waiting.get(message.id);
    if ('progress' in message) {
      waiting?.report?.(message.progress);
      return;
    }
    this.waiting.delete(message.id);
    if (this.waiting.size === 0) {
      this.worker.unref();
    }
    if ('result' in message) {
      waiting?.resolve(message.result as never);
    } else {
      waiting?.reject(message.isCancelled ? new VideoChatError(ErrorCode.RequestCancelled, 'The request was cancelled.') : new Error(message.problem));
    }
  }

  private fail(error: Error): void {
    this.failure = error;
    this.waiting.forEach(({ reject }) => reject(error));
    this.waiting.clear();
  }
}
