import path from 'node:path';

/**
 * Counts of one or several runs of the tests, and of the checks beside them.
 *
 * @param {{ report: Parameters<typeof countRun>[0], code: number }[]} runs
 * @param {string[]} failedChecks
 */
export function countResults(runs, failedChecks) {
  const counts = { passed: 0, failed: failedChecks.length, skipped: 0 };
  for (const { report, code } of runs) {
    const { passed, failed, skipped } = countRun(report, code);
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += skipped;
  }
  return counts;
}

/**
 * Counts of a run from Vitest's JSON report.
 *
 * @param {{ testResults?: { status: string, assertionResults: { status: string }[] }[] } | undefined} report
 *   undefined: the runner died before it could write one
 * @param {number} exitCode
 */
function countRun(report, exitCode) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report?.testResults ?? []) {
    const states = file.assertionResults.map((each) => each.status);
    counts.passed += states.filter((each) => each === 'passed').length;
    const failed = states.filter((each) => each === 'failed').length;
    // A file that could not even be loaded has no tests, and is one failure.
    counts.failed += failed === 0 && file.status === 'failed' ? 1 : failed;
    counts.skipped += states.filter((each) => each !== 'passed' && each !== 'failed').length;
  }
  const nothingRan = !report || counts.passed + counts.failed + counts.skipped === 0;
  if (nothingRan || (exitCode !== 0 && counts.failed === 0)) {
    // Errors outside any test, or no test at all.
    counts.failed += 1;
  }
  return counts;
}

/**
 * The names of what was skipped, with the file in front and, as tests write it there, the reason.
 *
 * @param {{ testResults?: { name?: string, assertionResults: { status: string, fullName?: string }[] }[] } | undefined} report
 * @param {string} root taken off the files' paths
 * @returns {string[]}
 */
export function skippedTests(report, root) {
  return (report?.testResults ?? []).flatMap(({ name = '', assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName = '' }) => `${path.relative(root, name).split(path.sep).join('/')}: ${fullName}`),
  );
}

export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
