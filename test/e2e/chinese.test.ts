import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import { useEditor } from './support/editor.js';
import { repository } from './support/folders.js';

const texts = (file: string): Record<string, string> => JSON.parse(readFileSync(path.join(repository, file), 'utf8')) as Record<string, string>;

describeInBrowser('in Chinese', () => {
  const editor = useEditor('chinese', () => ({ language: 'zh-cn' }));

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
});
