import { CancellationTokenSource, type CancellationToken } from 'vscode-jsonrpc/node';
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

/** A source that may be cancelled more than once: the library's own throws then unless its token was read before. */
export function cancellationSource(): CancellationTokenSource {
  const source = new CancellationTokenSource();
  void source.token;
  return source;
}
