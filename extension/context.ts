import type * as vscode from 'vscode';
import type { ServerController } from './server/serverController.js';
import type { Settings } from './settings/settings.js';

/** What every feature of the extension is handed. */
export interface ExtensionParts {
  context: vscode.ExtensionContext;
  server: ServerController;
  settings: Settings;
  log: vscode.LogOutputChannel;
  /** Fired when a model came to this machine, or went: whoever lists models asks again. */
  modelsChanged: vscode.EventEmitter<void>;
}
