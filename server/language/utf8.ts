/** Where a stream of UTF-8 stands: between characters. */
export const betweenCharacters = 0;

/**
 * Reads bytes that continue a stream of UTF-8. Overlong forms, surrogates and code points beyond Unicode are no
 * UTF-8; decoders that take them (libllama's grammar does) see characters that the text then does not hold.
 *
 * @param state {@link betweenCharacters}, or what the bytes before answered with
 * @returns the new state; undefined if the bytes cannot follow
 */
export function readUtf8(state: number, bytes: Uint8Array): number | undefined {
  // Bytes still to come, and the range of the next: left | low << 8 | high << 16.
  let now = state;
  for (const byte of bytes) {
    if (now === betweenCharacters) {
      const next = byte < 0x80 ? betweenCharacters : afterLead(byte);
      if (next === undefined) {
        return undefined;
      }
      now = next;
    } else {
      const left = now & 0xff;
      if (byte < ((now >> 8) & 0xff) || byte > now >> 16) {
        return undefined;
      }
      now = left === 1 ? betweenCharacters : expecting(left - 1, 0x80, 0xbf);
    }
  }
  return now;
}

function expecting(left: number, low: number, high: number): number {
  return left | (low << 8) | (high << 16);
}

function afterLead(byte: number): number | undefined {
  if (byte >= 0xc2 && byte <= 0xdf) {
    return expecting(1, 0x80, 0xbf);
  }
  if (byte >= 0xe0 && byte <= 0xef) {
    return expecting(2, byte === 0xe0 ? 0xa0 : 0x80, byte === 0xed ? 0x9f : 0xbf);
  }
  if (byte >= 0xf0 && byte <= 0xf4) {
    return expecting(3, byte === 0xf0 ? 0x90 : 0x80, byte === 0xf4 ? 0x8f : 0xbf);
  }
  return undefined;
}
