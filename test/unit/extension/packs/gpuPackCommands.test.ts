import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExtensionParts } from '../../../../extension/context.js';
import { addGpuPack } from '../../../../extension/packs/addGpuPack.js';
import { offerGpuPack } from '../../../../extension/packs/offerGpuPack.js';
import { removeGpuPack } from '../../../../extension/packs/removeGpuPack.js';
import { testGpuPack } from '../../../../extension/packs/testGpuPack.js';
import { ErrorCode, type GpuPack, type PackListResult, type PackVerdict, VideoChatError } from '../../../../server/protocol/index.js';
import { ScriptedServer } from '../../../fakes/scriptedServer.js';

/** What a person is shown, and what they answer: the button, or the row. */
const asked: { text: string; detail?: string; buttons: string[] }[] = [];
const answers: (string | undefined)[] = [];
const executed: unknown[][] = [];

vi.mock('vscode', async () => {
  const api = (await import('../../../fakes/editorApi.js')).editorApi();
  const show = (text: string, ...rest: unknown[]): Promise<string | undefined> => {
    const options = rest.find((each) => typeof each === 'object') as { detail?: string } | undefined;
    asked.push({ text, ...(options?.detail === undefined ? {} : { detail: options.detail }), buttons: rest.filter((each) => typeof each === 'string') });
    return Promise.resolve(answers.shift());
  };
  const showQuickPick = (items: { label: string }[]): Promise<unknown> => {
    asked.push({ text: 'pick', buttons: items.map(({ label }) => label) });
    const answer = answers.shift();
    return Promise.resolve(items.find(({ label }) => label === answer));
  };
  const withProgress = (_: unknown, work: (progress: unknown, token: unknown) => Promise<unknown>): Promise<unknown> => work({ report: () => undefined }, undefined);
  const window = { ...api.window, showInformationMessage: show, showWarningMessage: show, showErrorMessage: show, showQuickPick, withProgress, setStatusBarMessage: (text: string) => asked.push({ text, buttons: [] }) };
  return { ...api, window, ProgressLocation: { Window: 10, Notification: 15 }, commands: { executeCommand: (...command: unknown[]) => Promise.resolve(executed.push(command)) } };
});

let server: ScriptedServer;
let parts: ExtensionParts;
let stop: () => Promise<void>;
const restart = vi.fn(() => Promise.resolve());
const changed = vi.fn();
const kept = new Map<string, unknown>();

const pack: GpuPack = {
  ...{ id: 'language-cuda', name: 'CUDA for language models', description: 'It needs a driver.', part: 'language', version: '1.0.0', licence: { name: 'MIT' }, page: 'https://example.com' },
  ...{ bytes: 320e6, unpackedBytes: 560e6, state: 'absent', bytesHere: 0, fetching: false, inUse: false, suggested: true },
};
const works: PackVerdict = { works: true, message: 'The pack works.', timeMs: 0 };
const list = (more: Partial<GpuPack> = {}, machine: Partial<PackListResult> = {}): PackListResult => ({ packs: [{ ...pack, ...more }], card: { name: 'NVIDIA T400' }, enabled: true, ...machine });

beforeEach(async () => {
  server = new ScriptedServer();
  const client = await server.connect();
  stop = () => client.dispose();
  server.scripts['packs/list'] = () => list();
  const globalState = { get: (key: string) => kept.get(key), update: (key: string, value: unknown) => Promise.resolve(kept.set(key, value)) };
  parts = {
    context: { globalState },
    server: { client: () => Promise.resolve({ client, session: 1 }), restart, state: { state: 'ready' } },
    log: { error: () => undefined, debug: () => undefined },
    modelsChanged: { fire: changed },
  } as unknown as ExtensionParts;
  [asked.length, answers.length, executed.length] = [0, 0, 0];
  kept.clear();
  vi.clearAllMocks();
});
afterEach(() => stop());

describe('Add GPU Pack', () => {
  const pulled = (verdict: PackVerdict, restartNeeded = false) => ({ folder: '/packs/language-cuda', version: '1.0.0', archives: [], verdict, restartNeeded });

  it('asks first, with what it costs, then fetches, and offers the restart that it takes', async () => {
    server.scripts['packs/pull'] = () => pulled(works, true);
    answers.push('Download', 'Restart Server');
    await addGpuPack(parts, { packId: 'language-cuda' });
    expect(asked[0]).toMatchObject({ text: 'Download CUDA for language models?', buttons: ['Download'] });
    expect(asked[0]?.detail).toBe('It needs a driver.\nDownload: 320.0 MB\nOn the disk: 560.0 MB\nLicence: MIT');
    expect(asked[1]?.text).toBe('CUDA for language models works. The server uses it when it is restarted.');
    expect(server.asked('packs/pull')).toMatchObject([{ packId: 'language-cuda' }]);
    expect(restart).toHaveBeenCalledOnce();
    expect(changed).toHaveBeenCalledOnce();
  });

  it('fetches nothing where the person does not say yes', async () => {
    await addGpuPack(parts, { packId: 'language-cuda' });
    expect(server.asked('packs/pull')).toEqual([]);
  });

  it('says why a pack does not work here, and what to do', async () => {
    server.scripts['packs/pull'] = () => pulled({ works: false, reason: 'noDriver', message: 'There is no NVIDIA driver.', hint: 'Install it.', timeMs: 0 });
    answers.push('CUDA for language models', 'Download');
    await addGpuPack(parts);
    expect(asked.map(({ text }) => text)).toEqual(['pick', 'Download CUDA for language models?', 'CUDA for language models is not used. There is no NVIDIA driver. Install it.']);
  });

  it('goes on without asking where a part is here, and tells what fails', async () => {
    server.scripts['packs/list'] = () => list({ state: 'partial' });
    server.scripts['packs/pull'] = () => {
      throw new VideoChatError(ErrorCode.DownloadFailed, 'It could not be fetched.', { hint: 'Look at the network.' });
    };
    await addGpuPack(parts, { packId: 'language-cuda' });
    expect(asked.map(({ text }) => text)).toEqual(['It could not be fetched. Look at the network.']);
  });

  it('says where there is none for this machine', async () => {
    server.scripts['packs/list'] = () => list({}, { packs: [] });
    await addGpuPack(parts);
    expect(asked.map(({ text }) => text)).toEqual(['There is no GPU pack for this operating system and processor.']);
  });
});

describe('Test and Remove GPU Pack', () => {
  it('tests a pack again', async () => {
    server.scripts['packs/list'] = () => list({ state: 'installed' });
    server.scripts['packs/probe'] = () => works;
    await testGpuPack(parts, { packId: 'language-cuda' });
    expect(asked.map(({ text }) => text)).toEqual(['CUDA for language models works and is used from now on.']);
  });

  it('removes one that is used, once the person has said yes, and offers the restart that it takes', async () => {
    server.scripts['packs/list'] = () => list({ state: 'installed', bytesHere: 560e6, inUse: true });
    server.scripts['packs/remove'] = () => ({ freedBytes: 560e6, restartNeeded: true });
    await removeGpuPack(parts, { packId: 'language-cuda' });
    expect(server.asked('packs/remove')).toEqual([]);
    expect(asked[0]?.detail).toBe('560.0 MB are freed. Models that run on it are unloaded.');
    answers.push('Remove', undefined);
    await removeGpuPack(parts, { packId: 'language-cuda' });
    expect(server.asked('packs/remove')).toEqual([{ packId: 'language-cuda' }]);
    expect(asked.at(-1)?.text).toContain('until it is restarted');
    expect(restart).not.toHaveBeenCalled();
  });
});

describe('the offer of a GPU pack', () => {
  it('is made once, where there is a card and the pack is not here', async () => {
    answers.push('Add GPU Pack…');
    await offerGpuPack(parts);
    await offerGpuPack(parts);
    expect(asked.map(({ text }) => text)).toEqual(['Language models can run on the NVIDIA T400, with a pack of libraries that is downloaded (320.0 MB).']);
    expect(executed).toEqual([['videochat.addGpuPack', { packId: 'language-cuda' }]]);
  });

  it.each([
    ['there is no card', { packs: [{ ...pack, suggested: false }], enabled: true }],
    ['the pack is here', list({ state: 'installed', suggested: false })],
    ['packs are switched off', list({}, { enabled: false })],
  ])('is not made where %s', async (_, result) => {
    server.scripts['packs/list'] = () => result;
    await offerGpuPack(parts);
    expect(asked).toEqual([]);
    expect(kept.size).toBe(0);
  });
});
