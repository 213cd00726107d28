import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../../../server/backends/openBackend.js';
import type { EditorAnswer } from '../../../server/client/answerEditor.js';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { FramedMessageReader } from '../../../server/common/framedMessageReader.js';
import { FramedMessageWriter } from '../../../server/common/framedMessageWriter.js';
import { ChatCreateRequest, type ChatProgress, ChatSendRequest, type EditorCompleteParams, ErrorCode, RemoteDeclareRequest, VideoChatError, VideoOpenRequest } from '../../../server/protocol/index.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { namedFrames } from '../../fakes/namedFrames.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

let host: ServerInProcess;
let answer: EditorAnswer;
const clients: VideoChatClient[] = [];

beforeEach(async () => {
  const fake = new GatedParts();
  const folder = await temporaryFolder();
  fake.parts.video.write = namedFrames(folder);
  fake.parts.models.openBackend = (options) => openBackend(options, { editors: fake.parts.editors, env: {} });
  host = new ServerInProcess(fake.parts, folder);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
  await host.dispose();
});
afterAll(removeTemporaryFolders);

/** A client, with language models of its own where `editor` is given. */
async function connect(editor?: EditorAnswer): Promise<VideoChatClient> {
  const { input, output } = host.openStreams();
  const client = await VideoChatClient.connect(new FramedMessageReader(output), new FramedMessageWriter(input), { graceMs: 5000, editor });
  clients.push(client);
  return client;
}

async function openChat(client: VideoChatClient, id: string): Promise<string> {
  await client.request(RemoteDeclareRequest, { models: [{ id, backend: { kind: 'editor', vendor: 'acme', images: 'frames' } }] });
  const { videoId } = await client.request(VideoOpenRequest, { path: '/clips/ball.mp4' });
  return (await client.request(ChatCreateRequest, { videoId, modelId: id, options: { plan: 'videochat:2' } })).chatId;
}

async function codeOf(work: Promise<unknown>): Promise<number> {
  return work.then(
    () => 0,
    (error: unknown) => (error instanceof VideoChatError ? error.code : -1),
  );
}

describe('a model of the editor', () => {
  it('is asked through the client that asks, which is handed frames as files and streams the answer', async () => {
    const asked: EditorCompleteParams[] = [];
    const pictures: string[] = [];
    let folder = '';
    answer = async (params, _token, onProgress) => {
      asked.push(params);
      for (const part of params.messages.flatMap(({ parts }) => parts)) {
        if ('image' in part) {
          pictures.push(await readFile(part.image.path, 'utf8'));
          folder = path.dirname(part.image.path);
        }
      }
      onProgress({ text: 'A red' });
      onProgress({ text: ' ball.' });
      return { text: 'A red ball.', stopReason: 'stop', promptTokens: 50, generatedTokens: 4 };
    };
    const client = await connect((...args) => answer(...args));
    const chatId = await openChat(client, 'mine');
    const progress: ChatProgress[] = [];
    const told = await client.request(ChatSendRequest, { chatId, text: 'What is it?' }, { onProgress: (value) => progress.push(value) });
    expect(told).toMatchObject({ text: 'A red ball.', stopReason: 'stop', tokens: { prompt: 50, generated: 4 } });
    expect(progress.flatMap((each) => (each.kind === 'delta' ? [each.text] : [])).join('')).toBe('A red ball.');
    expect(pictures).toEqual(['frame 74', 'frame 224']);
    await expect(stat(folder)).rejects.toThrow();
    const [first] = asked;
    expect(first?.model).toEqual({ vendor: 'acme' });
    expect(first?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
    expect(first?.messages[1]?.parts.map((part) => ('text' in part ? part.text : part.image.mimeType))).toEqual([
      '2 frames in order of a video that lasts 10.0 s:\n\nFrame at 2.5 s:',
      'image/jpeg',
      'Frame at 7.5 s:',
      'image/jpeg',
      'What is it?',
    ]);
  });

  it('is nobody for a client without language models', async () => {
    const client = await connect();
    expect(await codeOf(client.request(ChatSendRequest, { chatId: await openChat(client, 'none'), text: 'What?' }))).toBe(ErrorCode.EditorUnavailable);
  });

  it('fails as the client says, and only with codes it may say', async () => {
    const client = await connect((...args) => answer(...args));
    const chatId = await openChat(client, 'mine');
    const send = (): Promise<unknown> => client.request(ChatSendRequest, { chatId, text: 'What?' });
    for (const code of [ErrorCode.EditorRefused, ErrorCode.EditorBlocked, ErrorCode.EndpointBusy, ErrorCode.ContextOverflow]) {
      answer = () => Promise.reject(new VideoChatError(code, 'No.', { hint: 'Really not.' }));
      expect(await codeOf(send())).toBe(code);
    }
    answer = () => Promise.reject(new VideoChatError(ErrorCode.ModelCorrupt, 'No.'));
    expect(await codeOf(send())).toBe(ErrorCode.EndpointFailed);
    answer = () => Promise.resolve({ text: 1 } as never);
    expect(await codeOf(send())).toBe(ErrorCode.EndpointFailed);
  });

  it('is told when nobody waits any more', async () => {
    let cancelled = false;
    answer = (_params, token, onProgress) =>
      new Promise((_, reject) => {
        token.onCancellationRequested(() => {
          cancelled = true;
          reject(new VideoChatError(ErrorCode.RequestCancelled, 'Stopped.'));
        });
        onProgress({ text: 'Well' });
      });
    const client = await connect((...args) => answer(...args));
    const chatId = await openChat(client, 'mine');
    const source = cancellationSource();
    const asked = client.request(ChatSendRequest, { chatId, text: 'What?' }, { token: source.token, onProgress: (value) => (value.kind === 'delta' ? source.cancel() : undefined) });
    expect(await codeOf(asked)).toBe(ErrorCode.RequestCancelled);
    await expect.poll(() => cancelled).toBe(true);
  });
});
