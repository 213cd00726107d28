import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { AnnotatePanel } from './support/annotatePanel.js';
import { describeInBrowser } from './support/browserTests.js';
import { sampleClip, useEditor } from './support/editor.js';
import { shortFolder } from './support/folders.js';
import { until } from './support/until.js';

const manifest = `${JSON.stringify({ format: 'videochat-dataset', version: 1, name: 'Shapes', tracks: [{ id: 'action' }], labels: [{ name: 'moves', key: '1' }] }, null, 2)}\n`;
const suggestion = (clip: string, caption: string): string => `{
  "format": "videochat-annotations",
  "version": 1,
  "media": { "path": "${clip}" },
  "segments": [
    { "id": "s1", "start": 1, "end": 2, "label": "moves", "caption": "${caption}", "provenance": { "author": "model", "model": { "id": "videochat-mini" }, "at": "2026-01-01T00:00:00.000Z", "status": "suggested" } }
  ],
  "questions": [],
  "conversations": []
}
`;

/** Many clips in folders of a thousand; one in each folder has a suggestion. */
function manyClips(count: number): string {
  const folder = path.join(shortFolder(), 'many');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'videochat.dataset.json'), manifest.replace('Shapes', 'Many'));
  for (let i = 0; i < count; i++) {
    const part = path.join(folder, `part-${String(Math.floor(i / 1000)).padStart(3, '0')}`);
    const name = `clip_${String(i).padStart(6, '0')}.mp4`;
    if (i % 1000 === 0) {
      mkdirSync(part);
      writeFileSync(path.join(part, `${name}.videochat.json`), suggestion(name, 'A circle.'));
    }
    closeSync(openSync(path.join(part, name), 'w'));
  }
  return folder;
}

interface Item {
  id: string;
  question: string;
  answer: string;
  provenance: { status: string; reviewer?: string };
}

describeInBrowser('a dataset', () => {
  const editor = useEditor('annotateDataset', () => {
    const folder = shortFolder();
    const file = (name: string, text: string): string => {
      writeFileSync(path.join(folder, name), text);
      return path.join(folder, name);
    };
    return {
      files: {
        'sample.mp4': sampleClip,
        'b.mp4': sampleClip,
        'c.mp4': sampleClip,
        'b.mp4.videochat.json': file('b.json', suggestion('b.mp4', 'A red circle.')),
        'c.mp4.videochat.json': file('c.json', suggestion('c.mp4', 'A blue square.')),
        'videochat.dataset.json': file('dataset.json', manifest),
      },
      settings: { 'files.autoSave': 'off', 'videochat.annotator': 'ada' },
    };
  });
  let panel: AnnotatePanel;
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);
  /** The editor empties a file before it writes it. */
  const onDisk = (name: string): Promise<string> => until(() => readFile(path.join(editor().workspace, name), 'utf8'), name);

  it('gets suggestions of the model, which are accepted, edited and rejected by keys', async () => {
    const { workbench } = editor();
    await workbench.contextMenu(workbench.explorerRow('sample.mp4'), 'Annotate Video…');
    panel = await new AnnotatePanel(workbench).ready();
    await panel.frame.getByRole('button', { name: /^Suggest/ }).click();
    await panel.frame.getByRole('button', { name: 'Questions and answers' }).click();
    await expect.poll(() => panel.footer(), { timeout: 90_000 }).toMatch(/4 to review/);
    await panel.applied();
    await shot('suggested');
    const question = panel.frame.locator('.detail textarea').first();
    const left = (count: number): Promise<void> => expect.poll(() => panel.footer(), { timeout: 20_000 }).toMatch(count > 0 ? new RegExp(`\\b${count} to review`) : /Nothing is left to review/);
    await panel.tracks.focus();
    await panel.press('u');
    await expect.poll(() => question.inputValue(), { timeout: 20_000 }).toBe('How many objects are there?');
    await panel.press('Enter');
    await left(3);
    await expect.poll(() => question.inputValue(), { timeout: 20_000 }).toBe('List everything you see.');
    await panel.press('F2');
    await expect.poll(() => question.evaluate((field) => field === (globalThis as unknown as { document: { activeElement: unknown } }).document.activeElement), { timeout: 20_000 }).toBe(true);
    await panel.press('Tab');
    const answer = panel.frame.locator('.detail textarea').nth(1);
    await answer.fill('A red disc and a blue square.');
    await answer.press('Enter');
    await left(2);
    // The editor learns a moment later that no text has the focus any more.
    await until(async () => {
      await panel.press('u');
      return until(async () => (await question.inputValue()) === 'Which object appears first?', 'the next question', 2_000).catch(() => false);
    }, 'the next question');
    await panel.press('Backspace');
    await left(1);
    await panel.press('Enter');
    await left(0);
    await panel.save();
    await shot('reviewed');
    const decided = async (): Promise<unknown> => {
      const { questions } = JSON.parse(await onDisk('sample.mp4.videochat.json')) as { questions: Item[] };
      return questions.map(({ answer, provenance: { status, reviewer } }) => [answer, status, reviewer]);
    };
    await expect.poll(decided, { timeout: 20_000 }).toEqual([
      ['There are two objects.', 'accepted', 'ada'],
      ['A red disc and a blue square.', 'edited', 'ada'],
      ['The red circle appears first.', 'rejected', 'ada'],
      ['The blue square appears last.', 'accepted', 'ada'],
    ]);
  });

  it('is exported as the training file that was asked for, without what was rejected', async () => {
    const { workbench, workspace } = editor();
    await workbench.runCommand('VideoChat: Export Annotations…');
    await workbench.chooseQuickPick('LLaVA, Video-LLaVA');
    await workbench.enterText(path.join(workspace, 'train.json'));
    await workbench.notification(/Exported 3 items/).waitFor();
    const { questions } = JSON.parse(await onDisk('sample.mp4.videochat.json')) as { questions: Item[] };
    const entry = (index: number, question: string, answer: string): object => ({
      id: questions[index]?.id,
      video: 'sample.mp4',
      conversations: [
        { from: 'human', value: `<video>\n${question}` },
        { from: 'gpt', value: answer },
      ],
    });
    expect(JSON.parse(await onDisk('train.json'))).toEqual([
      entry(0, 'How many objects are there?', 'There are two objects.'),
      entry(1, 'List everything you see.', 'A red disc and a blue square.'),
      entry(3, 'Which object appears last?', 'The blue square appears last.'),
    ]);
  });

  it('is reviewed from document to document', async () => {
    const { workbench } = editor();
    await workbench.runCommand('VideoChat: Start Review…');
    await workbench.chooseQuickPick('All suggestions');
    await workbench.tab(/b\.mp4/).waitFor();
    panel = await new AnnotatePanel(workbench).ready();
    await panel.frame.locator('.review-bar').filter({ hasText: '2 left' }).waitFor();
    await expect.poll(() => panel.caption.inputValue(), { timeout: 20_000 }).toBe('A red circle.');
    await panel.press('Enter');
    await workbench.tab(/c\.mp4/).waitFor();
    // What was left behind is decided, and saved.
    await expect.poll(() => onDisk('b.mp4.videochat.json'), { timeout: 20_000 }).toMatch(/"status": "accepted", "reviewer": "ada"/);
    panel = await new AnnotatePanel(workbench).ready();
    await panel.frame.locator('.review-bar').filter({ hasText: '1 left' }).waitFor();
    await expect.poll(() => panel.caption.inputValue(), { timeout: 20_000 }).toBe('A blue square.');
    await shot('review');
    await panel.press('Backspace');
    await workbench.notification(/review is done: 2 items/).waitFor();
    await expect.poll(() => onDisk('c.mp4.videochat.json'), { timeout: 20_000 }).toMatch(/"status": "rejected", "reviewer": "ada"/);
  });

  it('of a hundred thousand clips opens and filters', async () => {
    const { workbench } = editor();
    const many = manyClips(100_000);
    const row = (text: string | RegExp) => workbench.page.locator('.sidebar [role=treeitem]').filter({ hasText: text });
    await workbench.runCommand('VideoChat: Select Dataset…');
    await workbench.chooseQuickPick('Browse…');
    await workbench.enterText(many);
    await workbench.runCommand('VideoChat: Focus on Dataset View');
    await row('part-000').waitFor();
    await shot('many');
    await workbench.runCommand('VideoChat: Filter Clips…');
    await workbench.chooseQuickPick('Part of the path…');
    await workbench.enterText('clip_042500');
    await row('part-000').waitFor({ state: 'detached' });
    await row('part-042').click();
    await row('clip_042500.mp4').waitFor();
    expect(await row(/clip_/).count()).toBe(1);
    await shot('filtered');
    await workbench.runCommand('VideoChat: Clear Clip Filter');
    await row('part-000').waitFor();
    // One clip of each folder waits for a review.
    await workbench.runCommand('VideoChat: Filter Clips…');
    await workbench.chooseQuickPick('moves');
    await until(async () => /0\/1$/.test((await row('part-000').first().textContent()) ?? ''), 'what the filter leaves of a folder');
  });
});
