// A server of the protocol that needs no model: its answers and failures follow from the questions.
//   "slow …"   streams a word every 50 ms until it is cancelled
//   "crash"    kills the server
//   "control"  answers with terminal control sequences
//   a path with "missing" cannot be opened
//   a folder "dies-once" or "always-dies" kills the server that annotates it
import { existsSync } from 'node:fs';
import { receive, send } from '../../fakes/protocolChannel.mjs';

const model = (id, more) => ({
  id,
  name: id,
  description: 'made up',
  version: '1',
  licence: 'MIT',
  abilities: ['chat'],
  demonstration: false,
  plan: 'videochat:8',
  bytes: 1_500_000,
  state: 'unloaded',
  ...more,
});
const models = [model('toy', { demonstration: true }), model('broken', { problem: 'no such file' }), model('real')];
const videos = new Map();
const chats = new Map();
const cancelled = new Set();
let opens = 0;

const fail = (code, message, hint) => {
  throw Object.assign(new Error(message), { code, data: { hint } });
};
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function facts(path) {
  const streams = [{ index: 0, kind: 'video', codec: 'h264' }];
  const picture = { container: 'mov', codec: 'h264', width: 64, height: 48, rotationDegrees: 0, streams };
  const time = { durationSeconds: 10, fps: 25, frameCount: 250, variableFrameRate: false };
  return { path, contentHash: 'ab', bytes: 1000, kind: 'video', ...picture, ...time };
}

function answerOf(chat, text) {
  const plan = { spec: chat.options.plan ?? 'videochat:8', span: chat.options.span ?? { startSeconds: 0, endSeconds: 10 } };
  return {
    chatId: chat.id,
    turn: chat.turns.length - 1,
    text,
    stopReason: 'stop',
    tokens: { prompt: 10, reused: 0, prefilled: 10, generated: 3 },
    timings: { queued: 0, load: 0, decode: 1, encode: 1, prefill: 1, generate: 1, firstToken: 3, total: 4 },
    plan: { ...plan, indices: [0], seconds: [0.5], reason: 'because' },
    embeddingsCached: false,
    model: { id: chat.modelId, demonstration: chat.modelId === 'toy', vision: 'cpu', language: 'cpu' },
    droppedTurns: 0,
  };
}

async function say(chat, question, id, token) {
  let sequence = 0;
  const progress = (value) =>
    token !== undefined && send({ method: '$/progress', params: { token, sequence: sequence++, value } });
  progress({ kind: 'stage', stage: 'decoding', done: 1, total: 8 });
  progress({ kind: 'stage', stage: 'generating' });
  if (question.startsWith('crash')) {
    process.exit(9);
  }
  for (let word = 0; question.startsWith('slow'); word++) {
    progress({ kind: 'delta', text: `word${word} ` });
    await sleep(50);
    if (cancelled.has(id)) {
      fail(-32800, 'The request was cancelled.');
    }
  }
  const text = question === 'control' ? 'a\u001b[31mred\u0007' : `Echo ${chat.turns.length}: ${question}`;
  for (const part of text.split(/(?= )/)) {
    progress({ kind: 'delta', text: part });
  }
  return answerOf(chat, text);
}

const handlers = {
  initialize: (params) => ({ protocolVersion: '1.0', server: { name: 'fake', version: '1' }, capabilities: { settings: params.settings } }),
  shutdown: () => null,
  'model/list': () => ({ models }),
  'model/load': ({ modelId }) => ({ modelId, state: 'ready', queued: 0 }),
  'video/open': ({ path }) => {
    if (path.includes('missing') || !existsSync(path)) {
      fail(201, `There is no file ${path}.`, 'Check the path.');
    }
    const videoId = `v${++opens}`;
    videos.set(videoId, path);
    return { videoId, facts: facts(path) };
  },
  'video/close': () => null,
  'video/frames': (params) => ({ plan: { spec: params.plan, reason: 'because', indices: [], seconds: [] }, paths: [params.outFolder] }),
  'chat/create': ({ videoId, modelId, options }) => {
    const chat = { id: `c${chats.size}`, path: videos.get(videoId), modelId, options: options ?? {}, turns: [] };
    chats.set(chat.id, chat);
    return { chatId: chat.id };
  },
  'chat/send': ({ chatId, text, progressToken }, id) => {
    const chat = chats.get(chatId);
    chat.turns.push(text);
    return text === 'opens' ? answerOf(chat, String(opens)) : say(chat, text, id, progressToken);
  },
  'chat/regenerate': ({ chatId, progressToken }, id) => say(chats.get(chatId), `again ${chats.get(chatId).turns.at(-1)}`, id, progressToken),
  'chat/close': () => null,
  'narration/create': ({ videoId, everySeconds = 4, variants = 0 }) => {
    const lines = [0, 1].map((i) => ({ startSeconds: i * everySeconds, endSeconds: (i + 1) * everySeconds, text: `Line ${i}`, ...(variants > 0 ? { variants: ['Other'] } : {}) }));
    return { facts: facts(videos.get(videoId)), lines, from: 'timeline', note: variants > 1 ? 'Fewer.' : '', model: { id: 'real', name: 'real', demonstration: false } };
  },
  'narration/export': ({ narration, format }) => ({ text: `${format}: ${narration.lines.length}\n` }),
  'comparison/create': ({ videoIds, modelId }) => {
    const one = { seconds: 7, times: 2, atOnce: 2, first: { startSeconds: 1, endSeconds: 3 } };
    const things = [{ track: 'objects', label: 'person', presence: [one, null] }];
    const missing = [{ video: 1, track: 'speech', note: 'The clip has no sound.' }];
    return { facts: videoIds.map((id) => facts(videos.get(id))), shots: [1, 3], things, missing, ...(modelId ? { text: `By ${modelId}.` } : {}) };
  },
  'summary/create': async ({ videoId, modelId, plan, kind, span, answersFrom, progressToken }, id) => {
    const path = videos.get(videoId);
    const chat = { id: 's', path, modelId, options: plan === undefined ? {} : { plan }, turns: ['summary'] };
    const answer = await say(chat, path.includes('slow') ? 'slow summary' : 'Describe the video.', id, progressToken);
    const moments = [{ text: '0:05', segment: { startSeconds: 5, endSeconds: 6 } }];
    const chapters = kind === 'chapters' ? [{ startSeconds: 0, endSeconds: 10, title: 'One; two', titledBy: 'model' }] : undefined;
    return { facts: facts(path), kind, span, from: answersFrom, text: answer.text, moments, chapters, plan: answer.plan, model: { id: modelId, name: modelId, demonstration: false }, totalMs: 4 };
  },
  'timeline/create': async ({ videoId, tracks, framesPerSecond, span, speech, progressToken }, id) => {
    const path = videos.get(videoId);
    const progress = (value) => send({ method: '$/progress', params: { token: progressToken, sequence: 0, value } });
    progress({ kind: 'step', what: 'frames', done: 1, total: 8 });
    while (path.includes('slow')) {
      await sleep(50);
      if (cancelled.has(id)) {
        fail(-32800, 'The request was cancelled.');
      }
    }
    const event = { id: 'e1', track: 'objects', startSeconds: 2, endSeconds: 9, label: 'per\u001bson', count: 3, confidence: 0.824, source: 'eyes' };
    const said = { id: 'e2', track: 'speech', startSeconds: 65, endSeconds: 66.5, label: 'One\ntwo', confidence: 1, source: 'subtitles' };
    if (speech?.fallback === 'pocketsphinx') {
      Object.assign(said, { source: 'pocketsphinx', weak: true, confidence: 0.4 });
    }
    return {
      contentHash: JSON.stringify({ tracks, framesPerSecond, span, speech }),
      durationSeconds: 70,
      tracks: [{ track: 'objects', state: 'complete' }, { track: 'text', state: 'unavailable', note: 'No model.' }],
      events: [event, said],
      frameSeconds: [0],
      models: [],
    };
  },
  'timeline/export': ({ timeline, format }) => ({ text: `${format} ${timeline.contentHash}\n` }),
  'annotate/batch': ({ path, resume, progressToken }) => {
    let sequence = 0;
    const progress = (value) => send({ method: '$/progress', params: { token: progressToken, sequence: sequence++, value } });
    progress({ kind: 'step', videoPath: `${path}/a.mp4`, done: 0, total: 2, what: 'Captions' });
    if (path.endsWith('always-dies') || (path.endsWith('dies-once') && !resume)) {
      process.exit(9);
    }
    progress({ kind: 'clip', videoPath: `${path}/a.mp4`, done: 1, total: 2, items: 3 });
    progress({ kind: 'clip', videoPath: `${path}/b\u001b.mp4`, done: 2, total: 2, items: 0, problem: 'no\u001b[31m picture' });
    return { clips: 2, done: 1, skipped: 0, failed: [{ videoPath: `${path}/b.mp4`, code: 203, message: 'no picture' }], journal: '/j' };
  },
};

receive(async ({ id, method, params }) => {
  if (method === 'exit') {
    process.exit(0);
  }
  if (method === '$/cancelRequest') {
    cancelled.add(params.id);
  }
  if (id === undefined) {
    return;
  }
  try {
    send({ id, result: await handlers[method](params, id) });
  } catch (error) {
    send({ id, error: { code: error.code ?? -32603, message: error.message, data: error.data } });
  }
});
process.on('SIGINT', () => undefined);
