import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { prepareBrowserTests, wantsBrowserTests } from './browser/prepareBrowserTests.mjs';
import { countResults, formatCounts, skippedTests } from './countResults.mjs';
import { prepare } from './prepare.mjs';
import { root, runEntry, say } from './project.mjs';
import { runProcess } from './runProcess.mjs';

const checks = [
  { name: 'types', program: 'typescript/bin/tsc', args: ['--noEmit'] },
  { name: 'types of the page', program: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'webview'] },
  { name: "types of the page's tests", program: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'test/unit/webview'] },
  { name: 'lint', program: 'eslint/bin/eslint.js', args: ['.'] },
];

function runModule(program, args) {
  const file = path.join(root, 'node_modules', ...program.split('/'));
  return runProcess(process.execPath, [file, ...args], { cwd: root, inherit: true });
}

await runEntry(async () => {
  try {
    await prepare();
  } catch (error) {
    say(`Set-up stopped: ${error.message}`);
    console.log(formatCounts({ passed: 0, failed: 1, skipped: 0 }));
    return 1;
  }
  const failedChecks = [];
  for (const { name, program, args } of checks) {
    say(`Checking ${name} …`);
    if ((await runModule(program, args)).code !== 0) {
      failedChecks.push(name);
    }
  }
  const args = process.argv.slice(2);
  if (wantsBrowserTests(args)) {
    try {
      await prepareBrowserTests();
    } catch (error) {
      say(String(error?.stack ?? error));
      failedChecks.push('package');
    }
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-test-'));
  const file = path.join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code } = await runModule('vitest/vitest.mjs', ['run', ...reporters, ...args]);
  const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
  await rm(folder, { recursive: true, force: true });

  for (const name of skippedTests(report, root)) {
    say(`Skipped: ${name}`);
  }
  for (const name of failedChecks) {
    say(`The ${name} check failed; it counts as one failure below.`);
  }
  const counts = countResults(report, { exitCode: code, failedChecks });
  console.log(formatCounts(counts));
  return counts.failed === 0 ? 0 : 1;
});
