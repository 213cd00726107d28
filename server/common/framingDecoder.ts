import { Limits } from '../protocol/index.js';

/** The byte stream is not a sequence of framed messages (any more). Nothing after it can be trusted. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

const carriageReturn = 13;
const lineFeed = 10;
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/**
 * Cuts a byte stream into message bodies. The framing is that of the Language Server Protocol:
 * header lines ending in CR LF, an empty line, then `Content-Length` bytes. Strict where the usual
 * readers are lenient: one `Content-Length`, digits only, header and body within {@link Limits}.
 */
export class FramingDecoder {
  private header: number[] = [];
  private bodyLength: number | undefined;
  private chunks: Uint8Array[] = [];
  private collected = 0;

  /** True in the middle of a message: the end of the stream would cut it off. */
  get midMessage(): boolean {
    return this.header.length > 0 || this.bodyLength !== undefined;
  }

  /**
   * Takes the next bytes and answers with the bodies they complete.
   * @throws FramingError as soon as the stream cannot be a sequence of messages
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const bodies: Uint8Array[] = [];
    let offset = 0;
    while (offset < chunk.length || this.bodyLength === 0) {
      if (this.bodyLength === undefined) {
        offset = this.readHeader(chunk, offset);
      } else {
        const part = chunk.subarray(offset, offset + this.bodyLength - this.collected);
        this.chunks.push(part);
        this.collected += part.length;
        offset += part.length;
        if (this.collected === this.bodyLength) {
          bodies.push(this.chunks.length === 1 ? part : Buffer.concat(this.chunks));
          this.bodyLength = undefined;
          this.chunks = [];
          this.collected = 0;
        }
      }
    }
    return bodies;
  }

  /** Reads header bytes up to the empty line; answers with the offset of the first byte not taken. */
  private readHeader(chunk: Uint8Array, start: number): number {
    const header = this.header;
    for (let offset = start; offset < chunk.length; offset++) {
      const byte = chunk[offset] ?? 0;
      const previous = header[header.length - 1];
      if ((byte === lineFeed) !== (previous === carriageReturn)) {
        throw new FramingError('A header line does not end in CR LF; something else was written to the stream.');
      }
      if (byte > 126 || (byte < 32 && byte !== carriageReturn && byte !== lineFeed && byte !== 9)) {
        throw new FramingError('A header holds a byte that is not printable ASCII.');
      }
      header.push(byte);
      if (header.length > Limits.headerBytes) {
        throw new FramingError(`A header is longer than ${Limits.headerBytes} bytes.`);
      }
      if (byte === lineFeed && (header.length === 2 || header[header.length - 3] === lineFeed)) {
        this.bodyLength = contentLength(String.fromCharCode(...header.slice(0, -2)));
        this.header = [];
        return offset + 1;
      }
    }
    return chunk.length;
  }
}

/** The value of the one `Content-Length` line. */
function contentLength(header: string): number {
  let length: number | undefined;
  for (const line of header.split('\r\n').filter((text) => text !== '')) {
    const match = headerLine.exec(line);
    if (!match) {
      throw new FramingError(`Not a header line: ${JSON.stringify(line.slice(0, 80))}.`);
    }
    const [, name = '', value = ''] = match;
    if (name.toLowerCase() === 'content-type' && /charset\s*=/i.test(value) && !/charset\s*=\s*"?utf-?8"?/i.test(value)) {
      throw new FramingError(`Only UTF-8 is understood, not ${JSON.stringify(value.slice(0, 80))}.`);
    }
    if (name.toLowerCase() !== 'content-length') {
      continue;
    }
    if (length !== undefined) {
      throw new FramingError('A header has more than one Content-Length.');
    }
    if (!/^\d{1,15}$/.test(value)) {
      throw new FramingError(`Content-Length is not a number of bytes: ${JSON.stringify(value.slice(0, 80))}.`);
    }
    length = Number(value);
  }
  if (length === undefined) {
    throw new FramingError('A header has no Content-Length.');
  }
  if (length > Limits.bodyBytes) {
    throw new FramingError(`A message of ${length} bytes is over the limit of ${Limits.bodyBytes}.`);
  }
  return length;
}
