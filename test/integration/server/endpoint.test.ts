import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ChatCreateRequest,
  type ChatProgress,
  ErrorCode,
  LocateCreateRequest,
  ModelListRequest,
  ModelLoadRequest,
  RemoteDeclareRequest,
  RemoteProbeRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { EndpointBench, failureOf } from '../../fakes/endpointBench.js';
import { after, OpenAiServer, status, words } from '../../fakes/openAiServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const golden = path.join(import.meta.dirname, '../../golden/remote');
const secret = 'sk-test-0123456789abcdef';

/** A real clip: red, then green, which stand for a person and a sign. */
let clip: string;
let bench: EndpointBench;

beforeAll(async () => {
  clip = path.join(await temporaryFolder(), 'colours.mp4');
  const { ffmpeg } = await findFfmpeg();
  const colour = (name: string): string[] => ['-f', 'lavfi', '-i', `color=${name}:size=320x240:rate=10:duration=3`];
  const args = [...colour('red'), ...colour('green'), '-filter_complex', '[0:v][1:v]concat=n=2:v=1[v]', '-map', '[v]', '-c:v', 'libx264', '-g', '10', '-pix_fmt', 'yuv420p', clip];
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-y', ...args]);
});
beforeEach(async () => {
  bench = await EndpointBench.start();
});
afterEach(() => bench.dispose());
afterAll(removeTemporaryFolders);

/** What was sent, as it stands in a file; `--update` of the test runner writes it anew. */
async function expectGolden(name: string, bodies: readonly string[]): Promise<void> {
  await expect(`${bodies.map((body) => JSON.stringify(JSON.parse(body), undefined, 2)).join('\n')}\n`).toMatchFileSnapshot(path.join(golden, name));
  // Byte for byte what JSON makes of it.
  bodies.forEach((body) => expect(JSON.stringify(JSON.parse(body))).toBe(body));
}

describe('a model on an endpoint', () => {
  it('is sent frames in order, each after its time, and the turns before', async () => {
    await bench.declare();
    const chatId = await bench.openChat();
    bench.endpoint.script = [words('A red ball.'), words('To the left.')];
    const progress: ChatProgress[] = [];
    const first = await bench.send(chatId, 'What is it?', progress);
    expect(first).toMatchObject({ text: 'A red ball.', from: 'embeddings', tokens: { prompt: 120, reused: 100, prefilled: 20, generated: 4 }, model: { id: 'far', demonstration: false } });
    expect(progress.flatMap((each) => (each.kind === 'delta' ? [each.text] : [])).join('')).toBe('A red ball.');
    expect((await bench.send(chatId, 'Where does it go?')).text).toBe('To the left.');
    expect(bench.endpoint.requests[0]?.model).toBe('seer');
    await expectGolden('twoTurns.json', bench.endpoint.bodies);
  });

  it('is shown a part of a clip, and a picture, for what they are', async () => {
    await bench.declare();
    const { videoId } = await bench.client.request(VideoOpenRequest, { path: '/clips/ball.mp4' });
    const { videoId: picture } = await bench.client.request(VideoOpenRequest, { path: '/clips/cup.png' });
    const { chatId } = await bench.client.request(ChatCreateRequest, { videoIds: [videoId, picture], modelId: 'far', options: { plan: 'videochat:2', span: { startSeconds: 2, endSeconds: 4 } } });
    await bench.send(chatId);
    await expectGolden('partAndPicture.json', bench.endpoint.bodies);
  });

  it('answers from the timeline where it takes no pictures, as the manifest or the server says', async () => {
    await bench.withEyes();
    await bench.declare({ images: 'none' });
    const told = await bench.send(await bench.openChat(clip));
    expect(told.from).toBe('timeline');
    await expectGolden('timeline.json', bench.endpoint.bodies);

    bench.endpoint.models = [{ id: 'seer', architecture: { input_modalities: ['text'] } }];
    await bench.declare({ model: 'seer' });
    expect(await bench.send(await bench.openChat(clip))).toMatchObject({ from: 'timeline' });
    expect(bench.endpoint.bodies.join('')).not.toContain('image_url');
  });

  it('that refuses pictures answers from the timeline, and is not sent pictures again', async () => {
    await bench.withEyes();
    await bench.declare();
    const refusal = status(500, { error: { message: 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj' } });
    bench.endpoint.script = [refusal, words('From the notes.')];
    const chatId = await bench.openChat(clip);
    const answer = await bench.send(chatId);
    expect(answer).toMatchObject({ text: 'From the notes.', from: 'timeline' });
    expect(answer.fromReason).toContain('takes no pictures');
    await bench.send(chatId, 'And now?');
    expect(bench.endpoint.bodies.map((body) => body.includes('image_url'))).toEqual([true, false, false]);

    // Who asks for frames is told that there can be none.
    const { videoId } = await bench.client.request(VideoOpenRequest, { path: clip });
    const asked = await bench.client.request(ChatCreateRequest, { videoId, modelId: 'far', options: { answersFrom: 'embeddings' } });
    expect((await failureOf(bench.send(asked.chatId))).code).toBe(ErrorCode.ImagesRefused);
  });

  it('is held to a JSON Schema where a skill wants a form, and its answer is checked', async () => {
    await bench.withEyes();
    await bench.declare({ images: 'none' });
    const { videoId } = await bench.client.request(VideoOpenRequest, { path: clip });
    const locate = () => bench.client.request(LocateCreateRequest, { videoId, query: 'a person', modelId: 'far', answersFrom: 'timeline' });
    bench.endpoint.script = [words('{"spans": [{"start": 2, "end": 4.5}]}')];
    const located = await locate();
    expect(located.spans).toMatchObject([{ startSeconds: 2, endSeconds: 4.5 }]);
    await expectGolden('locate.json', bench.endpoint.bodies);

    bench.endpoint.script = [words('It is there from 2 to 4 seconds.')];
    expect((await failureOf(locate())).code).toBe(ErrorCode.AnswerMalformed);
    bench.endpoint.script = [words('{"spans": [{"start": 2, "end": 4000}]}')];
    expect((await failureOf(locate())).code).toBe(ErrorCode.AnswerMalformed);

    // A server without schemas: it is asked in words, and not again with a schema.
    bench.endpoint.bodies.length = 0;
    const noSchemas = status(400, { error: { message: "'response_format' is not supported" } });
    bench.endpoint.script = [noSchemas, words('```json\n{"spans": []}\n```')];
    await locate();
    await locate();
    expect(bench.endpoint.requests.map((request) => 'response_format' in request)).toEqual([true, false, false]);
  });
});

describe('who may be asked, and what is told', () => {
  it('hands over a key and never says it', async () => {
    bench.endpoint.key = secret;
    await bench.declare({}, secret);
    expect((await bench.send(await bench.openChat())).text).toBe('A red ball.');
    expect(bench.endpoint.authorizations).toEqual([`Bearer ${secret}`]);

    await bench.declare({}, `${secret}-wrong`);
    const refused = await failureOf(bench.client.request(ModelLoadRequest, { modelId: 'far' }));
    expect(refused.code).toBe(ErrorCode.EndpointRefused);
    expect(JSON.stringify([refused.message, refused.data])).not.toContain(secret);
    const { models } = await bench.client.request(ModelListRequest, {});
    expect(JSON.stringify([models, bench.host.lines])).not.toContain(secret);

    bench.env['FAR_API_KEY'] = secret;
    await bench.declare({ apiKeyVariable: 'FAR_API_KEY' });
    expect((await bench.send(await bench.openChat())).text).toBe('A red ball.');
    delete bench.env['FAR_API_KEY'];
    await bench.declare({ apiKeyVariable: 'FAR_API_KEY', concurrency: 2 });
    expect((await failureOf(bench.client.request(ModelLoadRequest, { modelId: 'far' }))).message).toContain('FAR_API_KEY');
    expect((await failureOf(bench.declare({ apiKeyVariable: 'PATH' }))).code).toBe(ErrorCode.InvalidParams);
  });

  it('sends nothing unencrypted to public hosts', async () => {
    await bench.declare({ endpoint: 'http://203.0.113.7/v1' });
    expect((await failureOf(bench.client.request(ModelLoadRequest, { modelId: 'far' }))).code).toBe(ErrorCode.EndpointInsecure);
    expect((await failureOf(bench.declare({ endpoint: 'https://user:pass@example.test/v1' }))).code).toBe(ErrorCode.InvalidParams);
    expect((await failureOf(bench.declare({ endpoint: 'file:///etc/passwd' }))).code).toBe(ErrorCode.InvalidParams);
  });

  it('says of each model whether what is asked leaves the machine, to its own client only', async () => {
    await bench.declare();
    const { models } = await bench.client.request(RemoteDeclareRequest, {
      models: [
        { id: 'near', backend: { kind: 'openai', endpoint: bench.endpoint.url, concurrency: 9 } },
        { id: 'lan', backend: { kind: 'openai', endpoint: 'http://192.168.1.5:8000/v1' } },
        { id: 'cloud', backend: { kind: 'openai', endpoint: 'https://api.example.test/v1', images: 'frames' } },
      ],
    });
    expect(models.map(({ id, remote, halves }) => [id, remote?.host, remote?.leavesMachine, remote?.concurrency, halves])).toEqual([
      ['near', bench.endpoint.host, false, 9, ['timeline']],
      ['lan', '192.168.1.5:8000', true, 4, ['timeline']],
      ['cloud', 'api.example.test', true, 4, ['embeddings', 'timeline', 'both']],
    ]);
    const listed = await bench.client.request(ModelListRequest, {});
    expect(listed.models.map(({ id }) => id)).toEqual(['tiny', 'broken', 'near', 'lan', 'cloud']);
    const other = await bench.host.connect();
    expect((await other.request(ModelListRequest, {})).models.map(({ id }) => id)).toEqual(['tiny', 'broken']);
    expect((await failureOf(other.request(RemoteDeclareRequest, { models: [{ id: 'tiny', backend: { kind: 'openai', endpoint: bench.endpoint.url } }] }))).code).toBe(ErrorCode.ManifestInvalid);
  });

  it('asks an endpoint what it has', async () => {
    bench.endpoint.models = [{ id: 'a', max_model_len: 8192 }, { id: 'b', architecture: { input_modalities: ['text', 'image'] } }, { nonsense: true }];
    expect(await bench.client.request(RemoteProbeRequest, { endpoint: bench.endpoint.url })).toEqual({
      host: bench.endpoint.host,
      leavesMachine: false,
      models: [{ name: 'a', contextLength: 8192 }, { name: 'b', images: true }],
    });
    bench.endpoint.listing = (response) => void response.end('<html>');
    expect((await failureOf(bench.client.request(RemoteProbeRequest, { endpoint: bench.endpoint.url }))).code).toBe(ErrorCode.EndpointFailed);
    const gone = bench.endpoint.url;
    await bench.endpoint.stop();
    expect((await failureOf(bench.client.request(RemoteProbeRequest, { endpoint: gone }))).code).toBe(ErrorCode.EndpointUnreachable);
    bench.endpoint = await OpenAiServer.start();
  });
});

describe('several questions at once', () => {
  it('are asked as many at a time as the endpoint takes', async () => {
    await bench.declare({ concurrency: 3 });
    bench.endpoint.script = [after(60, words('Yes.'))];
    const chats = await Promise.all(Array.from({ length: 8 }, (_, index) => bench.openChat(`/clips/${index}.mp4`)));
    const answers = await Promise.all(chats.map((chatId) => bench.send(chatId)));
    expect(answers.map(({ text }) => text)).toEqual(Array(8).fill('Yes.'));
    expect(bench.endpoint.mostInFlight).toBe(3);
  });

  it('wait together where the endpoint asks for it', async () => {
    await bench.declare({ concurrency: 4 });
    const times: number[] = [];
    const busyUntil = performance.now() + 300;
    bench.endpoint.script = [
      (response, request) => {
        times.push(performance.now());
        return performance.now() < busyUntil ? status(429, {}, { 'retry-after': '0.35' })(response, request) : words('Yes.')(response, request);
      },
    ];
    const chats = await Promise.all(Array.from({ length: 4 }, (_, index) => bench.openChat(`/clips/${index}.mp4`)));
    await Promise.all(chats.map((chatId) => bench.send(chatId)));
    expect(times.length).toBeLessThanOrEqual(8);
  });
});

