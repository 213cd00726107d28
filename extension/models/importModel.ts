import { basename } from 'node:path';
import * as vscode from 'vscode';
import { type ModelImportParams, type ModelImportResult, ModelImportRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { wordOf } from '../remote/remoteModels.js';

/** Asks for files of a model on this machine, and has a model made of them. @returns undefined where the person changed their mind */
export async function importModel({ server }: ExtensionParts): Promise<ModelImportResult | undefined> {
  const { t } = vscode.l10n;
  const paths = await askPaths();
  if (!paths) {
    return undefined;
  }
  const isFolder = paths.length === 1 && !/\.gguf$/i.test(paths[0] ?? '');
  // A folder's manifest has the name.
  const name = isFolder ? undefined : await askName(basename(paths.at(-1) ?? '').replace(/\.gguf$/i, ''));
  if (!isFolder && name === undefined) {
    return undefined;
  }
  const params: Omit<ModelImportParams, 'progressToken'> = { paths, ...(name === undefined ? {} : { name, id: wordOf(name) }) };
  const options = { location: vscode.ProgressLocation.Notification, title: t('Importing a model'), cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const { client } = await server.client();
    return client.request(ModelImportRequest, params, { token, onProgress: ({ done, total }) => progress.report({ message: total > 0 ? `${Math.floor((100 * done) / total)} %` : '' }) });
  });
}

async function askPaths(): Promise<string[] | undefined> {
  const { t } = vscode.l10n;
  const kinds = [
    { label: `$(file) ${t('A language model')}`, detail: t('One GGUF file. It answers from timelines.'), what: 'text' as const },
    { label: `$(eye) ${t('A model that sees')}`, detail: t('A vision encoder (ONNX) and a GGUF file, laid out as SmolVLM2 is.'), what: 'pair' as const },
    { label: `$(folder) ${t('A model folder')}`, detail: t('A folder with a manifest.json, as the export scripts write it.'), what: 'folder' as const },
  ];
  const chosen = await vscode.window.showQuickPick(kinds, { title: t('Import Model'), placeHolder: t('What is to be imported'), ignoreFocusOut: true });
  switch (chosen?.what) {
    case undefined:
      return undefined;
    case 'folder':
      return one(await vscode.window.showOpenDialog({ title: t('Import Model'), openLabel: t('Import'), canSelectFolders: true, canSelectFiles: false }));
    case 'text':
      return pickFile('gguf');
    case 'pair': {
      const encoder = await pickFile('onnx');
      const language = encoder && (await pickFile('gguf'));
      return language && [...encoder, ...language];
    }
  }
}

async function pickFile(extension: 'gguf' | 'onnx'): Promise<string[] | undefined> {
  const { t } = vscode.l10n;
  const title = extension === 'gguf' ? t('The language model (GGUF)') : t('The vision encoder (ONNX)');
  return one(await vscode.window.showOpenDialog({ title, openLabel: t('Select'), filters: { [extension.toUpperCase()]: [extension] } }));
}

function one(uris: readonly vscode.Uri[] | undefined): string[] | undefined {
  const uri = uris?.[0];
  return uri && [uri.fsPath];
}

async function askName(usual: string): Promise<string | undefined> {
  const { t } = vscode.l10n;
  const name = await vscode.window.showInputBox({
    title: t('Import Model'),
    prompt: t('What it is called'),
    value: usual,
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' || text.length > 200 ? t('1 to 200 characters.') : undefined),
  });
  return name?.trim();
}
