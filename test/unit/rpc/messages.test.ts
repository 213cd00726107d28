import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../server/protocol/index.js';
import { videoPath } from '../../fakes/chatBench.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { RawConnection, type RawMessage } from '../../fakes/rawConnection.js';

let fake: GatedParts;
let host: ServerInProcess;
let client: RawConnection;

beforeEach(async () => {
  fake = new GatedParts();
  host = new ServerInProcess(fake.parts);
  const { input, output } = host.openStreams();
  client = new RawConnection(input, output);
  await client.initialize();
});
afterEach(async () => {
  Object.values(fake.gates).forEach((gate) => gate.open());
  await host.dispose();
});

const alive = async (id: string): Promise<void> => {
  expect((await client.request(id, 'server/status', {})).result).toBeDefined();
};
const errors = (): RawMessage[] => client.messages.filter(({ error }) => error);

async function createChat(): Promise<string> {
  const { videoId } = (await client.request('open', 'video/open', { path: videoPath })).result as { videoId: string };
  const created = await client.request('create', 'chat/create', { videoId, modelId: 'tiny' });
  return (created.result as { chatId: string }).chatId;
}

describe('a message', () => {
  it.each([
    ['text that is not JSON', '{"jsonrpc": "2.0", ', ErrorCode.ParseError, null],
    ['nothing', '', ErrorCode.ParseError, null],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"server/status"}]', ErrorCode.InvalidRequest, null],
    ['null', 'null', ErrorCode.InvalidRequest, null],
    ['a number', '17', ErrorCode.InvalidRequest, null],
    ['no version', '{"id":1,"method":"server/status"}', ErrorCode.InvalidRequest, 1],
    ['an old version', '{"jsonrpc":"1.0","id":1,"method":"server/status"}', ErrorCode.InvalidRequest, 1],
    ['no method', '{"jsonrpc":"2.0","id":1}', ErrorCode.InvalidRequest, 1],
    ['a method that is a number', '{"jsonrpc":"2.0","id":1,"method":5}', ErrorCode.InvalidRequest, 1],
    ['the id null', '{"jsonrpc":"2.0","id":null,"method":"server/status"}', ErrorCode.InvalidRequest, null],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"server/status"}', ErrorCode.InvalidRequest, null],
    ['params that are text', '{"jsonrpc":"2.0","id":1,"method":"server/status","params":"x"}', ErrorCode.InvalidRequest, 1],
    ['a cancellation of nothing', '{"jsonrpc":"2.0","method":"$/cancelRequest"}', ErrorCode.InvalidRequest, null],
    ['a cancellation as a request', '{"jsonrpc":"2.0","id":1,"method":"$/cancelRequest","params":{"id":1}}', ErrorCode.InvalidRequest, 1],
  ])('with %s is answered with an error', async (_, body, code, id) => {
    client.body(body);
    await alive('after');
    expect(errors()).toMatchObject([{ id, error: { code } }]);
  });

  it('with bytes that are not UTF-8 is answered with an error', async () => {
    client.raw(Buffer.concat([Buffer.from('Content-Length: 4\r\n\r\n'), Buffer.from([0x22, 0xff, 0xfe, 0x22])]));
    await alive('after');
    expect(errors()).toMatchObject([{ id: null, error: { code: ErrorCode.ParseError } }]);
  });

  it('nested a million deep does no harm', async () => {
    client.body('['.repeat(1_000_000));
    client.body(`{"jsonrpc":"2.0","id":5,"method":"chat/restore","params":{"history":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`);
    await alive('after');
    expect(errors().map(({ id }) => id)).toEqual([null, 5]);
  });

  it('with an unknown method is answered, a notification of that kind is not', async () => {
    expect((await client.request(1, 'no/such', {})).error?.code).toBe(ErrorCode.MethodNotFound);
    client.notify('no/such', {});
    client.notify('$/setTrace', { value: 'off' });
    await alive('after');
    expect(errors()).toHaveLength(1);
  });

  it('that answers a question nobody asked is ignored', async () => {
    client.send({ jsonrpc: '2.0', id: 99, result: {} });
    client.send({ jsonrpc: '2.0', id: null, error: { code: 1, message: 'x' } });
    await alive('after');
    expect(errors()).toEqual([]);
  });

  it('that uses the id of a running request is refused; both are answered', async () => {
    fake.gates.probe.close();
    client.send({ jsonrpc: '2.0', id: 7, method: 'video/open', params: { path: videoPath } });
    await fake.gates.probe.reached();
    client.send({ jsonrpc: '2.0', id: 7, method: 'server/status', params: {} });
    client.send({ jsonrpc: '2.0', id: '7', method: 'server/status', params: {} });
    await client.wait(({ error }) => error !== undefined);
    await alive('after');
    fake.gates.probe.open();
    await client.wait(({ id, result }) => id === 7 && result !== undefined);
    expect(errors()).toMatchObject([
      { id: null, error: { code: ErrorCode.InvalidRequest } },
      { id: null, error: { code: ErrorCode.InvalidRequest } },
    ]);
    expect((await client.request('again', 'server/status', {})).result).toBeDefined();
  });

  it('may use an id again once it was answered', async () => {
    for (let round = 0; round < 3; round++) {
      client.messages.length = 0;
      expect((await client.request(1, 'server/status', {})).result).toBeDefined();
    }
  });

  it('with params by position is refused', async () => {
    expect((await client.request(1, 'video/open', [videoPath])).error?.code).toBe(ErrorCode.InvalidParams);
  });

  it.each([
    ['video/open', { path: 'relative.mp4' }],
    ['video/open', { path: `${videoPath}\0.txt` }],
    ['video/open', { path: 5 }],
    ['video/plan', { videoId: 'x', plan: 'videochat:8', span: { startSeconds: 3, endSeconds: 1 } }],
    ['video/plan', { videoId: 'x', plan: 'videochat:8', span: { startSeconds: null, endSeconds: 1 } }],
    ['video/frames', { videoId: 'x', plan: 'videochat:8', format: 'exe' }],
    ['chat/send', { chatId: 'x', text: '' }],
    ['chat/send', { chatId: 'x', text: ' \n' }],
    ['chat/send', { chatId: 'x', text: 'y'.repeat(100_001) }],
    ['chat/send', { chatId: 'x', text: 'y', sampling: { temperature: -1 } }],
    ['chat/send', { chatId: 'x', text: 'y', sampling: { maxTokens: 1e9 } }],
    ['chat/send', { chatId: 'x', text: 'y', sampling: { seed: 1.5 } }],
    ['chat/send', { chatId: 'x', text: 'y', progressToken: {} }],
    ['chat/create', { videoId: 'x' }],
    ['model/load', {}],
    ['model/status', { modelId: '' }],
  ])('%s with params out of range (%j) is refused', async (method, params) => {
    const { error } = await client.request(1, method, params);
    expect(error).toMatchObject({ code: ErrorCode.InvalidParams, data: { hint: expect.any(String) as string } });
    expect(error?.message.startsWith(method)).toBe(true);
  });
});

describe('an error', () => {
  it('that nobody expected has no stack in the response, but one in the log', async () => {
    fake.failures.probe = new TypeError('x is not a function');
    const { error } = await client.request(1, 'video/open', { path: videoPath });
    expect(error).toMatchObject({ code: ErrorCode.InternalError, message: 'x is not a function' });
    expect(JSON.stringify(error)).not.toContain('messages.test');
    const line = await client.wait(({ method, params }) => method === '$/log' && params?.['level'] === 'error');
    expect(line.params?.['message']).toContain('messages.test');
  });
});

describe('progress', () => {
  it('is numbered from 0 without gaps and ends before the response', async () => {
    const chatId = await createChat();
    await client.request(1, 'chat/send', { chatId, text: 'What?', progressToken: 'mine' });
    await alive('after');
    const mine = client.messages.filter(({ method, params }) => method === '$/progress' && params?.['token'] === 'mine');
    expect(mine.map(({ params }) => params?.['sequence'])).toEqual(mine.map((_, i) => i));
    expect(mine.length).toBeGreaterThan(10);
    const last = mine.at(-1);
    expect(client.messages.findIndex(({ id }) => id === 1)).toBeGreaterThan(last ? client.messages.indexOf(last) : Infinity);
  });

  it('is sent to those who asked for it only, and a token serves one request at a time', async () => {
    const chatId = await createChat();
    fake.gates.generate.close();
    client.send({ jsonrpc: '2.0', id: 1, method: 'chat/send', params: { chatId, text: 'What?', progressToken: 7 } });
    await fake.gates.generate.reached();
    const { error } = await client.request(2, 'model/load', { modelId: 'tiny', progressToken: 7 });
    expect(error?.code).toBe(ErrorCode.InvalidParams);
    fake.gates.generate.open();
    await client.wait(({ id }) => id === 1);
    client.messages.length = 0;
    expect((await client.request(3, 'chat/send', { chatId, text: 'And?' })).result).toBeDefined();
    expect(client.messages.some(({ method }) => method === '$/progress')).toBe(false);
  });
});

describe('random params', () => {
  const methods = ['initialize', 'model/list', 'model/load', 'model/unload', 'model/status', 'video/open', 'video/plan'];
  methods.push('video/frames', 'video/close', 'chat/create', 'chat/send', 'chat/regenerate', 'chat/history');
  methods.push('chat/restore', 'chat/close', 'server/status', '$/cancelRequest', '$/progress', 'x');
  const names = ['path', 'videoId', 'modelId', 'chatId', 'text', 'plan', 'span', 'options', 'history', 'sampling', 'progressToken'];

  it('are all answered and crash nothing', async () => {
    let state = 12345;
    const random = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const leaves = [null, true, false, 0, -1, 1e308, 'x', '', videoPath, 'tiny', 'videochat:8', '__proto__', '\u0000', '💥'.repeat(50)];
    const value = (depth: number): unknown => {
      const kind = random(depth > 3 ? 1 : 3);
      if (kind === 0) return leaves[random(leaves.length)];
      if (kind === 1) return Array.from({ length: random(4) }, () => value(depth + 1));
      return Object.fromEntries(Array.from({ length: random(5) }, () => [names[random(names.length)] ?? '', value(depth + 1)]));
    };
    const count = 1500;
    for (let id = 0; id < count; id++) {
      const message: Record<string, unknown> = { jsonrpc: '2.0', id, method: methods[random(methods.length)], params: value(0) };
      if (random(20) === 0) message[['jsonrpc', 'method', 'params'][random(3)] ?? 'id'] = value(2);
      client.send(message);
    }
    await alive('after');
    await expect.poll(() => client.messages.filter(({ id, method }) => typeof id === 'number' && !method).length).toBe(count);
    expect(host.lines.filter((line) => line.startsWith('error'))).toEqual([]);
  });
});
