import { type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { z } from 'zod';
import type { AskEditor } from '../backends/editor/editorClients.js';
import { cancellationSource } from '../common/cancellation.js';
import { linkTokens } from '../common/linkTokens.js';
import { ProgressStreams } from '../common/progressStreams.js';
import { untilCancelled } from '../common/untilCancelled.js';
import { EditorCompleteRequest, ErrorCode, ProgressNotification, VideoChatError } from '../protocol/index.js';

const count = z.int().min(0).optional();
const result = z.object({ text: z.string(), stopReason: z.enum(['stop', 'length']), promptTokens: count, generatedTokens: count });
const progress = z.object({ token: z.union([z.string(), z.number()]), sequence: z.int().min(0), value: z.object({ text: z.string() }) });
const failure = z.object({ hint: z.string().optional(), subject: z.string().optional() });

/** Codes that a client may answer with; another one is its own fault. */
const codes: readonly number[] = [
  ErrorCode.RequestCancelled,
  ErrorCode.ContextOverflow,
  ErrorCode.EndpointBusy,
  ErrorCode.EndpointFailed,
  ErrorCode.EndpointModelUnknown,
  ErrorCode.ImagesRefused,
  ErrorCode.EditorUnavailable,
  ErrorCode.EditorRefused,
  ErrorCode.EditorBlocked,
];

/** The language models of a client, asked over its connection. What it answers is checked. */
export function editorOf(connection: MessageConnection): AskEditor {
  const streams = new ProgressStreams();
  connection.onNotification(ProgressNotification.method, (params: unknown) => {
    const { data } = progress.safeParse(params);
    if (data) {
      streams.receive(data);
    }
  });
  return async (params, token, onProgress) => {
    const broken = cancellationSource();
    const linked = linkTokens(token, broken.token);
    let problem: Error | undefined;
    const stream = streams.open(
      (value) => onProgress(value as { text: string }),
      (error) => {
        problem = error;
        broken.cancel();
      },
    );
    try {
      const answer = connection.sendRequest<unknown>(EditorCompleteRequest.method, { ...params, progressToken: stream.token }, linked.token);
      // An editor may be slow to stop, or never do.
      const { data } = result.safeParse(await untilCancelled(answer, linked.token));
      if (!data) {
        throw new VideoChatError(ErrorCode.EndpointFailed, 'The editor has answered with something that cannot be understood.');
      }
      return data;
    } catch (error) {
      throw problem ?? toVideoChatError(error);
    } finally {
      stream.close();
      linked.dispose();
      broken.dispose();
    }
  };
}

function toVideoChatError(error: unknown): Error {
  if (error instanceof VideoChatError || !(error instanceof Error)) {
    return error instanceof VideoChatError ? error : new Error(String(error));
  }
  if (error instanceof ResponseError && codes.includes(error.code)) {
    return new VideoChatError(error.code as ErrorCode, error.message, failure.safeParse(error.data).data ?? {});
  }
  if (error instanceof ResponseError && error.code === ErrorCode.MethodNotFound) {
    return new VideoChatError(ErrorCode.EditorUnavailable, 'The editor has no language models for VideoChat.', { hint: 'Choose another model.' });
  }
  return new VideoChatError(ErrorCode.EndpointFailed, error.message, { hint: 'Ask again; the log of the editor may say more.' });
}
