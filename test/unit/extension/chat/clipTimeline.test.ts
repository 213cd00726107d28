import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode, mostPanelEvents, type PanelTimeline, VideoChatError } from '../../../../server/protocol/index.js';
import { panelTrack } from '../../../../extension/chat/panelTimeline.js';
import { ChatPage } from '../../../fakes/chatPage.js';
import { Gate } from '../../../fakes/gate.js';
import { makeVideo } from '../../../fakes/gatedParts.js';
import { timelineEvent, timelineExample } from '../../../fixtures/timelineExample.js';

let page: ChatPage;
beforeEach(() => {
  page = new ChatPage();
});
afterEach(() => page.dispose());

const clipId = (): string => page.conversation.clips[0]?.clipId ?? '';
const clips = () => page.controller.clips;
const timeline = (): PanelTimeline | undefined => page.state.timelines?.find((each) => each.clipId === clipId())?.timeline;
const isNow = (state: PanelTimeline['state']): Promise<void> => page.until(() => timeline()?.state === state);
const contentHash = makeVideo('/clips/ball.mp4').facts.contentHash;
const script = () => page.server.script;
/** A run that has found a dog, and goes on until it is told to end. */
const untilOpened = (gate: Gate): boolean[] => {
  gate.close();
  const cancelled: boolean[] = [];
  script().scripts['timeline/create'] = async (_params, { progress, token }) => {
    progress({ kind: 'step', what: 'frames', done: 3, total: 8 });
    progress({ kind: 'track', track: 'objects', events: [timelineEvent('objects', 'dog', 1, 3)] });
    await Promise.race([gate.pass(), new Promise<void>((resolve) => void token.onCancellationRequested(() => resolve()))]);
    cancelled.push(token.isCancellationRequested);
    if (token.isCancellationRequested) {
      throw new VideoChatError(ErrorCode.RequestCancelled, 'Cancelled.');
    }
    return timelineExample({ contentHash });
  };
  return cancelled;
};

describe('the timeline of a clip', () => {
  it('is never made by itself', async () => {
    await page.open();
    await page.ask('What?');
    expect(script().asked('timeline/create')).toEqual([]);
    expect(page.state.timelines).toEqual([]);
  });

  it('grows, is there for a page that is loaded again, and is whole in the end', async () => {
    const gate = new Gate();
    untilOpened(gate);
    expect(clips().lookThrough(clipId())).toBeUndefined();
    expect(clips().lookThrough(clipId())).toBeUndefined();
    expect(timeline()).toEqual({ state: 'creating', tracks: [] });
    await page.until(() => timeline()?.tracks.length === 1);
    expect(timeline()).toMatchObject({ step: { what: 'frames', done: 3, total: 8 }, tracks: [{ track: 'objects', events: [{ label: 'dog' }] }] });
    expect(clips().timeline(clipId())?.timeline).toBeUndefined();
    gate.open();
    await isNow('ready');
    expect(script().asked('timeline/create')).toHaveLength(1);
    expect(timeline()?.tracks).toMatchObject([
      { track: 'shots', state: 'complete', events: [{}, {}], omitted: 0 },
      { track: 'objects', events: [{ label: 'person', count: 2, bestSeconds: 3 }, { label: 'dog' }] },
      { track: 'speech', state: 'unavailable', note: 'The clip has no sound.', events: [] },
    ]);
    expect(timeline()?.step).toBeUndefined();
    expect(page.said('timeline').at(-1)).toEqual({ type: 'timeline', clipId: clipId(), timeline: timeline() });
    expect(clips().timeline(clipId())?.timeline).toEqual(timelineExample({ contentHash }));
  });

  it('can be stopped, keeps what was found, and can be gone on with', async () => {
    const gate = new Gate();
    const cancelled = untilOpened(gate);
    clips().lookThrough(clipId());
    await page.until(() => timeline()?.tracks.length === 1);
    clips().timeline(clipId())?.stop();
    expect(timeline()).toMatchObject({ state: 'stopped', tracks: [{ track: 'objects' }] });
    await expect.poll(() => cancelled).toEqual([true]);
    gate.open();
    clips().lookThrough(clipId());
    expect(timeline()).toMatchObject({ state: 'creating', tracks: [{ track: 'objects' }] });
    await isNow('ready');
    expect(cancelled).toEqual([true, false]);
  });

  it('says that the server ended, and can be made with the next one', async () => {
    const gate = new Gate();
    untilOpened(gate);
    await page.open();
    clips().lookThrough(clipId());
    await page.until(() => timeline()?.tracks.length === 1);
    page.server.die();
    await isNow('failed');
    expect(timeline()).toMatchObject({ problem: { actions: expect.arrayContaining(['retry']) }, tracks: [{ track: 'objects' }] });
    await page.server.comeBack();
    gate.open();
    clips().lookThrough(clipId());
    await isNow('ready');
    // It outlives servers that made it.
    page.server.die();
    expect(timeline()?.state).toBe('ready');
  });

  it('says why it cannot be made', async () => {
    script().scripts['timeline/create'] = () => {
      throw new VideoChatError(ErrorCode.PerceptionUnavailable, 'There is no model.', { hint: 'Install one.' });
    };
    clips().lookThrough(clipId());
    await isNow('failed');
    expect(timeline()?.problem).toMatchObject({ message: 'There is no model.', hint: 'Install one.' });
    expect(clips().lookThrough('another')).toMatchObject({ message: expect.stringMatching(/not in the conversation/) });
  });

  it('is not made of a clip that is gone, nor without a server', async () => {
    script().scripts['video/open'] = () => {
      throw new VideoChatError(ErrorCode.VideoNotFound, 'There is no such file.');
    };
    clips().lookThrough(clipId());
    await isNow('failed');
    expect(timeline()?.problem?.message).toBe('There is no such file.');
    page.server.refusal = new VideoChatError(ErrorCode.NotTrusted, 'Not trusted.');
    clips().lookThrough(clipId());
    await page.until(() => timeline()?.problem?.message === 'Not trusted.');
  });

  it('is forgotten when the clip is another one on disk', async () => {
    script().scripts['timeline/create'] = () => timelineExample({ contentHash });
    clips().lookThrough(clipId());
    await isNow('ready');
    script().scripts['video/open'] = ({ path }: { path: string }) => ({ videoId: 'other', facts: { ...makeVideo(path).facts, contentHash: 'other' } });
    await page.ask('What?');
    expect(page.state.timelines).toEqual([]);
    expect(page.said('timeline').at(-1)).toEqual({ type: 'timeline', clipId: clipId(), timeline: undefined });
  });

  it.each(['removal', 'closing'])('ends with %s', async (how) => {
    const cancelled = untilOpened(new Gate());
    await page.open();
    clips().lookThrough(clipId());
    await page.until(() => timeline()?.tracks.length === 1);
    await (how === 'removal' ? page.controller.removeClip(clipId()) : page.controller.dispose());
    await expect.poll(() => cancelled).toEqual([true]);
    const told = page.said('timeline').length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(page.said('timeline')).toHaveLength(told);
  });
});

describe('a track for the page', () => {
  it('has of very many events the surest, in order of time', () => {
    const events = Array.from({ length: mostPanelEvents + 50 }, (_, i) => timelineEvent('objects', 'x', i, i + 1, { confidence: i < 50 ? 0.1 : 0.9 }));
    const { events: shown, omitted } = panelTrack({ track: 'objects' }, events.reverse());
    expect([shown.length, omitted, shown[0]?.startSeconds]).toEqual([mostPanelEvents, 50, 50]);
    expect(shown.map(({ startSeconds }) => startSeconds)).toEqual([...shown].map(({ startSeconds }) => startSeconds).sort((a, b) => a - b));
    expect(shown[0]).not.toHaveProperty('box');
  });

  it('marks words that are guesses', () => {
    const guess = { ...timelineEvent('speech', 'good evening', 0, 1), source: 'pocketsphinx', weak: true as const };
    expect(panelTrack({ track: 'speech' }, [guess]).events[0]?.label).toBe('? good evening');
  });

  it('has no label that is a page of text', () => {
    expect(panelTrack({ track: 'text' }, [timelineEvent('text', 'A'.repeat(5000), 0, 1)]).events[0]?.label).toHaveLength(200);
  });
});
