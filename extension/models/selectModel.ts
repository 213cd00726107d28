import * as vscode from 'vscode';
import { answersQuestions, type ModelInfo, ModelListRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { showProblem } from '../showProblem.js';

interface Item extends vscode.QuickPickItem {
  /** Empty: the extension chooses. */
  id: string;
}

/** Lets a person choose the model that answers, and keeps the choice as a setting. */
export async function selectModel({ server, settings, log }: ExtensionParts): Promise<void> {
  try {
    const progress = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for models') };
    const models = await vscode.window.withProgress(progress, async () => {
      const { client } = await server.client();
      return (await client.request(ModelListRequest, {})).models.filter(answersQuestions);
    });
    const chosen = await vscode.window.showQuickPick(itemsFor(models, settings.values.model), {
      title: vscode.l10n.t('VideoChat: Select Model'),
      placeHolder: vscode.l10n.t('The model that answers new questions'),
      matchOnDescription: true,
    });
    if (chosen) {
      await keepModel(chosen.id);
    }
  } catch (error) {
    void showProblem(error, log);
  }
}

function itemsFor(models: readonly ModelInfo[], current: string | undefined): Item[] {
  const automatic: Item = {
    id: '',
    label: vscode.l10n.t('Automatic'),
    detail: vscode.l10n.t('The first model that can be used; real models before demonstrations'),
  };
  return [automatic, ...models.map(toItem)].map((item) => (item.id === (current ?? '') ? { ...item, label: `$(check) ${item.label}` } : item));
}

function toItem({ id, name, demonstration, bytes, description, problem, remote }: ModelInfo): Item {
  const size = remote ? placeOf(remote) : vscode.l10n.t('{0} MB', Math.max(1, Math.round(bytes / 1e6)));
  const mark = demonstration ? ` · ${vscode.l10n.t('demonstration')}` : '';
  const detail = problem === undefined ? description : `$(warning) ${vscode.l10n.t('Cannot be used: {0}', problem)}`;
  return { id, label: name, description: `${id} · ${size}${mark}`, detail };
}

function placeOf({ host, leavesMachine }: NonNullable<ModelInfo['remote']>): string {
  if (!leavesMachine) {
    return host;
  }
  return `$(cloud-upload) ${vscode.l10n.t('Leaves this machine: {0}', host || vscode.l10n.t('through the editor'))}`;
}

/** Makes it the model that answers; empty: the extension chooses. Written where it was set before, so that the choice is not hidden by the old one. */
export async function keepModel(id: string): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('videochat');
  const { workspaceFolderValue, workspaceValue } = configuration.inspect('model') ?? {};
  const target =
    workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : workspaceValue !== undefined
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await configuration.update('model', id === '' ? undefined : id, target);
}
