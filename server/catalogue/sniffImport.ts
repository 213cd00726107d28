import { open, realpath, stat } from 'node:fs/promises';
import { phrase } from '../protocol/index.js';
import { refusal } from './refusal.js';

/** What somebody wants to import. `real`: the file or folder itself, where the path is a link. */
export interface ImportSource {
  kind: 'gguf' | 'folder';
  real: string;
}

const starts: { kind: string; bytes: readonly number[] }[] = [
  { kind: 'gguf', bytes: [0x47, 0x47, 0x55, 0x46] },
  { kind: 'archive', bytes: [0x50, 0x4b] },
  { kind: 'archive', bytes: [0x1f, 0x8b] },
  { kind: 'archive', bytes: [0x37, 0x7a, 0xbc, 0xaf] },
  { kind: 'archive', bytes: [0xfd, 0x37, 0x7a, 0x58] },
  { kind: 'archive', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { kind: 'archive', bytes: [0x42, 0x5a, 0x68] },
];
const checkpoint = /\.(safetensors|pth?|bin|ckpt)$/i;

/** Looks at what a file is, whatever it is called. @throws VideoChatError ImportRefused */
export async function sniffImport(path: string): Promise<ImportSource> {
  const real = await realpath(path).catch(() => undefined);
  const facts = real === undefined ? undefined : await stat(real);
  if (real === undefined || !facts) {
    throw refusal(path, phrase`There is no such file.`, phrase`Check the path.`);
  }
  if (facts.isDirectory()) {
    return { kind: 'folder', real };
  }
  if (!facts.isFile()) {
    throw refusal(path, phrase`It is not a regular file.`, phrase`Name a GGUF file, or a folder with a manifest.json.`);
  }
  const start = await firstBytes(real);
  const kind = starts.find(({ bytes }) => bytes.every((byte, i) => start[i] === byte))?.kind;
  if (kind === 'gguf') {
    return { kind, real };
  }
  if (checkpoint.test(real)) {
    throw refusal(path, phrase`It is an original checkpoint.`, phrase`The scripts in models/export make models of some; models/README.md says how.`);
  }
  if (kind === 'archive') {
    throw refusal(path, phrase`It is an archive, and archives are not unpacked.`, phrase`Unpack it yourself, and name what was in it.`);
  }
  if (/\.onnx$/i.test(real)) {
    throw refusal(path, phrase`An encoder alone says nothing.`, phrase`Put it beside a GGUF, with a manifest.json that names both, and import the folder.`);
  }
  throw refusal(path, phrase`It is not a GGUF file.`, phrase`Name a GGUF file, or a folder with a manifest.json.`);
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
