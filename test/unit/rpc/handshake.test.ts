import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../server/protocol/index.js';
import type { ConnectionEnd } from '../../../server/rpc/clientConnection.js';
import { videoPath } from '../../fakes/chatBench.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { RawConnection } from '../../fakes/rawConnection.js';

let fake: GatedParts;
let host: ServerInProcess;
let client: RawConnection;
let ended: Promise<ConnectionEnd>;

beforeEach(() => {
  fake = new GatedParts();
  host = new ServerInProcess(fake.parts);
  const streams = host.openStreams();
  client = new RawConnection(streams.input, streams.output);
  ended = streams.ended;
});
afterEach(async () => {
  Object.values(fake.gates).forEach((gate) => gate.open());
  await host.dispose();
});

describe('initialize', () => {
  it('answers with version, name and capabilities', async () => {
    const { result } = await client.initialize();
    expect(result).toMatchObject({
      protocolVersion: '1.0',
      server: { name: 'videochat', version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string },
      capabilities: { framePlans: expect.arrayContaining(['videochat', 'middle', 'fps']) as string[], persistentChats: true },
    });
  });

  it('takes another minor version and refuses another major one', async () => {
    const { error } = await client.initialize({ protocolVersion: '2.0' });
    expect(error).toMatchObject({ code: ErrorCode.ProtocolVersionMismatch, data: { hint: expect.any(String) as string } });
    expect((await client.request(1, 'model/list', {})).error?.code).toBe(ErrorCode.ServerNotInitialized);
    client.send({ jsonrpc: '2.0', id: 2, method: 'initialize', params: { protocolVersion: '1.7', client: { name: 'test' } } });
    expect((await client.wait(({ id }) => id === 2)).result).toBeDefined();
  });

  it.each([
    ['no params', undefined],
    ['a list', []],
    ['no client', { protocolVersion: '1.0' }],
    ['a version that is none', { protocolVersion: 'latest', client: { name: 'x' } }],
    ['a process id that is none', { protocolVersion: '1.0', client: { name: 'x' }, processId: -1 }],
    ['a relative cache folder', { protocolVersion: '1.0', client: { name: 'x' }, settings: { cacheFolder: 'here' } }],
    ['an unknown device', { protocolVersion: '1.0', client: { name: 'x' }, settings: { languageDevice: 'abacus' } }],
  ])('refuses %s', async (_, params) => {
    expect((await client.request(1, 'initialize', params)).error?.code).toBe(ErrorCode.InvalidParams);
  });

  it('is refused the second time', async () => {
    await client.initialize();
    const params = { protocolVersion: '1.0', client: { name: 'test' } };
    expect((await client.request(2, 'initialize', params)).error?.code).toBe(ErrorCode.InvalidRequest);
  });

  it('comes before everything else', async () => {
    for (const method of ['model/list', 'chat/send', 'server/status', 'shutdown', 'no/such']) {
      expect((await client.request(method, method, {})).error?.code).toBe(ErrorCode.ServerNotInitialized);
    }
    expect((await client.initialize()).result).toBeDefined();
  });

  it('ignores members it does not know', async () => {
    expect((await client.initialize({ added: 'in 1.1', settings: { alsoNew: 1 } })).result).toBeDefined();
  });
});

describe('the end', () => {
  it('is clean after shutdown and exit', async () => {
    await client.initialize();
    expect((await client.request(1, 'shutdown', {})).result).toBeNull();
    expect((await client.request(2, 'model/list', {})).error?.code).toBe(ErrorCode.ShuttingDown);
    client.notify('exit', {});
    expect(await ended).toEqual({ reason: 'exit', afterShutdown: true });
  });

  it('is not clean without a shutdown', async () => {
    await client.initialize();
    client.notify('exit');
    expect(await ended).toEqual({ reason: 'exit', afterShutdown: false });
  });

  it('comes when the stream ends', async () => {
    await client.initialize();
    client.end();
    expect(await ended).toEqual({ reason: 'closed', afterShutdown: false });
  });

  it('stops what runs: the request is answered, the model freed', async () => {
    await client.initialize();
    const opened = await client.request(1, 'video/open', { path: videoPath });
    const { videoId } = opened.result as { videoId: string };
    const created = await client.request(2, 'chat/create', { videoId, modelId: 'tiny' });
    const { chatId } = created.result as { chatId: string };
    fake.gates.generate.close();
    const answer = client.request(3, 'chat/send', { chatId, text: 'What?', progressToken: 'p' });
    await fake.gates.generate.reached();
    const shutdown = client.request(4, 'shutdown', {});
    expect((await answer).error?.code).toBe(ErrorCode.RequestCancelled);
    expect((await shutdown).result).toBeNull();
    expect(fake.counts.disposed).toBe(3);
    client.notify('exit', {});
    expect(await ended).toEqual({ reason: 'exit', afterShutdown: true });
  });

  it('comes when the process that was named is gone', async () => {
    // No process has this id: it is over the limit of every system.
    await client.initialize({ processId: 2 ** 30 });
    expect(await ended).toEqual({ reason: 'orphaned', afterShutdown: false });
  });
});

describe('framing', () => {
  it.each([
    ['a printed line', 'loading the model\n'],
    ['a length with a tail', 'Content-Length: 30abc\r\n\r\n{}'],
    ['a negative length', 'Content-Length: -5\r\n\r\n'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}'],
    ['a message over the limit', 'Content-Length: 16777217\r\n\r\n'],
    ['an endless header', 'a'.repeat(9000)],
  ])('%s closes the connection and says why in the log', async (_, bytes) => {
    await client.initialize();
    client.raw(bytes);
    expect(await ended).toEqual({ reason: 'framing', afterShutdown: false });
    expect(host.lines.filter((line) => line.startsWith('error: The connection is closed:'))).toHaveLength(1);
  });

  it('a stream that ends in the middle of a message is an error, too', async () => {
    await client.initialize();
    client.raw('Content-Length: 100\r\n\r\n{"jsonrpc"');
    client.end();
    expect(await ended).toMatchObject({ reason: 'framing' });
  });

  it('good messages before a bad one are answered', async () => {
    client.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '1.0', client: { name: 'x' } } });
    await client.wait(({ id }) => id === 1);
    client.raw('noise\n');
    await ended;
    expect(client.messages.find(({ id }) => id === 1)?.result).toBeDefined();
  });
});
