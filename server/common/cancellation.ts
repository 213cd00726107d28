import type { CancellationToken } from 'vscode-jsonrpc';
import { ErrorCode, VideoChatError } from '../protocol/index.js';

export type { CancellationToken };

/** Throws `RequestCancelled` if the client has asked for the work to stop. */
export function throwIfCancelled(token?: CancellationToken): void {
  if (token?.isCancellationRequested) {
    throw new VideoChatError(ErrorCode.RequestCancelled, 'The request was cancelled.');
  }
}

/** An AbortSignal that follows a token, for APIs that take one. Call `dispose` when the work has ended. */
export function toAbortSignal(token?: CancellationToken): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  if (token?.isCancellationRequested) {
    controller.abort();
  }
  const subscription = token?.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, dispose: () => subscription?.dispose() };
}
