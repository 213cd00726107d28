// Entry point of a worker thread; built to `searchWorker.mjs` beside the bundle that starts it.
import { parentPort, workerData } from 'node:worker_threads';
import { cancellationSource } from '../common/cancellation.js';
import { SearchThreadWork } from './searchThreadWork.js';
import { reasonOf, type ThreadCall, type ThreadReply } from './threadMessages.js';

const port = parentPort;
const { folder, limitBytes, owner } = workerData as { folder: string; limitBytes: number; owner: string };
const work = new SearchThreadWork(folder, limitBytes, owner);
const running = new Map<number, () => void>();

port?.on('message', (call: ThreadCall) => {
  if (call.method === 'cancel') {
    running.get(call.id)?.();
    return;
  }
  const source = cancellationSource();
  running.set(call.id, () => source.cancel());
  const reply = (message: ThreadReply): void => port.postMessage(message);
  work
    .run(call, source.token)
    .then(
      (result) => reply({ id: call.id, result }),
      (error: unknown) => reply({ id: call.id, reason: reasonOf(error) }),
    )
    .finally(() => running.delete(call.id));
});
