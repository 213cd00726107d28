import type { CancellationToken } from '../../server/common/cancellation.js';
import { type AnnotateBatchParams, type AnnotateBatchProgress, AnnotateBatchRequest, type AnnotateBatchResult, ErrorCode, VideoChatError } from '../../server/protocol/index.js';
import type { ServerController } from '../server/serverController.js';

export interface SuggestBatch {
  server: Pick<ServerController, 'client'>;
  params: AnnotateBatchParams;
  token: CancellationToken;
  report(progress: AnnotateBatchProgress): void;
}

/** How a batch ended. What was done before it was stopped is kept, and the next run goes on from there. */
export type BatchEnd =
  | { result: AnnotateBatchResult }
  | { stopped: 'cancelled' | 'serverLost'; done: number; total: number };

/** What a batch ends with when the server dies, or is started anew. */
const ended = [ErrorCode.ConnectionLost, ErrorCode.RequestCancelled, ErrorCode.ShuttingDown];

/**
 * Has all clips annotated, going on with what an earlier run has done. A journal that no longer fits, because the
 * model or the labels were changed, is left behind: nothing is suggested twice.
 *
 * @throws VideoChatError what `annotate/batch` throws, and `client` where there is no server
 */
export async function suggestBatch({ server, params, token, report }: SuggestBatch): Promise<BatchEnd> {
  let [done, total] = [0, 0];
  const onProgress = (progress: AnnotateBatchProgress): void => {
    ({ done, total } = progress);
    report(progress);
  };
  const request = async (resume: boolean): Promise<AnnotateBatchResult> => {
    const { client } = await server.client();
    return client.request(AnnotateBatchRequest, { ...params, resume }, { token, onProgress });
  };
  try {
    const { resume = true } = params;
    return { result: await request(resume).catch((error: unknown) => (resume && isCode(error, ErrorCode.JournalMismatch) ? request(false) : Promise.reject(error as Error))) };
  } catch (error) {
    if (token.isCancellationRequested) {
      return { stopped: 'cancelled', done, total };
    }
    // Before the first clip there is nothing to go on with.
    if (total > 0 && ended.some((code) => isCode(error, code))) {
      return { stopped: 'serverLost', done, total };
    }
    throw error;
  }
}

function isCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof VideoChatError && error.code === code;
}
