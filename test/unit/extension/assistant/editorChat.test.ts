import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerInChat, followUps } from '../../../../extension/assistant/answerInChat.js';
import { invokeTool, prepareTool } from '../../../../extension/assistant/invokeTool.js';
import type { ExtensionParts } from '../../../../extension/context.js';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { type editorApi, type FakeMarkdown, FakeRequestTurn, FakeResponseTurn, type FakeToolResult, FakeUri } from '../../../fakes/editorApi.js';
import { answerOf, ScriptedServer } from '../../../fakes/scriptedServer.js';

const editor = vi.hoisted(() => ({ api: {} as ReturnType<typeof editorApi> }));
vi.mock('vscode', async () => {
  const { editorApi: make } = await import('../../../fakes/editorApi.js');
  editor.api = make();
  return editor.api;
});

let server: ScriptedServer;
let parts: ExtensionParts;
let folder: string;
let stop: () => Promise<void>;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'videochat-assistant-')));
  await writeFile(join(folder, 'a.mp4'), '');
  editor.api.workspace.workspaceFolders = [{ uri: FakeUri.file(folder) }];
  editor.api.told.length = 0;
  server = new ScriptedServer();
  const client = await server.connect();
  stop = () => client.dispose();
  const log = { error: () => undefined, warn: () => undefined };
  parts = { server: { client: () => Promise.resolve({ client, session: 1 }) }, settings: { values: {} }, log } as unknown as ExtensionParts;
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true });
});

interface Shown {
  text: string;
  links: FakeMarkdown[];
  buttons: { command: string }[];
  references: FakeUri[];
}

/** Sends a message to `@video`. */
async function ask(prompt: string, { command, attached = [], history = [] }: { command?: string; attached?: unknown[]; history?: unknown[] } = {}) {
  const shown: Shown = { text: '', links: [], buttons: [], references: [] };
  const stream = {
    progress: () => undefined,
    markdown: (value: string | FakeMarkdown) => (typeof value === 'string' ? (shown.text += value) : shown.links.push(value)),
    button: (button: { command: string }) => shown.buttons.push(button),
    reference: (uri: FakeUri) => shown.references.push(uri),
  };
  const request = { prompt, command, references: attached.map((value) => ({ value })) };
  const result = await answerInChat(parts, [], { request, context: { history }, stream, token: new CancellationTokenSource().token } as never);
  return { ...shown, result };
}

describe('@video', () => {
  it('answers about the attached clip, whose links open moments and nothing else', async () => {
    server.scripts['chat/send'] = (_params: never, { progress }) => {
      progress({ kind: 'delta', text: 'At 0:02.' });
      return { text: 'At 0:02.', plan: { seconds: [] }, from: 'timeline' };
    };
    const { text, links, references, result } = await ask('When?', { attached: ['words', FakeUri.file(join(folder, 'notes.txt')), FakeUri.file(join(folder, 'a.mp4'))] });
    expect(text).toBe('At 0:02.');
    expect(references.map(({ path }) => path)).toEqual([join(folder, 'a.mp4')]);
    expect(links.map(({ isTrusted }) => isTrusted)).toEqual([{ enabledCommands: ['videochat.showMoment'] }]);
    const [, query = ''] = /\(command:videochat\.showMoment\?([^)]*)\)/.exec(links[0]?.value ?? '') ?? [];
    expect(JSON.parse(decodeURIComponent(query))).toEqual([{ path: join(folder, 'a.mp4'), startSeconds: 2, endSeconds: 2 }]);
    expect(result).toEqual({ metadata: { verb: 'ask', clip: join(folder, 'a.mp4'), answer: 'At 0:02.' } });
  });

  it('goes on about the clip of the answer before', async () => {
    const clip = join(folder, 'a.mp4');
    const history = [new FakeRequestTurn('What?'), new FakeResponseTurn({ metadata: { verb: 'ask', clip, answer: 'A ball.' } }), new FakeRequestTurn('x'), new FakeResponseTurn({ metadata: { foreign: 1 } })];
    const { references } = await ask('And then?', { history });
    expect(references.map(({ path }) => path)).toEqual([clip]);
    expect(server.asked('chat/restore')).toMatchObject([{ history: { turns: [{ question: 'What?', answer: 'A ball.' }] } }]);
  });

  it('says why there is no server, and what can be done', async () => {
    parts.server.client = () => Promise.reject(new VideoChatError(ErrorCode.ConnectionLost, 'The server has ended too often.', { hint: 'Restart it.' }));
    const { result, buttons, text } = await ask('What?', { attached: [FakeUri.file(join(folder, 'a.mp4'))] });
    expect(result).toEqual({ errorDetails: { message: 'The server has ended too often. Restart it.' } });
    expect(buttons.map(({ command }) => command)).toEqual(['videochat.restartServer']);
    expect(text).toBe('');
  });

  it('says nothing of what was stopped', async () => {
    server.scripts['chat/send'] = () => Promise.reject(new VideoChatError(ErrorCode.RequestCancelled, 'Stopped.'));
    const { result, buttons } = await ask('What?', { attached: [FakeUri.file(join(folder, 'a.mp4'))] });
    expect(result.errorDetails).toBeUndefined();
    expect(buttons).toEqual([]);
  });

  it('offers what was not done yet', () => {
    expect(followUps({ metadata: { verb: 'summarize', clip: '/a.mp4' } }).map(({ command }) => command)).toEqual(['timeline', 'caption']);
    expect(followUps({ metadata: { verb: 'find' } })).toEqual([]);
    expect(followUps({})).toEqual([]);
  });
});

describe('tools of the editor’s agents', () => {
  const none = new CancellationTokenSource().token;

  it('ask before they write, and before they read outside of the workspace', async () => {
    const inside = { video: join(folder, 'a.mp4') };
    expect(await prepareTool('videochat_timeline', inside)).toEqual({ invocationMessage: 'Looking through a.mp4' });
    expect((await prepareTool('videochat_annotate', { ...inside, task: 'shots' })).confirmationMessages).toMatchObject({ title: 'Write annotations?', message: expect.stringContaining('(shots) for a.mp4') });
    expect((await prepareTool('videochat_ask', { video: '/etc/a.mp4' })).confirmationMessages).toMatchObject({ title: 'Read this file?', message: expect.stringContaining('/etc/a.mp4') });
    expect((await prepareTool('videochat_find', { query: 'x' })).confirmationMessages).toBeUndefined();
  });

  it('answer in text', async () => {
    const result = (await invokeTool(parts, 'videochat_ask', { video: 'a.mp4', question: 'What?' }, none)) as unknown as FakeToolResult;
    expect(result.content[0]?.value).toContain('A red ball.');
    expect(server.asked('video/open')).toEqual([{ path: join(folder, 'a.mp4') }]);
  });

  it('say how far they are: beside the call where the editor has a place for it, else in the status bar', async () => {
    server.scripts['chat/send'] = (_params: never, { progress }) => {
      progress({ kind: 'stage', stage: 'decoding', done: 1, total: 4 });
      progress({ kind: 'stage', stage: 'generating' });
      return answerOf('A red ball.');
    };
    const asked = { video: 'a.mp4', question: 'What?' };
    await invokeTool(parts, 'videochat_ask', asked, none);
    expect(editor.api.told.splice(0)).toEqual(['VideoChat: Asking about a.mp4', 'decoding, 25%', 'writing']);
    const beside: unknown[] = [];
    await invokeTool(parts, 'videochat_ask', asked, none, { report: (step) => beside.push(step) });
    expect({ beside, told: editor.api.told }).toEqual({ beside: [{ message: 'decoding, 25%' }, { message: 'writing' }], told: [] });
  });

  it('fail with a code, and refuse input that is none and addresses of other machines', async () => {
    await expect(invokeTool(parts, 'videochat_ask', { video: 'a.mp4' }, none)).rejects.toThrow('(InvalidParams)');
    await expect(invokeTool(parts, 'videochat_ask', { video: 'none.mp4', question: 'x' }, none)).rejects.toThrow('There is no such file. (VideoNotFound)');
    await expect(invokeTool(parts, 'videochat_ask', { video: '//elsewhere/share/a.mp4', question: 'x' }, none)).rejects.toThrow('(InvalidParams)');
    await expect(invokeTool(parts, 'videochat_ask', { video: 'http://elsewhere/a.mp4', question: 'x' }, none)).rejects.toThrow();
    expect(server.asked('video/open')).toEqual([]);
  });
});
