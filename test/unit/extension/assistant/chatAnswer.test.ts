import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { answerTask } from '../../../../extension/assistant/chatAnswer.js';
import type { ChatPorts, ChatTask } from '../../../../extension/assistant/chatPorts.js';
import { modelFor } from '../../../../extension/models/modelFor.js';
import { english } from '../../../../extension/translate.js';
import type { VideoChatClient } from '../../../../server/client/videoChatClient.js';
import { ErrorCode, type LocatedSpan, VideoChatError } from '../../../../server/protocol/index.js';
import { answerOf, ScriptedServer } from '../../../fakes/scriptedServer.js';

let server: ScriptedServer;
let client: VideoChatClient;
let source: CancellationTokenSource;
/** What is in the chat: words anybody may have said, and ours with links. */
let said: string;
let told: string;
let stages: string[];
let pictures: string[];

beforeEach(async () => {
  server = new ScriptedServer();
  server.scripts['video/frames'] = ({ plan }: { plan: string }) => ({ plan: { spec: plan, span: { startSeconds: 0, endSeconds: 10 }, indices: [1], seconds: [4.5], reason: '' }, paths: ['/tmp/frame.jpg'] });
  client = await server.connect();
  source = new CancellationTokenSource();
  [said, told, stages, pictures] = ['', '', [], []];
});
afterEach(() => client.dispose());

const ports = (): ChatPorts => ({
  ...{ client, token: source.token, t: english, folders: ['/clips'] },
  model: () => modelFor(client, undefined, english),
  nameOf: (path) => path.replace('/clips/', ''),
  stage: (text) => void stages.push(text),
  say: (text) => void (said += text),
  tell: (text) => void (told += text),
  momentLink: (path, { startSeconds, endSeconds }) => `moment:${path}:${startSeconds}-${endSeconds}`,
  picture: async (path, alt, link) => void pictures.push([path, alt, link].join(' ')),
});
const run = (task: Partial<ChatTask>) => answerTask({ verb: 'ask', text: '', turns: [], clip: '/clips/a.mp4', ...task }, ports());

describe('a question to @video', () => {
  it('streams the answer, and links the times and events it speaks of', async () => {
    server.scripts['chat/send'] = (_params: never, { progress }) => {
      progress({ kind: 'stage', stage: 'generating' });
      ['A <b>dog</b> ', '[runs](command:evil) at 0:03.'].forEach((text) => progress({ kind: 'delta', text }));
      const evidence = [{ id: 'e', track: 'objects', label: 'dog', startSeconds: 1, endSeconds: 4 }];
      return answerOf('A <b>dog</b> [runs](command:evil) at 0:03.', { from: 'timeline', evidence: evidence as never });
    };
    expect(await run({ text: 'What runs?' })).toEqual({ verb: 'ask', clip: '/clips/a.mp4', answer: 'A <b>dog</b> [runs](command:evil) at 0:03.' });
    // Nothing that a model says is a link or a tag.
    expect(said).toBe('A &lt;b>dog&lt;/b> \\[runs\\](command:evil) at 0:03.');
    expect(told).toBe('\n\nMoments: [0:03](moment:/clips/a.mp4:3-3) · [0:01–0:04](moment:/clips/a.mp4:1-4)');
    expect(stages).toContain('writing');
    await expect.poll(() => [server.asked('chat/close').length, server.asked('video/close').length]).toEqual([1, 1]);
  });

  it('says of a demonstration what it knows, and knows what was said before', async () => {
    await run({ text: 'And then?', turns: [{ question: 'What?', answer: 'A ball.' }] });
    expect(said).toContain('Tiny is a demonstration model');
    const [{ history } = { history: {} }] = server.asked('chat/restore') as { history: object }[];
    expect(history).toMatchObject({ videoPath: '/clips/a.mp4', turns: [{ question: 'What?', answer: 'A ball.', state: 'complete' }] });
    expect(server.asked('chat/create')).toEqual([]);
  });

  it('asks which clip, where there is none', async () => {
    expect(await answerTask({ verb: 'summarize', text: '', turns: [] }, ports())).toEqual({ verb: 'summarize' });
    expect(said).toContain('#file');
    expect(server.requests.filter(({ method }) => method !== 'initialize')).toEqual([]);
  });

  it('ends when it is cancelled, and closes the clip', async () => {
    server.scripts['chat/send'] = (_params: never, { token }) =>
      new Promise((_resolve, reject) => token.onCancellationRequested(() => reject(new VideoChatError(ErrorCode.RequestCancelled, 'Stopped.'))));
    const asked = run({ text: 'What?' });
    await expect.poll(() => server.asked('chat/send')).toHaveLength(1);
    source.cancel();
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    await expect.poll(() => server.asked('video/close')).toHaveLength(1);
  });

  it('fails with what the server says', async () => {
    server.scripts['video/open'] = () => Promise.reject(new VideoChatError(ErrorCode.VideoNotFound, 'There is no such file.'));
    await expect(run({ text: 'What?' })).rejects.toMatchObject({ code: ErrorCode.VideoNotFound });
  });
});

describe('/summarize, /caption and /timeline', () => {
  const facts = () => server.facts('/clips/a.mp4');

  it('summarize: shows the words once, moments and frames', async () => {
    server.scripts['summary/create'] = (_params: never, { progress }) => {
      progress({ kind: 'delta', text: 'A ball moves.' });
      const moments = [{ text: '0:02', segment: { startSeconds: 2, endSeconds: 3 } }];
      return { facts: facts(), text: 'A ball moves.', moments, from: 'events', plan: {}, model: { id: 'tiny', name: 'Tiny', demonstration: true }, totalMs: 1 };
    };
    await run({ verb: 'summarize' });
    expect(said.trim()).toBe('A ball moves.');
    expect(told).toContain('[0:02–0:03](moment:/clips/a.mp4:2-3)');
    expect(pictures).toEqual(['/tmp/frame.jpg 0:04.5 moment:/clips/a.mp4:4.5-4.5']);
  });

  it('caption: lists events with their times', async () => {
    const captions = [{ startSeconds: 0, endSeconds: 2, text: 'A *ball*\nappears.' }];
    server.scripts['denseCaption/create'] = () => ({ facts: facts(), captions, from: 'timeline', note: '', model: { id: 'tiny', name: 'Tiny', demonstration: true } });
    await run({ verb: 'caption' });
    expect(told).toBe('- [0:00–0:02](moment:/clips/a.mp4:0-2): A \\*ball\\* appears.\n');
    expect(said).toBe('');
  });

  it('timeline: lists events by their tracks, and says where there are more', async () => {
    const event = (i: number) => ({ id: `e${i}`, track: i % 2 ? 'text' : 'objects', label: `dog ${i}`, count: 2, confidence: 1, source: 's', startSeconds: i, endSeconds: i + 1 });
    const events = Array.from({ length: 102 }, (_, i) => event(i));
    server.scripts['timeline/create'] = () => ({ contentHash: '', durationSeconds: 200, tracks: ['objects', 'text'].map((track) => ({ track, state: 'complete' })), events, frameSeconds: [], models: [] });
    await run({ verb: 'timeline' });
    expect(told).toContain('**Objects**\n\n- [0:00–0:01](moment:/clips/a.mp4:0-1): dog 0 × 2\n');
    expect(told.indexOf('dog 1 ')).toBeGreaterThan(told.indexOf('**Text**'));
    expect(said).toContain('… and 2 more.');
  });
});

describe('/find', () => {
  const span: LocatedSpan = { startSeconds: 2, endSeconds: 4, confidence: 0.826, bestSeconds: 3, frameSeconds: [3], reasons: ['dog'] };

  it('looks in the clip that is meant, and shows the best frames', async () => {
    server.scripts['locate/create'] = ({ query }: { query: string }) => ({ facts: server.facts('/clips/a.mp4'), query, spans: [span], from: 'events', confidenceOf: 'events', totalMs: 1 });
    expect(await run({ verb: 'find', text: 'a dog' })).toEqual({ verb: 'find', clip: '/clips/a.mp4' });
    expect(told).toBe('- [0:02–0:04](moment:/clips/a.mp4:2-4) (83 % sure): dog\n');
    expect(server.asked('video/frames')).toMatchObject([{ plan: 'at:3' }]);
    expect(pictures).toHaveLength(1);
  });

  it('looks in all of the workspace, where no clip is meant', async () => {
    server.scripts['search/index'] = () => ({ clips: 3, changed: 0, removed: 0, unseen: 2, rebuilt: false, full: false, failed: [] });
    const match = { kind: 'speech', text: 'the dog', ranges: [], source: 'subtitles', widened: [], startSeconds: 1, endSeconds: 2 };
    server.scripts['search/query'] = () => ({ moments: [{ path: '/clips/b_c.mp4', startSeconds: 1, endSeconds: 2, bestSeconds: 1, matches: [match], missing: [], score: 1 }], more: false, clips: 3, rebuilt: false });
    await answerTask({ verb: 'find', text: 'dog', turns: [] }, ports());
    expect(told).toBe('- b\\_c.mp4 [0:01–0:02](moment:/clips/b_c.mp4:1-2): the dog\n');
    expect(said).toContain('2 clips were not looked through yet');
  });

  it('says what it found nothing of, and asks for words where there are none', async () => {
    server.scripts['locate/create'] = ({ query }: { query: string }) => ({ facts: server.facts('/clips/a.mp4'), query, spans: [], from: 'events', confidenceOf: 'events', note: 'Nothing was noticed of: zeppelin.', totalMs: 1 });
    await run({ verb: 'find', text: 'a zeppelin' });
    expect(told).toBe('Nothing was found for "a zeppelin".');
    expect(said).toContain('Nothing was noticed of: zeppelin.');
    said = '';
    await run({ verb: 'find', text: ' ' });
    expect(said).toContain('What is looked for?');
  });
});
