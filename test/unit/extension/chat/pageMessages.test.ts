import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dispatchPageMessage, type PageServices } from '../../../../extension/chat/pageDispatcher.js';
import { pageLimits, parsePageMessage } from '../../../../extension/chat/pageMessages.js';
import { english } from '../../../../extension/translate.js';
import { Limits, type PageMessage, type PanelProblem } from '../../../../server/protocol/index.js';
import { ChatPage } from '../../../fakes/chatPage.js';

const span = { startSeconds: 1, endSeconds: 2 };
const abilities = { videoCodecs: ['h264'], audioCodecs: ['mp3'], containers: ['mp4'] };

/** One of each kind; the type proves that none is missing. */
const examples: { [Type in PageMessage['type']]: Extract<PageMessage, { type: Type }> } = {
  ready: { type: 'ready', abilities },
  send: { type: 'send', id: 1, text: 'What?', span, frames: 8 },
  stop: { type: 'stop', id: 2 },
  regenerate: { type: 'regenerate', id: 3 },
  editAndResend: { type: 'editAndResend', id: 4, turnId: 'turn-1', text: 'What?', span, frames: 64 },
  rate: { type: 'rate', id: 5, turnId: 'turn-1', value: null, note: 'Wrong' },
  copy: { type: 'copy', id: 6, text: 'text' },
  openLink: { type: 'openLink', id: 7, url: 'https://example.com/' },
  addClips: { type: 'addClips', id: 8, uris: ['file:///clips/a.mp4'] },
  removeClip: { type: 'removeClip', id: 9, clipId: 'clip-1' },
  annotate: { type: 'annotate', id: 13, clipId: 'clip-1', seconds: 2.5 },
  lookThrough: { type: 'lookThrough', id: 14, clipId: 'clip-1' },
  stopLooking: { type: 'stopLooking', id: 15, clipId: 'clip-1' },
  exportTimeline: { type: 'exportTimeline', id: 16, clipId: 'clip-1' },
  frames: { type: 'frames', id: 10, frames: null },
  answersFrom: { type: 'answersFrom', id: 1, value: 'timeline' },
  playbackFailed: { type: 'playbackFailed', id: 11, clipId: 'clip-1', reason: 'silent' },
  action: { type: 'action', id: 12, action: 'showLog' },
};

describe('a message of the page', () => {
  it.each(Object.entries(examples))('of the kind %s is understood', (_, message) => {
    expect(parsePageMessage(message)).toEqual({ message });
  });

  it.each([
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['a text', 'send', undefined],
    ['a list', [], undefined],
    ['no kind', { id: 3 }, 3],
    ['an unknown kind', { type: 'run', id: 3 }, 3],
    ['an unknown action', { type: 'action', id: 3, action: 'rm -rf' }, 3],
    ['no id', { type: 'stop' }, undefined],
    ['an id that is no number', { type: 'stop', id: 'x' }, undefined],
    ['a text too long', { type: 'send', id: 3, text: 'ü'.repeat(pageLimits.textBytes / 2 + 1) }, 3],
    ['a note too long', { type: 'rate', id: 3, turnId: 't', value: 'up', note: 'x'.repeat(pageLimits.noteBytes + 1) }, 3],
    ['too many URIs', { type: 'addClips', id: 3, uris: Array.from({ length: 65 }, () => 'file:///a') }, 3],
    ['a span that ends before it starts', { type: 'send', id: 3, text: 'x', span: { startSeconds: 2, endSeconds: 1 } }, 3],
    ['a span of no numbers', { type: 'send', id: 3, text: 'x', span: { startSeconds: Number.NaN, endSeconds: 1 } }, 3],
    ['no frames', { type: 'send', id: 3, text: 'x', frames: 0 }, 3],
    ['too many frames', { type: 'frames', id: 3, frames: Limits.framesPerPlan + 1 }, 3],
    ['half a frame', { type: 'frames', id: 3, frames: 1.5 }, 3],
    ['a moment before the clip', { type: 'annotate', id: 3, clipId: 'c', seconds: -1 }, 3],
    ['a moment that is none', { type: 'annotate', id: 3, clipId: 'c', seconds: Number.POSITIVE_INFINITY }, 3],
    ['a path in the place of a clip', { type: 'annotate', id: 3, clipId: '/etc/'.repeat(100) }, 3],
    ['no clip to look through', { type: 'lookThrough', id: 3 }, 3],
    ['a list in the place of a clip', { type: 'exportTimeline', id: 3, clipId: ['clip-1'] }, 3],
    ['a clip without a name', { type: 'stopLooking', id: 3, clipId: '' }, 3],
    ['no abilities', { type: 'ready' }, undefined],
  ])('with %s is refused, and its id is read where there is one', (_, value, id) => {
    const parsed = parsePageMessage(value);
    expect(parsed).toHaveProperty('problem');
    expect('id' in parsed ? parsed.id : undefined).toBe(id);
  });

  it('may be as long as the limits say', () => {
    expect(parsePageMessage({ type: 'send', id: 1, text: 'x'.repeat(pageLimits.textBytes) })).toHaveProperty('message');
  });
});

describe('what the page asks for', () => {
  let page: ChatPage;
  let done: unknown[][];
  let replies: [number, PanelProblem | undefined][];
  let services: PageServices;
  const dispatch = (message: unknown): Promise<void> =>
    dispatchPageMessage(message, page.controller, services, english, (id, problem) => void replies.push([id, problem]));

  beforeEach(() => {
    page = new ChatPage();
    done = [];
    replies = [];
    const note = (...call: unknown[]) => Promise.resolve(void done.push(call));
    services = {
      copy: (text) => note('copy', text),
      openLink: (url) => note('openLink', url.href),
      addClips: async (uris) => void (await note('addClips', uris)),
      annotate: async (clipId, seconds) => void (await note('annotate', clipId, seconds)),
      exportTimeline: async (clipId) => void (await note('exportTimeline', clipId)),
      action: async (action) => void (await note('action', action)),
      warn: (message) => void note('warn', message),
    };
  });
  afterEach(() => page.dispose());

  it.each(Object.values(examples).filter((message) => 'id' in message))('is always answered: $type', async (message) => {
    await dispatch(message);
    expect(replies.map(([id]) => id)).toEqual([message.id]);
  });

  it('is answered when it was not understood, and when it fails', async () => {
    await dispatch({ type: 'run', id: 7 });
    services.copy = () => Promise.reject(new Error('no clipboard'));
    await dispatch({ type: 'copy', id: 8, text: 'x' });
    await dispatch({ what: 'ever' });
    expect(replies).toMatchObject([
      [7, { message: 'This request was not understood.' }],
      [8, { message: 'Something went wrong: no clipboard' }],
    ]);
    expect(done.map(([what]) => what)).toEqual(['warn', 'warn']);
  });

  it('reaches the conversation', async () => {
    await dispatch(examples.ready);
    await dispatch({ type: 'send', id: 1, text: 'What?' });
    await dispatch({ type: 'send', id: 2, text: 'Too early?' });
    await page.settled();
    const turnId = page.last?.turnId ?? '';
    await dispatch({ type: 'rate', id: 3, turnId, value: 'up' });
    await dispatch({ type: 'frames', id: 4, frames: 4 });
    expect(replies).toMatchObject([[1, undefined], [2, { message: expect.stringMatching(/being made/) }], [3, undefined], [4, undefined]]);
    expect(page.state).toMatchObject({ frames: 4, turns: [{ question: 'What?', rating: { value: 'up' } }] });
  });

  it.each(['command:workbench.action.quit', 'file:///etc/passwd', 'vscode://x', 'javascript:alert(1)', 'data:text/html,x', 'no link', ''])(
    'opens nothing for %j',
    async (url) => {
      await dispatch({ type: 'openLink', id: 1, url });
      expect(done).toEqual([]);
      expect(replies[0]?.[1]?.message).toMatch(/websites/);
    },
  );

  it('opens the annotations of a clip at a moment', async () => {
    await dispatch({ type: 'annotate', id: 1, clipId: 'clip-1', seconds: 2.5 });
    await dispatch({ type: 'annotate', id: 2, clipId: 'clip-1' });
    expect(done).toEqual([['annotate', 'clip-1', 2.5], ['annotate', 'clip-1', undefined]]);
  });

  it('opens links to websites', async () => {
    await dispatch({ type: 'openLink', id: 1, url: 'http://example.com/a b' });
    expect(done).toEqual([['openLink', 'http://example.com/a%20b']]);
  });
});
