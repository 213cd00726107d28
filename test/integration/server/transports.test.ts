import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { ErrorCode, ServerStatusRequest } from '../../../server/protocol/index.js';
import { isAlive } from '../../../server/common/isAlive.js';
import { RawConnection } from '../../fakes/rawConnection.js';
import { buildServer, ServerProcess, serverPath } from './serverProcess.js';

const noise = new URL('../../fakes/noisyStdout.mjs', import.meta.url).href;
const running: ServerProcess[] = [];

function start(...args: Parameters<typeof ServerProcess.start>): ServerProcess {
  const server = ServerProcess.start(...args);
  running.push(server);
  return server;
}

const pipeName = (): string =>
  process.platform === 'win32' ? `\\\\.\\pipe\\videochat-${randomUUID()}` : join(tmpdir(), `vc-${randomUUID().slice(0, 8)}.sock`);

async function shutDown(client: RawConnection): Promise<void> {
  expect((await client.request('bye', 'shutdown', {})).result).toBeNull();
  client.notify('exit');
}

beforeAll(buildServer);
afterEach(() => running.splice(0).forEach((server) => server.kill()));

describe('stdio', () => {
  it('serves from initialize to exit', async () => {
    const server = start(['--stdio']);
    const client = server.connect();
    expect((await client.initialize({ processId: process.pid })).result).toMatchObject({ server: { name: 'videochat' } });
    expect((await client.request(1, 'server/status', {})).result).toMatchObject({ openChats: 0 });
    await shutDown(client);
    expect(await server.exit).toBe(0);
  });

  it('keeps the protocol clean whatever prints to file descriptor 1', async () => {
    const server = start(['--stdio'], { NODE_OPTIONS: `--import ${noise}` });
    const client = server.connect();
    await client.initialize();
    for (let id = 0; id < 50; id++) {
      expect((await client.request(id, 'server/status', {})).result).toBeDefined();
    }
    await shutDown(client);
    expect(await server.exit).toBe(0);
    expect(server.stderr).toContain('ggml: noise on stdout');
    expect(server.stderr).toContain('noise by console.log');
    expect(server.stderr).toContain('noise by process.stdout');
    expect(server.stderr).toContain('noise of a thread');
    if (process.platform !== 'win32') {
      expect(server.stderr).toContain('noise of a child');
    }
  });

  it('passes large messages both ways', async () => {
    const server = start(['--stdio']);
    const client = server.connect();
    await client.initialize();
    const method = 'm'.repeat(15 * 1024 * 1024);
    expect((await client.request(1, method, {})).error?.code).toBe(ErrorCode.MethodNotFound);
    await shutDown(client);
    expect(await server.exit).toBe(0);
  });

  it.each([
    ['the end of stdin', (client: RawConnection) => client.end(), 1],
    ['exit without shutdown', (client: RawConnection) => client.notify('exit'), 1],
    ['a printed line', (client: RawConnection) => client.raw('oops\n'), 2],
    ['a length with a tail', (client: RawConnection) => client.raw('Content-Length: 30abc\r\n\r\n'), 2],
    ['a message over the limit', (client: RawConnection) => client.raw('Content-Length: 16777217\r\n\r\n'), 2],
    ['half a message', (client: RawConnection) => (client.raw('Content-Length: 10\r\n\r\n{'), client.end()), 2],
  ])('ends after %s', async (_, act, code) => {
    const server = start(['--stdio']);
    const client = server.connect();
    await client.initialize();
    act(client);
    expect(await server.exit).toBe(code);
    if (code === 2) {
      expect(server.stderr).toContain('The connection is closed:');
    }
  });

  it('ends when nobody reads its answers any more', async () => {
    const server = start(['--stdio']);
    const client = server.connect();
    await client.initialize();
    server.child.stdout?.destroy();
    client.send({ jsonrpc: '2.0', id: 1, method: 'server/status', params: {} });
    expect(await server.exit).toBe(1);
  });

  it('takes its inner process with it when it is killed', async () => {
    const server = start(['--stdio'], { NODE_OPTIONS: `--require ${JSON.stringify(await pidWriter())}` });
    await server.connect().initialize();
    const inner = Number(/inner (\d+)/.exec(server.stderr)?.[1]);
    expect(isAlive(inner)).toBe(true);
    server.kill();
    await expect.poll(() => isAlive(inner), { timeout: 30_000, interval: 200 }).toBe(false);
  });
});

/** Preloaded: tells the process id of the inner process. */
async function pidWriter(): Promise<string> {
  const path = join(tmpdir(), `vc-pid-${randomUUID()}.cjs`);
  await writeFile(path, "if (process.argv.includes('--protocol-fd')) process.stderr.write(`inner ${process.pid}\\n`);");
  return path;
}

describe('node IPC', () => {
  it('serves a typed client, and ends when the client does', async () => {
    const client = await VideoChatClient.spawn({ serverPath });
    expect(client.server.protocolVersion).toBe('1.0');
    expect(await client.request(ServerStatusRequest, {})).toMatchObject({ openVideos: 0 });
    await client.dispose();
    expect(await client.exited).toEqual({ code: 0, signal: null });
    await expect(client.request(ServerStatusRequest, {})).rejects.toMatchObject({ code: ErrorCode.ConnectionLost });
  });

  it('answers what is not JSON-RPC, and messages that are too large', async () => {
    const server = start(['--node-ipc'], {}, ['ipc']);
    const messages: { id?: unknown; error?: { code: number }; result?: unknown }[] = [];
    server.child.on('message', (message: object) => void ('id' in message && messages.push(message)));
    server.child.send(['batch']);
    server.child.send({ hello: 1 });
    server.child.send({ jsonrpc: '2.0', method: '$/cancelRequest' });
    const params = { protocolVersion: '1.0', client: { name: 'test' } };
    server.child.send({ jsonrpc: '2.0', id: 'a', method: 'initialize', params });
    await expect.poll(() => messages.length, { timeout: 30_000 }).toBe(4);
    expect(messages.map(({ error }) => error?.code)).toEqual([
      ErrorCode.InvalidRequest,
      ErrorCode.InvalidRequest,
      ErrorCode.InvalidRequest,
      undefined,
    ]);
  });

  it('ends when the parent hangs up', async () => {
    const server = start(['--node-ipc'], {}, ['ipc']);
    await expect.poll(() => server.child.connected, { timeout: 30_000 }).toBe(true);
    server.child.disconnect();
    expect(await server.exit).toBe(1);
  });

  it('tells a client that the server died', async () => {
    const client = await VideoChatClient.spawn({ serverPath });
    const request = client.request(ServerStatusRequest, {});
    process.kill(client.processId ?? 0, 'SIGKILL');
    await expect(Promise.all([request, client.exited.then(() => client.request(ServerStatusRequest, {}))])).rejects.toMatchObject({
      code: ErrorCode.ConnectionLost,
    });
    await client.dispose();
  });

  it('says what is wrong when there is no server to start', async () => {
    await expect(VideoChatClient.spawn({ serverPath: '/nowhere/server.mjs' })).rejects.toMatchObject({ code: ErrorCode.ConnectionLost });
  });
});

describe('pipes', () => {
  it('--pipe connects to a client that listens', async () => {
    const name = pipeName();
    const listener = createServer();
    const accepted = new Promise<Socket>((resolve) => listener.once('connection', resolve));
    await new Promise<void>((resolve) => listener.listen(name, resolve));
    const server = start(['--pipe', name]);
    const socket = await accepted;
    const client = new RawConnection(socket, socket);
    await client.initialize();
    await shutDown(client);
    expect(await server.exit).toBe(0);
    listener.close();
  });

  it('--pipe to nobody is an error', async () => {
    const server = start(['--pipe', pipeName()]);
    expect(await server.exit).toBe(1);
    expect(server.stderr).toMatch(/ENOENT|ECONNREFUSED/);
  });

  it('--listen serves many clients and outlives them', async () => {
    const name = pipeName();
    const server = start(['--listen', name]);
    await expect.poll(() => server.stderr, { timeout: 30_000 }).toContain('Listening');
    const dial = async (): Promise<RawConnection> => {
      const socket = connect(name);
      await new Promise((resolve) => socket.once('connect', resolve));
      return new RawConnection(socket, socket);
    };
    const clients = await Promise.all([dial(), dial(), dial()]);
    await Promise.all(clients.map((client) => client.initialize()));
    const [first, second, third] = clients;
    first.raw('Content-Length: -1\r\n\r\n');
    second.end();
    expect((await third.request(1, 'server/status', {})).result).toBeDefined();
    await shutDown(third);
    const late = await dial();
    expect((await late.initialize()).result).toBeDefined();

    const rival = start(['--listen', name]);
    expect(await rival.exit).toBe(1);
    expect(rival.stderr).toContain('EADDRINUSE');

    server.child.kill('SIGTERM');
    expect(await server.exit).toBe(1);
    if (process.platform !== 'win32') {
      expect(existsSync(name)).toBe(false);
    }
  });

  it.skipIf(process.platform === 'win32')('--listen takes over the socket of a server that was killed', async () => {
    const name = pipeName();
    const killed = start(['--listen', name]);
    await expect.poll(() => killed.stderr, { timeout: 30_000 }).toContain('Listening');
    killed.kill();
    await killed.exit;
    expect(existsSync(name)).toBe(true);
    const server = start(['--listen', name]);
    await expect.poll(() => server.stderr, { timeout: 30_000 }).toContain('Listening');
  });
});

describe('the process', () => {
  it('ends when the process named by the client is gone', async () => {
    const server = start(['--stdio']);
    await server.connect().initialize({ processId: 2 ** 30 });
    expect(await server.exit).toBe(1);
  });

  it.each([[[]], [['--stdio', '--node-ipc']], [['--nonsense']], [['--node-ipc']], [['--pipe']]])(
    'explains itself when started with %j',
    async (args) => {
      const server = start(args);
      expect(await server.exit).toBe(64);
      expect(server.stderr).toContain('--stdio');
    },
  );
});
