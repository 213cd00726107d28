import { createReadStream } from 'node:fs';
import { Parser, type ReadEntry } from 'tar';
import { phrase, VideoChatError } from '../protocol/index.js';
import type { ArchiveEntry, PackSink } from './packSink.js';

const files = ['File', 'OldFile', 'ContiguousFile'];
const folders = ['Directory', 'GNUDumpDir'];
/** Names and comments of members; only so much of it is read. */
const mostHeaderBytes = 64 * 1024;

/** Unpacks a tar, packed by gzip or not. @throws VideoChatError as `PackSink` */
export async function unpackTar(path: string, sink: PackSink): Promise<void> {
  const source = createReadStream(path, { highWaterMark: 1024 * 1024 });
  let work: Promise<void> = Promise.resolve();
  let current: ReadEntry | undefined;
  let over = false;
  try {
    await new Promise<void>((resolve, reject) => {
      const take = async (entry: ReadEntry): Promise<void> => {
        if (over) {
          return;
        }
        const wanted = sink.plan({ name: entry.path, kind: kindOf(entry), bytes: entry.size });
        current = entry;
        if (wanted === undefined) {
          entry.resume();
        } else {
          await sink.write(wanted, entry.size, entry as AsyncIterable<Buffer>);
        }
      };
      const parser = new Parser({
        strict: true,
        maxMetaEntrySize: mostHeaderBytes,
        maxDecompressionRatio: 100,
        onReadEntry: (entry) => {
          // It may fail before its first byte is asked for; whoever asks then is told.
          entry.on('error', () => undefined);
          work = work.then(() => take(entry));
          work.catch(reject);
        },
      });
      parser.on('error', reject);
      parser.on('end', () => void work.then(resolve, reject));
      source.on('error', reject);
      source.pipe(parser);
    });
  } catch (error) {
    over = true;
    source.destroy();
    // Its file is closed before the folder is deleted.
    current?.destroy(new Error('the archive broke off'));
    await work.catch(() => undefined);
    throw error instanceof VideoChatError ? error : sink.refusal(phrase`it cannot be read (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    source.destroy();
  }
  sink.finish();
}

function kindOf({ type }: ReadEntry): ArchiveEntry['kind'] {
  return files.includes(type) ? 'file' : folders.includes(type) ? 'folder' : 'other';
}
