import { open } from 'node:fs/promises';

/** A demuxer of ffmpeg that may read the file, and whether it holds one picture. */
export interface Container {
  demuxer: string;
  kind: 'video' | 'image';
}

const headBytes = 64 * 1024;

/**
 * Tells the container from the file's own first bytes. The answer is the allow-list: ffmpeg is never left to
 * guess, so a playlist, a concat script or an SDP file under a video's name is not opened at all.
 *
 * @returns undefined for anything that is not on the list
 */
export async function sniffContainer(path: string): Promise<Container | undefined> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await file.read(head, 0, headBytes, 0);
    return containerOf(head.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** {@link sniffContainer} on bytes. */
export function containerOf(head: Buffer): Container | undefined {
  const text = (start: number, end: number): string => head.toString('latin1', start, end);
  const video = (demuxer: string): Container => ({ demuxer, kind: 'video' });
  const image = (demuxer: string): Container => ({ demuxer, kind: 'image' });

  if (/^(ftyp|moov|mdat|wide|free|skip|pnot|styp|moof)$/.test(text(4, 8))) return video('mov');
  if (head.length >= 4 && head.readUInt32BE(0) === 0x1a45dfa3) return video('matroska');
  if (text(0, 4) === 'RIFF' && text(8, 11) === 'AVI') return video('avi');
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return image('webp_pipe');
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return image('png_pipe');
  if (text(0, 3) === '\xff\xd8\xff') return image('jpeg_pipe');
  // An animation has more than one frame: the probe finds out and calls it an image if not.
  if (/^GIF8[79]a/.test(text(0, 6))) return video('gif');
  // Reserved words and a header size that exists, because two letters are not much of a signature.
  if (text(0, 2) === 'BM' && head.length >= 18 && head.readUInt32LE(6) === 0 && /^[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0$/.test(text(14, 18))) {
    return image('bmp_pipe');
  }
  if (text(0, 4) === 'FLV\x01') return video('flv');
  if (text(0, 4) === 'OggS') return video('ogg');
  if (text(0, 4) === '\x30\x26\xb2\x75') return video('asf');
  if (text(0, 4) === '\0\0\x01\xba') return video('mpeg');
  if (isTransportStream(head)) return video('mpegts');
  return undefined;
}

/** Sync bytes at one of the three packet sizes, allowing for a little junk before the first. */
function isTransportStream(head: Buffer): boolean {
  for (const size of [188, 192, 204]) {
    for (let start = 0; start < size && start + 4 * size < head.length; start++) {
      if ([0, 1, 2, 3, 4].every((i) => head[start + i * size] === 0x47)) return true;
    }
  }
  return false;
}
