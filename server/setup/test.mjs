import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { prepareBrowserTests, wantsBrowserTests } from './browser/prepareBrowserTests.mjs';
import { countResults, formatCounts, skippedTests } from './countResults.mjs';
import { prepare } from './prepare.mjs';
import { root, runEntry, say } from './project.mjs';
import { runProcess } from './runProcess.mjs';
import { secondTry } from './secondTry.mjs';

const checks = [
  { name: 'types', program: 'typescript/bin/tsc', args: ['--noEmit'] },
  { name: 'types of the page', program: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'webview'] },
  { name: "types of the page's tests", program: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'test/unit/webview'] },
  { name: 'lint', program: 'eslint/bin/eslint.js', args: ['.'] },
];

const smallTests = ['test/unit', '--fileParallelism', `--maxWorkers=${os.availableParallelism()}`];
/** What uses native libraries and ffmpeg goes one file at a time, and beside it, so does what waits for an editor. */
const lanes = [['--exclude', 'test/unit/**', '--exclude', 'test/e2e/**'], ['test/e2e']];

function runModule(program, args) {
  const file = path.join(root, 'node_modules', ...program.split('/'));
  return runProcess(process.execPath, [file, ...args], { cwd: root, inherit: true });
}

async function packageUnlessFiltered(args) {
  try {
    if (wantsBrowserTests(args)) {
      await prepareBrowserTests();
    }
    return true;
  } catch (error) {
    say(String(error?.stack ?? error));
    return false;
  }
}

async function runTests(args) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-test-'));
  const file = path.join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await runModule('vitest/vitest.mjs', ['run', ...reporters, ...args]);
  const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
  await rm(folder, { recursive: true, force: true });
  return { code, report };
}

async function runWhole() {
  const small = await runTests(smallTests);
  const large = await Promise.all(lanes.map(runTests));
  return secondTry([small, ...large], runTests);
}

await runEntry(async () => {
  try {
    await prepare();
  } catch (error) {
    say(`Set-up stopped: ${error.message}`);
    console.log(formatCounts({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  }
  const args = process.argv.slice(2);
  say(`Checking ${checks.map(({ name }) => name).join(', ')} …`);
  const [packaged, ...codes] = await Promise.all([packageUnlessFiltered(args), ...checks.map(({ program, args: own }) => runModule(program, own))]);
  const failedChecks = checks.filter((_, index) => codes[index].code !== 0).map(({ name }) => name);
  if (!packaged) {
    failedChecks.push('package');
  }
  const { runs, recovered } = args.length > 0 ? { runs: [await runTests(args)], recovered: [] } : await runWhole();
  for (const name of recovered) {
    say(`Failed at first and passed by itself: ${path.relative(root, name)}`);
  }
  for (const name of runs.flatMap(({ report }) => skippedTests(report, root))) {
    say(`Skipped: ${name}`);
  }
  for (const name of failedChecks) {
    say(`The ${name} check failed; it counts as one failure below.`);
  }
  const counts = countResults(runs, failedChecks);
  console.log(formatCounts(counts));
  return counts.failed === 0 ? 0 : 1;
});
