// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MediaSource } from '../../../server/protocol/media.js';
import type { HostMessage, PageMessage } from '../../../server/protocol/panel.js';
import type { VideoFacts } from '../../../server/protocol/video.js';
import type { App } from '../../../webview/chat/app.js';
import '../../../webview/chat/app.js';
import { panelResult } from '../../fixtures/panelResult.js';
import { panel, turn } from './examples.js';

// What this DOM lacks and the buttons need.
vi.hoisted(() => {
  HTMLElement.prototype.attachInternals ??= () => ({ setFormValue: () => undefined, form: null }) as unknown as ElementInternals;
});

let posted: PageMessage[];
let saved: unknown;
let app: App;

const said = <T extends PageMessage['type']>(type: T): Extract<PageMessage, { type: T }>[] =>
  posted.filter((message): message is Extract<PageMessage, { type: T }> => message.type === type);
async function tell(...messages: HostMessage[]): Promise<void> {
  for (const data of messages) {
    window.dispatchEvent(new MessageEvent('message', { data }));
  }
  await settled();
}
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await app.updateComplete;
    await Promise.resolve();
  }
}
const find = <E extends HTMLElement = HTMLElement>(selector: string): E => {
  const element = app.querySelector<E>(selector);
  if (!element) {
    throw new Error(`There is no ${selector}.`);
  }
  return element;
};
const button = (name: string): HTMLButtonElement => find(`button[aria-label="${name}"]`);
function type(text: string): HTMLTextAreaElement {
  const field = find<HTMLTextAreaElement>('.composer textarea');
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return field;
}
function press(target: EventTarget, key: string, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true, ...more });
  target.dispatchEvent(event);
  return event;
}

beforeEach(async () => {
  posted = [];
  saved = undefined;
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: (message: PageMessage) => void posted.push(message),
    getState: () => saved,
    setState: (state: unknown) => void (saved = state),
  }));
  app = document.createElement('videochat-app');
  document.body.append(app);
  await vi.waitFor(() => expect(said('ready')).toHaveLength(1));
});
afterEach(() => {
  app.remove();
  vi.unstubAllGlobals();
});

describe('the page', () => {
  it('says what every player can do before it can do more', () => {
    expect(said('ready')[0]?.abilities).toEqual({ videoCodecs: ['h264', 'vp8'], audioCodecs: ['mp3', 'flac', 'vorbis', 'pcm_s16le'], containers: ['mp4', 'webm'] });
  });

  it('sends with Enter, not with Shift+Enter nor while an input method composes', async () => {
    await tell({ type: 'state', state: panel({ frames: 16 }) });
    const field = type('  你好  ');
    await settled();
    press(field, 'Enter', { shiftKey: true });
    press(field, 'Enter', { isComposing: true });
    field.dispatchEvent(new Event('compositionstart'));
    press(field, 'Enter');
    field.dispatchEvent(new Event('compositionend'));
    expect(said('send')).toEqual([]);
    press(field, 'Enter');
    expect(said('send')).toMatchObject([{ text: '你好', frames: 16 }]);
    await settled();
    expect(field.value).toBe('');
  });

  it('gives a question back that the host refused, and says why', async () => {
    await tell({ type: 'state', state: panel() });
    press(type('Why?'), 'Enter');
    await tell({ type: 'reply', id: said('send')[0]?.id ?? 0, problem: { message: 'This model takes one clip.', actions: ['chooseModel'] } });
    expect(find<HTMLTextAreaElement>('.composer textarea').value).toBe('Why?');
    expect(find('.notice').textContent).toContain('This model takes one clip.');
    find('[data-action="chooseModel"]').click();
    expect(said('action')).toMatchObject([{ action: 'chooseModel' }]);
    await settled();
    expect(app.querySelector('.notice')).toBeNull();
  });

  it('sends nothing while an answer comes, says why, and stops with Escape', async () => {
    await tell({ type: 'state', state: panel({ busy: true, turns: [turn()] }) });
    const field = type('Next?');
    press(field, 'Enter');
    await settled();
    expect(said('send')).toEqual([]);
    expect(find('#why-not').textContent).toMatch(/Stop the answer/);
    expect(field.value).toBe('Next?');
    press(field, 'Escape');
    expect(said('stop')).toHaveLength(1);
  });

  it('rates with a note, and takes it back', async () => {
    await tell({ type: 'state', state: panel({ turns: [turn({ answer: 'Yes.', state: 'complete' })] }) });
    await settled();
    button('Bad answer').click();
    await settled();
    expect(said('rate')).toMatchObject([{ turnId: 't1', value: 'down' }]);
    find<HTMLTextAreaElement>('.rating-note textarea').value = ' It was blue. ';
    find('.rating-note vscode-button').click();
    expect(said('rate')[1]).toMatchObject({ value: 'down', note: 'It was blue.' });
    await tell({ type: 'turn', turn: turn({ answer: 'Yes.', state: 'complete', rating: { value: 'down', note: 'It was blue.' } }), busy: false });
    await settled();
    expect(button('Bad answer').getAttribute('aria-pressed')).toBe('true');
    button('Bad answer').click();
    expect(said('rate')[2]).toMatchObject({ value: null });
  });

  it('asks an edited question again, with its part and the chosen frames', async () => {
    const span = { startSeconds: 1, endSeconds: 2 };
    await tell({ type: 'state', state: panel({ frames: 4, turns: [turn({ answer: 'Yes.', state: 'complete', span })] }) });
    await settled();
    button('Edit question and ask again').click();
    await settled();
    const field = find<HTMLTextAreaElement>('.question-editor textarea');
    expect(field.value).toBe('What is it?');
    field.value = 'What was it?';
    press(field, 'Enter');
    expect(said('editAndResend')).toMatchObject([{ turnId: 't1', text: 'What was it?', span, frames: 4 }]);
  });

  it('copies answers and code as they were written', async () => {
    const answer = 'Look:\n\n```js\nlet a = 1;\n```';
    await tell({ type: 'state', state: panel({ turns: [turn({ answer, state: 'complete' })] }) });
    await settled();
    button('Copy answer').click();
    button('Copy code').click();
    expect(said('copy').map(({ text }) => text)).toEqual([answer, 'let a = 1;']);
  });

  it('removes clips, adds clips and changes the frames per question', async () => {
    await tell({ type: 'state', state: panel() });
    await settled();
    button('Remove a.mp4').click();
    button('Add a video or a picture').click();
    const select = find<HTMLSelectElement>('.frames-select');
    select.value = '32';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    select.value = '';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    expect([said('removeClip')[0]?.clipId, said('addClips')[0]?.uris, ...said('frames').map(({ frames }) => frames)]).toEqual(['v1', [], 32, null]);
  });

  it('lets a person choose what answers are made from, where the model leaves a choice', async () => {
    await tell({ type: 'state', state: panel() });
    expect(app.querySelector('.answers-from-select')).toBeNull();
    const model = { id: 'm', name: 'Model', demonstration: false, plan: 'videochat:8', halves: ['embeddings', 'timeline'] as const };
    await tell({ type: 'state', state: panel({ model: { ...model, halves: [...model.halves] }, answersFrom: 'timeline' }) });
    const select = find<HTMLSelectElement>('.answers-from-select');
    expect([...select.options].map(({ value }) => value)).toEqual(['auto', 'embeddings', 'timeline']);
    select.value = 'embeddings';
    select.dispatchEvent(new Event('change', { bubbles: true }));
    expect(said('answersFrom').map(({ value }) => value)).toEqual(['embeddings']);
  });

  it('says where what is asked goes, if it leaves the machine', async () => {
    const model = { id: 'm', name: 'Model', demonstration: false, plan: 'videochat:8' };
    await tell({ type: 'state', state: panel({ model }) });
    expect(app.querySelector('.leaves-machine')).toBeNull();
    await tell({ type: 'state', state: panel({ model: { ...model, halves: ['embeddings', 'timeline'], leavesTo: 'api.example.test' } }) });
    expect(find('.leaves-machine').textContent).toBe('Leaves this machine: api.example.test');
    expect(find('.leaves-note').textContent).toBe('Model: what you ask, and frames of the clips, are sent to api.example.test.');
    await tell({ type: 'state', state: panel({ model: { ...model, halves: ['timeline'], leavesTo: '' } }) });
    expect(find('.leaves-machine').textContent).toBe('Leaves this machine: through the editor');
    expect(find('.leaves-note').textContent).toContain('what was noticed in the clips');
  });

  it('says what an answer was made from, and links to the moments it rests on where its text has none', async () => {
    const event = { id: 'e', track: 'text' as const, label: 'EXIT 12', clipId: 'v1', startSeconds: 4, endSeconds: 6 };
    const result = panelResult({ from: 'timeline', fromReason: 'Model knows nothing like it.' });
    const answered = turn({ answer: 'It says EXIT 12.', state: 'complete', result, evidence: [event] });
    await tell({ type: 'state', state: panel({ turns: [answered] }) });
    await settled();
    expect(find('.made-from').textContent).toMatch(/Answered from: Timeline\. Model knows nothing like it\./);
    const link = find('.event-link');
    expect(link.textContent?.replace(/\s+/g, ' ').trim()).toBe('EXIT 12 0:04–0:06');
    await tell({ type: 'turn', busy: false, turn: { ...answered, answer: 'It says EXIT 12 from 4 to 6 seconds.' } });
    await settled();
    expect(app.querySelector('.event-link')).toBeNull();
    await tell({ type: 'turn', busy: false, turn: { ...answered, evidence: undefined, result: panelResult({ from: 'embeddings' }) } });
    await settled();
    expect(app.querySelector('.made-from')).toBeNull();
  });

  it('offers the answer to what is missing: a model, a clip, a server', async () => {
    await tell({ type: 'state', state: panel({ model: undefined }) });
    await settled();
    find('.empty [data-action="chooseModel"]').click();
    await tell({ type: 'state', state: panel({ clips: [] }) });
    await settled();
    find('.empty [data-action="addClip"]').click();
    await tell({ type: 'server', server: { state: 'failed', problem: { message: 'It crashed.', actions: ['restartServer', 'useCpuOnly'] } } });
    await settled();
    find('.server-line [data-action="useCpuOnly"]').click();
    expect(said('action').map(({ action }) => action)).toEqual(['chooseModel', 'useCpuOnly']);
    expect(said('addClips')).toHaveLength(1);
  });

  it('speaks of a picture as a picture, without times or frames', async () => {
    const facts = { kind: 'image', width: 4, height: 3, durationSeconds: 0, fps: 0, frameCount: 1, streams: [] } as unknown as VideoFacts;
    const media: MediaSource = { mediaId: 'm', mode: 'image', reason: '', url: 'http://127.0.0.1:1/t/m', mimeType: 'image/png', bytes: 1 };
    const plan = { spec: 'videochat:8', span: { startSeconds: 0, endSeconds: 0 }, indices: [0], seconds: [0], reason: '' };
    const clips = [{ clipId: 'v1', name: 'a.png', facts, media }];
    await tell({ type: 'state', state: panel({ clips }) });
    await settled();
    expect(find<HTMLTextAreaElement>('.composer textarea').placeholder).toBe('Ask about this picture…');
    expect(find('.empty').textContent).toContain('Ask about this picture');
    await tell({ type: 'state', state: panel({ clips, turns: [turn({ answer: 'Red.', state: 'complete', plan, result: panelResult() })] }) });
    await settled();
    expect(find('.result').textContent).not.toContain('frame');
    expect([...app.querySelectorAll('videochat-seek-bar, .controls, .evidence, .frames-select')]).toEqual([]);
    expect(app.textContent).not.toContain('0:00');
  });

  it('says that it opens a clip only while there may be somebody who does', async () => {
    await tell({ type: 'state', state: panel({ server: { state: 'starting' } }) });
    await settled();
    expect(find('.overlay').textContent).toContain('Opening the clip…');
    await tell({ type: 'server', server: { state: 'failed', problem: { message: 'Not trusted.', actions: ['manageTrust'] } } });
    await settled();
    expect(find('.overlay').textContent?.trim()).toBe('');
    find('.server-line [data-action="manageTrust"]').click();
    expect(said('action')).toMatchObject([{ action: 'manageTrust' }]);
  });

  it('shows the frames of each clip under its name, and the clip that a time is of', async () => {
    const facts = { kind: 'video', width: 4, height: 3, durationSeconds: 10, fps: 25, frameCount: 250, streams: [] } as unknown as VideoFacts;
    const clip = (clipId: string, name: string) => ({
      ...{ clipId, name, facts },
      media: { mediaId: clipId, mode: 'file', reason: '', url: `http://127.0.0.1:1/t/${clipId}`, mimeType: 'video/mp4', bytes: 1 } satisfies MediaSource,
    });
    const plan = (seconds: number[]) => ({ spec: 'videochat:8', span: { startSeconds: 0, endSeconds: 10 }, indices: seconds.map(() => 1), seconds, reason: '' });
    const plans = [{ clipId: 'v1', name: 'a.mp4', plan: plan([1, 2]) }, { clipId: 'v2', name: 'b.mp4', plan: plan([3, 4, 5]) }];
    const said1 = turn({ answer: 'At 0:01. In b.mp4 at 0:04.', state: 'complete', plan: plan([1, 2]), plans, result: panelResult() });
    await tell({ type: 'state', state: panel({ clips: [clip('v1', 'a.mp4'), clip('v2', 'b.mp4')], turns: [said1] }) });
    await settled();
    const heads = [...app.querySelectorAll('.evidence-head')].map((head) => head.textContent?.replace(/\s+/g, ' ').trim());
    expect(heads.map((head) => head?.startsWith('a.mp4 2 frames') || head?.startsWith('b.mp4 3 frames'))).toEqual([true, true]);
    expect(find('.result').textContent).toContain('5\u00a0frames');
    const shown = (): (string | null)[] => [...app.querySelectorAll('.clip-chips .chip-name')].map((chip) => chip.getAttribute('aria-pressed'));
    expect(shown()).toEqual(['true', 'false']);
    [...app.querySelectorAll<HTMLElement>('.time-link')][1]?.click();
    await settled();
    expect(shown()).toEqual(['false', 'true']);
    find('.evidence .frame').click();
    await settled();
    expect(shown()).toEqual(['true', 'false']);
  });

  it('opens the annotations of each clip, of the one that is shown at its moment; of a lost one there are none', async () => {
    const facts = { kind: 'video', width: 4, height: 3, durationSeconds: 4, fps: 25, frameCount: 100, streams: [] } as unknown as VideoFacts;
    const media: MediaSource = { mediaId: 'm', mode: 'file', reason: '', url: 'http://127.0.0.1:1/t/m', mimeType: 'video/mp4', bytes: 1 };
    const lost = { clipId: 'v3', name: 'c.mp4', problem: { message: 'It is gone.' } };
    const clips = [{ clipId: 'v1', name: 'a.mp4', facts, media }, { clipId: 'v2', name: 'b.mp4', facts, media }, lost];
    await tell({ type: 'state', state: panel({ clips }) });
    await tell({ type: 'seek', clipId: 'v1', segment: { startSeconds: 1.5, endSeconds: 1.5 }, play: false });
    button('Annotate a.mp4').click();
    button('Annotate b.mp4').click();
    expect(said('annotate').map(({ clipId, seconds }) => [clipId, seconds])).toEqual([['v1', 1.5], ['v2', undefined]]);
    expect(button('Annotate c.mp4').disabled).toBe(true);
  });

  it('asks about a part of the clip that is shown', async () => {
    saved = { conversationId: 'c1', draft: 'What?', clipId: 'v2', span: { startSeconds: 1, endSeconds: 2 } };
    app.remove();
    app = document.createElement('videochat-app');
    document.body.append(app);
    await tell({ type: 'state', state: panel({ clips: [{ clipId: 'v1', name: 'a.mp4' }, { clipId: 'v2', name: 'b.mp4' }] }) });
    await settled();
    press(find('.composer textarea'), 'Enter');
    expect(said('send')).toMatchObject([{ text: 'What?', span: { startSeconds: 1, endSeconds: 2 }, clipId: 'v2' }]);
    await tell({ type: 'state', state: panel({ clips: [{ clipId: 'v1', name: 'a.mp4' }] }) });
    await settled();
    expect(app.querySelector('.span-chip')).toBeNull();
  });

  it('marks a part that it is sent to, where that is wanted', async () => {
    const marked = async (mark: boolean): Promise<boolean> => {
      await tell({ type: 'seek', clipId: 'v2', segment: { startSeconds: 1, endSeconds: 3 }, play: false, ...(mark ? { mark } : {}) });
      await settled();
      return app.querySelector('.span-chip') !== null;
    };
    await tell({ type: 'state', state: panel({ clips: [{ clipId: 'v1', name: 'a.mp4' }, { clipId: 'v2', name: 'b.mp4' }] }) });
    expect(await marked(false)).toBe(false);
    expect(await marked(true)).toBe(true);
  });

  it('keeps the draft for its conversation only', async () => {
    await tell({ type: 'state', state: panel() });
    type('half a question');
    window.dispatchEvent(new Event('pagehide'));
    expect(saved).toMatchObject({ conversationId: 'c1', draft: 'half a question' });
    await tell({ type: 'state', state: panel({ conversationId: 'c2' }) });
    expect(find<HTMLTextAreaElement>('.composer textarea').value).toBe('');
    expect(saved).toMatchObject({ conversationId: 'c2', draft: '' });
  });

  it('names its parts, and has one polite region away from the stream', async () => {
    await tell({ type: 'state', state: panel({ turns: [turn({ answer: 'Yes.', state: 'streaming' })], busy: true }) });
    await settled();
    const live = [...app.querySelectorAll('[aria-live]')].filter((element) => element.getAttribute('aria-live') !== 'off');
    expect(live.map((element) => element.getAttribute('role'))).toEqual(['status']);
    expect(live[0]?.querySelector('*')).toBeNull();
    expect(find('article').getAttribute('aria-label')).toBe('Turn 1: What is it?');
    const nameless = [...app.querySelectorAll('button, input, select, textarea, [role="slider"]')].filter(
      (element) => !element.getAttribute('aria-label') && !element.textContent?.trim(),
    );
    expect(nameless).toEqual([]);
  });

  it('takes a drop of addresses, and says what cannot be dropped', async () => {
    await tell({ type: 'state', state: panel() });
    const drop = (types: Record<string, string>): void => {
      const event = Object.assign(new Event('drop', { cancelable: true }), {
        dataTransfer: { types: Object.keys(types), getData: (name: string) => types[name] ?? '' },
      });
      window.dispatchEvent(event);
    };
    drop({ 'text/uri-list': 'file:///b.mp4' });
    expect(said('addClips')).toMatchObject([{ uris: ['file:///b.mp4'] }]);
    drop({ Files: '' });
    await settled();
    expect(find('.notice').textContent).toMatch(/explorer/);
  });
});
