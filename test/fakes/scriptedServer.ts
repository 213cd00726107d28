import { PassThrough } from 'node:stream';
import { type CancellationToken, createMessageConnection, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import { VideoChatClient } from '../../server/client/videoChatClient.js';
import { FramedMessageReader } from '../../server/common/framedMessageReader.js';
import { FramedMessageWriter } from '../../server/common/framedMessageWriter.js';
import { type ChatAnswer, protocolVersion, VideoChatError, type VideoFacts } from '../../server/protocol/index.js';
import { makeVideo } from './gatedParts.js';

/** What a scripted request is given besides its params. */
export interface ScriptContext {
  token: CancellationToken;
  progress(value: unknown): void;
}
export type Script = (params: never, context: ScriptContext) => unknown;

const model = {
  ...{ id: 'tiny', name: 'Tiny', description: '', version: '1', licence: 'MIT', abilities: ['chat', 'image'] },
  ...{ demonstration: true, plan: 'videochat:8', bytes: 1, state: 'unloaded' },
};

/** A whole answer with that text. */
export function answerOf(text: string, more: Partial<ChatAnswer> = {}): ChatAnswer {
  return {
    ...{ chatId: 'chat', turn: 0, text, stopReason: 'stop', embeddingsCached: false, droppedTurns: 0 },
    tokens: { prompt: 10, reused: 0, prefilled: 10, generated: 3 },
    timings: { queued: 0, load: 0, decode: 1, encode: 1, prefill: 1, generate: 1, firstToken: 3, total: 4 },
    plan: { spec: 'videochat:1', span: { startSeconds: 0, endSeconds: 10 }, indices: [0], seconds: [0], reason: 'one' },
    model: { id: 'tiny', demonstration: true, vision: 'cpu fp32', language: 'cpu f16' },
    ...more,
  };
}

/** A server that says what a test tells it to say, and remembers what it was asked. */
export class ScriptedServer {
  readonly requests: { method: string; params: Record<string, unknown> }[] = [];
  /** Replaces what a method answers. */
  readonly scripts: Record<string, Script> = {};
  facts: (path: string) => VideoFacts = (path) => makeVideo(path).facts;
  private readonly connections: { connection: MessageConnection; output: PassThrough; input: PassThrough }[] = [];
  private opened = 0;

  private readonly defaults: Record<string, Script> = {
    initialize: () => ({ protocolVersion, server: { name: 'scripted', version: '1' }, capabilities: { framePlans: [], persistentChats: true, progress: [] } }),
    'model/list': () => ({ models: [model] }),
    'video/open': ({ path }: { path: string }) => ({ videoId: `video-${path}`, facts: this.facts(path) }),
    'media/open': () => {
      const mediaId = `media-${this.opened++}`;
      return { mediaId, mode: 'file', reason: '', url: `http://127.0.0.1:1234/token/${mediaId}`, mimeType: 'video/mp4', bytes: 1 };
    },
    'chat/create': () => ({ chatId: `chat-${this.opened++}` }),
    'chat/restore': ({ history }: { history: { chatId: string } }) => ({ chatId: history.chatId, videoId: 'video' }),
    'chat/send': (_params, { progress }) => {
      progress({ kind: 'delta', text: 'A red ball.' });
      return answerOf('A red ball.');
    },
  };

  /** What was asked by that method. */
  asked(method: string): Record<string, unknown>[] {
    return this.requests.filter((request) => request.method === method).map(({ params }) => params);
  }

  async connect(): Promise<VideoChatClient> {
    const input = new PassThrough();
    const output = new PassThrough();
    const connection = createMessageConnection(new FramedMessageReader(input), new FramedMessageWriter(output));
    connection.onRequest(async (method, sent, token) => {
      const params = (sent ?? {}) as Record<string, unknown>;
      this.requests.push({ method, params });
      let sequence = 0;
      const progress = (value: unknown): void => {
        const notification = { token: params['progressToken'], sequence: sequence++, value };
        void connection.sendNotification('$/progress', notification).catch(() => undefined);
      };
      const script = this.scripts[method] ?? this.defaults[method] ?? (() => null);
      try {
        return await script(params as never, { token, progress });
      } catch (error) {
        if (error instanceof VideoChatError) {
          return new ResponseError(error.code, error.message, error.data);
        }
        throw error;
      }
    });
    connection.listen();
    this.connections.push({ connection, output, input });
    return VideoChatClient.connect(new FramedMessageReader(output), new FramedMessageWriter(input), { graceMs: 100 });
  }

  /** Ends like a process that was killed: no answer, no goodbye. */
  die(): void {
    for (const { connection, output, input } of this.connections.splice(0)) {
      connection.dispose();
      output.end();
      input.end();
    }
  }
}
