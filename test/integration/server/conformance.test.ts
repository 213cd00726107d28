import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../media/makeClip.js';
import { buildServer, repository, serverPath } from './serverProcess.js';
import { tinyModelFolder } from './tinyModelFolder.js';

interface Ended {
  code: number;
  out: string;
  err: string;
}

const inRepository = (...parts: string[]): string => path.join(repository, ...parts);
const judge = inRepository('test', 'conformance', 'judgeClient.mjs');
const client = inRepository('server', 'protocol', 'examples', 'python-client', 'chat.py');
let env: NodeJS.ProcessEnv;
let folder: string;
let clip: string;

function run(program: string, args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { env, maxBuffer: 1 << 24, timeout: 240_000 }, (error, out, err) => resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }));
  });
}
const conformance = (...args: string[]): Promise<Ended> => run(process.execPath, [inRepository('test', 'conformance', 'run.mjs'), ...args]);

beforeAll(async () => {
  await buildServer();
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-conformance-'));
  clip = await makeClip({ name: 'plain' });
  env = { ...process.env, VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1', VIDEOCHAT_CACHE: path.join(folder, 'cache'), VIDEOCHAT_MODELS: await tinyModelFolder() };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the conformance test', () => {
  it('finds nothing wrong with the server', async () => {
    const { code, out } = await conformance('--clip', clip, '--model', 'tiny', '--', process.execPath, serverPath, '--stdio');
    expect(out).not.toMatch(/^(FAIL|skip)/m);
    expect(out).toMatch(/^\d+ ok, 0 failed, 0 skipped$/m);
    expect(code).toBe(0);
  });

  it('finds what is wrong with another one', async () => {
    const noisy = path.join(folder, 'noisy.mjs');
    await writeFile(noisy, `console.log('Loading the model …'); await import(${JSON.stringify(new URL(`file://${serverPath}`).href)});`);
    const { code, out } = await conformance('--patience', '10', '--', process.execPath, noisy, '--stdio');
    expect(out).toContain('there is something on the stream that is no header');
    expect(code).toBe(1);
  });
});

describe('the example client in Python', () => {
  let missing: string | undefined;
  beforeAll(async () => {
    const { code } = await run('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
    missing = code === 0 ? undefined : 'there is no Python 3.8 here';
  });

  it('does nothing wrong', async (context) => {
    context.skip(missing !== undefined, missing);
    const report = path.join(folder, 'report.json');
    const { code, out, err } = await run('python3', [client, '--server', `"${process.execPath}" "${judge}" --report "${report}"`, clip, 'What?', 'And then?']);
    expect(code, err).toBe(0);
    expect(out).toBe('A red circle\nmoves: ○.\n'.repeat(2));
    const { problems, seen } = JSON.parse(await readFile(report, 'utf8')) as { problems: string[]; seen: string[] };
    expect(problems).toEqual([]);
    expect(seen).toEqual(['initialize', 'initialized', 'model/list', 'video/open', 'chat/create', 'chat/send', 'chat/close', 'video/close', 'shutdown', 'exit']);
  });

  it('chats with a clip', async (context) => {
    context.skip(missing !== undefined, missing);
    const { code, out, err } = await run('python3', [client, '--model', 'tiny', clip, 'What is in the video?']);
    expect(code, err).toBe(0);
    expect(out.trim()).not.toBe('');
    expect(err).toContain('[generating]');
  });

  it('says what the server refuses', async (context) => {
    context.skip(missing !== undefined, missing);
    const { code, out, err } = await run('python3', [client, '--model', 'tiny', path.join(folder, 'none.mp4'), 'What?']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('There is no such file');
    const gone = await run('python3', [client, '--server', `"${process.execPath}" -e 1`, clip, 'What?']);
    expect(gone.code).toBe(1);
    expect(gone.err).toContain('The server has ended.');
  });

  it('is judged where it does something wrong', async (context) => {
    context.skip(missing !== undefined, missing);
    const source = await readFile(client, 'utf8');
    const rude = path.join(folder, 'rude.py');
    await writeFile(rude, source.replace('    connection.notify("initialized", {})\n', '').replace('"text": question', '"texts": question'));
    const { err } = await run('python3', [rude, '--server', `"${process.execPath}" "${judge}"`, clip, 'What?']);
    expect(err).toContain('came before the notification "initialized"');
    expect(err).toContain('the params of chat/send lacks text');
  });
});
