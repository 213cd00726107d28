import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, sampleUri } from '../extensionUnderTest.js';
import type { Misuse } from '../misuse.js';

const panels = (): vscode.Tab[] =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputWebview && /videochat\.chat$/.test(tab.input.viewType));

export function panelSuite(misuse: Misuse): void {
  describe('the panel', () => {
    it('opens for a clip, once for each conversation, and closes', async () => {
      await vscode.commands.executeCommand('videochat.chatWithVideo', sampleUri(), [sampleUri()]);
      const [tab] = await eventually(() => panels().length > 0 && panels(), 'a panel');
      assert.match(tab?.label ?? '', /sample/);
      await vscode.commands.executeCommand('videochat.focusInput');
      await vscode.window.tabGroups.close(panels());
      assert.deepEqual(panels(), []);
    });

    it('opens for each clip of a selection', async () => {
      await vscode.commands.executeCommand('videochat.chatWithVideo', sampleUri(), [sampleUri(), sampleUri('second.mp4')]);
      await eventually(() => panels().length === 2, 'two panels');
      await vscode.window.tabGroups.close(panels());
    });

    it('and everything before left no complaint of VS Code', () => {
      assert.deepEqual(misuse, []);
    });
  });
}
