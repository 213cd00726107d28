import { existsSync } from 'node:fs';
import { SetupError, say } from '../project.mjs';
import { runProcess } from '../runProcess.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/**
 * Finds a Chromium for the browser tests: `VIDEOCHAT_CHROMIUM`, then `PATH`; then installs Debian's package
 * where it may.
 *
 * @returns {Promise<string>}
 * @throws SetupError with the reason why not
 */
export async function ensureChromium(env = process.env) {
  if (env.VIDEOCHAT_CHROMIUM) {
    if (!(await works(env.VIDEOCHAT_CHROMIUM))) {
      throw new SetupError(`VIDEOCHAT_CHROMIUM is ${env.VIDEOCHAT_CHROMIUM}, which does not run`);
    }
    return env.VIDEOCHAT_CHROMIUM;
  }
  const found = (await find()) ?? ((await installDebianPackage()) ? await find() : undefined);
  if (!found) {
    throw new SetupError('there is no Chromium on PATH (install it, or name one in VIDEOCHAT_CHROMIUM)');
  }
  return found;
}

async function find() {
  for (const name of [...names, ...elsewhere.filter((file) => existsSync(file))]) {
    const { code, output } = await runProcess('sh', ['-c', 'command -v "$0"', name]);
    const file = output.trim();
    if (code === 0 && (await works(file))) {
      return file;
    }
  }
  return undefined;
}

async function works(file) {
  return (await runProcess(file, ['--version'], { timeoutMs: 30_000 })).code === 0;
}

async function installDebianPackage() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) {
    return false;
  }
  say("Installing Debian's chromium package for the browser tests …");
  const apt = (args) =>
    runProcess('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args], { toStderr: true, timeoutMs: 10 * 60_000 });
  await apt(['update']);
  return (await apt(['install', '-y', '--no-install-recommends', 'chromium'])).code === 0;
}
