import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findVsCode } from '../../../server/setup/electron/findVsCode.mjs';
import { checkDisplay, testInVsCode } from '../../../server/setup/electron/testInVsCode.mjs';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-electron-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** A proxy that lets nobody out, and what it was asked for. */
async function closedProxy(): Promise<{ server: Server; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, asked };
}

describe('findVsCode', () => {
  it('says what to do where the download is not possible', async () => {
    const { server, asked } = await closedProxy();
    // The library reads it once, when it is loaded: that is here.
    vi.stubEnv('npm_config_https_proxy', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const search = findVsCode('1.100.0', { cache: path.join(folder, 'vscode'), timeoutMs: 5_000 });
    await expect(search).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringMatching(/^VS Code 1\.100\.0 could not be downloaded: .+\.\n[^]*--vscode PATH/) as string,
    });
    expect(asked.length).toBeGreaterThan(0);
    server.closeAllConnections();
    server.close();
  });

  it('keeps the reasons of all addresses', async () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:443'), new Error('connect ECONNREFUSED 127.0.0.1:443')]);
    const download = (): Promise<string> => Promise.reject(refused);
    await expect(findVsCode('stable', { cache: folder, download })).rejects.toThrow(/::1:443; connect ECONNREFUSED 127/);
  });

  it('takes the program that is named, and nothing else', async () => {
    const program = path.join(folder, 'code');
    await writeFile(program, '');
    const download = (): Promise<string> => Promise.reject(new Error('It was downloaded all the same.'));
    expect(await findVsCode('stable', { named: program, cache: folder, download })).toBe(program);
    await expect(findVsCode('stable', { named: folder, cache: folder, download })).rejects.toThrow(/there is no program at/);
    await expect(findVsCode('stable', { named: `${program}-x`, cache: folder, download })).rejects.toThrow(/there is no program at/);
  });
});

it('wants a display on Linux only', () => {
  expect(() => checkDisplay({}, 'linux')).toThrow(/xvfb-run -a npm run test:electron/);
  expect(() => checkDisplay({ DISPLAY: ':0' }, 'linux')).not.toThrow();
  expect(() => checkDisplay({}, 'darwin')).not.toThrow();
});

// Stands for VS Code, which is a shell script here: it writes down how it was started.
describe.skipIf(process.platform === 'win32')('testInVsCode', () => {
  async function editor(exitCode: number): Promise<string> {
    const program = path.join(folder, 'code');
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > '${folder}/arguments'\nls "$1" > '${folder}/files'\nexit ${exitCode}\n`);
    await chmod(program, 0o755);
    return program;
  }

  it('opens a workspace with clips, with the extension and its tests, in a profile of its own', async () => {
    vi.stubEnv('TMPDIR', path.join(folder, 'tmp'));
    await mkdir(path.join(folder, 'tmp'));
    await testInVsCode({ program: await editor(0), extension: '/the/extension', tests: '/the/tests.cjs' });
    const given = (await readFile(path.join(folder, 'arguments'), 'utf8')).split('\n');
    expect(given).toContain('--extensionDevelopmentPath=/the/extension');
    expect(given).toContain('--extensionTestsPath=/the/tests.cjs');
    const own = given.filter((each) => /^--(user-data|extensions)-dir=/.test(each)).map((each) => each.split('=')[1]);
    expect(own).toHaveLength(2);
    expect(own.filter((place) => !place?.startsWith(path.join(folder, 'tmp')))).toEqual([]);
    expect(await readFile(path.join(folder, 'files'), 'utf8')).toBe('sample.mp4\nsecond.mp4\n');
    expect(await readdir(path.join(folder, 'tmp'))).toEqual([]);
  });

  it('fails when the tests do', async () => {
    const program = await editor(3);
    await expect(testInVsCode({ program, extension: folder, tests: folder })).rejects.toThrow(/failed \(exit code 3\)/);
  });
});
