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

  it('a narration: a line for every few seconds, which can be saved as subtitles', async () => {
    const { workbench, workspace } = editor();
    await workbench.contextMenu(workbench.explorerRow('sample.mp4'), 'Narrate Video…');
    await workbench.chooseQuickPick('A line every 2 seconds');
    const lines = workbench.notification('lines were written');
    await lines.waitFor({ timeout: 120_000 });
    const text = await until(async () => {
      const seen = await workbench.editorText();
      return seen.includes('0:02') && seen;
    }, 'the narration');
    expect(text.match(/^- \[0:0\d.*circle/gim)?.length).toBeGreaterThanOrEqual(2);
    await shot('narration');
    await lines.getByRole('button', { name: 'Save as WebVTT…' }).click();
    await workbench.enterText(path.join(workspace, 'told.vtt'));
    await expect.poll(() => readFile(path.join(workspace, 'told.vtt'), 'utf8').catch(() => ''), { timeout: 20_000 }).toMatch(/^WEBVTT[^]*-->[^]*circle/i);
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
