import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BodyParseError, FramedMessageReader } from '../../../server/common/framedMessageReader.js';
import { FramedMessageWriter } from '../../../server/common/framedMessageWriter.js';
import { FramingError } from '../../../server/common/framingDecoder.js';
import { IpcMessageReader, IpcMessageWriter } from '../../../server/common/ipcMessageChannel.js';
import { ErrorCode, Limits } from '../../../server/protocol/index.js';

function listen(stallSeconds?: number): { stream: PassThrough; messages: unknown[]; errors: Error[] } {
  const stream = new PassThrough();
  const reader = new FramedMessageReader(stream, stallSeconds);
  const messages: unknown[] = [];
  const errors: Error[] = [];
  reader.onError((error) => errors.push(error));
  reader.listen((message) => messages.push(message));
  return { stream, messages, errors };
}

describe('FramedMessageReader', () => {
  it('gives up a message whose rest does not come', async () => {
    const { stream, errors } = listen(0.05);
    stream.write('Content-Length: 10\r\n\r\n{');
    await expect.poll(() => errors.length).toBe(1);
    expect(errors[0]).toBeInstanceOf(FramingError);
    expect(stream.destroyed).toBe(true);
  });

  it('waits for ever between messages', async () => {
    const { stream, messages, errors } = listen(0.02);
    stream.write('Content-Length: 2\r\n\r\n{}');
    await new Promise((resolve) => setTimeout(resolve, 100));
    stream.write('Content-Length: 2\r\n\r\n[]');
    await expect.poll(() => messages).toEqual([{}, []]);
    expect(errors).toEqual([]);
  });

  it('goes on after a body that is not JSON', async () => {
    const { stream, messages, errors } = listen();
    stream.write('Content-Length: 2\r\n\r\n{{Content-Length: 2\r\n\r\n{}');
    await expect.poll(() => messages).toEqual([{}]);
    expect(errors).toEqual([expect.any(BodyParseError)]);
  });

  it('reads nothing after a framing error', async () => {
    const { stream, messages, errors } = listen();
    stream.on('error', () => undefined);
    stream.write('noise\nContent-Length: 2\r\n\r\n{}');
    stream.write('Content-Length: 2\r\n\r\n{}');
    await expect.poll(() => errors.length).toBe(1);
    expect(messages).toEqual([]);
  });
});

describe('FramedMessageWriter', () => {
  it('refuses what the other end would refuse', async () => {
    const stream = new PassThrough();
    const writer = new FramedMessageWriter(stream);
    const message = { jsonrpc: '2.0', method: 'x'.repeat(Limits.bodyBytes) };
    await expect(writer.write(message)).rejects.toMatchObject({ code: ErrorCode.MessageTooLarge });
    expect(stream.readableLength).toBe(0);
  });
});

describe('the IPC channel', () => {
  it('treats a message over the limit as a broken connection', () => {
    const peer = Object.assign(new EventEmitter(), { connected: true }) as unknown as NodeJS.Process;
    const reader = new IpcMessageReader(peer);
    const [messages, errors]: [unknown[], Error[]] = [[], []];
    reader.onError((error) => errors.push(error));
    reader.listen((message) => messages.push(message));
    (peer as EventEmitter).emit('message', { jsonrpc: '2.0', method: 'x'.repeat(Limits.bodyBytes) });
    expect(messages).toEqual([]);
    expect(errors).toEqual([expect.any(FramingError)]);
  });

  it('rejects what cannot be sent any more', async () => {
    const peer = Object.assign(new EventEmitter(), { connected: false }) as unknown as NodeJS.Process;
    await expect(new IpcMessageWriter(peer).write({ jsonrpc: '2.0' })).rejects.toThrow('closed');
  });
});
