import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { contributions, extensionUnderTest } from '../extensionUnderTest.js';

export function activationSuite(): void {
  describe('activation', () => {
    it('is cheap: it starts nothing heavy', async () => {
      await extensionUnderTest().activate();
      const loaded = Object.keys(require.cache).filter((file) => file.startsWith(extensionUnderTest().extensionPath));
      const native = loaded.filter((file) => /koffi|onnxruntime|llama|\.node$/.test(file));
      assert.deepEqual(native, []);
      assert.ok(loaded.some((file) => file.endsWith('extension.cjs')));
      assert.ok(!loaded.some((file) => file.endsWith('onDemand.cjs')));
    });

    it('registers every command of the manifest', async () => {
      const registered = new Set(await vscode.commands.getCommands(true));
      const { commands } = contributions();
      assert.ok(commands.length > 15);
      assert.deepEqual(commands.map(({ command }) => command).filter((command) => !registered.has(command)), []);
    });
  });
}
