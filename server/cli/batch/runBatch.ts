import { inOrder } from '../../common/inOrder.js';
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
  /** Items that are asked about at once. */
  concurrency: number;
  /** A server that runs already; it is disposed with the rest. */
  first?: VideoChatClient;
  /** Starts another one. */
  connect(): Promise<VideoChatClient>;
  /** After each line. */
  onLine(done: number, failed: number): void;
  signal: AbortSignal;
}

/**
 * Answers what the output does not hold yet, in the order of the input. A line that kills the server is an error line; a new
 * server goes on. Where several lines were asked about at once, they are asked about again, one after the other.
 */
export async function runBatch(run: BatchRun): Promise<{ done: number; failed: number; interrupted: boolean }> {
  const { items, output, signal } = run;
  let done = output.kept;
  let failed = output.keptErrors;
  let crashes = 0;
  /** Up to here one of the lines has killed the server. */
  let suspects = 0;
  let client = run.first;
  const write = async (record: object): Promise<void> => {
    await output.write(record);
    done++;
    failed += 'error' in record ? 1 : 0;
    run.onLine(done, failed);
  };
  const result = (interrupted: boolean) => ({ done, failed, interrupted });
  try {
    while (done < items.length) {
      if (signal.aborted) {
        return result(true);
      }
      client ??= await run.connect();
      await client.request(ModelLoadRequest, { modelId: run.modelId }, { signal });
      const width = done < suspects ? 1 : run.concurrency;
      const part = items.slice(done, done < suspects ? suspects : undefined);
      const worker = new BatchWorker(client, run.modelId, run.options, part);
      const first = done;
      let begun = 0;
      const answer = (item: BatchItem, index: number): Promise<object> => {
        begun = index + 1;
        return worker.answer(item, width === 1 ? part[index + 1] : undefined, signal);
      };
      try {
        for await (const record of inOrder(part, width, answer)) {
          crashes = 'problem' in (items[done] as BatchItem) ? crashes : 0;
          await write(record);
        }
      } catch (error) {
        crashes++;
        if (!isConnectionLost(error) || crashes >= crashLimit) {
          throw error;
        }
        if (width === 1) {
          await write({ id: (items[done] as BatchItem).id, error: toErrorRecord(error) });
        } else {
          suspects = first + begun;
        }
        await client.dispose();
        client = undefined;
      }
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
