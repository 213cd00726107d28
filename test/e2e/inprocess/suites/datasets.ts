import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually, sampleUri } from '../extensionUnderTest.js';

const at = (name: string): vscode.Uri => sampleUri(`data/${name}`);
const write = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.fs.writeFile(at(name), new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));
const suggested = (id: string): object => ({ id, start: 0, end: 1, label: 'walk', provenance: { author: 'model', status: 'suggested' } });
const annotations = (path: string, segments: object[]): object => ({ format: 'videochat-annotations', version: 1, media: { path }, segments });
const shownDocument = (): string | undefined => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? input.uri.path.slice(input.uri.path.lastIndexOf('/') + 1) : undefined;
};
/** Takes what a quick pick proposes, as soon as there is one, until something has come of it. */
async function accept<T>(look: () => T | undefined | false, what: string): Promise<T> {
  const timer = setInterval(() => void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'), 500);
  try {
    return await eventually(look, what);
  } finally {
    clearInterval(timer);
  }
}

export function datasetSuite(): void {
  describe('datasets', () => {
    before(async () => {
      // Of the suites before: the folder is to hold one dataset.
      await vscode.workspace.fs.delete(sampleUri('videochat.dataset.json')).then(undefined, () => undefined);
      await vscode.workspace.fs.copy(sampleUri(), at('a.mp4'));
      await vscode.workspace.fs.copy(sampleUri(), at('sub/b.mp4'));
      await write('a.mp4.videochat.json', annotations('a.mp4', [suggested('s-1')]));
      await write('sub/b.mp4.videochat.json', annotations('b.mp4', [{ ...suggested('s-2'), label: 'run' }]));
      await write('broken.mp4.videochat.json', '{ "format": ');
      await write('videochat.dataset.json', { format: 'videochat-dataset', version: 1, labels: [{ name: 'walk' }] });
    });

    it('are shown in a view', async () => {
      await vscode.commands.executeCommand('videochat.dataset.focus');
      await vscode.commands.executeCommand('videochat.refreshDataset');
    });

    it('open a clip in the annotator', async () => {
      await vscode.commands.executeCommand('videochat.openDatasetClip', { documentPath: at('a.mp4.videochat.json').fsPath, videoPath: at('a.mp4').fsPath });
      await eventually(() => shownDocument() === 'a.mp4.videochat.json', 'the annotator');
      await vscode.commands.executeCommand('videochat.openDatasetClip', { documentPath: 7 });
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('are validated into the Problems view', async () => {
      void vscode.commands.executeCommand('videochat.validateDataset');
      const problems = (name: string): unknown[] => vscode.languages.getDiagnostics(at(name)).map(({ code }) => code);
      await accept(() => problems('broken.mp4.videochat.json').length > 0, 'problems');
      assert.deepEqual(problems('broken.mp4.videochat.json'), ['notJson']);
      assert.deepEqual(problems('sub/b.mp4.videochat.json'), ['unknownLabel']);
      assert.deepEqual(problems('a.mp4.videochat.json'), []);
      await vscode.commands.executeCommand('notifications.clearAll');
    });

    it('are reviewed, beginning with the first suggestion', async () => {
      void vscode.commands.executeCommand('videochat.startReview');
      await accept(() => shownDocument() === 'a.mp4.videochat.json', 'the first document of the review');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });
  });
}
