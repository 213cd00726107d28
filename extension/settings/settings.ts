import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import type { SettingValues } from './settingValues.js';

/** The settings, read in one place. `values` is always current. */
export interface Settings extends Disposable {
  readonly values: SettingValues;
  /** `changed`: the members of {@link SettingValues} that differ from before. */
  onDidChange(listener: (values: SettingValues, changed: (keyof SettingValues)[]) => void): Disposable;
}

export function createSettings(_log: vscode.LogOutputChannel): Settings {
  const emitter = new vscode.EventEmitter<never>();
  const values: SettingValues = {
    model: undefined,
    framesPerClip: undefined,
    sampling: {},
    server: {},
    maxProxyHeight: 720,
    confirmLinks: true,
  };
  return { values, onDidChange: () => emitter.event(() => undefined), dispose: () => emitter.dispose() };
}
