import { open } from 'node:fs/promises';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

/**
 * What a zip archive holds, by its central directory; nothing is unpacked.
 *
 * @returns {Promise<{ name: string, bytes: number, packedBytes: number }[]>}
 * @throws Error if it is no zip archive
 */
export async function zipEntries(file) {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = await readAt(handle, Math.max(0, size - 65_557), Math.min(size, 65_557));
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== endSignature) {
      end -= 1;
    }
    if (end < 0) {
      throw new Error(`${file} is not a zip archive.`);
    }
    const directory = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const entries = [];
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === entrySignature; ) {
      const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
        bytes: directory.readUInt32LE(at + 24),
        packedBytes: directory.readUInt32LE(at + 20),
      });
      at += 46 + nameBytes + extraBytes + commentBytes;
    }
    if (entries.length !== tail.readUInt16LE(end + 10)) {
      throw new Error(`${file} is a damaged zip archive.`);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

async function readAt(handle, position, length) {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
