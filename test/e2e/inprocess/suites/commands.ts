import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, sampleUri } from '../extensionUnderTest.js';

export function commandSuite(): void {
  describe('commands', () => {
    // Nothing is open and the server does not run: each has an answer for that.
    for (const name of ['stop', 'regenerate', 'copyTranscript', 'focusInput', 'focusLastAnswer', 'showLog']) {
      it(`${name} does no harm without a panel`, async () => {
        await vscode.commands.executeCommand(`videochat.${name}`);
      });
    }

    it('chatWithVideo refuses what is no argument', async () => {
      for (const argument of [{}, 7, 'x', null, [sampleUri()]]) {
        const wrong = argument === null ? vscode.Uri.parse('untitled:nothing.mp4') : argument;
        await Promise.race([
          Promise.resolve(vscode.commands.executeCommand('videochat.chatWithVideo', wrong)).catch(() => undefined),
          new Promise((resolve) => setTimeout(resolve, 2_000)),
        ]);
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      }
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('summarizeVideo opens a Markdown document about the clip', async () => {
      void vscode.commands.executeCommand('videochat.summarizeVideo', sampleUri());
      const document = await eventually(
        () => vscode.workspace.textDocuments.find((each) => each.languageId === 'markdown' && /circle/i.test(each.getText())),
        'a summary',
        120_000,
      );
      assert.match(document.getText(), /sample\.mp4/);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });

    it('makeChapters opens a Markdown document whose times play the clip', async () => {
      void vscode.commands.executeCommand('videochat.makeChapters', sampleUri());
      const document = await eventually(
        () => vscode.workspace.textDocuments.find((each) => each.languageId === 'markdown' && /^- \[0:00–/m.test(each.getText())),
        'chapters',
        120_000,
      );
      assert.match(document.getText(), /sample\.mp4/);
      assert.match(document.getText(), /videochat\.videochat\/open\?/);
      await vscode.commands.executeCommand('notifications.clearAll');
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });

    it('compareVideos opens a Markdown table about both', async () => {
      void vscode.commands.executeCommand('videochat.compareVideos', sampleUri(), [sampleUri(), sampleUri()]);
      const document = await eventually(
        () => vscode.workspace.textDocuments.find((each) => each.languageId === 'markdown' && /^\| Shots \|/m.test(each.getText())),
        'a comparison',
        120_000,
      );
      assert.match(document.getText(), /sample\.mp4/);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    });
  });
}
