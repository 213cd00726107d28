import { describe, expect, it } from 'vitest';
import type { AnnotateState } from '../../../server/protocol/annotatePanel.js';
import { exampleAnnotateState, exampleDocument } from './support/annotateExamples.js';
import { chromiumPath } from './support/chromium.js';
import { useAnnotator } from './support/useAnnotator.js';

/** The machine may be busy. */
const patient = { timeout: 15_000 };

/** Visible controls without a name. */
const unnamed = `[...document.querySelectorAll('button, select, input, textarea, [role=listbox], [role=slider], [role=tab], vscode-button')]
  .filter((each) => each.checkVisibility() && !(each.getAttribute('aria-label') || each.textContent.trim() || each.labels?.length))
  .map((each) => each.outerHTML.slice(0, 100))`;
/** What has the focus, and whether one can see it. */
const focused = `(() => {
  const all = [...document.querySelectorAll('*')];
  const host = document.activeElement;
  const inner = host.shadowRoot?.activeElement ?? host;
  const shows = (each) => { const { outlineStyle, outlineWidth } = getComputedStyle(each); return outlineStyle !== 'none' && outlineWidth !== '0px'; };
  return [all.indexOf(host) + ' ' + (host.getAttribute('aria-label') ?? host.outerHTML.slice(0, 80)), host === document.body || shows(inner) || shows(host)];
})()`;

describe.skipIf(!chromiumPath)('the faces of the annotator, in Chromium (skipped where there is none)', () => {
  const { open, annotator, origin } = useAnnotator();
  const tracks = () => annotator().page.getByRole('listbox', { name: 'Timeline' });

  it('shows the instructions of the dataset as Markdown that can do nothing by itself', async () => {
    const instructions = [
      '# What to label',
      'Label what **hands** do. See [the guide](https://example.org/guide).',
      '<img src=x onerror="window.hurt = 1"><script>window.hurt = 1</script>',
      '[run](command:workbench.action.quit) ![spy](https://example.org/spy.png)',
      '```\nkeep = as it is\n```',
    ].join('\n\n');
    await open({ dataset: { ...exampleAnnotateState('').dataset, instructions } });
    await annotator().command('showClip');
    const { page } = annotator();
    const shown = page.locator('.instructions');
    expect(await shown.locator('strong').textContent()).toBe('hands');
    expect(await shown.locator('h1').textContent()).toBe('What to label');
    expect(await page.evaluate('[document.querySelectorAll(".instructions :is(img, script, a[href])").length, "hurt" in window]')).toEqual([0, false]);
    expect(await shown.getByRole('link').count()).toBe(1);
    expect(await shown.getByRole('button').count()).toBe(0);
    await shown.getByRole('link', { name: 'the guide' }).click();
    expect(await annotator().said('openLink')).toMatchObject({ url: 'https://example.org/guide' });
    await shown.getByRole('link', { name: 'the guide' }).press('Enter');
    expect(await annotator().allSaid('openLink')).toHaveLength(2);
    await page.getByText('Instructions').click();
    expect(await shown.isVisible()).toBe(false);
  });

  const picture = (more: Partial<AnnotateState> = {}): Partial<AnnotateState> => {
    const { clip } = exampleAnnotateState(origin());
    const facts = clip.facts && { ...clip.facts, kind: 'image' as const, durationSeconds: 0, fps: 0, frameCount: 1 };
    const media = clip.media && { ...clip.media, mode: 'image' as const, url: `${origin()}/picture` };
    const document = { ...exampleDocument(), media: { path: 'frame.png' }, segments: [] };
    return { document, clip: { name: 'frame.png', facts, media }, ...more };
  };

  it('has a face of its own for a picture: words about it, and nothing about time', async () => {
    await open(picture(), { theme: 'highContrast' });
    const { page } = annotator();
    expect(await page.getByRole('tab').allTextContents()).toEqual([expect.stringContaining('Q&A'), expect.stringContaining('Conversation'), expect.stringContaining('Picture')]);
    expect(await page.locator('.transport, videochat-timeline, .zoom, .mark-in, .item-time:not(:empty)').count()).toBe(0);
    await page.getByRole('img', { name: /frame.png/ }).waitFor();
    await annotator().until('document.querySelector(".picture").naturalWidth > 0');
    await annotator().command('markIn', 'markOut', 'addSegment', 'playPause', 'label1', 'toggleEvent', 'holdLabel');
    expect(await annotator().allSaid('edit')).toEqual([]);
    expect(await page.getByRole('status').textContent()).toMatch(/^A picture has no timeline/);
    await annotator().command('editCaption');
    await expect.poll(() => page.evaluate<string>('document.activeElement.getAttribute("aria-label")'), patient).toBe('Description');
    await page.getByRole('textbox', { name: 'Description' }).fill('A ball.');
    await page.getByRole('textbox', { name: 'Tags' }).fill('ball, floor');
    await page.keyboard.press('Enter');
    await annotator().takeEdits();
    expect(annotator().document).toMatchObject({ description: 'A ball.', tags: ['ball', 'floor'] });
    await annotator().screenshot('picture');
    await page.getByRole('tab', { name: /^Q&A/ }).click();
    await page.getByRole('button', { name: 'Add a question' }).click();
    await annotator().takeEdits();
    expect(await page.getByText('Part of the clip').count()).toBe(0);
    expect(annotator().document?.questions).toHaveLength(3);
    await page.getByRole('button', { name: /^Suggest/ }).click();
    expect(await page.locator('.menu-item').allTextContents()).toEqual(['Questions and answers', 'A conversation', 'A description of the picture']);
    await page.getByRole('button', { name: 'A conversation' }).click();
    expect(await annotator().said('suggest')).toEqual({ type: 'suggest', id: expect.any(Number), task: 'conversation' });
    await page.getByRole('button', { name: 'Ask about this clip in a chat' }).click();
    expect(await annotator().said('action')).toMatchObject({ action: 'openInChat' });
    await annotator().command('showKeys');
    expect(await page.locator('.keys-list dt').allTextContents()).toEqual(['Accept', 'Reject', expect.stringMatching(/^First label/), 'Show keys']);
  });

  it('still lists the segments that somebody has written about a picture, and can delete them', async () => {
    const document = { ...exampleDocument(), media: { path: 'frame.png' } };
    // As long as nobody has looked at the file, its name says what it is.
    await open(picture({ document, clip: { name: 'frame.png' }, server: { state: 'stopped' } }));
    const { page } = annotator();
    expect(await page.locator('.transport, videochat-timeline').count()).toBe(0);
    expect(await page.getByRole('tab', { name: /^Captions/ }).textContent()).toContain('5');
    await page.locator('.item', { hasText: 'opens door' }).click();
    expect(await page.getByRole('textbox', { name: 'Start', exact: true }).getAttribute('readonly')).not.toBeNull();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await annotator().takeEdits();
    expect(annotator().document?.segments).toHaveLength(4);
  });

  it('says that the keys are those it comes with, and opens the list of the ones in use', async () => {
    await open();
    await annotator().command('showKeys');
    const { page } = annotator();
    const overlay = page.getByRole('dialog', { name: 'Keys' });
    await overlay.getByText('the keys that VideoChat comes with').waitFor();
    // What lies behind it is not there meanwhile, neither for Tab nor for commands.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate<boolean>('document.activeElement === document.body || document.querySelector(".keys-overlay").contains(document.activeElement)')).toBe(true);
    await annotator().command('addSegment');
    expect(await annotator().allSaid('edit')).toEqual([]);
    await overlay.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    expect(await annotator().said('action')).toMatchObject({ action: 'rebindKeys' });
    await overlay.getByRole('button', { name: 'Close' }).press('Escape');
    expect(await overlay.count()).toBe(0);
    await expect.poll(async () => (await annotator().said('focus')).place, patient).toBe('timeline');
  });

  it('leaves the keys of the timeline to the editor, whose commands they are, and does not scroll by them', async () => {
    await open();
    await annotator().playable();
    await annotator().command('nextFrame', 'nextFrame');
    await annotator().page.evaluate(`window.reached = []; window.addEventListener('keydown', (event) => window.reached.push([event.key, event.defaultPrevented]))`);
    await tracks().focus();
    const keys = ['ArrowLeft', 'Shift+ArrowRight', 'ArrowDown', 'ArrowUp', 'Space', 'PageDown', 'Home'];
    for (const key of keys) {
      await annotator().page.keyboard.press(key);
    }
    const heard = await annotator().page.evaluate<[string, boolean][]>(`window.reached.filter(([key]) => key !== 'Shift')`);
    expect(heard).toEqual([['ArrowLeft', true], ['ArrowRight', true], ['ArrowDown', true], ['ArrowUp', true], [' ', true], ['PageDown', true]]);
    await expect.poll(() => annotator().frame(), patient).toBe(0);
    await annotator().command('nextTrack', 'addSegment');
    expect(await annotator().said('edit')).toMatchObject({ edits: [{ op: 'add', item: { track: 'speech' } }] });
  });

  it.each(['highContrast', 'highContrastLight'] as const)('gives every control a name and a visible focus, in %s', async (theme) => {
    await open({ review: { left: 3 }, dirty: true }, { theme, width: 900 });
    await annotator().playable();
    const { page } = annotator();
    for (const [list, itemId] of [['segments', 's2'], ['questions', 'q1'], ['conversations', 'c1']] as const) {
      await annotator().tell({ type: 'reveal', list, itemId });
      expect(await page.evaluate<string[]>(unnamed), list).toEqual([]);
      await page.evaluate('document.activeElement.blur()');
      const seen = new Map<string, boolean>();
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab');
        const [id, visible] = await page.evaluate<[string, boolean]>(focused);
        seen.set(id, visible);
      }
      expect([...seen].filter(([, visible]) => !visible).map(([id]) => id), list).toEqual([]);
      // Whatever can be clicked can be reached.
      const reachable = await page.evaluate<number>('[...document.querySelectorAll("button:not(:disabled):not([tabindex=\'-1\']), select:not(:disabled), textarea, input:not([type=radio])")].filter((each) => each.checkVisibility()).length');
      expect(seen.size, list).toBeGreaterThanOrEqual(reachable);
    }
  });
});
