import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { bundleInProcessTests } from './browser/bundleInProcessTests.mjs';
import { findVsCode } from './electron/findVsCode.mjs';
import { checkDisplay, testInVsCode } from './electron/testInVsCode.mjs';
import { stagePackage } from './packaging/stagePackage.mjs';
import { ownTarget, targetNamed } from './packaging/targets.mjs';
import { prepare } from './prepare.mjs';
import { root, runEntry, say } from './project.mjs';

const usage = `npm run test:electron -- [--vscode PATH]
  --vscode   the program of an installed VS Code (or the variable VSCODE_PATH); without it the oldest VS Code that
             the extension takes and the newest are downloaded`;

/**
 * Runs the tests of the extension host in VS Code for the desktop: the oldest that the manifest allows, and the
 * newest. It downloads both, and needs a display (`xvfb-run -a` where there is none); code-server runs the same
 * tests in `npm test` without either.
 */
await runEntry(async () => {
  const { values } = parseArgs({ options: { vscode: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help) {
    say(usage);
    return 0;
  }
  const target = targetNamed(ownTarget);
  await prepare();
  const extension = path.join(root, '.cache', 'package', `${ownTarget}-electron`);
  await stagePackage(extension, target);
  const tests = await bundleInProcessTests();
  const named = values.vscode ?? (process.env.VSCODE_PATH || undefined);
  const { engines } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const versions = named === undefined ? [engines.vscode.replace(/^[^\d]*/, ''), 'stable'] : [named];
  for (const version of versions) {
    const program = await findVsCode(version, { named, cache: path.join(root, '.cache', 'vscode') });
    checkDisplay();
    say(`Testing in VS Code ${version} …`);
    await testInVsCode({ program, extension, tests });
  }
  return 0;
});
