import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, sampleUri } from '../extensionUnderTest.js';

const folder = (): vscode.Uri => sampleUri('more');
const readSummaries = async (): Promise<string> =>
  new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder(), 'videochat-summaries.md')));
const sections = (text: string): string[] => [...text.matchAll(/^## \[(.+?)\]/gm)].map(([, name = '']) => name);

export function summarySuite(): void {
  describe('summaries', () => {
    it('of a folder grow in one document, past a clip that cannot be read', async () => {
      await vscode.workspace.fs.copy(sampleUri(), vscode.Uri.joinPath(folder(), 'b (1).mp4'));
      await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), 'a.mp4'), new TextEncoder().encode('not a video'));
      await vscode.commands.executeCommand('videochat.summarizeFolder', folder());
      const text = await readSummaries();
      assert.deepEqual(sections(text), ['b (1).mp4']);
      assert.match(text, /^> \*\*\[a\.mp4\]\(a\.mp4\)\*\*: .+/m);
      assert.match(text, /circle/i);
      assert.ok(text.includes('](b%20%281%29.mp4)'));
    });

    it('are taken up again: what is there stays, what failed is tried anew', async () => {
      const before = await readSummaries();
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), 'a.mp4'));
      await vscode.workspace.fs.copy(sampleUri(), vscode.Uri.joinPath(folder(), 'a.mp4'));
      await vscode.commands.executeCommand('videochat.summarizeFolder', folder());
      const text = await readSummaries();
      // The same clip under another name is no other clip.
      assert.deepEqual(sections(text), ['b (1).mp4']);
      assert.ok(text.includes(before.slice(before.indexOf('## '))));
      assert.doesNotMatch(text, /could not be summarized/);
      assert.match(text, /^> \*\*\[a\.mp4\]\(a\.mp4\)\*\*: the same clip as \[b \(1\)\.mp4\]/m);
    });

    it('have times as links that open the clip', async () => {
      const link = /\]\((\S+:\/\/videochat\.videochat\/open\?\S+?)\)/.exec(await readSummaries())?.[1] ?? '';
      const uri = vscode.Uri.parse(link, true);
      assert.equal(uri.scheme, vscode.env.uriScheme);
      assert.equal(new URLSearchParams(uri.query).get('file'), 'more/b (1).mp4');
      assert.match(new URLSearchParams(uri.query).get('t') ?? '', /^[\d.]+(,[\d.]+)?$/);
    });

    it('of several clips come in a document without a name', async () => {
      const uris = [sampleUri(), sampleUri('second.mp4')];
      await vscode.commands.executeCommand('videochat.summarizeVideo', uris[0], uris);
      const document = await eventually(
        () => vscode.workspace.textDocuments.find((each) => each.isUntitled && /Model:[^]*second\.mp4/.test(each.getText())),
        'a document of both',
      );
      // The second is a copy of the first: it is named, not looked at again.
      assert.deepEqual(sections(document.getText()), ['sample.mp4']);
      assert.match(document.getText(), /\[second\.mp4\].*the same clip as \[sample\.mp4\]/);
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('of what is no file are refused', async () => {
      await Promise.race([
        vscode.commands.executeCommand('videochat.summarizeVideo', vscode.Uri.parse('memory:/clip.mp4')),
        new Promise((resolve) => setTimeout(resolve, 1000)),
      ]);
      assert.equal(vscode.workspace.textDocuments.some((each) => each.isUntitled && !each.isClosed && /clip\.mp4/.test(each.getText())), false);
    });
  });
}
