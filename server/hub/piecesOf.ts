import type { Readable } from 'node:stream';
import { PassingTrouble } from './hubErrors.js';

/** So much waits for the disk before the network has to. */
const mostWaiting = 4 * 1024 * 1024;

/**
 * What a body brings. Where the connection breaks, everything that came before is handed out first: a stream's own iterator
 * throws it away. Begins to listen at once, since a connection may break before anybody reads.
 *
 * @returns an iterator that throws PassingTrouble where the connection broke; it is used once
 */
export function piecesOf(body: Readable): AsyncGenerator<Buffer> {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let end: 'whole' | 'broken' | undefined;
  let wake: (() => void) | undefined;
  const finish = (how: 'whole' | 'broken'): void => {
    end ??= how;
    wake?.();
  };
  body.on('data', (piece: Buffer) => {
    waiting.push(piece);
    bytes += piece.length;
    if (bytes > mostWaiting) {
      body.pause();
    }
    wake?.();
  });
  body.once('end', () => finish('whole'));
  body.once('error', () => finish('broken'));
  body.once('close', () => finish('broken'));

  async function* read(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = waiting.shift();
      if (piece) {
        bytes -= piece.length;
        if (body.isPaused() && bytes < mostWaiting / 2) {
          body.resume();
        }
        yield piece;
      } else if (end === 'broken') {
        throw new PassingTrouble('the connection broke');
      } else if (end === 'whole') {
        return;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
    }
  }
  return read();
}
