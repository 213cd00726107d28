import * as vscode from 'vscode';
import { LlamaServerFindRequest, type LlamaServerFindResult } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { keepModel } from '../models/selectModel.js';
import type { LlamaServerModelSetting } from '../settings/settingValues.js';
import { showProblem } from '../showProblem.js';
import { wordOf } from './remoteModels.js';

type FoundFile = LlamaServerFindResult['files'][number];

/** Lets a person choose a file that llama-server runs on this machine, and makes it the model that answers. */
export async function runLlamaServer({ server, settings, log }: ExtensionParts): Promise<void> {
  try {
    const { path: program, models } = settings.values.llamaServer;
    const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Looking for llama-server and its models'), cancellable: true };
    const found = await vscode.window.withProgress(options, async (_, token) => {
      const { client } = await server.client();
      return client.request(LlamaServerFindRequest, program === undefined ? {} : { program }, { token });
    });
    if (!found.program) return await tellMissing();
    const file = await chooseFile(found);
    if (!file) return;
    const projector = file.projector ?? (await askProjector(file));
    if (projector === undefined) return;
    const name = nameOf(file.path);
    const id = wordOf(`llama-server.${name}`);
    const model: LlamaServerModelSetting = { id, name, file: file.path, ...(projector === '' ? {} : { projector }) };
    await vscode.workspace.getConfiguration('videochat').update('llamaServer.models', [...models.filter((each) => each.id !== id), model], vscode.ConfigurationTarget.Global);
    await keepModel(id);
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} answers from now on: llama-server is started with the next question, and nothing leaves this machine.', name));
  } catch (error) {
    void showProblem(error, log);
  }
}

async function tellMissing(): Promise<void> {
  const choose = vscode.l10n.t('Choose the Program…');
  const message = vscode.l10n.t('There is no llama-server on this machine. Install llama.cpp, or say where the program is.');
  if ((await vscode.window.showWarningMessage(message, choose)) === choose) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'videochat.llamaServer.path');
  }
}

async function chooseFile({ program, files }: LlamaServerFindResult): Promise<FoundFile | undefined> {
  const browse = { label: `$(folder-opened) ${vscode.l10n.t('Browse…')}`, alwaysShow: true, file: undefined };
  const items = files.map((file) => ({ label: nameOf(file.path), description: describe(file), detail: file.path, file }));
  const chosen = await vscode.window.showQuickPick([...items, browse], {
    title: vscode.l10n.t('VideoChat: Run a Model with llama-server'),
    placeHolder: vscode.l10n.t('A GGUF of this machine, for llama-server {0}', program?.version ?? ''),
    matchOnDescription: true,
  });
  if (!chosen || chosen.file) {
    return chosen?.file;
  }
  const path = await browseFor(vscode.l10n.t('Model for llama-server'));
  return path === undefined ? undefined : { path, bytes: 0 };
}

function describe({ bytes, projector }: FoundFile): string {
  const size = vscode.l10n.t('{0} MB', Math.max(1, Math.round(bytes / 1e6)));
  return projector === undefined ? size : `${size} · ${vscode.l10n.t('sees frames')}`;
}

/** @returns empty for a model of texts, undefined where nothing was chosen */
async function askProjector({ path }: FoundFile): Promise<string | undefined> {
  const none = { label: vscode.l10n.t('Only Text'), detail: vscode.l10n.t('Perception models on this machine look through the clip; what they noticed is read by the model.'), sees: false };
  const sees = { label: vscode.l10n.t('Frames'), detail: vscode.l10n.t('Choose the file with which the model sees; its name holds "mmproj".'), sees: true };
  const chosen = await vscode.window.showQuickPick([none, sees], { title: nameOf(path), placeHolder: vscode.l10n.t('What the model is shown of a clip') });
  return chosen?.sees === true ? browseFor(vscode.l10n.t('File with which the model sees')) : chosen && '';
}

async function browseFor(title: string): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({ title, filters: { GGUF: ['gguf'] } });
  return chosen?.[0]?.fsPath;
}

function nameOf(path: string): string {
  return (path.split(/[\\/]/).at(-1) ?? path).replace(/\.gguf$/i, '');
}
