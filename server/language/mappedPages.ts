import { readFileSync, realpathSync } from 'node:fs';
import koffi from 'koffi';

const dontNeed = 4;

/** Where a file is mapped read-only and shared in this process, from the text of `/proc/self/maps`. */
export function findMappings(maps: string, file: string): { start: bigint; length: bigint }[] {
  return maps.split('\n').flatMap((line) => {
    const match = /^([0-9a-f]+)-([0-9a-f]+) r--s \S+ \S+ \S+\s+(.*)$/.exec(line);
    if (!match || match[3] !== file) {
      return [];
    }
    const [start, end] = [BigInt(`0x${match[1]}`), BigInt(`0x${match[2]}`)];
    return [{ start, length: end - start }];
  });
}

/**
 * Takes the pages of a mapped file out of this process; they come back from the system's file cache, or the
 * disk, when they are read next. Only Linux can; elsewhere nothing happens.
 *
 * @returns bytes of the mappings
 */
export function releaseMappedPages(path: string): number {
  if (process.platform !== 'linux') {
    return 0;
  }
  try {
    const mappings = findMappings(readFileSync('/proc/self/maps', 'latin1'), realpathSync(path));
    const advise = koffi.load(null).func('madvise', 'int', ['uintptr_t', 'size_t', 'int']);
    return mappings.reduce((sum, { start, length }) => (advise(start, length, dontNeed) === 0 ? sum + Number(length) : sum), 0);
  } catch {
    // Sandboxes without /proc: the pages stay, which costs memory only.
    return 0;
  }
}
