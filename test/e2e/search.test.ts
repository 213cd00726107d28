import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writeAnnotations } from '../../server/common/annotations/writeAnnotations.js';
import { emptyAnnotations } from '../../server/protocol/index.js';
import { AnnotatePanel } from './support/annotatePanel.js';
import { describeInBrowser } from './support/browserTests.js';
import { ChatPanel } from './support/chatPanel.js';
import { sampleClip, useEditor } from './support/editor.js';
import { until } from './support/until.js';

const cues = '1\n00:00:02,000 --> 00:00:04,000\nThe dog runs home\n';
const document = writeAnnotations({ ...emptyAnnotations({ path: 'notes.mp4' }), segments: [{ id: 's-1', start: 3, end: 5, label: 'juggling', caption: 'Somebody juggles.' }] });

function file(name: string, text: string): string {
  const to = path.join(mkdtempSync(path.join(tmpdir(), 'videochat-test-')), name);
  writeFileSync(to, text);
  return to;
}

describeInBrowser('search over all videos', () => {
  const editor = useEditor('search', () => ({
    files: {
      'sample.mp4': sampleClip,
      'trip/street.mp4': sampleClip,
      'trip/street.srt': file('street.srt', cues),
      'notes.mp4': sampleClip,
      'notes.mp4.videochat.json': file('notes.json', document),
    },
  }));
  const row = (text: string | RegExp) => editor().workbench.page.locator('.sidebar [role=treeitem]').filter({ hasText: text });
  const find = async (query: string): Promise<void> => {
    const { workbench } = editor();
    // An editor that is still opening may take the focus a moment later, and the box closes.
    await until(async () => {
      await workbench.runCommand('VideoChat: Find in Videos…');
      return workbench.enterText(query, 10_000).then(() => true, () => false);
    }, `the question ${query}`);
  };

  it('finds the moment that was spoken of, says why, and shows it', async () => {
    const { workbench } = editor();
    await find('animal');
    await row('dog is a kind of animal').waitFor();
    await row('trip/street.mp4').waitFor();
    // The picture of the moment takes the place of the icon.
    await expect.poll(() => row('dog is a kind of animal').locator('.custom-view-tree-node-item-icon').getAttribute('style'), { timeout: 60_000 }).toMatch(/\.jpe?g/);
    await workbench.screenshot('found');
    await row('dog is a kind of animal').click();
    const panel = new ChatPanel(workbench);
    await panel.input.waitFor();
    await expect.poll(() => panel.video.evaluate((video) => (video as unknown as { currentTime: number }).currentTime), { timeout: 60_000 }).toBeCloseTo(2, 0);
    await workbench.screenshot('moment');
  });

  it('copies a link to a moment', async () => {
    const { workbench } = editor();
    await workbench.contextMenu(row('dog is a kind of animal'), 'Copy Link to This Moment');
    await expect.poll(() => workbench.clipboard()).toMatch(/^[a-z-]+:\/\/videochat\.videochat\/open\?file=trip%2Fstreet\.mp4&t=2,4$/);
  });

  it('opens annotations where they stand', async () => {
    const { workbench } = editor();
    await find('juggle');
    await row('juggling').waitFor();
    await row('juggling').click();
    const panel = await new AnnotatePanel(workbench).ready();
    await expect.poll(() => panel.caption.inputValue(), { timeout: 30_000 }).toBe('Somebody juggles.');
    await workbench.screenshot('annotation');
  });

  it('finds what comes while it is looked at, and tells where there is nothing', async () => {
    const { workbench, workspace } = editor();
    await find('horse');
    await workbench.page.locator('.sidebar').getByText('Nothing was found.').waitFor();
    await workbench.screenshot('nothing');
    writeFileSync(path.join(workspace, 'sample.srt'), cues.replace('dog', 'horse'));
    await row('The horse runs home').waitFor();
    await workbench.runCommand('VideoChat: Clear Search Results');
    await row('The horse runs home').waitFor({ state: 'detached' });
  });

  it('shows no error of its pages', () => {
    expect(editor().workbench.errors.filter((error) => /videochat/i.test(error) && /search/i.test(error))).toEqual([]);
  });
});
