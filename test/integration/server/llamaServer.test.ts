import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../../server/common/isAlive.js';
import { cancellationSource } from '../../../server/common/cancellation.js';
import { ErrorCode, type LlamaServerBackend, LlamaServerFindRequest, ModelListRequest, ModelLoadRequest, ModelStatusRequest, ModelUnloadRequest, RemoteDeclareRequest, TextCompleteRequest } from '../../../server/protocol/index.js';
import { EndpointBench, failureOf } from '../../fakes/endpointBench.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { buildServer, repository } from './serverProcess.js';

const program = path.join(import.meta.dirname, '../../fakes/llamaServer.mjs');

let bench: EndpointBench;
let folder: string;

beforeAll(buildServer);
beforeEach(async () => {
  bench = await EndpointBench.start();
  folder = await temporaryFolder();
});
afterEach(() => bench.dispose());
afterAll(removeTemporaryFolders);

interface Entry {
  pid: number;
  started?: string[];
  environment?: string[];
  asked?: boolean;
}

/** A model whose file says what goes wrong with it. */
async function declare(faults: object = {}, backend: Partial<LlamaServerBackend> = {}): Promise<() => Promise<Entry[]>> {
  const file = path.join(folder, 'model.gguf');
  const journal = path.join(folder, 'journal.jsonl');
  await writeFile(journal, '');
  const projector = path.join(folder, 'mmproj.gguf');
  await writeFile(projector, 'GGUF');
  await writeFile(file, `GGUF${JSON.stringify({ journal, ...faults })}`);
  await bench.client.request(RemoteDeclareRequest, { models: [{ id: 'far', backend: { kind: 'llama-server', program, file, projector, images: 'frames', ...backend } }] });
  return async () => (await readFile(journal, 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line) as Entry);
}

const load = () => bench.client.request(ModelLoadRequest, { modelId: 'far' });

describe.skipIf(process.platform === 'win32')('a llama-server of this machine', () => {
  it('is started for a model, on this machine only and with a key of its own, and ended with it', async () => {
    bench.env['OTHER_API_KEY'] = 'sk-not-for-it';
    bench.env['LLAMA_ARG_HOST'] = '0.0.0.0';
    Object.assign(bench.env, { PATH: process.env['PATH'] });
    const entries = await declare({ loadMs: 300 }, { gpuLayers: 3, concurrency: 2, contextLength: 2048 });
    const { models } = await bench.client.request(ModelListRequest, {});
    expect(models.find(({ id }) => id === 'far')?.remote).toEqual({ kind: 'llama-server', host: '127.0.0.1', leavesMachine: false, concurrency: 2 });
    expect((await bench.ask()).text).toBe('A red ball.');
    const { language } = await bench.client.request(ModelStatusRequest, { modelId: 'far' });
    expect(language?.device).toMatch(/^llama-server 127\.0\.0\.1:\d+$/);
    const [{ pid, started, environment } = { pid: 0 }] = await entries();
    expect(started?.join(' ')).toBe(`--model ${path.join(folder, 'model.gguf')} --mmproj ${path.join(folder, 'mmproj.gguf')} --host 127.0.0.1 --port 0 --ctx-size 4096 --parallel 2 --n-gpu-layers 3 --no-webui`);
    expect(environment).toContain('LLAMA_API_KEY');
    expect(environment).not.toContain('OTHER_API_KEY');
    expect(environment).not.toContain('LLAMA_ARG_HOST');
    // Nobody else may ask it.
    const refused = await fetch(`http://${language?.device.split(' ')[1]}/v1/models`);
    expect(refused.status).toBe(401);

    await bench.client.request(ModelUnloadRequest, { modelId: 'far' });
    await expect.poll(() => isAlive(pid)).toBe(false);
    // What it said is in our log, its key is not.
    expect(bench.host.lines.join('\n')).not.toMatch(/[0-9a-f]{64}/);
  });

  it('is ended when nobody asks, and when its client goes; the next question starts it', async () => {
    const entries = await declare({}, { idleSeconds: 1 });
    await bench.ask();
    const [first] = await entries();
    await expect.poll(() => isAlive(first?.pid ?? 0), { timeout: 10_000 }).toBe(false);
    expect((await bench.ask()).text).toBe('A red ball.');
    const second = (await entries()).findLast(({ started }) => started);
    expect(second?.pid).not.toBe(first?.pid);
    await bench.client.dispose();
    await expect.poll(() => isAlive(second?.pid ?? 0), { timeout: 10_000 }).toBe(false);
  });

  it('that crashes is started again with growing waits, and given up in the end', async () => {
    const entries = await declare({ dies: 'before' });
    const { code, message } = await failureOf(bench.ask());
    expect(code).toBe(ErrorCode.LlamaServerFailed);
    expect(message).toContain('SIGKILL');
    const asked = (await entries()).filter((each) => each.asked);
    expect(asked).toHaveLength(5);
    // For a while it is left alone.
    await failureOf(bench.ask());
    expect((await entries()).filter((each) => each.asked)).toHaveLength(5);
  }, 60_000);

  it('that crashes within an answer keeps what was said, and answers the next question', async () => {
    await declare({ dies: 'within', answer: 'The first half' });
    const chatId = await bench.openChat();
    const progress: Parameters<EndpointBench['send']>[2] = [];
    expect((await failureOf(bench.send(chatId, 'What?', progress))).code).toBeGreaterThan(900);
    expect(progress.flatMap((each) => (each.kind === 'delta' ? [each.text] : [])).join('')).toBe('The first half');
    await writeFile(path.join(folder, 'model.gguf'), 'GGUF{}');
    expect((await bench.send(chatId, 'And now?')).text).toBe('A red ball.');
  }, 30_000);

  it('that does not start says why', async () => {
    await declare({ fails: true });
    const failed = await failureOf(load());
    expect(failed.code).toBe(ErrorCode.LlamaServerFailed);
    expect(failed.message).toContain("unknown model architecture: 'dream'");
    await declare({}, { program: path.join(folder, 'nothing') });
    expect((await failureOf(load())).code).toBe(ErrorCode.LlamaServerMissing);
    await declare({}, { file: path.join(folder, 'journal.jsonl') });
    expect((await failureOf(load())).code).toBe(ErrorCode.ModelFileMissing);
    await expect(declare({}, { file: 'relative.gguf' })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
  });

  it('is not waited for when nobody wants it any more', async () => {
    const entries = await declare({ loadMs: 60_000 });
    const source = cancellationSource();
    const loading = bench.client.request(ModelLoadRequest, { modelId: 'far' }, { token: source.token });
    await expect.poll(async () => (await entries()).length).toBe(1);
    source.cancel();
    expect((await failureOf(loading)).code).toBe(ErrorCode.RequestCancelled);
    const [{ pid } = { pid: 0 }] = await entries();
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
  });

  it('does not outlive a server that is killed', async () => {
    const journal = path.join(folder, 'journal.jsonl');
    const file = path.join(folder, 'model.gguf');
    await writeFile(journal, '');
    await writeFile(file, `GGUF${JSON.stringify({ journal })}`);
    const guarded = [path.join(repository, 'dist', 'llamaServerGuard.mjs'), program, '--model', file, '--host', '127.0.0.1', '--port', '0'];
    const starts = `require('child_process').spawn(process.execPath, ${JSON.stringify(guarded)}, { stdio: ['pipe', 'ignore', 'ignore'] }); setInterval(() => {}, 1000);`;
    const server = spawn(process.execPath, ['-e', starts], { stdio: 'ignore' });
    await expect.poll(() => readFile(journal, 'utf8'), { timeout: 20_000 }).toContain('pid');
    const { pid } = JSON.parse((await readFile(journal, 'utf8')).split('\n')[0] ?? '') as Entry;
    expect(isAlive(pid)).toBe(true);
    server.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  }, 60_000);

  it('is found with the models that it could run', async () => {
    expect((await failureOf(bench.client.request(LlamaServerFindRequest, { program: folder }))).code).toBe(ErrorCode.LlamaServerMissing);
    const { program: found } = await bench.client.request(LlamaServerFindRequest, { program });
    expect(found).toEqual({ path: program, version: '9999 (0123abcd)' });
  });
});

const real = process.env['VIDEOCHAT_LLAMA_SERVER'];

// Where there is one: it is in no package that these tests could install.
it.skipIf(real === undefined)('the real program answers with a model of ours', async () => {
  await bench.dispose();
  bench = await EndpointBench.start({ connect: 10_000, firstText: 60_000, idle: 60_000 });
  Object.assign(bench.env, process.env);
  const file = path.join(repository, 'models', 'videochat-mini', 'timeline.f16.gguf');
  await bench.client.request(RemoteDeclareRequest, { models: [{ id: 'far', backend: { kind: 'llama-server', file, contextLength: 1024, concurrency: 2 } }] });
  const { language } = await load();
  expect(language).toMatchObject({ contextLength: 1024, device: expect.stringMatching(/^llama-server 127\.0\.0\.1:\d+$/) as unknown });
  const { text, tokens } = await bench.client.request(TextCompleteRequest, { modelId: 'far', question: 'What is seen?', sampling: { temperature: 0, maxTokens: 8 } });
  expect(text).not.toBe('');
  expect(tokens.generated).toBe(8);
  await bench.client.request(ModelUnloadRequest, { modelId: 'far' });
  await expect(fetch(`http://${language?.device.split(' ')[1]}/health`)).rejects.toThrow();
}, 60_000);
