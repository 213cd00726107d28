import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { contributions } from '../extensionUnderTest.js';

export function settingSuite(): void {
  describe('settings', () => {
    it('have the defaults of the manifest', () => {
      const properties = contributions().configuration.flatMap((group) => Object.entries(group.properties));
      assert.ok(properties.length > 10);
      for (const [key, { default: value }] of properties) {
        assert.deepEqual(vscode.workspace.getConfiguration().inspect(key)?.defaultValue, value, key);
      }
    });

    it('of any kind do no harm, and are taken back', async () => {
      const wrong: [string, unknown][] = [
        ...([['threads', -5], ['device', 'toaster'], ['framesPerClip', 'many'], ['modelFolders', [7]]] as [string, unknown][]),
        ...([['cacheFolder', 'relative'], ['sampling.temperature', 'hot']] as [string, unknown][]),
      ];
      const configuration = vscode.workspace.getConfiguration('videochat');
      for (const [key, value] of wrong) {
        await configuration.update(key, value, vscode.ConfigurationTarget.Global);
      }
      // Read by the extension when they change; it still answers.
      await vscode.commands.executeCommand('videochat.stop');
      for (const [key] of wrong) {
        await configuration.update(key, undefined, vscode.ConfigurationTarget.Global);
      }
      assert.equal(vscode.workspace.getConfiguration('videochat').get('threads'), 0);
    });
  });
}
