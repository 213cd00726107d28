import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { CancellationToken } from 'vscode-jsonrpc/node';
import type { Disposable } from '../common/dispose.js';
import { withinTime } from '../common/withinTime.js';
import { releaseLock } from './databaseLock.js';
import { databasePath } from './searchIndex.js';
import { SearchThreadWork } from './searchThreadWork.js';
import { errorOf, type ThreadCall, type ThreadMethod, type ThreadMethods, type ThreadReply } from './threadMessages.js';

/** The built worker beside the bundle. Run from TypeScript sources there is none. */
const workerPath = fileURLToPath(new URL('./searchWorker.mjs', import.meta.url));
/** Without a question for so long, the thread and its memory are given back, in milliseconds. */
const idleMs = 5 * 60_000;
const endMs = 3000;

interface Waiting {
  resolve(result: never): void;
  reject(error: Error): void;
}

/** The index on a thread of its own, which is there while there are questions: other requests never wait for it. */
export class SearchThread implements Disposable {
  private worker: Worker | undefined;
  private inProcess: SearchThreadWork | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private idle: NodeJS.Timeout | undefined;
  private nextId = 0;
  private isClosed = false;

  constructor(
    private readonly folder: string,
    private readonly limitBytes: number,
  ) {}

  /** @throws VideoChatError as {@link ThreadMethods} do; Error where the thread has ended */
  call<Method extends ThreadMethod>(method: Method, params: Parameters<ThreadMethods[Method]>[0], token?: CancellationToken): Promise<ReturnType<ThreadMethods[Method]>> {
    if (this.isClosed) {
      return Promise.reject(new Error('The index of clips is closed.'));
    }
    const call = { id: this.nextId++, method, params } as Exclude<ThreadCall, { method: 'cancel' }>;
    if (!existsSync(workerPath)) {
      this.inProcess ??= new SearchThreadWork(this.folder, this.limitBytes, randomUUID());
      return this.inProcess.run(call, token ?? CancellationToken.None) as Promise<ReturnType<ThreadMethods[Method]>>;
    }
    const worker = this.start();
    clearTimeout(this.idle);
    const subscription = token?.onCancellationRequested(() => worker.postMessage({ id: call.id, method: 'cancel' } satisfies ThreadCall));
    return new Promise<ReturnType<ThreadMethods[Method]>>((resolve, reject) => {
      this.waiting.set(call.id, { resolve, reject });
      worker.ref();
      worker.postMessage(call);
      if (token?.isCancellationRequested) {
        worker.postMessage({ id: call.id, method: 'cancel' } satisfies ThreadCall);
      }
    }).finally(() => subscription?.dispose());
  }

  async dispose(): Promise<void> {
    const { worker } = this;
    clearTimeout(this.idle);
    if (worker) {
      await withinTime(this.call('close', undefined).catch(() => undefined), endMs);
      await worker.terminate();
    } else {
      await this.inProcess?.run({ id: 0, method: 'close', params: undefined }, CancellationToken.None);
    }
    this.isClosed = true;
  }

  private start(): Worker {
    if (!this.worker) {
      // What a thread prints would be this process's output, which may be the protocol.
      const owner = randomUUID();
      const worker = new Worker(workerPath, { workerData: { folder: this.folder, limitBytes: this.limitBytes, owner }, stdout: true, stderr: true });
      worker.unref();
      worker.on('message', (reply: ThreadReply) => this.receive(reply));
      worker.on('error', (error) => this.ended(worker, error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', (code) => {
        releaseLock(databasePath(this.folder), owner);
        this.ended(worker, new Error(`The thread of the index of clips ended with code ${code}.`));
      });
      this.worker = worker;
    }
    return this.worker;
  }

  private receive(reply: ThreadReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if ('result' in reply) {
      waiting?.resolve(reply.result as never);
    } else {
      waiting?.reject(errorOf(reply.reason));
      if (reply.reason.isFatal) {
        void this.worker?.terminate();
      }
    }
    if (this.waiting.size === 0) {
      this.worker?.unref();
      this.idle = setTimeout(() => this.rest(), idleMs);
      this.idle.unref();
    }
  }

  private rest(): void {
    const { worker } = this;
    if (worker && this.waiting.size === 0) {
      this.worker = undefined;
      worker.postMessage({ id: this.nextId++, method: 'close', params: undefined } satisfies ThreadCall);
      setTimeout(() => void worker.terminate(), endMs).unref();
    }
  }

  private ended(worker: Worker, error: Error): void {
    if (this.worker === worker) {
      this.worker = undefined;
      this.waiting.forEach(({ reject }) => reject(error));
      this.waiting.clear();
    }
  }
}
