// Entry point of a worker thread; built to `datasetWorker.mjs` beside the bundle that starts it.
import { parentPort } from 'node:worker_threads';
import { cancellationSource } from '../../common/cancellation.js';
import { type DatasetManifest, ErrorCode, VideoChatError } from '../../protocol/index.js';
import { DatasetFolder } from '../datasetFolder.js';
import { DatasetIndex, type IndexSummary } from './datasetIndex.js';

/** To the worker. The first call is a `recall` or an `update`; `cancel` names a call, `changed` is not answered. */
export type IndexCall =
  | { id: number; method: 'recall' | 'update'; path: string; manifest: DatasetManifest; cacheFolder: string }
  | { id: number; method: 'list' | 'folder' | 'review'; params: object }
  | { id: number; method: 'dispose' }
  | { method: 'changed'; paths: readonly string[] }
  | { method: 'cancel'; id: number };

/** From the worker. `differs` is no answer: an update found something else than was answered before. */
export type IndexReply =
  | { differs: IndexSummary }
  | { id: number; result: unknown }
  | { id: number; progress: number }
  | { id: number; problem: string; isCancelled: boolean };

const port = parentPort;
const running = new Map<number, () => void>();
let index: DatasetIndex | undefined;
const reply = (message: IndexReply): void => port?.postMessage(message);

port?.on('message', (call: IndexCall) => {
  if (call.method === 'cancel') {
    running.get(call.id)?.();
  } else if (call.method === 'changed') {
    index?.changed(call.paths);
  } else {
    const { id } = call;
    run(call).then(
      (result) => reply({ id, result }),
      (error: unknown) => {
        const isCancelled = error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled;
        reply({ id, problem: error instanceof Error ? error.message : String(error), isCancelled });
      },
    );
  }
});

async function run(call: Exclude<IndexCall, { method: 'cancel' | 'changed' }>): Promise<unknown> {
  if ('path' in call) {
    const dataset = new DatasetFolder(call.path, call.manifest);
    index ??= new DatasetIndex(dataset, call.cacheFolder, (differs) => reply({ differs }));
    if (call.method === 'recall') {
      return index.recall(dataset);
    }
    const source = cancellationSource();
    running.set(call.id, () => source.cancel());
    try {
      return await index.update(dataset, (progress) => reply({ id: call.id, progress }), source.token);
    } finally {
      running.delete(call.id);
    }
  }
  return 'params' in call ? index?.[call.method](call.params as never) : index?.dispose();
}
