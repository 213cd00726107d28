import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Tool, ToolContext, ToolResult } from '../../server/client/tools/tool.js';
import { tools } from '../../server/client/tools/tools.js';
import { textChange } from '../../server/common/annotations/textChange.js';
import { AllowedFolders } from '../../server/common/allowedFolders.js';
import { toAbortSignal } from '../../server/common/cancellation.js';
import { writeWhole } from '../../server/common/writeWhole.js';
import { ErrorCode, errorName, VideoChatError } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { modelFor } from '../models/modelFor.js';
import { isCancelled, toProblem } from '../showProblem.js';
import type { ToolName } from './assistantNames.js';
import { laterApi } from './laterApi.js';

const folders = new AllowedFolders([], () =>
  Promise.resolve((vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath)),
);

/** What the editor says while a tool runs; a person is asked before anything is written, or read outside of the workspace. */
export async function prepareTool(name: ToolName, input: unknown): Promise<vscode.PreparedToolInvocation> {
  const { t } = vscode.l10n;
  const { video, folder, task } = (input ?? {}) as Record<string, unknown>;
  const named = [video, folder].find((each) => typeof each === 'string');
  const file = named === undefined ? '' : basename(named);
  const outside = named !== undefined && (await isOutside(named));
  const lines = [
    ...(toolOf(name).writes ? [t('Suggestions ({0}) for {1} are written into its annotation document. What people have written there is not touched.', typeof task === 'string' ? task : '', file)] : []),
    ...(outside ? [t('The file {0} lies outside of this workspace.', named)] : []),
  ];
  return {
    invocationMessage: { videochat_ask: t('Asking about {0}', file), videochat_summarize: t('Summarizing {0}', file), videochat_find: t('Finding moments'), videochat_frames: t('Taking frames from {0}', file), videochat_timeline: t('Looking through {0}', file), videochat_annotate: t('Annotating {0}', file) }[name],
    ...(lines.length > 0 ? { confirmationMessages: { title: toolOf(name).writes ? t('Write annotations?') : t('Read this file?'), message: lines.join('\n\n') } } : {}),
  };
}

/** Runs a tool for an agent. Errors come with a code and what can be done about them. */
export async function invokeTool(parts: ExtensionParts, name: ToolName, input: unknown, token: vscode.CancellationToken): Promise<vscode.LanguageModelToolResult> {
  const { signal, dispose } = toAbortSignal(token);
  try {
    const { client } = await parts.server.client();
    const context: ToolContext = {
      ...{ client, signal, documents },
      model: () => modelFor(client, parts.settings.values.model, vscode.l10n.t),
      locate,
      folders: () => folders.folders(),
      report: () => undefined,
      // The editor has asked already: see `prepareTool`.
      confirm: () => Promise.resolve(),
    };
    return await toolResult(await toolOf(name).run(input, context));
  } catch (error) {
    if (isCancelled(error)) {
      throw new vscode.CancellationError();
    }
    const { code, message, data } = toProblem(error);
    parts.log.warn(`${name}: ${data.english ?? message}`);
    throw new Error(`${message}${data.hint === undefined ? '' : ` ${data.hint}`} (${errorName(code)})`, { cause: error });
  } finally {
    dispose();
  }
}

function toolOf(name: ToolName): Tool {
  const found = tools.find((tool) => tool.name === name.replace('videochat_', 'video_'));
  if (!found) {
    throw new VideoChatError(ErrorCode.MethodNotFound, vscode.l10n.t('There is no such tool.'), { subject: name });
  }
  return found;
}

async function isOutside(name: string): Promise<boolean> {
  return folders.locate(name).then(
    () => false,
    (error: unknown) => error instanceof VideoChatError && error.code === ErrorCode.InvalidParams,
  );
}

/** A person has agreed to what lies outside; network paths would make Windows log in to somebody's server. */
async function locate(name: string): Promise<string> {
  try {
    return await folders.locate(name);
  } catch (error) {
    if (!(error instanceof VideoChatError) || error.code !== ErrorCode.InvalidParams || /^([\\/]{2}|(?!file:)[a-z]{2,}:)/i.test(name)) {
      throw error;
    }
    return name.startsWith('file:') ? vscode.Uri.parse(name).fsPath : name;
  }
}

/** A document that is open in an editor is changed there, so that it can be undone. */
const documents: ToolContext['documents'] = {
  read: async (path) => openDocument(path)?.getText() ?? readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? undefined : Promise.reject(error))),
  write: async (path, text) => {
    const open = openDocument(path);
    if (!open) {
      await writeWhole(path, text);
      return;
    }
    const change = textChange(open.getText(), text);
    const edit = new vscode.WorkspaceEdit();
    if (change) {
      edit.replace(open.uri, new vscode.Range(open.positionAt(change.start), open.positionAt(change.end)), change.text);
    }
    if (!(await vscode.workspace.applyEdit(edit)) || !(await open.save())) {
      throw new VideoChatError(ErrorCode.AnnotationsNotWritten, vscode.l10n.t('The document could not be written.'), { subject: path });
    }
  },
};

function openDocument(path: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find(({ uri, isClosed }) => uri.scheme === 'file' && uri.fsPath === path && !isClosed);
}

/** Pictures go along where the editor has a place for them; else it says where they lie. */
async function toolResult({ text, pictures = [] }: ToolResult): Promise<vscode.LanguageModelToolResult> {
  const { LanguageModelDataPart: DataPart } = laterApi();
  if (!DataPart) {
    const lines = pictures.map(({ path, seconds }) => `${seconds.toFixed(2)} s: ${path}`);
    return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart([text, ...lines].join('\n'))]);
  }
  const shown = await Promise.all(pictures.map(async ({ path, mimeType }) => DataPart.image(await readFile(path), mimeType)));
  // The typings of the oldest editor know no pictures.
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text), ...(shown as vscode.LanguageModelTextPart[])]);
}
