import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { SetupError, root } from '../project.mjs';

/**
 * Runs tests inside the extension host of a VS Code for the desktop, with a profile and a workspace of their own.
 *
 * @param {{ program: string, extension: string, tests: string }} what `extension`: its folder, laid out as in the
 *   package; `tests`: a bundle that exports `run`
 * @throws SetupError if a test failed, or VS Code could not start
 */
export async function testInVsCode({ program, extension, tests }) {
  const { TestRunFailedError, runTests } = await import('@vscode/test-electron');
  // Short: sockets lie in the profile, and their paths have about 100 bytes.
  const folder = await mkdtemp(path.join(os.tmpdir(), 'vc-'));
  const workspace = path.join(folder, 'clips');
  const own = [`--user-data-dir=${path.join(folder, 'profile')}`, `--extensions-dir=${path.join(folder, 'extensions')}`];
  await mkdir(workspace);
  for (const name of ['sample.mp4', 'second.mp4']) {
    await copyFile(path.join(root, 'models', 'videochat-mini', 'sample.mp4'), path.join(workspace, name));
  }
  try {
    await runTests({
      vscodeExecutablePath: program,
      extensionDevelopmentPath: extension,
      extensionTestsPath: tests,
      launchArgs: [workspace, '--disable-workspace-trust', '--disable-extensions', ...own],
    });
  } catch (error) {
    if (error instanceof TestRunFailedError) {
      throw new SetupError(`the tests in ${program} failed (${error.signal ?? `exit code ${error.code}`}); see above.`);
    }
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws SetupError where VS Code could show no window */
export function checkDisplay(env = process.env, platform = process.platform) {
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) {
    throw new SetupError('there is no display for VS Code; run it as  xvfb-run -a npm run test:electron');
  }
}
