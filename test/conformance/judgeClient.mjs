// Does a client follow the specification? It is given this as its server: node test/conformance/judgeClient.mjs [--report FILE]
// It answers like a server with one model and any clip, and writes what the client does wrong to stderr, or to the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { frame, Unframer } from './framing.mjs';
import { schemaProblems } from './schemaProblems.mjs';

const { values } = parseArgs({ options: { report: { type: 'string' }, stdio: { type: 'boolean' } } });
const schema = JSON.parse(readFileSync(new URL('../../server/protocol/schema.json', import.meta.url), 'utf8'));
const problems = [];
const seen = new Set();
const open = { videos: new Set(), chats: new Map() };
let state = 'new';

const span = { startSeconds: 0, endSeconds: 8 };
const plan = { spec: 'videochat:8', span, indices: [0, 1, 2, 3, 4, 5, 6, 7], seconds: [0, 1, 2, 3, 4, 5, 6, 7], reason: '8 frames.' };
const model = {
  ...{ id: 'judge', name: 'Judge', description: 'Answers the same to everything.', version: '1', licence: 'MIT', abilities: ['chat'] },
  ...{ demonstration: true, plan: 'videochat:8', bytes: 1, state: 'ready' },
};
const deltas = ['A red ', 'circle\n', 'moves: ○.'];

const answers = {
  'model/list': () => ({ models: [model] }),
  'model/load': () => ({ modelId: 'judge', state: 'ready', queued: 0 }),
  'video/open': ({ path }) => {
    open.videos.add('video-1');
    const facts = { path, contentHash: 'a'.repeat(64), bytes: 1, kind: 'video', container: 'mp4', codec: 'h264', width: 320, height: 240, rotationDegrees: 0 };
    return { videoId: 'video-1', facts: { ...facts, durationSeconds: 8, fps: 1, frameCount: 8, variableFrameRate: false, streams: [] } };
  },
  'video/plan': (params) => known(open.videos, params.videoId, 206) ?? plan,
  'video/close': (params) => known(open.videos, params.videoId, 206) ?? (open.videos.delete(params.videoId), null),
  'chat/create': (params) => {
    const refused = known(open.videos, params.videoId ?? params.videoIds?.[0], 206);
    open.chats.set('chat-1', 0);
    return refused ?? { chatId: 'chat-1' };
  },
  'chat/send': (params) => {
    const refused = known(open.chats, params.chatId, 401);
    if (refused) {
      return refused;
    }
    const turn = open.chats.get(params.chatId);
    open.chats.set(params.chatId, turn + 1);
    progress(params, [{ kind: 'stage', stage: 'generating' }, { kind: 'plan', plan }, ...deltas.map((text) => ({ kind: 'delta', text }))]);
    const timings = Object.fromEntries(['queued', 'load', 'decode', 'encode', 'prefill', 'generate', 'firstToken', 'total'].map((name) => [name, 0]));
    const said = { chatId: params.chatId, turn, text: deltas.join(''), stopReason: 'stop', tokens: { prompt: 1, reused: 0, prefilled: 1, generated: 3 }, timings };
    return { ...said, plan, embeddingsCached: false, model: { id: 'judge', demonstration: true, vision: 'none', language: 'none' }, droppedTurns: 0 };
  },
  'chat/close': (params) => known(open.chats, params.chatId, 401) ?? (open.chats.delete(params.chatId), null),
  'server/status': () => ({
    ...{ version: '1', uptimeSeconds: 0, memory: { residentBytes: 1, peakResidentBytes: 1, heapBytes: 1 }, models: [], openVideos: 0, openChats: 0, activeRequests: 0 },
    cache: { folder: '/', bytes: 0, limitBytes: 0 },
  }),
};

function known(all, id, code) {
  return all.has(id) ? undefined : { error: { code, message: `There is no "${id}".` } };
}

function progress({ progressToken: token }, all) {
  if (token !== undefined) {
    all.forEach((value, sequence) => send({ method: '$/progress', params: { token, sequence, value } }));
  }
}

function send(message) {
  process.stdout.write(frame({ jsonrpc: '2.0', ...message }));
}

function fault(problem) {
  problems.push(problem);
}

function receive(message) {
  const wrong = schemaProblems(schema, { $ref: '#/$defs/ClientMessage' }, message, 'a message');
  if (wrong.length > 0) {
    const params = schema.requests[message?.method]?.params ?? schema.notifications[message?.method]?.params;
    const nearer = params ? schemaProblems(schema, params, message.params ?? {}, `the params of ${message.method}`) : [];
    (nearer.length > 0 ? nearer : wrong).forEach(fault);
  }
  const { id, method, params = {} } = message ?? {};
  if (typeof method !== 'string') {
    return;
  }
  seen.add(method);
  if (id === undefined) {
    return notification(method);
  }
  if (method === 'initialize') {
    if (state !== 'new') fault('initialize came twice');
    state = 'initialized';
    return send({ id, result: { protocolVersion: schema.version, server: { name: 'judge', version: '1' }, capabilities: { framePlans: ['videochat'], persistentChats: true, progress: ['chat/send'] } } });
  }
  if (method === 'shutdown') {
    state = 'shutdown';
    return send({ id, result: null });
  }
  if (state === 'new') fault(`${method} came before initialize`);
  if (state === 'initialized') fault(`${method} came before the notification "initialized"`);
  if (state === 'shutdown') fault(`${method} came after shutdown`);
  const answer = answers[method]?.(params) ?? (method in answers ? null : { error: { code: -32601, message: `"${method}" is not known here.` } });
  send(answer?.error ? { id, error: answer.error } : { id, result: answer });
}

function notification(method) {
  if (method === 'initialized') {
    if (state !== 'initialized') fault('initialized came at another time than right after initialize');
    state = 'ready';
  } else if (method === 'exit') {
    if (state !== 'shutdown') fault('exit came without shutdown');
    finish();
  }
}

function finish() {
  if (!seen.has('initialize')) fault('there was no initialize');
  if (!seen.has('shutdown')) fault('there was no shutdown');
  const text = problems.map((problem) => `${problem}\n`).join('');
  process.stderr.write(text);
  if (values.report !== undefined) {
    writeFileSync(values.report, JSON.stringify({ problems, seen: [...seen] }));
  }
  process.exit(problems.length === 0 ? 0 : 1);
}

const unframer = new Unframer();
process.stdin.on('data', (chunk) => {
  try {
    unframer.push(chunk).forEach(receive);
  } catch (error) {
    fault(error.message);
    finish();
  }
});
process.stdin.on('end', () => {
  fault('the client left without exit');
  finish();
});
