import { type CancellationToken, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { type EditorCompleteParams, type EditorCompleteProgress, EditorCompleteRequest, type EditorCompleteResult, ErrorCode, ProgressNotification, VideoChatError } from '../protocol/index.js';

/** Has a language model of the client answer. @throws VideoChatError with a code that `editor/complete` names */
export type EditorAnswer = (params: EditorCompleteParams, token: CancellationToken, onProgress: (progress: EditorCompleteProgress) => void) => Promise<EditorCompleteResult>;

/** Answers `editor/complete` on a connection. */
export function answerEditor(connection: MessageConnection, answer: EditorAnswer): void {
  connection.onRequest(EditorCompleteRequest.method, async (params: EditorCompleteParams, token: CancellationToken) => {
    let sequence = 0;
    let isOpen = true;
    const report = (value: EditorCompleteProgress): void => {
      if (isOpen) {
        connection.sendNotification(ProgressNotification.method, { token: params.progressToken, sequence: sequence++, value }).catch(() => undefined);
      }
    };
    try {
      return await answer(params, token, report);
    } catch (error) {
      if (error instanceof VideoChatError) {
        return new ResponseError(error.code, error.message, error.data);
      }
      return new ResponseError(ErrorCode.InternalError, error instanceof Error ? error.message : String(error));
    } finally {
      isOpen = false;
    }
  });
}
