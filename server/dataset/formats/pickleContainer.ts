import { phrase } from '../../protocol/index.js';
import { PickleError } from '../pickle/pickleError.js';
import { PickleReader } from '../pickle/pickleReader.js';
import { pickleElement, pickleListEnd, pickleListStart } from '../pickle/writePickle.js';
import type { EntryContainer } from './entryContainer.js';
import { formatInvalid } from './formatError.js';

const largestFile = 1024 * 1024 * 1024;

/** Pickles of a list of plain data. They come out as pickles of protocol 0 that load to equal values. */
export const pickleContainer: EntryContainer = {
  async *read(file, setFrame) {
    setFrame(undefined);
    const reader = new PickleReader();
    let bytes = 0;
    let line = 0;
    try {
      for await (const chunk of file.open()) {
        bytes += chunk.length;
        if (bytes > largestFile) {
          throw new PickleError(phrase`a file of less than ${largestFile / 1024 / 1024} MB`, bytes);
        }
        for (const entry of reader.push(chunk)) {
          line++;
          yield { entry, line };
        }
      }
      reader.end();
    } catch (error) {
      throw error instanceof PickleError ? formatInvalid(file.path, phrase`byte ${error.offset}`, error.expected) : error;
    }
  },
  async write(entries, sink) {
    await sink.write(pickleListStart);
    for await (const entry of entries) {
      await sink.write(pickleElement(entry));
    }
    await sink.write(pickleListEnd);
  },
};
