import { writeFileSync } from 'node:fs';
import { createMessageConnection } from 'vscode-jsonrpc/node';
import { IpcMessageReader, IpcMessageWriter } from '../../../server/common/ipcMessageChannel.js';
import { type ChatAnswer, type ModelInfo, ProgressNotification, protocolVersion, type VideoFacts } from '../../../server/protocol/index.js';
import { pacedTokens, sentVariable, tokensPerSecond } from './pacedTokens.js';

// Stands in the server's place: speaks over the server's own transport, and answers at an even pace that no model keeps.

const facts = (path: string): VideoFacts => ({
  ...{ path, contentHash: '0'.repeat(64), bytes: 1, kind: 'video', container: 'mov,mp4', codec: 'h264', width: 64, height: 64 },
  ...{ rotationDegrees: 0, durationSeconds: 8, fps: 25, frameCount: 200, variableFrameRate: false, streams: [] },
});

const model: ModelInfo = {
  ...{ id: 'paced', name: 'Paced', description: '', version: '1', licence: 'MIT', abilities: ['chat'] },
  ...{ demonstration: true, plan: 'videochat:8', bytes: 1, state: 'ready' },
};

const answerOf = (text: string): ChatAnswer => ({
  ...{ chatId: 'chat', turn: 0, text, stopReason: 'stop', embeddingsCached: true, droppedTurns: 0 },
  tokens: { prompt: 1, reused: 0, prefilled: 1, generated: pacedTokens.length },
  timings: { queued: 0, load: 0, decode: 0, encode: 0, prefill: 0, generate: 0, firstToken: 0, total: 0 },
  plan: { spec: 'videochat:1', span: { startSeconds: 0, endSeconds: 8 }, indices: [0], seconds: [0], reason: 'one' },
  model: { id: 'paced', demonstration: true, vision: 'none', language: 'none' },
});

const connection = createMessageConnection(new IpcMessageReader(process), new IpcMessageWriter(process));

/** Sends each token as soon as it is due; a timer that comes late finds several. */
async function stream(token: string | number): Promise<void> {
  const start = performance.now();
  const sent: number[] = [];
  while (sent.length < pacedTokens.length) {
    const due = Math.floor(((performance.now() - start) / 1000) * tokensPerSecond);
    while (sent.length < Math.min(due, pacedTokens.length)) {
      const sequence = sent.length;
      sent.push(performance.timeOrigin + performance.now());
      void connection.sendNotification(ProgressNotification.method, { token, sequence, value: { kind: 'delta', text: pacedTokens[sequence] } });
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const file = process.env[sentVariable];
  if (file) {
    writeFileSync(file, JSON.stringify(sent));
  }
}

const answers: Record<string, (params: never) => unknown> = {
  initialize: () => ({ protocolVersion, server: { name: 'paced', version: '1' }, capabilities: { framePlans: [], persistentChats: true, progress: [] } }),
  'model/list': () => ({ models: [model] }),
  'video/open': ({ path }: { path: string }) => ({ videoId: 'video', facts: facts(path) }),
  'media/open': () => ({ mediaId: 'media', mode: 'file', reason: '', url: 'http://127.0.0.1:9/t/m', mimeType: 'video/mp4', bytes: 1 }),
  'chat/create': () => ({ chatId: 'chat' }),
  'chat/restore': () => ({ chatId: 'chat', videoId: 'video' }),
  'chat/send': async ({ progressToken }: { progressToken: string | number }) => {
    await stream(progressToken);
    return answerOf(pacedTokens.join(''));
  },
};
connection.onRequest((method, params) => answers[method]?.((params ?? {}) as never) ?? null);
connection.onNotification('exit', () => process.exit(0));
connection.onClose(() => process.exit(1));
connection.listen();
