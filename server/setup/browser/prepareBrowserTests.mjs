import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makePackage } from '../packaging/makePackage.mjs';
import { ownTarget, targets } from '../packaging/targets.mjs';
import { SetupError, root, say } from '../project.mjs';
import { ensureChromium } from './ensureChromium.mjs';
import { ensureCodeServer } from './ensureCodeServer.mjs';

/** Read by `test/e2e/support/browserTools.ts`. */
const stateFile = path.join(root, '.cache', 'e2e', 'ready.json');

/** Whether a run of the tests with these arguments may reach those in `test/e2e`. */
export function wantsBrowserTests(args) {
  const filters = args.filter((arg) => !arg.startsWith('-'));
  return filters.length === 0 || filters.some((filter) => path.normalize(filter).split(path.sep).join('/').includes('e2e'));
}

/**
 * Gets what the tests of the whole extension need: its package, code-server, Chromium. Where one of them cannot
 * be had, the tests are told why, and are reported as skipped.
 *
 * @throws Error if the package is not what it should be
 */
export async function prepareBrowserTests(env = process.env) {
  const vsix = await unlessImpossible(async () => {
    if (!(ownTarget in targets)) {
      throw new SetupError(`there is no package for ${ownTarget}`);
    }
    return (await makePackage(ownTarget)).file;
  });
  const browser = await findBrowser(env);
  for (const { reason } of [vsix, browser].filter((part) => part.reason !== undefined)) {
    say(`Some tests of the whole extension are skipped: ${reason}`);
  }
  await writeState({ vsix, browser });
}

/** The same without a package, for what installs the extension from a folder; a package that is there stays known. */
export async function prepareBrowser(env = process.env) {
  const before = await readFile(stateFile, 'utf8').then(JSON.parse, () => undefined);
  const vsix = before?.vsix ?? { reason: '`npm test` makes the package' };
  await writeState({ vsix, browser: await findBrowser(env) });
}

function findBrowser(env) {
  return unlessImpossible(async () => {
    if (env.VIDEOCHAT_BROWSER_TESTS === '0') {
      throw new SetupError('VIDEOCHAT_BROWSER_TESTS is 0');
    }
    return { chromium: await ensureChromium(env), ...(await ensureCodeServer()) };
  });
}

async function writeState(state) {
  await mkdir(path.dirname(stateFile), { recursive: true });
  await writeFile(stateFile, `${JSON.stringify(state, null, 2)}\n`);
}

async function unlessImpossible(get) {
  try {
    return { value: await get() };
  } catch (error) {
    if (error instanceof SetupError) {
      return { reason: error.message.split('\n')[0] };
    }
    throw error;
  }
}
