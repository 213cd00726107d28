import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAlive } from '../../../server/common/isAlive.js';
import { after, OpenAiServer, status, words } from '../../fakes/openAiServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { makeClip } from '../../media/makeClip.js';
import { buildCli, type CliOptions, runCli } from './runCli.js';

const timeout = 300_000;

describe('videochat with a model on another server', () => {
  let endpoint: OpenAiServer;
  let clip: string;
  let folder: string;
  beforeAll(async () => {
    await buildCli();
    clip = await makeClip({ name: 'plain' });
  });
  beforeEach(async () => {
    endpoint = await OpenAiServer.start();
    folder = await temporaryFolder();
  });
  afterEach(() => endpoint.stop());
  afterAll(removeTemporaryFolders);

  const run = (args: string[], options: CliOptions = {}) => runCli(args, { ...options, real: true, env: { VIDEOCHAT_CACHE: folder, ...options.env } });

  it('answers from frames that are JPEG pictures of bounded size', async () => {
    const { code, out, err } = await run(['chat', clip, '--endpoint', endpoint.url, '--frames', '3', 'What is it?']);
    expect(code, err).toBe(0);
    expect(out).toBe('A red ball.\n');
    // Nothing leaves this machine: there is nothing to say of it.
    expect(err).not.toContain('leave this machine');
    const [request] = endpoint.requests;
    const user = request?.messages.find(({ role }) => role === 'user');
    const pictures = Array.isArray(user?.content) ? user.content.flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : [])) : [];
    expect(pictures).toHaveLength(3);
    for (const picture of pictures) {
      const bytes = Buffer.from(picture.replace(/^data:image\/jpeg;base64,/, ''), 'base64');
      expect([...bytes.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
      expect(Math.max(...sizeOf(bytes))).toBeLessThanOrEqual(512);
    }
  }, timeout);

  it('takes the key from a variable, and says what is wrong without it', async () => {
    endpoint.key = 'sk-cli-0123456789';
    const args = ['chat', clip, '--endpoint', endpoint.url, '--endpoint-key', 'BOX_API_KEY', '--endpoint-model', 'seer', 'What is it?'];
    const right = await run(args, { env: { BOX_API_KEY: endpoint.key } });
    expect(right.code, right.err).toBe(0);
    const wrong = await run([...args, '--verbose'], { env: { BOX_API_KEY: 'sk-cli-wrong-987654321' } });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('EndpointRefused');
    expect(wrong.out + wrong.err).not.toContain('987654321');
    expect((await run(args)).err).toContain('BOX_API_KEY');
  }, timeout);

  it.skipIf(process.platform === 'win32')('starts a llama-server for a run, says which one there is, and leaves none behind', async () => {
    const program = path.join(import.meta.dirname, '../../fakes/llamaServer.mjs');
    const journal = path.join(folder, 'journal.jsonl');
    await writeFile(path.join(folder, 'small.gguf'), `GGUF${JSON.stringify({ journal })}`);
    await writeFile(path.join(folder, 'mmproj-small.gguf'), 'GGUF');
    const env = { VIDEOCHAT_LLAMA_SERVER: program, LLAMA_CACHE: folder };
    const told = await run(['llama-server'], { env });
    expect(told.code, told.err).toBe(0);
    expect(told.out).toContain(`${program}  9999 (0123abcd)`);
    expect(told.out).toContain(`${path.join(folder, 'small.gguf')}\n${' '.repeat(11)}sees with ${path.join(folder, 'mmproj-small.gguf')}`);
    const args = ['--llama-server', path.join(folder, 'small.gguf'), '--llama-server-projector', path.join(folder, 'mmproj-small.gguf'), '--frames', '2', 'What is it?'];
    const { code, out, err } = await run(['chat', clip, ...args], { env });
    expect(code, err).toBe(0);
    expect(out).toBe('A red ball.\n');
    expect(err).not.toContain('leave this machine');
    const [{ pid } = { pid: 0 }] = (await readFile(journal, 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line) as { pid: number });
    await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
  }, timeout);

  it('answers a batch with many requests in flight, in the order of its lines, and goes on after an interruption', async () => {
    const lines = Array.from({ length: 24 }, (_, index) => ({ id: index, video: clip, question: `Question ${index}?` }));
    await writeFile(path.join(folder, 'in.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const out = path.join(folder, 'out.jsonl');
    // Later questions are answered sooner.
    endpoint.script = [
      (response, request) => {
        const last = JSON.stringify(request.messages.at(-1));
        const number = Number(/Question (\d+)\?/.exec(last)?.[1]);
        return number === 5 ? status(400, { error: { message: 'not this one' } })(response, request) : after(200 - number * 8, words(`Answer ${number}`))(response, request);
      },
    ];
    const args = ['batch', path.join(folder, 'in.jsonl'), out, '--endpoint', endpoint.url, '--endpoint-concurrency', '6', '--frames', '2'];
    const interrupted = await run(args, {
      onStart: (child) => {
        const timer = setInterval(() => {
          if (endpoint.bodies.length > 10) {
            clearInterval(timer);
            child.kill('SIGINT');
          }
        }, 10);
        child.once('close', () => clearInterval(timer));
      },
    });
    expect(interrupted.code, interrupted.err).toBe(130);
    const kept = (await readFile(out, 'utf8')).trimEnd().split('\n').filter(Boolean).length;
    expect(kept).toBeLessThan(24);
    expect(endpoint.mostInFlight).toBe(6);
    endpoint.bodies.length = 0;
    const { code } = await run(args);
    expect(code).toBe(1);
    expect(endpoint.bodies).toHaveLength(24 - kept);
    const results = (await readFile(out, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as { id: number; answer?: string; error?: { name: string } });
    expect(results.map(({ id, answer, error }) => answer ?? `${id} ${error?.name}`)).toEqual(lines.map(({ id }) => (id === 5 ? '5 EndpointFailed' : `Answer ${id}`)));
  }, timeout);

  it('stops a batch whose server is gone, and blames no line for it', async () => {
    const lines = Array.from({ length: 6 }, (_, index) => ({ id: index, video: clip, question: `Question ${index}?` }));
    await writeFile(path.join(folder, 'in.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const out = path.join(folder, 'out.jsonl');
    const args = ['batch', path.join(folder, 'in.jsonl'), out, '--endpoint', endpoint.url, '--endpoint-concurrency', '1', '--frames', '2'];
    endpoint.script = [words('One.'), words('Two.'), status(401, { error: { message: 'the key has expired' } })];
    const stopped = await run(args);
    expect(stopped.code).toBe(1);
    expect(stopped.err).toContain('the key has expired');
    endpoint.script = [words('More.')];
    expect((await run(args)).code).toBe(0);
    const answers = (await readFile(out, 'utf8')).trimEnd().split('\n').map((line) => (JSON.parse(line) as { answer: string }).answer);
    expect(answers).toEqual(['One.', 'Two.', 'More.', 'More.', 'More.', 'More.']);
  }, timeout);
});

/** Width and height of a JPEG. */
function sizeOf(bytes: Buffer): [number, number] {
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc3) {
      return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)];
    }
  }
  throw new Error('The picture has no size.');
}
