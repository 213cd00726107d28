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
import { laterApi, type ToolProgress } from './laterApi.js';
import { toolStepText } from './toolStepText.js';

const folders = new AllowedFolders([], () =>
  Promise.resolve((vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath)),
);

/** What the editor says while a tool runs; a person is asked before anything is written, or read outside of the workspace. */
export async function prepareTool(name: ToolName, input: unknown): Promise<vscode.PreparedToolInvocation> {
  const { t } = vscode.l10n;
  const { task } = (input ?? {}) as Record<string, unknown>;
  const named = nameOf(input);
  const file = named === undefined ? '' : basename(named);
  const outside = named !== undefined && (await isOutside(named));
  const lines = [
    ...(toolOf(name).writes ? [t('Suggestions ({0}) for {1} are written into its annotation document. What people have written there is not touched.', typeof task === 'string' ? task : '', file)] : []),
    ...(outside ? [t('The file {0} lies outside of this workspace.', named)] : []),
  ];
  return {
    invocationMessage: doing(name, input),
    ...(lines.length > 0 ? { confirmationMessages: { title: toolOf(name).writes ? t('Write annotations?') : t('Read this file?'), message: lines.join('\n\n') } } : {}),
  };
}

function nameOf(input: unknown): string | undefined {
  const { video, folder } = (input ?? {}) as Record<string, unknown>;
  return [video, folder].find((each) => typeof each === 'string');
}

/** What is being done, while it is. */
function doing(name: ToolName, input: unknown): string {
  const { t } = vscode.l10n;
  const file = basename(nameOf(input) ?? '');
  return {
    videochat_ask: t('Asking about {0}', file),
    videochat_summarize: t('Summarizing {0}', file),
    videochat_find: file === '' ? t('Finding moments') : t('Finding moments in {0}', file),
    videochat_frames: t('Taking frames from {0}', file),
    videochat_timeline: t('Looking through {0}', file),
    videochat_annotate: t('Annotating {0}', file),
  }[name];
}

/**
 * Runs a tool for an agent. Errors come with a code and what can be done about them.
 *
 * @param beside the call, where the editor shows how far it is; elsewhere its status bar does
 */
export function invokeTool(parts: ExtensionParts, name: ToolName, input: unknown, token: vscode.CancellationToken, beside?: ToolProgress): Promise<vscode.LanguageModelToolResult> {
  if (beside) {
    return run(parts, name, input, token, beside);
  }
  const place = { location: vscode.ProgressLocation.Window, title: `VideoChat: ${doing(name, input)}` };
  return Promise.resolve(vscode.window.withProgress(place, (progress) => run(parts, name, input, token, progress)));
}

async function run(parts: ExtensionParts, name: ToolName, input: unknown, token: vscode.CancellationToken, progress: ToolProgress): Promise<vscode.LanguageModelToolResult> {
  const { signal, dispose } = toAbortSignal(token);
  try {
    const { client } = await parts.server.client();
    const context: ToolContext = {
      ...{ client, signal, documents },
      model: () => modelFor(client, parts.settings.values.model, vscode.l10n.t),
      locate,
      folders: () => folders.folders(),
      report: (step) => progress.report({ message: toolStepText(step, vscode.l10n.t) }),
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
