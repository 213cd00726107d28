import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import { changedSettings, readSettings, type SettingProblem } from './readSettings.js';
import type { SettingValues } from './settingValues.js';

/** The settings, read in one place. `values` is always current. */
export interface Settings extends Disposable {
  readonly values: SettingValues;
  /** `changed`: the members of {@link SettingValues} that differ from before. */
  onDidChange(listener: (values: SettingValues, changed: (keyof SettingValues)[]) => void): Disposable;
}

interface Change {
  values: SettingValues;
  changed: (keyof SettingValues)[];
}

/** Settings that follow the editor's; says once what is wrong with them. */
export function createSettings(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Settings {
  const emitter = new vscode.EventEmitter<Change>();
  const warned = new Set<string>();
  const read = (): SettingValues => {
    const configuration = vscode.workspace.getConfiguration('videochat');
    const surroundings = {
      cacheFolder: vscode.Uri.joinPath(context.globalStorageUri, 'cache').fsPath,
      homeFolder: homedir(),
    };
    const { values, problems } = readSettings((key) => configuration.get<unknown>(key), surroundings);
    const fresh = problems.filter(({ key, reason }) => !warned.has(`${key} ${reason}`));
    fresh.forEach(({ key, reason }) => warned.add(`${key} ${reason}`));
    if (fresh.length > 0) {
      void warn(fresh, log);
    }
    return values;
  };
  let values = read();
  const refresh = (): void => {
    const before = values;
    values = read();
    const changed = changedSettings(before, values);
    if (changed.length > 0) {
      emitter.fire({ values, changed });
    }
  };
  const subscriptions = [
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('videochat') && refresh()),
    // What a workspace says about paths counts from now on.
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
  ];
  return {
    get values() {
      return values;
    },
    onDidChange: (listener) => emitter.event((change) => listener(change.values, change.changed)),
    dispose: () => void vscode.Disposable.from(emitter, ...subscriptions).dispose(),
  };
}

async function warn(problems: SettingProblem[], log: vscode.LogOutputChannel): Promise<void> {
  problems.forEach(({ key, reason }) => log.warn(`Setting videochat.${key}: ${reason}; its default is used.`));
  const names = problems.map(({ key }) => `videochat.${key}`).join(', ');
  const open = vscode.l10n.t('Open Settings');
  const message = vscode.l10n.t('These settings cannot be used as they are, so their defaults are: {0}', names);
  if ((await vscode.window.showWarningMessage(message, open)) === open) {
    await vscode.commands.executeCommand('workbench.action.openSettings', `@ext:videochat.videochat ${names}`);
  }
}
