import * as vscode from 'vscode';
import { ErrorCode, VideoChatError } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { keepModel } from '../models/selectModel.js';
import type { EditorModelSetting } from '../settings/settingValues.js';
import { showProblem } from '../showProblem.js';
import { createEditorApi } from './createEditorApi.js';
import { ownVendor } from './editorApi.js';
import { editorFailure } from './editorFailure.js';
import { editorModelId } from './remoteModels.js';

/** Lets a person choose one of the editor's language models, and allow VideoChat to use it. */
export async function useEditorModel({ context, settings, log }: ExtensionParts): Promise<void> {
  try {
    const models = (await vscode.lm.selectChatModels({})).filter(({ vendor }) => vendor !== ownVendor);
    if (models.length === 0) {
      throw new VideoChatError(ErrorCode.EditorUnavailable, vscode.l10n.t('The editor has no language model.'), {
        hint: vscode.l10n.t('Sign in to or install what provides some, e.g. GitHub Copilot.'),
      });
    }
    const items = models.map((model) => ({ label: model.name, description: `${model.vendor} · ${model.family}`, detail: vscode.l10n.t('{0} tokens', model.maxInputTokens), model }));
    const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('VideoChat: Use a Language Model of the Editor'), placeHolder: vscode.l10n.t('The model that answers'), matchOnDescription: true });
    if (!chosen) return;
    const { model } = chosen;
    const images = createEditorApi(context).imagePart ? await askImages() : 'none';
    if (!images) return;
    await askConsent(context, model);
    const { vendor, family, id, name, maxInputTokens: contextLength } = model;
    const setting: EditorModelSetting = { vendor, family, id, name, images, ...(contextLength >= 512 ? { contextLength } : {}) };
    const others = settings.values.editorModels.filter((each) => editorModelId(each) !== editorModelId(setting));
    await vscode.workspace.getConfiguration('videochat').update('editorModels', [...others, setting], vscode.ConfigurationTarget.Global);
    await keepModel(editorModelId(setting));
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} answers from now on.', name));
  } catch (error) {
    void showProblem(error, log);
  }
}

async function askImages(): Promise<'frames' | 'none' | undefined> {
  const frames = { label: vscode.l10n.t('Frames'), detail: vscode.l10n.t('Frames of a clip leave this machine as pictures. Not every model takes them.'), images: 'frames' as const };
  const none = { label: vscode.l10n.t('Only Text'), detail: vscode.l10n.t('Perception models on this machine look through the clip; what they noticed is sent as text.'), images: 'none' as const };
  return (await vscode.window.showQuickPick([frames, none], { title: vscode.l10n.t('What the model is sent of a clip') }))?.images;
}

/** The editor asks whether VideoChat may use a model at its first request, and only after a person did something: now. */
async function askConsent(context: vscode.ExtensionContext, model: vscode.LanguageModelChat): Promise<void> {
  if (context.languageModelAccessInformation.canSendRequest(model) !== undefined) return;
  const source = new vscode.CancellationTokenSource();
  try {
    const message = vscode.LanguageModelChatMessage.User('Answer with the word: yes');
    const response = await model.sendRequest([message], { justification: vscode.l10n.t('VideoChat answers questions about videos with it.') }, source.token);
    for await (const _ of response.text) {
      break;
    }
  } catch (error) {
    throw editorFailure(error, source.token, vscode.l10n.t);
  } finally {
    source.cancel();
    source.dispose();
  }
}
