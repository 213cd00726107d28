import { readFile } from 'node:fs/promises';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { ToolResult } from '../client/tools/tool.js';
import { ErrorCode, type ErrorData, errorName, VideoChatError } from '../protocol/index.js';

/** What a tool has found, as the protocol carries it: pictures follow their times. */
export async function toolAnswer({ text, pictures = [] }: ToolResult): Promise<CallToolResult> {
  const shown = await Promise.all(pictures.map(async (picture) => ({ ...picture, data: (await readFile(picture.path)).toString('base64') })));
  return {
    content: [
      { type: 'text', text },
      ...shown.flatMap(({ data, mimeType, seconds }) => [
        { type: 'text' as const, text: `Frame at ${seconds.toFixed(2)} s:` },
        { type: 'image' as const, data, mimeType },
      ]),
    ],
  };
}

/** What failed, for the model that called, with its code for programs. */
export function toolFailure(error: unknown): CallToolResult {
  const message = error instanceof Error ? error.message : String(error);
  const { code, data } = error instanceof VideoChatError ? error : { code: ErrorCode.InternalError, data: {} as ErrorData };
  const name = errorName(code);
  return {
    isError: true,
    content: [{ type: 'text', text: `${message}${data.hint === undefined ? '' : ` ${data.hint}`} (${name})` }],
    _meta: { 'videochat/error': { code, name, ...(data.subject === undefined ? {} : { subject: data.subject }) } },
  };
}
