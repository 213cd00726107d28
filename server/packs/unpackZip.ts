import { openPromise, type Entry } from 'yauzl';
import { phrase, VideoChatError } from '../protocol/index.js';
import type { ArchiveEntry, PackSink } from './packSink.js';

/** Unpacks what is wanted of a zip. @throws VideoChatError as `PackSink` */
export async function unpackZip(path: string, sink: PackSink): Promise<void> {
  try {
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true, validateEntrySizes: true });
    try {
      for await (const entry of zip.eachEntry()) {
        const wanted = sink.plan({ name: entry.fileName, kind: kindOf(entry), bytes: entry.uncompressedSize });
        if (wanted !== undefined) {
          const stream = await zip.openReadStreamPromise(entry);
          // It may fail before its first byte is asked for; whoever asks then is told.
          stream.on('error', () => undefined);
          await sink.write(wanted, entry.uncompressedSize, stream as AsyncIterable<Buffer>);
        }
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    throw error instanceof VideoChatError ? error : sink.refusal(phrase`it cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  sink.finish();
}

/** Archives made on Unix keep the kind of a file in the upper half. */
function kindOf({ fileName, externalFileAttributes }: Entry): ArchiveEntry['kind'] {
  const kind = (externalFileAttributes >>> 16) & 0o170000;
  if (fileName.endsWith('/')) {
    return 'folder';
  }
  return kind === 0 || kind === 0o100000 ? 'file' : 'other';
}
