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
  try {
    await new Promise<void>((resolve, reject) => {
      const take = async (entry: ReadEntry): Promise<void> => {
        const wanted = sink.plan({ name: entry.path, kind: kindOf(entry), bytes: entry.size });
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
    throw error instanceof VideoChatError ? error : sink.refusal(phrase`it cannot be read (${error instanceof Error ? error.message : String(error)})`);
  } finally {
    source.destroy();
  }
  sink.finish();
}

function kindOf({ type }: ReadEntry): ArchiveEntry['kind'] {
  return files.includes(type) ? 'file' : folders.includes(type) ? 'folder' : 'other';
}
