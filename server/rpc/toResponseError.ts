import { ResponseError } from 'vscode-jsonrpc/node';
import { type z } from 'zod';
import type { CancellationToken } from '../common/cancellation.js';
import type { Logger } from '../common/logger.js';
import { ErrorCode, type ErrorData, VideoChatError } from '../protocol/index.js';

/** One line for a person about what a validation found: `sampling.topP: Too big: expected number to be <=1`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ');
}

/**
 * What a client is told about an error that a handler threw. Errors thrown on purpose keep their code,
 * the abort of a cancelled request becomes `RequestCancelled`, anything else is an `InternalError`
 * whose stack goes to the log only.
 */
export function toResponseError(
  error: unknown,
  method: string,
  token: CancellationToken,
  logger: Logger,
): ResponseError<ErrorData> {
  if (error instanceof ResponseError) {
    return error as ResponseError<ErrorData>;
  }
  if (error instanceof VideoChatError) {
    return new ResponseError(error.code, error.message, error.data);
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  if (token.isCancellationRequested && name === 'AbortError') {
    return new ResponseError(ErrorCode.RequestCancelled, 'The request was cancelled.', {});
  }
  logger.log('error', `${method} failed: ${stack ?? message}`);
  return new ResponseError(ErrorCode.InternalError, message || `${method} failed.`, {
    hint: 'This is a fault of the server; its log says more.',
  });
}
