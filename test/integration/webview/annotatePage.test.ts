import { describe, expect, it } from 'vitest';
import { exampleAnnotateState, exampleDocument } from './support/annotateExamples.js';
import { chromiumPath } from './support/chromium.js';
import { useAnnotator } from './support/useAnnotator.js';

/** The machine may be busy. */
const patient = { timeout: 15_000 };

describe.skipIf(!chromiumPath)('the annotator in Chromium (skipped where there is none)', () => {
  const { open, annotator, origin } = useAnnotator();
  const lastEdit = async (): Promise<unknown> => (await annotator().said('edit')).edits;
  const tracks = () => annotator().page.getByRole('listbox', { name: 'Timeline' });
  const selected = () => tracks().getByRole('option', { selected: true, includeHidden: true });

  describe.each([
    ['dark', 1400],
    ['light', 900],
    ['highContrast', 300],
    ['highContrastLight', 1400],
    ['dark', 300],
    ['highContrast', 900],
  ] as const)('in %s, %d pixels wide', (theme, width) => {
    it('draws every state within its width', async () => {
      await open({}, { theme, width, height: width < 400 ? 1000 : 820 });
      await annotator().playable();
      const check = async (name: string): Promise<void> => {
        const overflow = await annotator().page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        expect(overflow, name).toBe(0);
        await annotator().screenshot(`${theme}-${width}-${name}`);
      };
      await expect.poll(() => annotator().page.locator('.thumbs img').count(), patient).toBeGreaterThan(0);
      await annotator().until('document.querySelectorAll(".timeline-scroll .track-names > span").length === 4');
      await check('nothing-selected');
      const wrong = { code: 'missingAttribute' as const, severity: 'warning' as const, message: 'The attribute "hand" is missing.', offset: 0, length: 1, itemId: 's2' };
      await annotator().show(exampleAnnotateState(origin(), { problems: [wrong], dirty: true, review: { left: 12 } }));
      await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's2' });
      await check('suggestion');
      await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's1' });
      await check('segment');
      await annotator().tell({ type: 'reveal', list: 'questions', itemId: 'q1' });
      await check('question');
      await annotator().tell({ type: 'reveal', list: 'conversations', itemId: 'c1' }, { type: 'suggesting', task: 'denseCaption', done: 3, total: 8, what: 'Describing' });
      await check('conversation');
      await annotator().command('showClip');
      await annotator().tell({ type: 'suggesting' });
      await check('clip');
      await annotator().page.getByRole('button', { name: /^Suggest/ }).click();
      await check('suggest-menu');
      await annotator().page.keyboard.press('Escape');
      await annotator().command('showKeys');
      await check('keys');
      await annotator().command('showKeys', 'showSegments');
      await annotator().show(
        exampleAnnotateState(origin(), {
          readOnly: true,
          clip: { name: 'clip_0042.mp4', problem: { message: 'The clip is gone.', hint: 'It was clip_0042.mp4.', actions: ['locateFile'] } },
          server: { state: 'failed', problem: { message: 'The server crashed 5 times in 3 minutes.', actions: ['restartServer', 'showLog'] } },
        }),
      );
      await check('read-only');
      await annotator().show(exampleAnnotateState(origin(), { document: undefined, problems: [{ ...wrong, severity: 'error', message: 'Line 3: a comma is missing.' }] }));
      await check('unreadable');
    });
  });

  it('does the whole loop by keys: mark, label, caption, next', async () => {
    await open();
    await annotator().playable();
    await annotator().command('nextFrame', 'nextFrame', 'markIn');
    for (let i = 0; i < 5; i++) {
      await annotator().command('nextFrame');
    }
    await annotator().command('markOut', 'label1');
    const [edit] = await annotator().allSaid('edit');
    expect(edit).toMatchObject({ label: 'Add segment', edits: [{ op: 'add', item: { start: 0.08, end: 0.32, label: 'takes', track: 'action', provenance: { author: 'ada' } } }] });
    await annotator().takeEdits();
    await annotator().command('editCaption');
    await expect.poll(async () => (await annotator().said('focus')).place, patient).toBe('text');
    await annotator().page.keyboard.type('A hand comes in.');
    await annotator().page.keyboard.press('Enter');
    expect(await annotator().said('edit')).toMatchObject({ label: 'Edit caption', edits: [{ op: 'patch', set: { caption: 'A hand comes in.' } }] });
    await expect.poll(async () => (await annotator().said('focus')).place, patient).toBe('timeline');
    await annotator().takeEdits();
    await annotator().command('nextUnreviewed');
    expect(await annotator().page.locator('.provenance').textContent()).toBe('✦ suggested by SmolVLM2-500M · 0.71');
    expect(await selected().textContent()).toMatch(/takes, 0:01.40 to 0:02.20, track action, suggested. He takes the ball out./);
    await annotator().command('accept');
    expect(await annotator().said('edit')).toMatchObject({ label: 'Accept', edits: [{ id: 's2', set: { provenance: { status: 'accepted', reviewer: 'ada', confidence: 0.71 } } }] });
  });

  it('shows exactly the frame that was stepped to', async () => {
    await open();
    await annotator().playable();
    // The player tells which frame is on the screen; 40 fast steps are as good as slow ones.
    await annotator().page.evaluate(`(() => {
      const video = document.querySelector('video');
      const note = (_now, { mediaTime }) => { window.shown = mediaTime; video.requestVideoFrameCallback(note); };
      video.requestVideoFrameCallback(note);
    })()`);
    await annotator().tell(...Array.from({ length: 40 }, () => ({ type: 'command', command: 'nextFrame' }) as const));
    expect(await annotator().frame()).toBe(40);
    const shown = (): Promise<number> => annotator().page.evaluate<number>('Math.floor(window.shown * 25 + 0.01)');
    await expect.poll(shown, patient).toBe(40);
    await annotator().page.getByRole('slider', { name: 'Position in the clip' }).press('ArrowLeft');
    await expect.poll(shown, patient).toBe(39);
    expect(await annotator().page.locator('.time-now').textContent()).toBe('0:01.56');
    await annotator().page.getByRole('slider', { name: 'Position in the clip' }).press('End');
    await expect.poll(shown, patient).toBe(99);
  });

  it('plays only the segment, and stops on its last frame', async () => {
    await open();
    await annotator().playable();
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's5' });
    await annotator().command('playSegment');
    await annotator().until('!document.querySelector("video").paused');
    await annotator().until('document.querySelector("video").paused');
    await expect.poll(() => annotator().frame(), patient).toBe(94);
  });

  it('makes a segment by dragging on a track, moves and resizes it, and can take a drag back', async () => {
    await open();
    await annotator().playable();
    await annotator().drag(2.31, 2.9, { track: 1 });
    expect(await lastEdit()).toMatchObject([{ op: 'add', item: { start: 2.32, end: 2.92, track: 'speech' } }]);
    await annotator().takeEdits();
    const { id } = annotator().document?.segments.find(({ start }) => start === 2.32) ?? { id: '' };
    // The end is drawn to the end of another segment nearby.
    await annotator().drag(2.92, 2.79, { track: 1 });
    expect(await lastEdit()).toEqual([{ op: 'patch', list: 'segments', id, set: { end: 2.8 } }]);
    await annotator().takeEdits();
    await annotator().drag(2.6, 1.97, { track: 1, toTrack: 0 });
    expect(await lastEdit()).toMatchObject([{ op: 'patch', id, set: { track: 'action' } }]);
    await annotator().takeEdits();
    const before = (await annotator().allSaid('edit')).length;
    const at = await annotator().point(3.4);
    await annotator().page.mouse.move(at.x, at.y);
    await annotator().page.mouse.down();
    await annotator().page.mouse.move(at.x - 90, at.y, { steps: 4 });
    await annotator().page.keyboard.press('Escape');
    await annotator().page.mouse.up();
    expect(await annotator().allSaid('edit')).toHaveLength(before);
    // A click only selects, and goes there.
    await annotator().page.mouse.click(at.x, at.y);
    expect(await selected().textContent()).toContain('He leaves.');
    expect(await annotator().frame()).toBe(85);
  });

  it('splits, merges, duplicates and deletes by commands', async () => {
    await open();
    await annotator().playable();
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's1' });
    await annotator().tell({ type: 'seek', segment: { startSeconds: 0.8, endSeconds: 0.8 }, play: false });
    await annotator().command('splitSegment');
    await annotator().takeEdits();
    const parts = annotator().document?.segments.filter(({ label }) => label === 'opens door') ?? [];
    expect(parts.map(({ start, end }) => [start, end])).toEqual([[0.2, 0.8], [0.8, 1.2]]);
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's1' });
    await annotator().command('mergeSegments');
    await annotator().takeEdits();
    // What lies between in time is on another track: the next one of this track was taken.
    expect(annotator().document?.segments.filter(({ label }) => label === 'opens door')).toMatchObject([{ id: 's1', start: 0.2, end: 1.2, attributes: { hand: 'left' } }]);
    await annotator().command('duplicateSegment');
    await annotator().takeEdits();
    expect(annotator().document?.segments.filter(({ label }) => label === 'opens door').map(({ start, end }) => [start, end])).toEqual([[0.2, 1.2], [1.2, 2.2]]);
    await annotator().command('deleteItem', 'endLater', 'startEarlier', 'moveLater');
    await annotator().takeEdits();
    expect(annotator().document?.segments).toHaveLength(5);
    expect((await annotator().allSaid('edit')).map(({ label }) => label).slice(-4)).toEqual(['Delete', 'Resize segment', 'Resize segment', 'Move segment']);
  });

  it('rolls a refused change back and says why; changes from elsewhere show at once', async () => {
    await open();
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's1' });
    await annotator().command('label1', 'endLater', 'endLater');
    const edits = await annotator().allSaid('edit');
    expect(edits.map(({ revision }) => revision)).toEqual([0, 0, 0]);
    const label = annotator().page.getByRole('combobox', { name: 'Label' }).first();
    expect(await label.inputValue()).toBe('takes');
    // Somebody changes the caption in between; then the first change is refused and the others are taken.
    await annotator().change([{ op: 'patch', list: 'segments', id: 's1', set: { caption: 'Changed elsewhere.' } }]);
    await annotator().tell({ type: 'reply', id: edits[0]?.id ?? 0, problem: { message: 'The file cannot be written.' } });
    await annotator().change(edits[1]?.edits ?? [], edits[1]?.id);
    await annotator().change(edits[2]?.edits ?? [], edits[2]?.id);
    expect(await label.inputValue()).toBe('opens door');
    expect(await annotator().page.getByRole('textbox', { name: 'Caption' }).inputValue()).toBe('Changed elsewhere.');
    expect(await annotator().page.getByRole('textbox', { name: 'End', exact: true }).inputValue()).toBe('0:00:01.28');
    await annotator().page.getByText('The file cannot be written.').waitFor();
    // A gap: the page asks for everything.
    const asked = (await annotator().allSaid('ready')).length;
    await annotator().tell({ type: 'edited', revision: 99, edits: [], problems: [], dirty: true });
    expect(await annotator().allSaid('ready')).toHaveLength(asked + 1);
  });

  it('never writes over words that are being typed', async () => {
    await open();
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's1' });
    const caption = annotator().page.getByRole('textbox', { name: 'Caption' });
    await caption.fill('Half a sent');
    await annotator().change([{ op: 'patch', list: 'segments', id: 's1', set: { caption: 'From outside', label: 'closes' } }]);
    expect(await caption.inputValue()).toBe('Half a sent');
    expect(await annotator().page.getByRole('combobox', { name: 'Label' }).first().inputValue()).toBe('closes');
    // A pause is enough to have it in the document.
    await expect.poll(async () => (await annotator().allSaid('edit')).at(-1)?.edits, patient).toMatchObject([{ set: { caption: 'Half a sent' } }]);
    // Another item is chosen while typing goes on: the words stay where they belong.
    await caption.fill('Half a sentence');
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's2' });
    await expect.poll(async () => (await annotator().allSaid('edit')).at(-1)?.edits, patient).toMatchObject([{ id: 's1', set: { caption: 'Half a sentence' } }]);
    expect(await caption.inputValue()).toBe('He takes the ball out.');
  });

  it('labels while playing: a digit begins an event, and again ends it', async () => {
    await open();
    await annotator().playable();
    await annotator().command('slower', 'playPause');
    await expect.poll(() => annotator().frame(), patient).toBeGreaterThan(2);
    await annotator().command('label3');
    const began = await annotator().frame();
    await expect.poll(() => annotator().frame(), patient).toBeGreaterThan(began + 3);
    await annotator().command('label3', 'playPause');
    const [edit] = (await annotator().said('edit')).edits;
    expect(edit).toMatchObject({ op: 'add', item: { label: 'opens door' } });
    const item = edit?.op === 'add' && edit.list === 'segments' ? edit.item : undefined;
    expect((item?.end ?? 0) - (item?.start ?? 0)).toBeGreaterThan(0.12);
    // Held: from the command to the key's release.
    const count = (await annotator().allSaid('edit')).length;
    await annotator().command('holdLabel', 'holdLabel', 'nextFrame', 'nextFrame');
    expect(await annotator().allSaid('edit')).toHaveLength(count);
    await annotator().page.keyboard.press('h');
    expect((await annotator().allSaid('edit')).at(-1)?.edits).toMatchObject([{ item: { label: 'opens door' } }]);
  });

  it('edits questions, conversations and the clip', async () => {
    await open();
    await annotator().command('showQuestions');
    await annotator().tell({ type: 'reveal', list: 'questions', itemId: 'q1' });
    const { page } = annotator();
    await page.getByRole('radio', { name: 'Option B is right' }).check();
    await annotator().takeEdits();
    await page.getByRole('button', { name: 'Remove option A' }).click();
    await annotator().takeEdits();
    await page.getByRole('textbox', { name: 'Option B' }).fill('A boot');
    await page.keyboard.press('Enter');
    await annotator().takeEdits();
    await page.getByRole('button', { name: 'Take the whole clip' }).click();
    await annotator().takeEdits();
    const question = annotator().document?.questions[0];
    expect(question).toMatchObject({ options: ['A cup', 'A boot'], correct: 0, provenance: { status: 'edited', reviewer: 'ada' } });
    expect(question).not.toHaveProperty('span');
    await annotator().tell({ type: 'reveal', list: 'conversations', itemId: 'c1' });
    await page.getByRole('button', { name: 'Move turn 2 up' }).click();
    await annotator().takeEdits();
    await page.getByRole('button', { name: 'Turn 1 is good' }).click();
    await annotator().takeEdits();
    await page.getByRole('button', { name: 'Add a turn' }).click();
    await annotator().takeEdits();
    expect(annotator().document?.conversations[0]?.turns).toEqual([
      { role: 'assistant', text: 'He leaves the room with the ball.' },
      { role: 'user', text: 'What happens at the end?', span: { start: 3, end: 4 } },
      { role: 'assistant', text: '' },
    ]);
    await annotator().command('showClip');
    await page.getByRole('textbox', { name: 'Tags' }).fill('kitchen, ball, kitchen');
    await page.keyboard.press('Enter');
    await annotator().takeEdits();
    expect(annotator().document?.tags).toEqual(['kitchen', 'ball']);
    await page.getByRole('tab', { name: /^Q&A/ }).click();
    await page.getByRole('button', { name: 'Add a question' }).click();
    await annotator().takeEdits();
    await expect.poll(() => page.evaluate<string>('document.activeElement.getAttribute("aria-label")'), patient).toBe('Text of the question');
    expect(annotator().document?.questions.at(-1)).toMatchObject({ question: '', provenance: { author: 'ada' } });
  });

  it('shows the moment it was opened for, also when the length of the clip comes later', async () => {
    const { clip } = exampleAnnotateState(origin());
    await open({ document: { ...exampleDocument(), media: { path: 'clip_0042.mp4' }, segments: [] }, clip: { name: 'clip_0042.mp4' } });
    await annotator().tell({ type: 'seek', segment: { startSeconds: 2, endSeconds: 2 }, play: false });
    await annotator().tell({ type: 'clip', clip });
    await annotator().playable();
    expect(await annotator().frame()).toBe(50);
  });

  it('stays quick with 10,000 segments: draws and lists only what is in view', async () => {
    const segments = Array.from({ length: 10_000 }, (_, i) => ({ id: `n${i}`, start: i * 0.36, end: i * 0.36 + 0.3, label: `label ${i % 7}`, caption: `Caption ${i}` }));
    const state = exampleAnnotateState(origin());
    const facts = state.clip.facts && { ...state.clip.facts, durationSeconds: 3600 };
    await open({ document: { ...exampleDocument(), segments }, clip: { ...state.clip, facts, media: state.clip.media && { ...state.clip.media, url: `${origin()}/media/bare` } } });
    expect(await annotator().page.locator('.item').count()).toBeLessThan(40);
    await annotator().page.locator('.item-list').focus();
    await annotator().page.keyboard.press('End');
    await annotator().page.getByRole('option', { name: /Caption 9999/ }).first().waitFor();
    expect(await selected().textContent()).toContain('Caption 9999');
    await annotator().command('zoomToSegment', 'zoomOut', 'zoomOut', 'zoomOut', 'zoomOut', 'zoomOut');
    const at = await annotator().point(9998 * 0.36 + 0.1);
    await annotator().page.mouse.click(at.x, at.y);
    expect(await selected().textContent()).toContain('Caption 9998');
    await annotator().command('zoomToFit');
    await annotator().page.getByRole('searchbox', { name: 'Search' }).fill('caption 123');
    // 123, 1230…1239, and no other thousand.
    expect(await annotator().page.locator('.item-list [role=option]').first().getAttribute('aria-setsize')).toBe('11');
  });

  it('works without a clip, a server and rights to write', async () => {
    const clip = { name: 'clip_0042.mp4', problem: { message: 'The clip is gone.', actions: ['locateFile' as const] } };
    await open({ clip, server: { state: 'stopped' } });
    await annotator().drag(3.2, 3.6, { track: 1 });
    expect(await lastEdit()).toMatchObject([{ op: 'add', item: { track: 'speech' } }]);
    await annotator().page.getByRole('button', { name: 'Locate the file' }).click();
    expect(await annotator().said('action')).toMatchObject({ action: 'locateMedia' });
    const before = (await annotator().allSaid('edit')).length;
    await annotator().show(exampleAnnotateState(origin(), { clip, readOnly: true }));
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's2' });
    await annotator().drag(3.2, 3.6, { track: 1 });
    await annotator().command('accept', 'deleteItem', 'label1', 'addSegment');
    expect(await annotator().allSaid('edit')).toHaveLength(before);
    expect(await annotator().page.getByRole('button', { name: 'Accept' }).count()).toBe(0);
    expect(await annotator().page.getByRole('status').textContent()).toMatch(/^These annotations are read-only/);
    expect(await annotator().said('action')).toMatchObject({ action: 'makeWritable' });
    await annotator().show(exampleAnnotateState(origin(), { document: undefined }));
    await annotator().page.getByRole('button', { name: 'Open as text' }).click();
    expect(await annotator().said('action')).toMatchObject({ action: 'openAsText' });
  });

  it('asks for suggestions, shows how far they are, and can be stopped', async () => {
    await open();
    await annotator().playable();
    await annotator().command('markIn', 'nextFrame', 'nextFrame', 'markOut');
    await annotator().page.getByRole('button', { name: /^Suggest/ }).click();
    await annotator().page.getByRole('button', { name: 'Segments with captions' }).click();
    expect(await annotator().said('suggest')).toMatchObject({ task: 'denseCaption', span: { startSeconds: 0, endSeconds: 0.12 } });
    await annotator().tell({ type: 'suggesting', task: 'denseCaption', done: 1, total: 3, what: 'Describing' });
    await annotator().page.getByText('Describing (1 of 3)').waitFor();
    await annotator().page.getByRole('button', { name: 'Stop suggesting' }).click();
    await annotator().said('cancelSuggest');
    await annotator().tell({ type: 'suggesting' });
    await annotator().page.getByRole('button', { name: /^Suggest/ }).waitFor();
  });

  it('goes on with a review: decide, and ask for the next', async () => {
    await open({ review: { left: 3 } });
    await annotator().tell({ type: 'reveal', list: 'questions', itemId: 'q1' });
    await annotator().command('reject');
    expect(await annotator().said('edit')).toMatchObject({ label: 'Reject', edits: [{ list: 'questions', set: { provenance: { status: 'rejected' } } }] });
    expect(await annotator().said('nextReview')).toMatchObject({ decided: { itemId: 'q1', status: 'rejected' } });
    await annotator().page.getByText('3 left to review').waitFor();
    await annotator().page.getByRole('button', { name: 'End the review' }).click();
    await annotator().said('endReview');
  });

  it('labels by mouse, too: the legend shows what the digits stand for', async () => {
    await open();
    await annotator().playable();
    await annotator().command('markIn', 'nextFrame', 'markOut');
    const { page } = annotator();
    const legend = page.getByRole('group', { name: 'Labels' });
    expect((await legend.getByRole('button').allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())).toEqual(['3opens door', '1takes', '2closes']);
    await legend.getByRole('button', { name: /takes/ }).click();
    expect(await annotator().said('edit')).toMatchObject({ edits: [{ op: 'add', item: { start: 0, end: 0.08, label: 'takes' } }] });
    await annotator().command('showKeys');
    expect(await page.locator('.keys-list dt').allTextContents()).toContain('First label: takes');
  });

  it('is where it was when it is loaded again, and tells what has the focus', async () => {
    await open();
    await annotator().playable();
    await annotator().tell({ type: 'reveal', list: 'segments', itemId: 's4' });
    await annotator().command('zoomToSegment', 'toggleSnapping', 'faster', 'nextFrame', 'showQuestions');
    const frame = await annotator().frame();
    const view = 'document.querySelector("videochat-timeline").dataset.start';
    const start = Number(await annotator().page.evaluate<string>(view));
    await annotator().until('JSON.parse(sessionStorage.getItem("state"))?.pane === "questions"');
    await annotator().page.reload();
    await annotator().said('ready');
    await annotator().show(exampleAnnotateState(origin()));
    await annotator().playable();
    await expect.poll(() => annotator().frame(), patient).toBe(frame);
    expect(Number(await annotator().page.evaluate<string>(view))).toBeCloseTo(start, 3);
    expect(await annotator().page.getByRole('tab', { name: /^Q&A/ }).getAttribute('aria-selected')).toBe('true');
    expect(await annotator().page.getByRole('button', { name: 'Snap to frames, shots and edges' }).getAttribute('aria-pressed')).toBe('false');
    expect((await annotator().said('focus')).place).toBe('timeline');
    await annotator().command('search');
    await expect.poll(async () => (await annotator().said('focus')).place, patient).toBe('text');
    await annotator().page.keyboard.press('Enter');
    await expect.poll(async () => (await annotator().said('focus')).place, patient).toBe('list');
  });
});
