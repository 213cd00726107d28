import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { EditorApi } from './editorApi.js';

/** Newer than the oldest editor that VideoChat runs in. */
interface NewerEditor {
  LanguageModelDataPart?: { image(data: Uint8Array, mimeType: string): unknown };
}

export function createEditorApi(context: vscode.ExtensionContext): EditorApi {
  const { LanguageModelDataPart: dataPart } = vscode as NewerEditor;
  return {
    selectModels: (selector) => vscode.lm.selectChatModels(selector),
    mayUse: (model) => context.languageModelAccessInformation.canSendRequest(model as unknown as vscode.LanguageModelChat),
    message: (role, parts) =>
      role === 'assistant'
        ? vscode.LanguageModelChatMessage.Assistant(parts as vscode.LanguageModelTextPart[])
        : vscode.LanguageModelChatMessage.User(parts as vscode.LanguageModelTextPart[]),
    textPart: (text) => new vscode.LanguageModelTextPart(text),
    imagePart: dataPart ? (data, mimeType) => dataPart.image(data, mimeType) : undefined,
    readFile: (path) => readFile(path),
  };
}
