import { open } from 'node:fs/promises';

/** A kind of container as players know it, and its MIME type. */
export interface ContainerFamily {
  /** `mp4`, `mov`, `webm`, `matroska`, `ogg`, a picture's format, or ffmpeg's demuxer for the others. */
  name: string;
  mimeType: string;
}

const mimeTypes: Record<string, string> = {
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  matroska: 'video/x-matroska',
  ogg: 'video/ogg',
  avi: 'video/x-msvideo',
  mpegts: 'video/mp2t',
  mpeg: 'video/mpeg',
  flv: 'video/x-flv',
  asf: 'video/x-ms-wmv',
  gif: 'image/gif',
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  bmp: 'image/bmp',
};

/**
 * The family from the demuxer and the file's first bytes: ffmpeg has one demuxer for mp4 and mov, and one for
 * webm and mkv, players make a difference.
 */
export function familyOf(demuxer: string, head: Buffer): ContainerFamily {
  const name = nameOf(demuxer, head);
  return { name, mimeType: mimeTypes[name] ?? 'application/octet-stream' };
}

function nameOf(demuxer: string, head: Buffer): string {
  switch (demuxer) {
    case 'mov':
      // QuickTime files name their brand, or are older than brands.
      return head.toString('latin1', 4, 8) === 'ftyp' && head.toString('latin1', 8, 12) !== 'qt  ' ? 'mp4' : 'mov';
    case 'matroska':
      // The document type is in the header, an element of a few bytes: 42 82, its length, its text.
      return head.subarray(0, 64).includes(Buffer.from('\x42\x82\x84webm', 'latin1')) ? 'webm' : 'matroska';
    default:
      return demuxer.replace(/_pipe$/, '');
  }
}

/** {@link familyOf} a file. Rejects as the file system does. */
export async function readFamily(path: string, demuxer: string): Promise<ContainerFamily> {
  return familyOf(demuxer, await readHead(path));
}

/** MIME type of a proxy: an mp4, or a webm, which begins as every Matroska file does. */
export async function proxyMimeType(path: string): Promise<string> {
  const head = await readHead(path);
  return head.toString('latin1', 0, 4) === '\x1a\x45\xdf\xa3' ? 'video/webm' : 'video/mp4';
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(64);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
