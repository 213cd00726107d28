import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { makeClip } from '../media/makeClip.js';
import { describeInBrowser } from './support/browserTests.js';
import { sampleClip, useEditor } from './support/editor.js';
import { until } from './support/until.js';

describeInBrowser('summaries from the palette', () => {
  const editor = useEditor('summaries', async () => ({
    files: { 'sample.mp4': sampleClip, 'more/first.mp4': sampleClip, 'more/second.mp4': await makeClip({ name: 'plain' }) },
  }));
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);

  it('of one clip: a Markdown document with times as links', async () => {
    const { workbench } = editor();
    await workbench.runCommand('VideoChat: Summarize Video…');
    await workbench.chooseQuickPick('sample.mp4');
    const text = await until(async () => {
      const seen = await workbench.editorText();
      return /circle/i.test(seen) && seen;
    }, 'the summary');
    await shot('clip');
    expect(text).toMatch(/# .*sample\.mp4/);
    expect(text).toMatch(/\]\(vscode:|\]\(.*:\/\//);
  });

  it('of a folder: one document that grows, beside the clips', async () => {
    const { workbench, workspace } = editor();
    await workbench.runCommand('VideoChat: Summarize Folder…');
    await workbench.chooseQuickPick('more');
    const file = path.join(workspace, 'more', 'videochat-summaries.md');
    const text = await until(async () => {
      const written = await readFile(file, 'utf8').catch(() => '');
      return /## .*second\.mp4[^]*Model: /.test(written) && written;
    }, 'the document of the folder', 120_000);
    expect(text).toMatch(/first\.mp4[^]*circle[^]*second\.mp4/i);
    await shot('folder');
  }, 180_000);
});
