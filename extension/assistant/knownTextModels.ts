import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { ExtensionParts } from '../context.js';
import type { ChatModel } from './laterApi.js';

const keptModels = 'assistant.textModels';
/**
 * The editor must be told something before a model is loaded. Its agents need room for long instructions, of which our models
 * read the person's words only; the oldest of what does not fit is left out.
 */
const usualTokens = { maxInputTokens: 32_768, maxOutputTokens: 512 };

const model = z.object({ id: z.string(), name: z.string(), version: z.string(), demonstration: z.boolean() });
const kept = z.array(model);
/** A model that answers plain text, as the editor is told of it. */
export type TextModel = z.infer<typeof model>;

/** Those that were there when somebody looked last, else the one that is part of this extension: no server is started. */
export async function knownTextModels({ context }: Pick<ExtensionParts, 'context'>): Promise<TextModel[]> {
  const before = kept.safeParse(context.globalState.get(keptModels));
  if (before.success) {
    return before.data;
  }
  const manifest = vscode.Uri.joinPath(context.extensionUri, 'models', 'videochat-mini', 'manifest.json').fsPath;
  const shipped = model.safeParse(await readFile(manifest, 'utf8').then(JSON.parse, () => undefined));
  return shipped.success ? [shipped.data] : [];
}

export async function keepTextModels({ context }: Pick<ExtensionParts, 'context'>, models: readonly TextModel[]): Promise<void> {
  await context.globalState.update(keptModels, models);
}

export function toChatModel({ id, name, version, demonstration }: TextModel): ChatModel {
  const { t } = vscode.l10n;
  return {
    ...{ id, name, version, family: id },
    ...usualTokens,
    detail: 'VideoChat',
    tooltip: demonstration ? t('A demonstration on this machine: it answers in the words it was trained on. As an agent it calls the tools of VideoChat and no others.') : t('Runs on this machine. As an agent it calls the tools of VideoChat and no others.'),
    // Without a model that calls tools, the editor's chat answers nobody in agent mode, which is where it begins.
    capabilities: { imageInput: false, toolCalling: true },
  };
}
