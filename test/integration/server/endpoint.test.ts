import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../../../server/backends/openBackend.js';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import {
  type ChatAnswer,
  ChatCreateRequest,
  ChatHistoryRequest,
  type ChatProgress,
  ChatSendRequest,
  ErrorCode,
  type EndpointBackend,
  LocateCreateRequest,
  ModelListRequest,
  ModelLoadRequest,
  RemoteDeclareRequest,
  RemoteProbeRequest,
  VideoChatError,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ColourEyes } from '../../fakes/colourEyes.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { after, type ChatRequest, endsEarly, fallsSilent, hangsUp, hugeEvent, json, neverStops, OpenAiServer, status, streaming, talksNonsense, words } from '../../fakes/openAiServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const golden = path.join(import.meta.dirname, '../../golden/remote');
const secret = 'sk-test-0123456789abcdef';

/** A real clip: red, then green, which {@link ColourEyes} takes for a person and a sign. */
let clip: string;
let endpoint: OpenAiServer;
let host: ServerInProcess;
let client: VideoChatClient;
let fake: GatedParts;
const env: NodeJS.ProcessEnv = {};

beforeAll(async () => {
  clip = path.join(await temporaryFolder(), 'colours.mp4');
  const { ffmpeg } = await findFfmpeg();
  const colour = (name: string): string[] => ['-f', 'lavfi', '-i', `color=${name}:size=320x240:rate=10:duration=3`];
  const args = [...colour('red'), ...colour('green'), '-filter_complex', '[0:v][1:v]concat=n=2:v=1[v]', '-map', '[v]', '-c:v', 'libx264', '-g', '10', '-pix_fmt', 'yuv420p', clip];
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-y', ...args]);
});
beforeEach(async () => {
  endpoint = await OpenAiServer.start();
  fake = new GatedParts();
  const folder = await temporaryFolder();
  // A picture is its name: what is sent can be compared byte for byte.
  fake.parts.video.write = async (_video, plan) =>
    Promise.all(
      plan.indices.map(async (index, place) => {
        const file = path.join(folder, `${place}.jpg`);
        await writeFile(file, `frame ${index}`);
        return file;
      }),
    );
  const timeouts = { connect: 1_000, firstText: 400, idle: 400 };
  fake.parts.models.openBackend = (options) => openBackend(options, { editors: fake.parts.editors, env, timeouts, firstWaitMs: 5 });
  host = new ServerInProcess(fake.parts, folder);
  client = await host.connect();
});
afterEach(async () => {
  await host.dispose();
  await endpoint.stop();
  for (const name of Object.keys(env)) {
    delete env[name];
  }
});
afterAll(removeTemporaryFolders);

/** With real clips and eyes instead of gates. */
async function withEyes(): Promise<void> {
  await host.dispose();
  const real = createEngineParts();
  const eyes = new ColourEyes();
  eyes.gate.open();
  host = new ServerInProcess({ ...real, video: { ...real.video, write: fake.parts.video.write }, models: fake.parts.models, perception: { open: async () => eyes } }, await temporaryFolder());
  client = await host.connect();
}

async function declare(backend: Partial<EndpointBackend> = {}, apiKey?: string): Promise<void> {
  await client.request(RemoteDeclareRequest, {
    models: [{ id: 'far', name: 'Far', backend: { kind: 'openai', endpoint: endpoint.url, images: 'frames', ...backend }, ...(apiKey === undefined ? {} : { apiKey }) }],
  });
}

async function openChat(file = '/clips/ball.mp4', options: { plan?: string } = { plan: 'videochat:2' }): Promise<string> {
  const { videoId } = await client.request(VideoOpenRequest, { path: file });
  return (await client.request(ChatCreateRequest, { videoId, modelId: 'far', options })).chatId;
}

const send = (chatId: string, text = 'What is it?', progress: ChatProgress[] = []): Promise<ChatAnswer> =>
  client.request(ChatSendRequest, { chatId, text }, { onProgress: (value) => progress.push(value) });

async function failure(work: Promise<unknown>): Promise<VideoChatError> {
  try {
    await work;
  } catch (error) {
    expect(error).toBeInstanceOf(VideoChatError);
    return error as VideoChatError;
  }
  throw new Error('It did not fail.');
}

/** What was sent, as it stands in a file; `--update` of the test runner writes it anew. */
async function expectGolden(name: string, bodies: readonly string[]): Promise<void> {
  await expect(`${bodies.map((body) => JSON.stringify(JSON.parse(body), undefined, 2)).join('\n')}\n`).toMatchFileSnapshot(path.join(golden, name));
  // Byte for byte what JSON makes of it.
  bodies.forEach((body) => expect(JSON.stringify(JSON.parse(body))).toBe(body));
}

describe('a model on an endpoint', () => {
  it('is sent frames in order, each after its time, and the turns before', async () => {
    await declare();
    const chatId = await openChat();
    endpoint.script = [words('A red ball.'), words('To the left.')];
    const progress: ChatProgress[] = [];
    const first = await send(chatId, 'What is it?', progress);
    expect(first).toMatchObject({ text: 'A red ball.', from: 'embeddings', tokens: { prompt: 120, reused: 100, prefilled: 20, generated: 4 }, model: { id: 'far', demonstration: false } });
    expect(progress.flatMap((each) => (each.kind === 'delta' ? [each.text] : [])).join('')).toBe('A red ball.');
    expect((await send(chatId, 'Where does it go?')).text).toBe('To the left.');
    expect(endpoint.requests[0]?.model).toBe('seer');
    await expectGolden('twoTurns.json', endpoint.bodies);
  });

  it('is shown a part of a clip, and a picture, for what they are', async () => {
    await declare();
    const { videoId } = await client.request(VideoOpenRequest, { path: '/clips/ball.mp4' });
    const { videoId: picture } = await client.request(VideoOpenRequest, { path: '/clips/cup.png' });
    const { chatId } = await client.request(ChatCreateRequest, { videoIds: [videoId, picture], modelId: 'far', options: { plan: 'videochat:2', span: { startSeconds: 2, endSeconds: 4 } } });
    await send(chatId);
    await expectGolden('partAndPicture.json', endpoint.bodies);
  });

  it('answers from the timeline where it takes no pictures, as the manifest or the server says', async () => {
    await withEyes();
    await declare({ images: 'none' });
    const told = await send(await openChat(clip));
    expect(told.from).toBe('timeline');
    await expectGolden('timeline.json', endpoint.bodies);

    endpoint.models = [{ id: 'seer', architecture: { input_modalities: ['text'] } }];
    await declare({ model: 'seer' });
    expect(await send(await openChat(clip))).toMatchObject({ from: 'timeline' });
    expect(endpoint.bodies.join('')).not.toContain('image_url');
  });

  it('that refuses pictures answers from the timeline, and is not sent pictures again', async () => {
    await withEyes();
    await declare();
    const refusal = status(500, { error: { message: 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj' } });
    endpoint.script = [refusal, words('From the notes.')];
    const chatId = await openChat(clip);
    const answer = await send(chatId);
    expect(answer).toMatchObject({ text: 'From the notes.', from: 'timeline' });
    expect(answer.fromReason).toContain('takes no pictures');
    await send(chatId, 'And now?');
    expect(endpoint.bodies.map((body) => body.includes('image_url'))).toEqual([true, false, false]);

    // Who asks for frames is told that there can be none.
    const { videoId } = await client.request(VideoOpenRequest, { path: clip });
    const asked = await client.request(ChatCreateRequest, { videoId, modelId: 'far', options: { answersFrom: 'embeddings' } });
    expect((await failure(send(asked.chatId))).code).toBe(ErrorCode.ImagesRefused);
  });

  it('is held to a JSON Schema where a skill wants a form, and its answer is checked', async () => {
    await withEyes();
    await declare({ images: 'none' });
    const { videoId } = await client.request(VideoOpenRequest, { path: clip });
    const locate = () => client.request(LocateCreateRequest, { videoId, query: 'a person', modelId: 'far', answersFrom: 'timeline' });
    endpoint.script = [words('{"spans": [{"start": 2, "end": 4.5}]}')];
    const located = await locate();
    expect(located.spans).toMatchObject([{ startSeconds: 2, endSeconds: 4.5 }]);
    await expectGolden('locate.json', endpoint.bodies);

    endpoint.script = [words('It is there from 2 to 4 seconds.')];
    expect((await failure(locate())).code).toBe(ErrorCode.AnswerMalformed);
    endpoint.script = [words('{"spans": [{"start": 2, "end": 4000}]}')];
    expect((await failure(locate())).code).toBe(ErrorCode.AnswerMalformed);

    // A server without schemas: it is asked in words, and not again with a schema.
    endpoint.bodies.length = 0;
    const noSchemas = status(400, { error: { message: "'response_format' is not supported" } });
    endpoint.script = [noSchemas, words('```json\n{"spans": []}\n```')];
    await locate();
    await locate();
    expect(endpoint.requests.map((request) => 'response_format' in request)).toEqual([true, false, false]);
  });
});

describe('an endpoint that fails', () => {
  const ask = async (): Promise<ChatAnswer> => send(await openChat());
  const attempts = 5;

  it('is asked again after the time it wants, and then says that it is busy', async () => {
    await declare();
    endpoint.script = [status(429, { error: { message: 'slow down' } }, { 'retry-after': '0.05' }), status(503, 'Loading model'), words('There.')];
    const started = performance.now();
    expect((await ask()).text).toBe('There.');
    expect(performance.now() - started).toBeGreaterThan(45);
    expect(endpoint.bodies).toHaveLength(3);

    endpoint.script = [status(429, { error: { message: 'quota is used up' } })];
    endpoint.bodies.length = 0;
    const busy = await failure(ask());
    expect(busy).toMatchObject({ code: ErrorCode.EndpointBusy, message: expect.stringContaining('quota is used up') });
    expect(endpoint.bodies).toHaveLength(attempts);

    // Nobody waits for an hour.
    endpoint.script = [status(429, {}, { 'retry-after': '3600' })];
    endpoint.bodies.length = 0;
    expect((await failure(ask())).code).toBe(ErrorCode.EndpointBusy);
    expect(endpoint.bodies).toHaveLength(1);
  });

  it('with broken answers is asked again while nothing was said; what was said stays', async () => {
    await declare();
    endpoint.script = [talksNonsense(), endsEarly(''), words('Whole.')];
    expect((await ask()).text).toBe('Whole.');

    endpoint.script = [hangsUp('The first half')];
    endpoint.bodies.length = 0;
    const chatId = await openChat();
    const progress: ChatProgress[] = [];
    const broken = await failure(send(chatId, 'What?', progress));
    expect(broken.code).toBe(ErrorCode.EndpointFailed);
    expect(endpoint.bodies).toHaveLength(1);
    expect(progress.flatMap((each) => (each.kind === 'delta' ? [each.text] : [])).join('')).toBe('The first half');
    const { turns } = await client.request(ChatHistoryRequest, { chatId });
    expect(turns).toMatchObject([{ question: 'What?', answer: 'The first half', state: 'interrupted' }]);

    endpoint.script = [endsEarly('Half')];
    expect((await failure(ask())).code).toBe(ErrorCode.EndpointFailed);
    endpoint.script = [status(500, '<html><body>Bad <b>gateway</b></body></html>', { 'content-type': 'text/html' })];
    expect((await failure(ask())).message).toContain('Bad gateway');
    endpoint.script = [(response) => (streaming(response), void response.end(`data: ${JSON.stringify({ error: { message: 'CUDA out of memory', code: 500 } })}\n\n`))];
    expect((await failure(ask())).message).toContain('CUDA out of memory');
  });

  it('that says nothing is given up, before the first word and after it', async () => {
    await declare();
    endpoint.script = [fallsSilent('')];
    expect((await failure(ask())).code).toBe(ErrorCode.EndpointTimedOut);
    endpoint.script = [() => undefined];
    expect((await failure(ask())).code).toBe(ErrorCode.EndpointTimedOut);
    endpoint.script = [fallsSilent('Well')];
    expect((await failure(ask())).code).toBe(ErrorCode.EndpointTimedOut);
    // Slow is not silent.
    endpoint.script = [words('one two three four five six', { delayMs: 100 })];
    expect((await ask()).text).toBe('one two three four five six');
  });

  it('that does not stop is stopped', async () => {
    await declare();
    endpoint.script = [neverStops()];
    const { videoId } = await client.request(VideoOpenRequest, { path: '/clips/ball.mp4' });
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId: 'far', options: { sampling: { maxTokens: 100 } } });
    const answer = await send(chatId);
    expect(answer.stopReason).toBe('length');
    expect(answer.text.length).toBeLessThan(100 * 16 + 2000);
    await expect.poll(() => endpoint.closedEarly).toBe(1);
    endpoint.script = [hugeEvent()];
    expect([ErrorCode.EndpointFailed, ErrorCode.EndpointTimedOut]).toContain((await failure(ask())).code);
  });

  it('answers in one piece where it does not stream', async () => {
    await declare();
    endpoint.script = [json({ choices: [{ message: { role: 'assistant', content: 'All at once.' }, finish_reason: 'length' }], usage: { prompt_tokens: 9, completion_tokens: 3 } })];
    expect(await ask()).toMatchObject({ text: 'All at once.', stopReason: 'length', tokens: { prompt: 9, generated: 3 } });
    endpoint.script = [json({ unexpected: true, choices: 'no' })];
    expect((await failure(ask())).code).toBe(ErrorCode.EndpointFailed);
  });

  it('without some members of a request is asked without them', async () => {
    await declare();
    const asked: ChatRequest[] = [];
    endpoint.script = [
      status(400, { error: { message: 'Unrecognized request argument supplied: stream_options' } }),
      status(400, { error: { message: "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." } }),
      (response, request) => (asked.push(request), words('Fine.')(response, request)),
    ];
    expect((await ask()).text).toBe('Fine.');
    expect(asked[0]).toMatchObject({ max_completion_tokens: 2048 });
    expect(asked[0]).not.toHaveProperty('stream_options');
    expect(asked[0]).not.toHaveProperty('max_tokens');
  });

  it('says what is too long, and what it does not have', async () => {
    await declare();
    endpoint.script = [status(400, { error: { message: "This model's maximum context length is 4096 tokens.", type: 'exceed_context_size_error' } })];
    expect((await failure(ask())).code).toBe(ErrorCode.ContextOverflow);
    endpoint.script = [status(404, { error: { message: 'model "seer" not found' } })];
    expect((await failure(ask())).code).toBe(ErrorCode.EndpointModelUnknown);
    endpoint.script = [words('', { finish: 'content_filter' })];
    expect((await failure(ask())).message).toContain('content filter');
  });

  it('loses its connection when the question is cancelled, also while it waits to be asked again', async () => {
    await declare();
    endpoint.script = [fallsSilent('Well')];
    const chatId = await openChat();
    const source = cancellationSource();
    const asked = client.request(ChatSendRequest, { chatId, text: 'What?' }, { token: source.token, onProgress: (value) => (value.kind === 'delta' ? source.cancel() : undefined) });
    expect((await failure(asked)).code).toBe(ErrorCode.RequestCancelled);
    await expect.poll(() => endpoint.closedEarly).toBe(1);

    endpoint.script = [status(503, 'Loading', { 'retry-after': '60' })];
    const waiting = cancellationSource();
    const other = client.request(ChatSendRequest, { chatId: await openChat(), text: 'What?' }, { token: waiting.token });
    await expect.poll(() => endpoint.bodies.length).toBe(2);
    waiting.cancel();
    expect((await failure(other)).code).toBe(ErrorCode.RequestCancelled);
  });
});

describe('who may be asked, and what is told', () => {
  it('hands over a key and never says it', async () => {
    endpoint.key = secret;
    await declare({}, secret);
    expect((await send(await openChat())).text).toBe('A red ball.');
    expect(endpoint.authorizations).toEqual([`Bearer ${secret}`]);

    await declare({}, `${secret}-wrong`);
    const refused = await failure(client.request(ModelLoadRequest, { modelId: 'far' }));
    expect(refused.code).toBe(ErrorCode.EndpointRefused);
    expect(JSON.stringify([refused.message, refused.data])).not.toContain(secret);
    const { models } = await client.request(ModelListRequest, {});
    expect(JSON.stringify([models, host.lines])).not.toContain(secret);

    env['FAR_API_KEY'] = secret;
    await declare({ apiKeyVariable: 'FAR_API_KEY' });
    expect((await send(await openChat())).text).toBe('A red ball.');
    delete env['FAR_API_KEY'];
    await declare({ apiKeyVariable: 'FAR_API_KEY', concurrency: 2 });
    expect((await failure(client.request(ModelLoadRequest, { modelId: 'far' }))).message).toContain('FAR_API_KEY');
    expect((await failure(declare({ apiKeyVariable: 'PATH' }))).code).toBe(ErrorCode.InvalidParams);
  });

  it('sends nothing unencrypted to public hosts', async () => {
    await declare({ endpoint: 'http://203.0.113.7/v1' });
    expect((await failure(client.request(ModelLoadRequest, { modelId: 'far' }))).code).toBe(ErrorCode.EndpointInsecure);
    expect((await failure(declare({ endpoint: 'https://user:pass@example.test/v1' }))).code).toBe(ErrorCode.InvalidParams);
    expect((await failure(declare({ endpoint: 'file:///etc/passwd' }))).code).toBe(ErrorCode.InvalidParams);
  });

  it('says of each model whether what is asked leaves the machine, to its own client only', async () => {
    await declare();
    const { models } = await client.request(RemoteDeclareRequest, {
      models: [
        { id: 'near', backend: { kind: 'openai', endpoint: endpoint.url, concurrency: 9 } },
        { id: 'lan', backend: { kind: 'openai', endpoint: 'http://192.168.1.5:8000/v1' } },
        { id: 'cloud', backend: { kind: 'openai', endpoint: 'https://api.example.test/v1', images: 'frames' } },
      ],
    });
    expect(models.map(({ id, remote, halves }) => [id, remote?.host, remote?.leavesMachine, remote?.concurrency, halves])).toEqual([
      ['near', endpoint.host, false, 9, ['timeline']],
      ['lan', '192.168.1.5:8000', true, 4, ['timeline']],
      ['cloud', 'api.example.test', true, 4, ['embeddings', 'timeline', 'both']],
    ]);
    const listed = await client.request(ModelListRequest, {});
    expect(listed.models.map(({ id }) => id)).toEqual(['tiny', 'broken', 'near', 'lan', 'cloud']);
    const other = await host.connect();
    expect((await other.request(ModelListRequest, {})).models.map(({ id }) => id)).toEqual(['tiny', 'broken']);
    expect((await failure(other.request(RemoteDeclareRequest, { models: [{ id: 'tiny', backend: { kind: 'openai', endpoint: endpoint.url } }] }))).code).toBe(ErrorCode.ManifestInvalid);
  });

  it('asks an endpoint what it has', async () => {
    endpoint.models = [{ id: 'a', max_model_len: 8192 }, { id: 'b', architecture: { input_modalities: ['text', 'image'] } }, { nonsense: true }];
    expect(await client.request(RemoteProbeRequest, { endpoint: endpoint.url })).toEqual({
      host: endpoint.host,
      leavesMachine: false,
      models: [{ name: 'a', contextLength: 8192 }, { name: 'b', images: true }],
    });
    endpoint.listing = (response) => void response.end('<html>');
    expect((await failure(client.request(RemoteProbeRequest, { endpoint: endpoint.url }))).code).toBe(ErrorCode.EndpointFailed);
    const gone = endpoint.url;
    await endpoint.stop();
    expect((await failure(client.request(RemoteProbeRequest, { endpoint: gone }))).code).toBe(ErrorCode.EndpointUnreachable);
    endpoint = await OpenAiServer.start();
  });
});

describe('several questions at once', () => {
  it('are asked as many at a time as the endpoint takes', async () => {
    await declare({ concurrency: 3 });
    endpoint.script = [after(60, words('Yes.'))];
    const chats = await Promise.all(Array.from({ length: 8 }, (_, index) => openChat(`/clips/${index}.mp4`)));
    const answers = await Promise.all(chats.map((chatId) => send(chatId)));
    expect(answers.map(({ text }) => text)).toEqual(Array(8).fill('Yes.'));
    expect(endpoint.mostInFlight).toBe(3);
  });

  it('wait together where the endpoint asks for it', async () => {
    await declare({ concurrency: 4 });
    const times: number[] = [];
    const busyUntil = performance.now() + 300;
    endpoint.script = [
      (response, request) => {
        times.push(performance.now());
        return performance.now() < busyUntil ? status(429, {}, { 'retry-after': '0.35' })(response, request) : words('Yes.')(response, request);
      },
    ];
    const chats = await Promise.all(Array.from({ length: 4 }, (_, index) => openChat(`/clips/${index}.mp4`)));
    await Promise.all(chats.map((chatId) => send(chatId)));
    expect(times.length).toBeLessThanOrEqual(8);
  });
});

