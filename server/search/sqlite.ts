import fs from 'node:fs';
import { createRequire } from 'node:module';
import type * as Sqlite from 'node-sqlite3-wasm';

export type { Database, Statement } from 'node-sqlite3-wasm';

const lockFolders = new Set<string>();
let library: typeof Sqlite | undefined;

/**
 * Opens a database for whoever holds its {@link DatabaseLock}.
 *
 * This build of SQLite locks by a folder beside the file. A killed process leaves it there, and the build takes its own
 * folder for somebody else's when it looks whether a transaction was left half written, so that it would never take one
 * back. Since nobody else is there while the lock is held, both are put right: the folder goes, and is not seen.
 *
 * @throws Error as SQLite says
 */
export function openDatabase(path: string): Sqlite.Database {
  library ??= load();
  lockFolders.add(`${path}.lock`);
  fs.rmSync(`${path}.lock`, { recursive: true, force: true });
  return new library.Database(path);
}

function load(): typeof Sqlite {
  const { accessSync } = fs;
  fs.accessSync = (path, mode) => {
    if (lockFolders.has(String(path))) {
      throw Object.assign(new Error('The lock is ours.'), { code: 'ENOENT' });
    }
    accessSync(path, mode);
  };
  return createRequire(import.meta.url)('node-sqlite3-wasm') as typeof Sqlite;
}

/** What went wrong is in the file itself: it has to be made anew. */
export function isDamage(error: unknown): boolean {
  return isCrash(error) || (error instanceof Error && /malformed|not a database|corrupt|no such (table|column)/i.test(error.message));
}

/** The library itself has ended in the middle of its work, and does nothing useful any more. */
export function isCrash(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}
