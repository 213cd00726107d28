import { describe, expect, it } from 'vitest';
import type { HostMessage, PanelClip, PanelState } from '../../../server/protocol/panel.js';
import { ChatPageDriver, type OpenOptions } from './support/chatPageDriver.js';
import { chromiumPath } from './support/chromium.js';
import { exampleClip, examplePlan, exampleState, exampleTimeline, finishedTurn } from './support/examples.js';
import { usePage } from './support/usePage.js';

/** Controls of the page that are narrower than what is written on them, or stand out of it. */
const cutOff = `[...document.querySelectorAll('.composer select, .composer button, .composer vscode-badge, .controls > *')].flatMap((element) => {
  const box = element.getBoundingClientRect();
  const text = element.querySelector('span') ?? element;
  const has = element.offsetWidth;
  element.style.setProperty('flex', 'none');
  const needs = element.offsetWidth;
  element.style.removeProperty('flex');
  const cut = text.scrollWidth > text.clientWidth + 1 || needs > has + 1 || box.right > document.documentElement.clientWidth;
  return element.matches('.spring') || !cut ? [] : [element.className + ' ' + has + ' of ' + needs];
})`;

describe.skipIf(!chromiumPath)('the chat page in Chromium (skipped where there is none)', () => {
  // After each test, nothing may have needed more than the content policy of the real page allows.
  const pages = usePage(ChatPageDriver.open);
  let chat: ChatPageDriver;
  const open = async (options?: OpenOptions): Promise<ChatPageDriver> => (chat = await pages.open(options));
  const showState = (more: Parameters<typeof exampleState>[1] = {}): Promise<void> =>
    chat.tell({ type: 'state', state: exampleState(pages.origin(), more) });
  const currentTime = (): Promise<number> => chat.page.evaluate<number>('document.querySelector("video").currentTime');
  // The policy forbids the page to evaluate strings, and so Playwright's own waiting.
  const until = async (expression: string): Promise<void> => {
    await expect.poll(() => chat.page.evaluate<boolean>(expression), { timeout: 20_000 }).toBe(true);
  };
  const playable = async (): Promise<void> => {
    await until('document.querySelector("video").readyState >= 2');
  };

  describe.each([
    ['dark', 480],
    ['light', 1200],
    ['highContrast', 300],
    ['highContrastLight', 700],
  ] as const)('in %s, %d pixels wide', (theme, width) => {
    it('draws every state within its width', async () => {
      const origin = pages.origin();
      const second = finishedTurn({ turnId: 't2', question: 'And then?', span: { startSeconds: 1, endSeconds: 2.5 }, answer: 'It rides on.' });
      const failed = finishedTurn({
        state: 'failed',
        answer: '',
        result: undefined,
        plan: undefined,
        problem: { message: 'The clip changed on disk.', hint: 'Ask again to look at the new file.', actions: ['retry', 'showLog'] },
      });
      const waiting = finishedTurn({ state: 'waiting', answer: '', plan: undefined, result: undefined });
      const stage = (more: object): HostMessage[] => [{ type: 'stage', turnId: 't1', ...more } as HostMessage];
      const gone = (message: string): PanelClip[] => [exampleClip(origin, { media: undefined, facts: undefined, problem: { message, actions: ['locateFile'] } })];
      const changed = { message: 'skateboarding.mp4 has changed on disk.', hint: 'Go on with the new one?', actions: ['retry' as const, 'newConversation' as const] };
      const untrusted = { message: 'The workspace is not trusted.', hint: 'Trust it first.', actions: ['manageTrust' as const] };
      const gaveUp = { message: 'The server crashed 5 times in 3 minutes.', hint: 'Often a driver is to blame.', actions: ['restartServer' as const, 'useCpuOnly' as const, 'showLog' as const] };
      const mini = { id: 'mini', name: 'VideoChat mini', demonstration: true, plan: 'videochat:8' };
      const picture = exampleClip(origin, { name: 'board.png' });
      Object.assign(picture.facts ?? {}, { kind: 'image', durationSeconds: 0 });
      Object.assign(picture.media ?? {}, { mode: 'image', url: `${origin}/picture` });
      // What the panel is in, and the words by which a person knows it.
      const states: [name: string, more: Partial<PanelState>, says: string, then?: HostMessage[]][] = [
        ['empty', {}, 'Ask about this clip'],
        ['demonstration', { model: mini }, 'Demonstration'],
        ['noModel', { model: undefined }, 'No model yet'],
        ['finished', { turns: [finishedTurn(), second] }, 'It rides on.'],
        ['finishedDemonstration', { model: mini, turns: [finishedTurn()] }, 'Demonstration'],
        ['failed', { turns: [failed] }, 'The clip changed on disk.'],
        ['starting', { server: { state: 'starting' }, clips: [exampleClip(origin, { media: undefined })] }, 'Starting the server…'],
        ['loading', { turns: [waiting], busy: true }, 'Loading the model, 42%', stage({ stage: 'loading', done: 42, total: 100 })],
        ['decoding', { turns: [waiting], busy: true }, 'Decoding frame 3 of 8', stage({ stage: 'decoding', done: 3, total: 8 })],
        ['encoding', { turns: [waiting], busy: true }, 'Looking at the frames', stage({ stage: 'encoding' })],
        ['reading', { turns: [waiting], busy: true }, 'Reading the question', stage({ stage: 'prefill' })],
        ['answering', { turns: [finishedTurn({ state: 'streaming', result: undefined })], busy: true }, 'Answering', stage({ stage: 'generating' })],
        ['stopped', { turns: [finishedTurn({ state: 'stopped', result: undefined })] }, 'You stopped this answer.'],
        [
          'restarting',
          { server: { state: 'restarting', attempt: 2, delayMs: 1000 }, turns: [finishedTurn({ state: 'interrupted', result: undefined })] },
          'Starting it again (attempt 2)',
        ],
        ['cameBack', { turns: [finishedTurn({ state: 'interrupted', result: undefined })] }, 'This answer was interrupted.'],
        ['gaveUp', { server: { state: 'failed', problem: gaveUp } }, 'crashed 5 times'],
        ['untrusted', { server: { state: 'failed', problem: untrusted }, model: undefined, clips: [exampleClip(origin, { media: undefined, facts: undefined })] }, 'Manage workspace trust'],
        ['gone', { clips: gone('This file is gone.') }, 'This file is gone.'],
        ['changed', { clips: [exampleClip(origin, { problem: changed })], turns: [finishedTurn()] }, 'has changed on disk'],
        ['proxy', { clips: [exampleClip(origin, { media: undefined })] }, 'Preparing a copy that plays here… 40%', [{ type: 'mediaProgress', clipId: 'clip1', fraction: 0.4 }]],
        ['noClip', { clips: [] }, 'Add a video or a picture'],
        ['timeline', { timelines: [{ clipId: 'clip1', timeline: exampleTimeline }] }, '6 events'],
        ['timelineGrows', { timelines: [{ clipId: 'clip1', timeline: { ...exampleTimeline, state: 'creating', step: { what: 'frames', done: 3, total: 8 } } }] }, 'Looking at frames, 3 of 8'],
        ['timelineFailed', { timelines: [{ clipId: 'clip1', timeline: { state: 'failed', problem: gaveUp, tracks: [] } }] }, 'crashed 5 times'],
        ['picture', { clips: [picture] }, 'Ask about this picture'],
      ];
      await open({ theme, width });
      for (const [name, more, says, then = []] of states) {
        await chat.tell({ type: 'state', state: exampleState(origin, { conversationId: name, ...more }) }, ...then);
        await chat.page.getByText(says).first().waitFor();
        const overflow = await chat.page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        expect([name, overflow, await chat.page.evaluate<string[]>(cutOff)]).toEqual([name, 0, []]);
        await chat.screenshot(`${theme}-${width}-${name}`);
      }
    });
  });

  it('asks, shows the stages, streams the answer and its frames, and can be stopped', async () => {
    await open();
    await showState();
    const field = chat.page.getByRole('textbox', { name: 'Question' });
    await field.fill('When does the dog jump?');
    await field.press('Shift+Enter');
    expect(await chat.allSaid('send')).toEqual([]);
    await field.fill('When does the dog jump?');
    await field.press('Enter');
    expect(await chat.said('send')).toMatchObject({ text: 'When does the dog jump?' });
    expect(await field.inputValue()).toBe('');
    const turn = finishedTurn({ state: 'waiting', answer: '', plan: undefined, result: undefined });
    await chat.tell({ type: 'turn', turn, busy: true }, { type: 'stage', turnId: 't1', stage: 'decoding', done: 3, total: 8 });
    const article = chat.page.getByRole('article', { name: 'Turn 1: When does the dog jump?' });
    await article.getByText('Decoding frame 3 of 8').waitFor();
    expect(await chat.page.getByRole('status').textContent()).toBe('Answering.');
    await chat.tell(
      { type: 'plan', turnId: 't1', plan: examplePlan },
      { type: 'stage', turnId: 't1', stage: 'generating' },
      ...['The dog ', 'jumps at 0:01', '. It **lands**.'].map((text, sequence): HostMessage => ({ type: 'delta', turnId: 't1', sequence, text })),
    );
    await article.getByText('The dog jumps at 0:01. It lands.').waitFor();
    expect(await article.getByRole('button', { name: /^Frame at/ }).count()).toBe(8);
    await chat.screenshot('streaming');
    // Nothing of the stream itself is announced.
    expect(await chat.page.getByRole('status').textContent()).toBe('Answering.');
    await field.press('Escape');
    await chat.said('stop');
    await chat.tell({ type: 'turn', turn: finishedTurn({ state: 'stopped' }), busy: false });
    await article.getByText('You stopped this answer.').waitFor();
    expect(await chat.page.getByRole('status').textContent()).toBe('The answer was stopped.');
    await article.getByRole('button', { name: 'Answer again' }).click();
    await chat.said('regenerate');
  });

  it('goes to the times of an answer, and plays an interval to its end only', async () => {
    await open();
    await showState({ turns: [finishedTurn()] });
    await playable();
    await chat.page.getByRole('link', { name: '3.2 s' }).click();
    await expect.poll(currentTime).toBe(3.2);
    await chat.page.getByRole('link', { name: 'Between 1 and 2 seconds' }).press('Enter');
    await until('!document.querySelector("video").paused');
    await until('document.querySelector("video").paused');
    expect(await currentTime()).toBe(2);
    await chat.page.getByRole('button', { name: 'Frame at 0:01.7' }).click();
    await expect.poll(currentTime).toBe(1.72);
    await chat.page.getByRole('link', { name: 'the rules' }).click();
    expect(await chat.said('openLink')).toMatchObject({ url: 'https://example.org/rules' });
    expect(chat.page.url()).toMatch(/^http:\/\/127/);
    await chat.tell({ type: 'seek', clipId: 'clip1', segment: { startSeconds: 0.5, endSeconds: 0.5 }, play: false });
    await expect.poll(currentTime).toBe(0.5);
  });

  it('is looked through on demand, and its events lead to their moments', async () => {
    await open();
    await showState();
    await playable();
    await chat.page.getByRole('button', { name: 'Look through the clip' }).click();
    expect(await chat.said('lookThrough')).toMatchObject({ clipId: 'clip1' });
    await chat.tell({ type: 'timeline', clipId: 'clip1', timeline: { state: 'creating', tracks: [] } });
    await chat.page.getByRole('button', { name: 'Stop looking' }).click();
    await chat.said('stopLooking');
    await chat.tell({ type: 'timeline', clipId: 'clip1', timeline: exampleTimeline });
    expect(await chat.page.getByRole('status').textContent()).toBe('The clip has been looked through: 6 events');
    const objects = chat.page.getByRole('group', { name: 'Objects' });
    const dog = objects.getByRole('button', { name: /^dog/ });
    const person = objects.getByRole('button', { name: /^person/ });
    await dog.click();
    await expect.poll(currentTime).toBe(1.52);
    await person.press('Enter');
    await expect.poll(currentTime).toBe(3);
    await person.press('ArrowRight');
    await dog.press('Shift+Enter');
    await until('!document.querySelector("video").paused');
    await until('document.querySelector("video").paused');
    expect(await currentTime()).toBe(2);
    // In the scale of the seek bar.
    const [bar, seek] = [await dog.boundingBox(), await chat.page.getByRole('slider', { name: 'Position' }).boundingBox()];
    expect((bar?.x ?? 0) - (seek?.x ?? 0)).toBeCloseTo((seek?.width ?? 0) / 4, -0.5);
    expect(bar?.width).toBeCloseTo((seek?.width ?? 0) / 4, -0.5);
    await chat.page.getByRole('button', { name: 'Timeline', exact: true }).click();
    expect(await objects.count()).toBe(0);
    await chat.page.getByRole('button', { name: 'Export the timeline' }).click();
    await chat.said('exportTimeline');
  });

  it('asks about a part that is marked with keys or dragged on the bar', async () => {
    await open();
    await showState();
    await playable();
    const bar = chat.page.getByRole('slider', { name: 'Position' });
    await bar.focus();
    await bar.press('ArrowRight');
    await expect.poll(currentTime).toBe(1);
    await bar.press('[');
    await bar.press('ArrowRight');
    await expect.poll(currentTime).toBe(2);
    await bar.press(']');
    const field = chat.page.getByRole('textbox', { name: 'Question' });
    expect(await field.getAttribute('placeholder')).toBe('Ask about 0:01 to 0:02…');
    const box = (await bar.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const middle = box.y + box.height / 2;
    await chat.page.mouse.move(box.x + box.width / 4, middle);
    await chat.page.mouse.down();
    await chat.page.mouse.move(box.x + box.width / 2, middle, { steps: 5 });
    await chat.screenshot('dragging');
    await chat.page.mouse.move(box.x + (box.width * 3) / 4, middle, { steps: 5 });
    await chat.page.mouse.up();
    await field.fill('What happens here?');
    await field.press('Enter');
    const { span } = await chat.said('send');
    expect(span?.startSeconds).toBeCloseTo(1, 1);
    expect(span?.endSeconds).toBeCloseTo(3, 1);
    await chat.page.getByRole('button', { name: 'Ask about the whole clip' }).click();
    expect(await field.getAttribute('placeholder')).toBe('Ask about this video…');
    // Frame by frame: to the middle of the next frame.
    await chat.page.evaluate('document.querySelector("video").currentTime = 1.02');
    await until('!document.querySelector("video").seeking');
    await chat.page.getByRole('button', { name: 'Next frame (.)' }).click();
    await expect.poll(currentTime).toBeCloseTo(1.06, 3);
  });

  it('says once that a clip does not play, and goes on with the copy where it stood', async () => {
    await open();
    const media = exampleClip(pages.origin()).media;
    await showState({ clips: [exampleClip(pages.origin(), { media: media && { ...media, url: `${pages.origin()}/media/broken` } })] });
    expect(await chat.said('playbackFailed')).toMatchObject({ clipId: 'clip1', reason: 'error' });
    await chat.page.getByText('This clip does not play here as it is.').waitFor();
    await chat.tell({ type: 'mediaProgress', clipId: 'clip1', fraction: 0.42 });
    await chat.page.getByText('Preparing a copy that plays here… 42%').waitFor();
    await chat.tell({ type: 'clip', clip: exampleClip(pages.origin()) });
    await playable();
    expect(await chat.page.locator('.overlay').count()).toBe(0);
    expect(await chat.allSaid('playbackFailed')).toHaveLength(1);
    // Another address of the same clip: it goes on where it stood.
    await chat.page.getByRole('slider', { name: 'Position' }).press('PageUp');
    await expect.poll(currentTime).toBeCloseTo(0.4, 2);
    await chat.tell({ type: 'clip', clip: exampleClip(pages.origin(), { media: media && { ...media, url: `${pages.origin()}/media/2` } }) });
    await until('document.querySelector("video").src.includes("/media/2/")');
    await playable();
    await expect.poll(currentTime).toBeCloseTo(0.4, 2);
  });

  it('says that a clip is silent which has sound, but none that was decoded', async () => {
    await open();
    const clip = exampleClip(pages.origin());
    clip.facts?.streams.push({ index: 1, kind: 'audio', codec: 'ac3' });
    await showState({ clips: [clip] });
    await playable();
    expect(await chat.allSaid('playbackFailed')).toEqual([]);
    await chat.page.getByRole('button', { name: 'Play', exact: true }).click();
    expect(await chat.said('playbackFailed')).toMatchObject({ clipId: 'clip1', reason: 'silent' });
    // It is no reason to stop the picture.
    expect(await chat.page.locator('.overlay').count()).toBe(0);
  });

  it('enlarges a frame of the evidence by pointer and by keyboard', async () => {
    await open();
    await showState({ turns: [finishedTurn()] });
    const frames = chat.page.getByRole('button', { name: /^Frame at/ });
    await frames.nth(2).hover();
    await chat.page.locator('.frame-preview').getByText('0:01.2').waitFor();
    await chat.page.mouse.move(1, 1);
    await expect.poll(() => chat.page.locator('.frame-preview').count()).toBe(0);
    await frames.first().focus();
    await frames.first().press('End');
    const preview = chat.page.locator('.frame-preview');
    await preview.getByText('0:03.7').waitFor();
    await expect.poll(async () => ((await preview.boundingBox())?.width ?? 0) > 100).toBe(true);
    const box = await preview.boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 480).toBe(true);
    await frames.last().press('Escape');
    expect(await preview.count()).toBe(0);
  });

  it('keeps the draft, the part, the place and the conversation when it is loaded again', async () => {
    await open();
    const turns = Array.from({ length: 40 }, (_, index) => finishedTurn({ turnId: `t${index}`, question: `Question ${index}` }));
    await showState({ turns });
    await playable();
    await chat.page.getByRole('textbox', { name: 'Question' }).fill('half a quest');
    await chat.page.getByRole('slider', { name: 'Position' }).press('End');
    await chat.page.getByRole('slider', { name: 'Position' }).press(']');
    await expect.poll(currentTime).toBe(4);
    const view = chat.page.getByRole('region', { name: 'Conversation' });
    await view.hover();
    await chat.page.mouse.wheel(0, -1500);
    await chat.page.getByRole('button', { name: 'Jump to the latest answer' }).waitFor();
    await until('JSON.parse(sessionStorage.getItem("state")).anchor !== undefined');
    const top = await chat.page.evaluate<{ anchor: { turnId: string; offset: number } }>('JSON.parse(sessionStorage.getItem("state"))');
    await chat.page.reload();
    await chat.said('ready');
    await showState({ turns });
    expect(await chat.page.getByRole('textbox', { name: 'Question' }).inputValue()).toBe('half a quest');
    await chat.page.getByRole('button', { name: 'Ask about the whole clip' }).waitFor();
    await expect.poll(currentTime).toBeGreaterThan(3.9);
    const state = await chat.page.evaluate<{ conversationId: string }>('JSON.parse(sessionStorage.getItem("state"))');
    expect(state.conversationId).toBe('c1');
    const above = async (): Promise<number> => {
      const [turn, frame] = await Promise.all([chat.page.locator(`[data-turn="${top.anchor.turnId}"]`).boundingBox(), view.boundingBox()]);
      return (frame?.y ?? 0) - (turn?.y ?? 0);
    };
    await expect.poll(above).toBeCloseTo(top.anchor.offset, 0);
  });

  it('draws only what is near the view of 2,000 turns, and stays at the end only if left there', async () => {
    await open();
    const turns = Array.from({ length: 2000 }, (_, index) => finishedTurn({ turnId: `t${index}`, question: `Question ${index}` }));
    await showState({ turns: [...turns, finishedTurn({ turnId: 'last', state: 'streaming', answer: 'So', nextSequence: 1 })], busy: true });
    const turnsView = 'document.querySelector(".turns")';
    const atEnd = `${turnsView}.scrollHeight - ${turnsView}.clientHeight - ${turnsView}.scrollTop < 2`;
    const view = chat.page.getByRole('region', { name: 'Conversation' });
    await until(atEnd);
    expect(await chat.page.getByRole('article').count()).toBe(2001);
    expect(await chat.page.locator('videochat-answer').count()).toBeLessThan(60);
    await chat.tell({ type: 'delta', turnId: 'last', sequence: 1, text: '\n\nline'.repeat(30) });
    await until(atEnd);
    await view.hover();
    await chat.page.mouse.wheel(0, -800);
    await chat.page.getByRole('button', { name: 'Jump to the latest answer' }).waitFor();
    await chat.settled();
    const place = (): Promise<number> =>
      chat.page.evaluate<number>('document.querySelector("[data-turn=\'t1999\']").getBoundingClientRect().top');
    const before = await place();
    await chat.tell({ type: 'delta', turnId: 'last', sequence: 2, text: '\n\nmore'.repeat(30) });
    expect(await place()).toBeCloseTo(before, 0);
    await chat.page.evaluate(`${turnsView}.scrollTop = 0`);
    await chat.page.getByRole('article', { name: 'Turn 1: Question 0' }).getByText('rides it').waitFor();
    expect(await chat.page.locator('videochat-answer').count()).toBeLessThan(60);
    await chat.page.getByRole('button', { name: 'Jump to the latest answer' }).click();
    await until(atEnd);
  });

  it('loses no text at thousands of deltas, and asks again when one is missing', async () => {
    await open();
    await showState({ turns: [finishedTurn({ state: 'waiting', answer: '' })], busy: true });
    const words = Array.from({ length: 3000 }, (_, index) => `w${index}${index % 40 === 39 ? '\n\n' : ' '}`);
    await chat.tell(...words.map((text, sequence): HostMessage => ({ type: 'delta', turnId: 't1', sequence, text })));
    const text = await chat.page.locator('.markdown').innerText();
    expect(text.split(/\s+/).filter(Boolean)).toEqual(words.map((word) => word.trim()));
    await chat.tell({ type: 'delta', turnId: 't1', sequence: 3001, text: 'late' });
    await expect.poll(async () => (await chat.allSaid('ready')).length).toBe(2);
  });

  it('speaks the language it is given, and English where a text is missing', async () => {
    await open({ strings: { ask: '询问这个视频……', send: '发送' } });
    await showState();
    expect(await chat.page.getByRole('textbox', { name: 'Question' }).getAttribute('placeholder')).toBe('询问这个视频……');
    await chat.page.getByRole('button', { name: '发送' }).waitFor();
  });
});
