import { ResponseError } from 'vscode-jsonrpc/node';
import { type z } from 'zod';
import type { CancellationToken } from '../common/cancellation.js';
import type { Logger } from '../common/logger.js';
import type { Translate } from '../common/translator.js';
import { ErrorCode, type ErrorData, phrase, VideoChatError } from '../protocol/index.js';

/** One line for a person about what a validation found: `sampling.topP: Too big: expected number to be <=1`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message))
    .join('; ');
}

/**
 * What a client is told, in its language, about an error that a handler threw. Errors thrown on purpose keep their code,
 * the abort of a cancelled request becomes `RequestCancelled`, anything else is an `InternalError`
 * whose stack goes to the log only.
 */
export function toResponseError(
  error: unknown,
  method: string,
  token: CancellationToken,
  logger: Logger,
  translate: Translate,
): ResponseError<ErrorData> {
  if (error instanceof ResponseError) {
    return error as ResponseError<ErrorData>;
  }
  if (error instanceof VideoChatError) {
    return toResponse(error, translate);
  }
  const failure = error instanceof Error ? error : new Error(String(error));
  if (token.isCancellationRequested && failure.name === 'AbortError') {
    return toResponse(new VideoChatError(ErrorCode.RequestCancelled, 'The request was cancelled.'), translate);
  }
  logger.log('error', `${method} failed: ${failure.stack ?? failure.message}`);
  const fault = new VideoChatError(ErrorCode.InternalError, failure.message || phrase`${method} failed.`, {
    hint: 'This is a fault of the server; its log says more.',
  });
  return toResponse(fault, translate);
}

function toResponse({ code, message, data, phrases }: VideoChatError, translate: Translate): ResponseError<ErrorData> {
  const said = translate(phrases.message);
  return new ResponseError(code, said, {
    ...data,
    ...(phrases.hint === undefined ? {} : { hint: translate(phrases.hint) }),
    ...(said === message ? {} : { english: message }),
  });
}
