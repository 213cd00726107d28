import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { AnnotatePanel } from './support/annotatePanel.js';
import { describeInBrowser } from './support/browserTests.js';
import { sampleClip, useEditor } from './support/editor.js';
import { repository, shortFolder } from './support/folders.js';

const texts = (file: string): Record<string, string> => JSON.parse(readFileSync(path.join(repository, file), 'utf8')) as Record<string, string>;

describeInBrowser('in Chinese', () => {
  const editor = useEditor('chinese', () => {
    const broken = path.join(shortFolder(), 'broken.mp4');
    writeFileSync(broken, 'this is no video');
    return { language: 'zh-cn', files: { 'sample.mp4': sampleClip, 'broken.mp4': broken } };
  });

  it('speaks it in menus, in the panel and in commands', async () => {
    const manifest = texts('package.nls.zh-cn.json');
    const bundle = texts('l10n/bundle.l10n.zh-cn.json');
    const panel = await editor().chatWith('sample.mp4', manifest['command.chatWithVideo']);
    expect(await panel.input.getAttribute('placeholder')).toBe(bundle['Ask about this video…']);
    await panel.ask('What is the color of the square?');
    await editor().workbench.screenshot('panel');
    // English words that a person would read; names of models and devices stay as they are.
    const words = await panel.frame.locator('body').evaluate((body) => (body as unknown as { innerText: string }).innerText);
    expect(words).not.toMatch(/\b(Ask|Send|frames|Frames|Answer|Stop|Player|seconds?)\b/);
    await editor().workbench.runCommand(`VideoChat: ${manifest['command.showLog']}`);
  });

  it('says what the server found wrong with a clip', async () => {
    const manifest = texts('package.nls.zh-cn.json');
    const bundle = texts('l10n/bundle.l10n.zh-cn.json');
    const panel = await editor().chatWith('broken.mp4', manifest['command.chatWithVideo']);
    const problem = panel.frame.locator('.problem').first();
    await problem.waitFor();
    const words = await problem.textContent();
    expect(words).toContain(bundle['The file is not a video or a picture of a known kind.']);
    expect(words).toMatch(/请将文件转换为其中一种/);
  });

  it('speaks it in the annotator, in a wide window and in a narrow one', async () => {
    const { workbench } = editor();
    const manifest = texts('package.nls.zh-cn.json');
    await workbench.contextMenu(workbench.explorerRow('sample.mp4'), manifest['command.annotateVideo'] ?? '');
    const panel = await new AnnotatePanel(workbench).ready();
    await panel.press('a');
    await panel.selected.waitFor({ state: 'attached' });
    await workbench.screenshot('annotator');
    const words = await panel.frame.locator('body').evaluate((body) => (body as unknown as { innerText: string }).innerText);
    expect(words).not.toMatch(/\b(Segment|segments?|Label|Track|Captions|Conversation|Clip|Suggest|Search|saved|unsaved|keys|Nothing|Added)\b/);
    await workbench.page.setViewportSize({ width: 500, height: 900 });
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    const overflow = (): Promise<number> =>
      panel.frame.locator('html').evaluate((page) => (page as unknown as { scrollWidth: number }).scrollWidth - (page as unknown as { clientWidth: number }).clientWidth);
    await expect.poll(overflow, { timeout: 20_000 }).toBe(0);
    await workbench.screenshot('annotator-narrow');
  });
});
