import { describe, expect, it } from 'vitest';
import { FramingDecoder, FramingError } from '../../../server/common/framingDecoder.js';
import { Limits } from '../../../server/protocol/index.js';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const frame = (body: string): string => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const texts = (bodies: Uint8Array[]): string[] => bodies.map((body) => Buffer.from(body).toString());

describe('FramingDecoder', () => {
  it('finds the same messages however the bytes are cut', () => {
    const stream = Buffer.from(frame('{"a":1}') + frame('{"ü":"€"}') + frame('') + frame('[]'));
    for (const size of [1, 2, 3, 7, 30, stream.length]) {
      const decoder = new FramingDecoder();
      const bodies: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size) {
        bodies.push(...decoder.push(stream.subarray(at, at + size)));
      }
      expect(texts(bodies)).toEqual(['{"a":1}', '{"ü":"€"}', '', '[]']);
      expect(decoder.midMessage).toBe(false);
    }
  });

  it('takes any case, a content type, and headers it does not know', () => {
    const header = 'content-LENGTH:2 \r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\nX-Other: 1\r\n\r\n';
    expect(texts(new FramingDecoder().push(bytes(`${header}{}`)))).toEqual(['{}']);
  });

  it('knows when it is in the middle of a message', () => {
    const decoder = new FramingDecoder();
    decoder.push(bytes('Content-'));
    expect(decoder.midMessage).toBe(true);
    decoder.push(bytes('Length: 2\r\n\r\n{'));
    expect(decoder.midMessage).toBe(true);
    decoder.push(bytes('}'));
    expect(decoder.midMessage).toBe(false);
  });

  it.each([
    ['a length with a tail', 'Content-Length: 30abc\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['a signed length', 'Content-Length: +1\r\n\r\n'],
    ['a hexadecimal length', 'Content-Length: 0x10\r\n\r\n'],
    ['a fraction', 'Content-Length: 1.5\r\n\r\n'],
    ['an empty length', 'Content-Length: \r\n\r\n'],
    ['an exponent', 'Content-Length: 1e3\r\n\r\n'],
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 2\r\n\r\n'],
    ['two lengths in different case', 'Content-Length: 2\r\ncontent-length: 3\r\n\r\n'],
    ['no length', 'Content-Type: x\r\n\r\n'],
    ['no header at all', '\r\n\r\n'],
    ['a length over the limit', `Content-Length: ${Limits.bodyBytes + 1}\r\n\r\n`],
    ['an astronomic length', 'Content-Length: 99999999999\r\n\r\n'],
    ['a line without a colon', 'hello world\r\n\r\n'],
    ['a space before the colon', 'Content-Length : 2\r\n\r\n'],
    ['another charset', 'Content-Length: 2\r\nContent-Type: x; charset=utf-16\r\n\r\n'],
    ['a line that ends in LF', 'Content-Length: 2\n\n'],
    ['a CR alone', 'Content-Length: 2\r\r\n'],
    ['a printed line', 'loading weights...\n'],
    ['bytes that are not ASCII', 'Content-Length: 2\u00a0\r\n\r\n'],
    ['a NUL', 'Content-\0'],
    ['an endless header', `X: ${'a'.repeat(Limits.headerBytes)}`],
  ])('refuses %s', (_, text) => {
    expect(() => new FramingDecoder().push(bytes(text))).toThrow(FramingError);
    const decoder = new FramingDecoder();
    expect(() => [...bytes(text)].forEach((byte) => decoder.push(Uint8Array.of(byte)))).toThrow(FramingError);
  });

  it('accepts a header of exactly the limit and a body of exactly the limit', () => {
    const tail = '\r\nContent-Length: 2\r\n\r\n';
    const header = `X: ${'a'.repeat(Limits.headerBytes - 3 - tail.length)}${tail}`;
    expect(header.length).toBe(Limits.headerBytes);
    expect(texts(new FramingDecoder().push(bytes(`${header}{}`)))).toEqual(['{}']);

    const decoder = new FramingDecoder();
    decoder.push(bytes(`Content-Length: ${Limits.bodyBytes}\r\n\r\n`));
    const bodies = decoder.push(Buffer.alloc(Limits.bodyBytes, 32));
    expect(bodies[0]?.byteLength).toBe(Limits.bodyBytes);
  });
});
