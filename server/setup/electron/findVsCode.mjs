import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../project.mjs';

/**
 * The VS Code to test in: the one that is named, else a download.
 *
 * @param {string} version a number, or `stable`
 * @param {{ named?: string, cache: string, download?: (options: object) => Promise<string>, timeoutMs?: number }} options
 *   `named`: path of VS Code's program; `cache`: where downloads are kept
 * @returns {Promise<string>} path of the program
 * @throws SetupError if there is none at the path, or none can be downloaded
 */
export async function findVsCode(version, { named, cache, download, timeoutMs = 30_000 }) {
  if (named !== undefined) {
    const program = path.resolve(process.env.INIT_CWD ?? '.', named);
    if (!existsSync(program) || !statSync(program).isFile()) {
      throw new SetupError(`there is no program at ${program}. Give the path of VS Code itself, e.g. /usr/share/code/code.`);
    }
    return program;
  }
  const get = download ?? (await import('@vscode/test-electron')).downloadAndUnzipVSCode;
  try {
    return await get({ version, cachePath: cache, timeout: timeoutMs });
  } catch (error) {
    throw new SetupError(
      `VS Code ${version} could not be downloaded: ${reasonOf(error)}.\n` +
        'Connect to the network (behind a proxy set `npm config set https-proxy …`), or name an installed one:\n' +
        'npm run test:electron -- --vscode PATH, or the variable VSCODE_PATH.',
    );
  }
}

/** Errors of a connection hold those of each address that was tried, and have no words of their own. */
function reasonOf(error) {
  const parts = error instanceof AggregateError ? error.errors : [error];
  const words = parts.map((part) => String(part?.message || part?.code || part).split('\n')[0]);
  return [...new Set(words)].join('; ').replace(/\.$/, '');
}
