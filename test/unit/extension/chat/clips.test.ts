import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConversation } from '../../../../extension/chat/conversation.js';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { ChatPage } from '../../../fakes/chatPage.js';
import { Gate } from '../../../fakes/gate.js';
import { makeVideo } from '../../../fakes/gatedParts.js';

let page: ChatPage;
beforeEach(() => {
  page = new ChatPage();
});
afterEach(() => page.dispose());

const clipId = (): string => page.conversation.clips[0]?.clipId ?? '';
const problem = () => page.state.clips[0]?.problem;

describe('a clip', () => {
  it('is opened with what the player can do, and remembered by its content', async () => {
    await page.open();
    expect(page.server.script.asked('media/open')[0]).toMatchObject({ abilities: { videoCodecs: ['h264'] }, maxHeight: 720 });
    expect(page.state).toMatchObject({ model: { id: 'tiny', demonstration: true }, server: { state: 'ready' } });
    expect(page.conversation.clips[0]?.contentHash).toBe(makeVideo('/clips/ball.mp4').facts.contentHash);
    expect(page.state.suggestions.length).toBeGreaterThan(0);
  });

  it('that is gone says so, refuses questions, and comes back with its file', async () => {
    await page.open();
    page.server.script.scripts['video/open'] = () => {
      throw new VideoChatError(ErrorCode.VideoNotFound, 'There is no such file.');
    };
    await page.ask('What?');
    expect(page.last).toMatchObject({ state: 'failed', problem: { actions: ['locateFile', 'retry'] } });
    expect(problem()).toMatchObject({ message: 'There is no such file.' });
    expect(page.server.script.asked('chat/send')).toEqual([]);
    delete page.server.script.scripts['video/open'];
    await page.controller.retry();
    await page.settled();
    expect(problem()).toBeUndefined();
    expect(page.last).toMatchObject({ state: 'complete' });
  });

  it('that lies elsewhere now is found there', async () => {
    await page.open();
    page.server.script.facts = (path) => ({ ...makeVideo('/clips/ball.mp4').facts, path });
    await page.controller.locate('/elsewhere/ball2.mp4');
    expect(problem()).toBeUndefined();
    await page.ask('What?');
    expect(page.conversation.clips).toMatchObject([{ clipId: clipId(), path: '/elsewhere/ball2.mp4', name: 'ball2.mp4' }]);
    expect(page.last).toMatchObject({ state: 'complete' });
  });

  it('that has changed is not asked about as if it had not', async () => {
    await page.ask('What?');
    page.server.script.scripts['video/open'] = ({ path }: { path: string }) => ({
      videoId: 'video-other',
      facts: { ...makeVideo(path).facts, contentHash: 'other' },
    });
    await page.ask('And?');
    expect(page.last).toMatchObject({ state: 'failed', answer: '' });
    expect(problem()?.message).toMatch(/changed on disk/);
    expect(problem()?.actions).toContain('newConversation');
    await page.controller.retry();
    await page.settled();
    expect(problem()).toBeUndefined();
    expect(page.last).toMatchObject({ state: 'complete', question: 'And?' });
    expect(page.conversation.clips[0]?.contentHash).toBe('other');
    // Another file: another chat, with the turns of before.
    expect(page.server.script.asked('chat/restore')).toHaveLength(1);
  });

  it('that is not a video says what the server says', async () => {
    page.server.script.scripts['video/open'] = () => {
      throw new VideoChatError(ErrorCode.VideoNotFound, 'This is a folder.', { hint: 'Choose a file.' });
    };
    page.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
    await page.until(() => problem() !== undefined);
    expect(problem()).toEqual({ message: 'This is a folder.', hint: 'Choose a file.', actions: ['locateFile', 'retry'] });
  });

  it('that cannot be played can be asked about', async () => {
    page.server.script.scripts['media/open'] = () => {
      throw new VideoChatError(ErrorCode.FfmpegFailed, 'No proxy.');
    };
    page.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
    await page.until(() => page.state.clips[0]?.unplayable !== undefined);
    expect(problem()).toBeUndefined();
    expect(await page.ask('What?')).toMatchObject({ state: 'complete' });
  });

  it('is made again for a player that fails on it, step by step and not for ever', async () => {
    await page.open();
    const modes = ['remux', 'transcode'];
    const open = (mode: string) => () => ({ mediaId: `m-${mode}`, mode, reason: '', url: 'http://127.0.0.1:1234/x', mimeType: 'video/mp4', bytes: 1 });
    for (const mode of modes) {
      page.server.script.scripts['media/open'] = open(mode);
      await page.controller.playbackFailed(clipId(), 'error');
      expect(page.server.script.asked('media/open').at(-1)).toMatchObject({ atLeast: mode });
      expect(page.state.clips[0]?.media?.mode).toBe(mode);
    }
    await page.controller.playbackFailed(clipId(), 'error');
    expect(page.server.script.asked('media/open')).toHaveLength(3);
    expect(page.state.clips[0]?.unplayable?.message).toMatch(/cannot show/);
    await page.controller.playbackFailed('clip-unknown', 'error');
  });

  it('without a picture is transcoded at once', async () => {
    await page.open();
    await page.controller.playbackFailed(clipId(), 'noPicture');
    expect(page.server.script.asked('media/open').at(-1)).toMatchObject({ atLeast: 'transcode' });
  });

  it('that was replaced while it was opened is not shown late', async () => {
    const gate = new Gate();
    gate.close();
    let opened = 0;
    page.server.script.scripts['media/open'] = async ({ videoId }: { videoId: string }) => {
      const mediaId = `media-${videoId}`;
      if (opened++ === 0) {
        await gate.pass();
      }
      return { mediaId, mode: 'file', reason: '', url: `http://127.0.0.1:1234/${mediaId}`, mimeType: 'video/mp4', bytes: 1 };
    };
    page.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
    await gate.reached();
    await page.controller.locate('/clips/new.mp4');
    await page.until(() => page.state.clips[0]?.media !== undefined);
    gate.open();
    await page.until(() => page.server.script.asked('media/close').length === 1);
    expect(page.state.clips[0]?.media?.mediaId).toBe('media-video-/clips/new.mp4');
    expect(page.server.script.asked('media/close')).toEqual([{ mediaId: 'media-video-/clips/ball.mp4' }]);
  });
});

describe('clips of a conversation', () => {
  it('are one, and a second is refused with what to do', async () => {
    await page.open();
    const refused = page.controller.addClip('/clips/second.mp4');
    expect(refused?.message).toBe('Tiny looks at one clip in a conversation.');
    expect(refused?.actions).toEqual(['newConversation']);
    expect(page.conversation.clips).toHaveLength(1);
  });

  it('may be none at first, and be exchanged', async () => {
    const empty = new ChatPage(createConversation('New conversation'));
    try {
      empty.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
      expect(empty.state.title).toBe('New conversation');
      expect(empty.controller.addClip('/clips/ball.mp4')).toBeUndefined();
      await empty.until(() => empty.state.clips[0]?.media !== undefined);
      expect(empty.state.title).toBe('ball.mp4');
      await empty.ask('What?');
      await empty.controller.removeClip(empty.state.clips[0]?.clipId ?? '');
      expect(empty.state).toMatchObject({ clips: [], turns: [{ state: 'complete' }] });
      expect(empty.controller.addClip('/clips/other.mp4')).toBeUndefined();
      expect(await empty.ask('And?')).toMatchObject({ state: 'complete' });
    } finally {
      await empty.dispose();
    }
  });

  it('that come while another is opened are opened as well', async () => {
    const gate = new Gate();
    gate.close();
    const { facts } = page.server.script;
    page.server.script.scripts['video/open'] = async ({ path }: { path: string }) => {
      if (path.endsWith('ball.mp4')) {
        await gate.pass();
      }
      return { videoId: `video-${path}`, facts: facts(path) };
    };
    page.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
    await gate.reached();
    await page.controller.removeClip(clipId());
    expect(page.controller.addClip('/clips/other.mp4')).toBeUndefined();
    gate.open();
    await page.until(() => page.state.clips[0]?.media !== undefined);
    expect(page.state.clips).toMatchObject([{ name: 'other.mp4', media: { mode: 'file' } }]);
  });

  it('are not pictures for a model that cannot look at them', async () => {
    const picture = new ChatPage(createConversation('New', '/clips/still.png'));
    try {
      const list = { id: 'blind', name: 'Blind', abilities: ['chat'], demonstration: false, plan: 'videochat:8' };
      picture.server.script.scripts['model/list'] = () => ({ models: [list] });
      picture.controller.ready({ videoCodecs: [], audioCodecs: [], containers: [] });
      await picture.until(() => picture.state.clips[0]?.problem !== undefined);
      expect(picture.state.clips[0]?.problem).toMatchObject({ message: expect.stringMatching(/not at pictures/), actions: ['chooseModel', 'locateFile'] });
    } finally {
      await picture.dispose();
    }
  });
});

describe('the model', () => {
  it('that is not there is said with the question', async () => {
    page.values = { ...page.values, model: 'gone' };
    await page.ask('What?');
    expect(page.last).toMatchObject({ state: 'failed', problem: { actions: ['chooseModel'] } });
    page.values = { ...page.values, model: 'tiny' };
    page.controller.settingsChanged();
    await page.ask('And?');
    expect(page.last).toMatchObject({ state: 'complete' });
  });
});

describe('a rating', () => {
  it('is kept with its note, changed and taken back', async () => {
    await page.ask('What?');
    const turnId = page.last?.turnId ?? '';
    page.controller.choices.rate(turnId, 'down', ' It is blue. ');
    expect(page.said('turn').at(-1)).toMatchObject({ turn: { rating: { value: 'down', note: 'It is blue.' } } });
    page.controller.choices.rate(turnId, 'up');
    expect(page.last?.rating).toEqual({ value: 'up' });
    page.controller.choices.rate(turnId, null);
    expect(page.last).not.toHaveProperty('rating');
    expect(page.controller.choices.rate('turn-unknown', 'up')?.message).toMatch(/not there/);
  });
});
