import type { VideoChatClient } from '../../client/videoChatClient.js';
import { ModelLoadRequest } from '../../protocol/index.js';
import type { ChatCommandOptions } from '../chatOptions.js';
import { isCancelled, toErrorRecord } from '../reportError.js';
import type { BatchOutput } from './batchOutput.js';
import { BatchWorker, isConnectionLost } from './batchWorker.js';
import type { BatchItem } from './readBatchInput.js';

/** A server that dies this often without an answer between is not started again. */
const crashLimit = 5;

export interface BatchRun {
  /** Every item of the input. */
  items: readonly BatchItem[];
  output: BatchOutput;
  modelId: string;
  options: ChatCommandOptions;
  /** A server that runs already; it is disposed with the rest. */
  first?: VideoChatClient;
  /** Starts another one. */
  connect(): Promise<VideoChatClient>;
  /** After each line. */
  onLine(done: number, failed: number): void;
  signal: AbortSignal;
}

/** Answers what the output does not hold yet. A line that kills the server is an error line; a new server goes on. */
export async function runBatch(run: BatchRun): Promise<{ done: number; failed: number; interrupted: boolean }> {
  const { items, output, signal } = run;
  let done = output.kept;
  let failed = output.keptErrors;
  let crashes = 0;
  let client = run.first;
  let worker: BatchWorker | undefined;
  const result = (interrupted: boolean) => ({ done, failed, interrupted });
  try {
    while (done < items.length) {
      if (signal.aborted) {
        return result(true);
      }
      if (!worker || !client) {
        client ??= await run.connect();
        await client.request(ModelLoadRequest, { modelId: run.modelId }, { signal });
        worker = new BatchWorker(client, run.modelId, run.options, items.slice(done));
      }
      const item = items[done] as BatchItem;
      let record: object;
      try {
        record = await worker.answer(item, items[done + 1], signal);
        crashes = 'problem' in item ? crashes : 0;
      } catch (error) {
        crashes++;
        if (!isConnectionLost(error) || crashes >= crashLimit) {
          throw error;
        }
        record = { id: item.id, error: toErrorRecord(error) };
        await client.dispose();
        client = worker = undefined;
      }
      await output.write(record);
      done++;
      failed += 'error' in record ? 1 : 0;
      run.onLine(done, failed);
    }
    return result(false);
  } catch (error) {
    if (isCancelled(error)) {
      return result(true);
    }
    throw error;
  } finally {
    await client?.dispose();
  }
}
