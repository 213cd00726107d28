import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bundleInProcessTests } from './browser/bundleInProcessTests.mjs';
import { stagePackage } from './packaging/stagePackage.mjs';
import { ownTarget, targets } from './packaging/targets.mjs';
import { prepare } from './prepare.mjs';
import { SetupError, root, runEntry, say } from './project.mjs';

/**
 * Runs the tests of the extension host in VS Code for the desktop: the oldest that the manifest allows, and the
 * newest. It downloads both, and needs a display (`xvfb-run -a` where there is none); code-server runs the same
 * tests in `npm test` without either.
 */
await runEntry(async () => {
  const target = targets[ownTarget];
  if (!target) {
    throw new SetupError(`there is no package for ${ownTarget}.`);
  }
  await prepare();
  const extension = path.join(root, '.cache', 'package', ownTarget);
  await stagePackage(extension, target);
  const tests = await bundleInProcessTests();
  const { engines } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const { runTests } = await import('@vscode/test-electron');
  for (const version of [engines.vscode.replace(/^[^\d]*/, ''), 'stable']) {
    say(`Testing in VS Code ${version} …`);
    // Short: sockets lie in the profile, and their paths have about 100 bytes.
    const folder = await mkdtemp(path.join(os.tmpdir(), 'vc-'));
    const workspace = path.join(folder, 'clips');
    await mkdir(workspace);
    for (const name of ['sample.mp4', 'second.mp4']) {
      await copyFile(path.join(root, 'models', 'videochat-mini', 'sample.mp4'), path.join(workspace, name));
    }
    try {
      await runTests({
        version,
        cachePath: path.join(root, '.cache', 'vscode'),
        extensionDevelopmentPath: extension,
        extensionTestsPath: tests,
        launchArgs: [workspace, '--disable-workspace-trust', '--disable-extensions', `--user-data-dir=${path.join(folder, 'profile')}`],
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
});
