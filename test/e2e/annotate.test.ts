import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { AnnotatePanel } from './support/annotatePanel.js';
import { describeInBrowser } from './support/browserTests.js';
import { sampleClip, useEditor } from './support/editor.js';
import { shortFolder } from './support/folders.js';
import { until } from './support/until.js';

const manifest = {
  format: 'videochat-dataset',
  version: 1,
  tracks: [{ id: 'action', overlap: false }, { id: 'speech' }],
  labels: [
    { name: 'moves', key: '1' },
    { name: 'rests', key: '2' },
  ],
};

/** The sample as documents know it: 8 s, 120 frames. */
const media =
  '{ "path": "sample.mp4", "sha256": "4f12b0c24751c2c8a7fde2f75fc6189da8c58cbafde8d2b61eb74db295d417ed", "duration": 8, "fps": 15, "frameCount": 120, "timeBase": "1/15360" }';

describeInBrowser('annotating a clip', () => {
  const editor = useEditor('annotate', async () => {
    const dataset = path.join(shortFolder(), 'dataset.json');
    await writeFile(dataset, `${JSON.stringify(manifest, null, 2)}\n`);
    return {
      files: { 'sample.mp4': sampleClip, 'videochat.dataset.json': dataset },
      settings: { 'files.autoSave': 'off', 'videochat.annotator': 'ada' },
    };
  });
  let panel: AnnotatePanel;
  const shot = (what: string): Promise<string> => editor().workbench.screenshot(what);
  const file = (): string => path.join(editor().workspace, 'sample.mp4.videochat.json');
  /** The editor empties a file before it writes it. */
  const onDisk = (): Promise<string> => until(() => readFile(file(), 'utf8'), 'the document on disk');
  const expectOnDisk = (text: string): Promise<void> => expect.poll(async () => settled(await onDisk()), { timeout: 20_000 }).toBe(text);
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', ['-c', 'user.name=ada', '-c', 'user.email=ada@example.org', ...args], { cwd: editor().workspace })).stdout;
  /** The text of a document, without the ids and moments that are new each time. */
  const settled = (text: string): string => text.replace(/"id": "[a-z0-9]+"/g, '"id": "ID"').replace(/"(at|reviewedAt)": "[\dT:.-]+Z"/g, '"$1": "NOW"');
  const canonical = (...segments: string[]): string =>
    ['{', '  "format": "videochat-annotations",', '  "version": 1,', `  "media": ${media},`, segments.length > 0 ? `  "segments": [\n${segments.map((each) => `    ${each}`).join(',\n')}\n  ],` : '  "segments": [],', '  "questions": [],', '  "conversations": []', '}', ''].join('\n');
  const segment = (start: number, end: number, caption: string): string =>
    `{ "id": "ID", "start": ${start}, "end": ${end}, "track": "action", "label": "moves", "caption": "${caption}", "provenance": { "author": "ada", "at": "NOW" } }`;

  it('makes a segment by keys alone, from the explorer to the saved file', async () => {
    const { workbench } = editor();
    await workbench.contextMenu(workbench.explorerRow('sample.mp4'), 'Annotate Video…');
    panel = await new AnnotatePanel(workbench).ready();
    await panel.goToFrame(15);
    await panel.press('[');
    await panel.says('Starts at 0:01.00');
    await panel.goToFrame(29);
    await panel.press(']');
    await panel.says('Ends at 0:02.00');
    await panel.press('1');
    await panel.selected.waitFor({ state: 'attached' });
    await panel.typeCaption('A circle moves.');
    await panel.save();
    await expectOnDisk(canonical(segment(1, 2, 'A circle moves.')));
    await shot('made');
  });

  it('resizes it by mouse', async () => {
    await panel.drag(2, 3);
    await panel.expectTimes('0:00:01.00 → 0:00:03.00');
    await panel.save();
    await expectOnDisk(canonical(segment(1, 3, 'A circle moves.')));
  });

  it('undoes twenty steps and more, back to the beginning, and does them again', async () => {
    await panel.press('v');
    await panel.expectTimes('0:00:01.00 → 0:00:03.066667');
    // Nobody waits for the text: each key is taken back in its turn.
    await panel.press('v', 19);
    await panel.press('Control+z', 20);
    await panel.expectTimes('0:00:01.00 → 0:00:03.00');
    // Before these there are the resizing, the caption and the segment itself.
    await panel.press('Control+z', 3);
    await expect.poll(() => panel.footer(), { timeout: 20_000 }).toMatch(/^0 segments/);
    await panel.press('Control+Shift+z', 23);
    await expect.poll(() => panel.footer(), { timeout: 20_000 }).toMatch(/^1 segment\b/);
    await panel.press('PageDown');
    await panel.expectTimes('0:00:01.00 → 0:00:04.333333');
    await panel.press('Control+z', 20);
    await panel.expectTimes('0:00:01.00 → 0:00:03.00');
    await panel.save();
    await expectOnDisk(canonical(segment(1, 3, 'A circle moves.')));
  });

  it('shows the same when it is opened again', async () => {
    const { workbench } = editor();
    await workbench.runCommand('View: Close Editor');
    await workbench.tab(/videochat\.json/).waitFor({ state: 'detached' });
    await workbench.explorerRow('sample.mp4.videochat.json').dblclick();
    panel = await new AnnotatePanel(workbench).ready();
    await panel.press('PageDown');
    await panel.expectTimes('0:00:01.00 → 0:00:03.00');
    expect(await panel.caption.inputValue()).toBe('A circle moves.');
  });

  it('changes one line where one segment was edited', async () => {
    await panel.press('d');
    await until(async () => /^2 segments/.test(await panel.footer()), 'the second segment');
    await panel.save();
    await git('init', '-q');
    await git('add', 'sample.mp4.videochat.json');
    await git('commit', '-q', '-m', 'Annotate');
    await panel.typeCaption('It goes on.');
    await panel.save();
    const changed = (await git('diff', '-U0', 'sample.mp4.videochat.json')).split('\n').filter((line) => /^[+-] /.test(line));
    expect(changed.map(settled)).toEqual([`-    ${segment(3, 5, 'A circle moves.')}`, `+    ${segment(3, 5, 'It goes on.')}`]);
  });

  it('tells of an overlap in the Problems view, where a quick fix mends it', async () => {
    const { workbench } = editor();
    const { page } = workbench;
    await panel.press('z', 2);
    await panel.expectTimes('0:00:02.866667 → 0:00:05.00');
    await panel.applied();
    await workbench.runCommand('Problems: Focus on Problems View');
    const problem = page.locator('.markers-panel-container .monaco-list-row').filter({ hasText: /overlap/i }).first();
    await problem.click();
    await shot('problem');
    const fix = page.getByRole('menuitem', { name: 'Begin it at 3 s, behind its neighbour' });
    // Asked in the moment in which the view learns of the problem, the editor shows none.
    await until(async () => {
      await page.keyboard.press('Control+.');
      return until(async () => (await fix.count()) > 0, 'the menu', 3_000).catch(() => false);
    }, 'the quick fix');
    await shot('quick-fix');
    // A menu takes no click in the first moment after it opens.
    await until(async () => {
      await fix.click({ timeout: 2_000 }).catch(() => undefined);
      return (await fix.count()) === 0;
    }, 'the end of the menu');
    await problem.waitFor({ state: 'detached' });
    await panel.applied();
    await panel.save();
    await expectOnDisk(canonical(segment(1, 3, 'A circle moves.'), segment(3, 5, 'It goes on.')));
    await workbench.runCommand('View: Toggle Panel Visibility');
  });

  it('keeps two editors and the text in step', async () => {
    const { workbench } = editor();
    await workbench.runCommand('View: Split Editor Right');
    await until(async () => (await workbench.page.locator('iframe.webview.ready').count()) === 2, 'the second editor');
    const [left, right] = [await new AnnotatePanel(workbench, 0).ready(), await new AnnotatePanel(workbench, 1).ready()];
    await right.tracks.focus();
    await right.press('PageDown');
    await right.typeCaption('A circle.');
    await left.frame.locator('.item-list').filter({ hasText: 'A circle.' }).waitFor();
    await workbench.runCommand('VideoChat: Annotator: Open as Text');
    await expect.poll(() => workbench.editorText(), { timeout: 20_000 }).toContain('"A circle."');
    await workbench.page.locator('.monaco-editor .view-line', { hasText: 'A circle.' }).first().click();
    await workbench.page.keyboard.press('Control+h');
    const find = workbench.page.locator('.find-widget.visible');
    await find.locator('.find-part textarea').fill('A circle.');
    await find.locator('.replace-part textarea').fill('A disc.');
    await workbench.page.keyboard.press('Control+Alt+Enter');
    panel = left;
    await panel.frame.locator('.item-list').filter({ hasText: 'A disc.' }).waitFor();
    await shot('in-step');
    await workbench.runCommand('File: Save');
    await expect.poll(onDisk, { timeout: 20_000 }).toContain('"A disc."');
    await workbench.runCommand('View: Close Editor');
    panel = await new AnnotatePanel(workbench).ready();
  });

  it('loses nothing when the file changes on disk while there are changes here', async () => {
    const { workbench } = editor();
    const before = await onDisk();
    // Without changes here, what comes from outside is shown at once.
    await writeFile(file(), before.replace('A disc.', 'Seen outside.'));
    await panel.frame.locator('.item-list').filter({ hasText: 'Seen outside.' }).waitFor();
    await panel.tracks.focus();
    await panel.press('PageDown');
    await panel.typeCaption('Mine, not saved.');
    await writeFile(file(), before.replace('A disc.', 'Theirs.'));
    await panel.press('Control+s');
    const question = workbench.notification(/newer/);
    await question.waitFor();
    await shot('conflict');
    expect(await onDisk()).toContain('Theirs.');
    expect(await panel.caption.inputValue()).toBe('Mine, not saved.');
    expect(await question.getByRole('button').allTextContents()).toEqual(expect.arrayContaining(['Compare', 'Overwrite']));
    await question.getByRole('button', { name: 'Overwrite' }).click();
    await expect.poll(onDisk, { timeout: 20_000 }).toContain('Mine, not saved.');
  });

  it('finds everything again when extension host and window are killed in the middle of an edit', async () => {
    const { workbench, server } = editor();
    const saved = await onDisk();
    await panel.tracks.focus();
    await panel.press('PageDown');
    await panel.typeCaption('Typed before the end.');
    // The editor keeps what is not saved, a moment after it was typed.
    await workbench.settled();
    for (const host of await server.extensionHosts()) {
      process.kill(host, 'SIGKILL');
    }
    await workbench.kill(server.url());
    panel = await new AnnotatePanel(workbench).ready();
    await panel.frame.locator('.item-list').filter({ hasText: 'Typed before the end.' }).waitFor();
    expect(await panel.footer()).toContain('unsaved changes');
    expect(await onDisk()).toBe(saved);
    await shot('found-again');
    await panel.tracks.focus();
    await panel.save();
    await expect.poll(onDisk, { timeout: 20_000 }).toContain('Typed before the end.');
  });

  it('keeps two windows in step, and asks where both have changes', async () => {
    const { workbench, server } = editor();
    const other = await workbench.anotherWindow(server.url());
    await other.explorerRow('sample.mp4.videochat.json').dblclick();
    const theirs = await new AnnotatePanel(other).ready();
    const write = async (there: AnnotatePanel, text: string): Promise<void> => {
      await there.workbench.page.bringToFront();
      await there.tracks.focus();
      await there.press('PageDown');
      await there.typeCaption(text);
    };
    const shows = (there: AnnotatePanel, text: string): Promise<void> => there.frame.locator('.item-list').filter({ hasText: text }).waitFor();
    await write(theirs, 'From the other window.');
    await theirs.save();
    await shows(panel, 'From the other window.');
    await write(panel, 'Of this window.');
    await write(theirs, 'Of the other again.');
    await theirs.save();
    await expect.poll(onDisk, { timeout: 20_000 }).toContain('Of the other again.');
    await workbench.page.bringToFront();
    await panel.tracks.focus();
    await panel.press('Control+s');
    const question = workbench.notification(/newer/);
    await question.waitFor();
    expect(await onDisk()).toContain('Of the other again.');
    await shows(panel, 'Of this window.');
    await question.getByRole('button', { name: 'Overwrite' }).click();
    await expect.poll(onDisk, { timeout: 20_000 }).toContain('Of this window.');
    await shows(theirs, 'Of this window.');
    await other.closeWindow();
  });
});
