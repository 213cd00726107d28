import { readFile } from 'node:fs/promises';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { chooseModel } from '../client/chooseModel.js';
import type { ToolContext, ToolStep } from '../client/tools/tool.js';
import type { VideoChatClient } from '../client/videoChatClient.js';
import { writeWhole } from '../common/writeWhole.js';
import { ErrorCode, type ModelInfo, ModelListRequest, phrase, VideoChatError } from '../protocol/index.js';
import type { AllowedFolders } from '../common/allowedFolders.js';

/** How long a person may think about a question, in milliseconds. */
const patienceMs = 10 * 60_000;

export interface McpCall {
  server: McpServer;
  client: VideoChatClient;
  folders: AllowedFolders;
  /** Id of the model to ask; left out: the first usable one. */
  modelId?: string;
  allowWrites: boolean;
  signal: AbortSignal;
  report(step: ToolStep): void;
}

/** What a tool is run with when a client of the Model Context Protocol calls it. */
export function mcpToolContext({ server, client, folders, modelId, allowWrites, signal, report }: McpCall): ToolContext {
  return {
    client,
    signal,
    report,
    model: () => modelOf(client, modelId),
    locate: (name) => folders.locate(name),
    folders: () => folders.folders(),
    documents: { read: readText, write: (path, text) => written(path, text) },
    confirm: async (what) => {
      if (!allowWrites) {
        await ask(server, what, signal);
      }
    },
  };
}

async function modelOf(client: VideoChatClient, id: string | undefined): Promise<ModelInfo> {
  const { models } = await client.request(ModelListRequest, {});
  const model = chooseModel(models, id);
  if (!model) {
    throw new VideoChatError(ErrorCode.ModelUnknown, id === undefined ? 'No usable model was found.' : phrase`There is no model "${id}".`, { subject: id });
  }
  if (model.problem !== undefined) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, phrase`The model "${model.id}" cannot be used: ${model.problem}`, { subject: model.id });
  }
  return model;
}

/** Puts the question to the person behind the client. */
async function ask({ server }: McpServer, what: string, signal: AbortSignal): Promise<void> {
  if (!server.getClientCapabilities()?.elicitation) {
    throw new VideoChatError(ErrorCode.AnnotationsNotWritten, 'Nothing may be written here.', {
      hint: 'Start it with --allow-writes, or use a client that can ask a person (elicitation).',
    });
  }
  const requestedSchema = {
    type: 'object' as const,
    properties: { confirm: { type: 'boolean' as const, title: 'Write', description: 'Whether it may be written.' } },
    required: ['confirm'],
  };
  const { action, content } = await server.elicitInput({ message: what, requestedSchema }, { signal, timeout: patienceMs });
  if (action !== 'accept' || content?.['confirm'] !== true) {
    throw new VideoChatError(ErrorCode.AnnotationsNotWritten, 'The person has not allowed it; nothing was written.');
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

async function written(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${path} could not be written: ${reason}`, { subject: path });
  }
}
