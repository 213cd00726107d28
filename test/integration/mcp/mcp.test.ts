import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type CallToolResult, CallToolResultSchema, ElicitRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readAnnotations } from '../../../server/common/annotations/readAnnotations.js';
import { isAlive } from '../../../server/common/isAlive.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { makeClip } from '../../media/makeClip.js';
import { buildServer, repository } from '../server/serverProcess.js';
import { tinyModelFolder } from '../server/tinyModelFolder.js';

const program = path.join(repository, 'dist', 'videochat.mjs');
const open: Client[] = [];
let folder: string;
let outside: string;
let clip: string;
let models: string;

interface Started {
  client: Client;
  transport: StdioClientTransport;
  errors: string[];
}

interface Wanted {
  args?: string[];
  /** Folders that the client names. */
  roots?: string[];
  /** What the person answers. */
  answer?: () => 'accept' | 'decline';
}

async function start({ args = ['--root', folder], roots, answer }: Wanted = {}): Promise<Started> {
  const client = new Client({ name: 'test', version: '1' }, { capabilities: { ...(roots ? { roots: {} } : {}), ...(answer ? { elicitation: {} } : {}) } });
  if (roots) {
    client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots.map((root) => ({ uri: pathToFileURL(root).href })) }));
  }
  if (answer) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      expect(params.message).toContain('.videochat.json');
      const action = answer();
      return { action, ...(action === 'accept' ? { content: { confirm: true } } : {}) };
    });
  }
  const env = { ...(process.env as Record<string, string>), VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1' };
  const command = [program, 'mcp', ...args, '--models', models, '--model', 'tiny', '--cache', path.join(folder, 'cache')];
  const transport = new StdioClientTransport({ command: process.execPath, args: command, env, stderr: 'pipe' });
  const errors: string[] = [];
  // Anything on stdout that is no message ends here.
  client.onerror = (error) => errors.push(error.message);
  await client.connect(transport);
  open.push(client);
  return { client, transport, errors };
}

async function call({ client }: Started, name: string, given: object, options = {}): Promise<CallToolResult & { text: string }> {
  const result = CallToolResultSchema.parse(await client.callTool({ name, arguments: { ...given } }, undefined, { timeout: 240_000, ...options }));
  return { ...result, text: result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n') };
}

beforeAll(async () => {
  await buildServer();
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'videochat-mcp-')));
  outside = await realpath(await mkdtemp(path.join(tmpdir(), 'videochat-mcp-outside-')));
  models = await tinyModelFolder();
  clip = path.join(folder, 'clip.mp4');
  await copyFile(await makeClip({ name: 'plain' }), clip);
  await copyFile(clip, path.join(outside, 'other.mp4'));
  await writeFile(path.join(folder, 'clip.srt'), '1\n00:00:00,500 --> 00:00:01,500\nThe dog runs home\n');
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
});
afterAll(() => Promise.all([folder, outside].map((each) => rm(each, { recursive: true, force: true }))));

describe('the tools of videochat mcp', () => {
  it('are listed with what they take, and which of them write', async () => {
    const { client, errors } = await start();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['video_ask', 'video_summarize', 'video_find', 'video_frames', 'video_timeline', 'video_annotate']);
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map(({ name }) => name)).toEqual(['video_annotate']);
    expect(tools[0]?.inputSchema).toMatchObject({ required: ['video', 'question'], properties: { question: { description: expect.any(String) } } });
    expect(client.getInstructions()).toContain('local models');
    expect(errors).toEqual([]);
  });

  it('answer questions, with progress', async () => {
    const started = await start();
    const steps: { progress: number; message?: string }[] = [];
    const { text, isError } = await call(started, 'video_ask', { video: 'clip.mp4', question: 'What is there?' }, { onprogress: (step: { progress: number; message?: string }) => steps.push(step) });
    expect(isError, text).toBeUndefined();
    expect(text).toContain('Frames looked at');
    expect(steps.some(({ message }) => message === 'Answering')).toBe(true);
    expect(steps.map(({ progress }) => progress)).toEqual(steps.map((_, i) => i + 1));
    const { text: summary } = await call(started, 'video_summarize', { video: pathToFileURL(clip).href, start: 0, end: 1 });
    expect(summary.trim()).not.toBe('');
    expect(started.errors).toEqual([]);
  });

  it('show frames as pictures', async () => {
    const started = await start();
    const { content } = await call(started, 'video_frames', { video: clip, seconds: [0, 1], height: 64 });
    const pictures = content.flatMap((part) => (part.type === 'image' ? [part] : []));
    expect(pictures.map(({ mimeType }) => mimeType)).toEqual(['image/jpeg', 'image/jpeg']);
    expect(Buffer.from(pictures[0]?.data ?? '', 'base64').subarray(0, 3).toString('hex')).toBe('ffd8ff');
    const spread = await call(started, 'video_frames', { video: clip, count: 2, height: 64 });
    expect(spread.content.filter(({ type }) => type === 'image')).toHaveLength(2);
  });

  it('list what was noticed, and find it again', async () => {
    const started = await start();
    const { text } = await call(started, 'video_timeline', { video: clip, tracks: ['shots', 'speech'] });
    expect(text).toContain('speech: The dog runs home');
    expect(text).not.toContain('objects:');
    const { text: found } = await call(started, 'video_find', { query: 'animal' });
    expect(found).toContain(`- ${clip} 0.5–1.5 s: The dog runs home (speech)`);
    const { text: nothing } = await call(started, 'video_find', { query: 'zeppelin', video: clip });
    expect(nothing).toMatch(/Nothing/);
  });

  it('write nothing that nobody has allowed', async () => {
    const place = `${clip}.videochat.json`;
    const there = (): Promise<boolean> => stat(place).then(() => true, () => false);
    const { isError, text, _meta } = await call(await start(), 'video_annotate', { video: clip, task: 'shots' });
    expect({ isError, there: await there() }).toEqual({ isError: true, there: false });
    expect(text).toContain('--allow-writes');
    expect(_meta).toEqual({ 'videochat/error': { code: ErrorCode.AnnotationsNotWritten, name: 'AnnotationsNotWritten' } });
    const declined = await call(await start({ answer: () => 'decline' }), 'video_annotate', { video: clip, task: 'shots' });
    expect({ isError: declined.isError, there: await there() }).toEqual({ isError: true, there: false });
    const accepted = await call(await start({ answer: () => 'accept' }), 'video_annotate', { video: clip, task: 'shots' });
    expect(accepted.text).toContain(`suggestions were written into ${place}`);
    const { document } = readAnnotations(await readFile(place, 'utf8'));
    expect(document?.media).toMatchObject({ path: 'clip.mp4', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(document?.segments.every(({ provenance }) => provenance?.status === 'suggested')).toBe(true);
    const before = document?.segments.length;
    const again = await call(await start({ args: ['--root', folder, '--allow-writes'] }), 'video_annotate', { video: clip, task: 'shots' });
    expect(again.isError).toBeUndefined();
    expect(readAnnotations(await readFile(place, 'utf8')).document?.segments).toHaveLength(before ?? -1);
  });
});

describe('what a client may name', () => {
  const refused = async (started: Started, video: string): Promise<void> => {
    const { isError, _meta } = await call(started, 'video_frames', { video });
    expect({ video, isError, _meta }).toMatchObject({ isError: true, _meta: { 'videochat/error': { code: ErrorCode.InvalidParams } } });
  };

  it('ends at the folders of --root, whatever leads out of them', async () => {
    await symlink(path.join(outside, 'other.mp4'), path.join(folder, 'link.mp4'));
    await mkdir(`${folder}-sibling`, { recursive: true });
    await copyFile(clip, path.join(`${folder}-sibling`, 'clip.mp4'));
    const started = await start();
    for (const video of [path.join(outside, 'other.mp4'), 'link.mp4', '../clip.mp4', path.join(folder, '..', path.basename(outside), 'other.mp4'), path.join(`${folder}-sibling`, 'clip.mp4'), 'file://elsewhere/clip.mp4', 'a\0b']) {
      await refused(started, video);
    }
    const { _meta } = await call(started, 'video_frames', { video: 'none.mp4' });
    expect(_meta).toMatchObject({ 'videochat/error': { name: 'VideoNotFound' } });
    await rm(`${folder}-sibling`, { recursive: true });
  });

  it('is what the client calls its roots, where nobody gave any; and nothing where there are none', async () => {
    const started = await start({ args: [], roots: [outside] });
    expect((await call(started, 'video_frames', { video: 'other.mp4', count: 1, height: 32 })).isError).toBeUndefined();
    await refused(started, clip);
    const { text } = await call(await start({ args: [] }), 'video_frames', { video: clip });
    expect(text).toContain('--root');
  });
});

describe('the entry for the settings of a client', () => {
  it('starts the server wherever a client starts it', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, 'mcp', '--root', folder, '--print-config'], { cwd: outside });
    const { mcpServers } = JSON.parse(stdout) as { mcpServers: { videochat: { command: string; args: string[] } } };
    const client = new Client({ name: 'stranger', version: '1' });
    open.push(client);
    await client.connect(new StdioClientTransport({ ...mcpServers.videochat, cwd: outside, stderr: 'pipe' }));
    expect((await client.listTools()).tools).toHaveLength(6);
    const { isError } = CallToolResultSchema.parse(await client.callTool({ name: 'video_frames', arguments: { video: 'clip.mp4', count: 1, height: 32 } }));
    expect(isError).toBeUndefined();
  });
});

describe('calls that go wrong', () => {
  it('are told with their kind', async () => {
    const started = await start();
    const wrong = await call(started, 'video_ask', { video: clip });
    expect(wrong.isError).toBe(true);
    await writeFile(path.join(folder, 'text.mp4'), 'no video');
    expect((await call(started, 'video_ask', { video: 'text.mp4', question: 'What?' }))._meta).toMatchObject({ 'videochat/error': { name: 'VideoUnreadable' } });
    expect((await call(started, 'video_find', { query: 'x', video: clip, folder })).text).toContain('not both');
  });

  it('end when they are cancelled, and the next one works', async () => {
    const started = await start();
    const stop = new AbortController();
    const asked = call(started, 'video_ask', { video: clip, question: 'Tell all.' }, { signal: stop.signal, onprogress: () => stop.abort() });
    await expect(asked).rejects.toThrow(/abort/i);
    expect((await call(started, 'video_frames', { video: clip, count: 1, height: 32 })).isError).toBeUndefined();
  });

  it('leave no process behind', async () => {
    const started = await start();
    await call(started, 'video_frames', { video: clip, count: 1, height: 32 });
    const { pid } = started.transport;
    await started.client.close();
    await expect.poll(() => pid !== null && isAlive(pid), { timeout: 15_000 }).toBe(false);
  });
});
