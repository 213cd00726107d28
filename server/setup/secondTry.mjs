/** Of more files that failed, something is broken, and running them again would only cost time. */
const mostFiles = 3;

/**
 * Runs the files that failed once more, by themselves: what shares a machine with other tests may fail for want of it.
 * What they give then counts.
 *
 * @typedef {{ name: string, status: string, assertionResults: { status: string }[] }} FileResult
 * @typedef {{ report: { testResults?: FileResult[] } | undefined, code: number }} Run
 * @param {Run[]} runs
 * @param {(files: string[]) => Promise<Run>} run
 * @returns {Promise<{ runs: Run[], recovered: string[] }>} `recovered`: the files that failed at first only
 */
export async function secondTry(runs, run) {
  const failed = runs.flatMap(({ report }) => (report?.testResults ?? []).filter(hasFailed).map(({ name }) => name));
  if (failed.length === 0 || failed.length > mostFiles) {
    return { runs, recovered: [] };
  }
  const again = await run(failed);
  const results = new Map((again.report?.testResults ?? []).map((file) => [file.name, file]));
  const recovered = failed.filter((name) => results.get(name)?.status === 'passed');
  const merged = runs.map(({ report, code }) => {
    const testResults = report?.testResults?.map((file) => (recovered.includes(file.name) ? (results.get(file.name) ?? file) : file));
    const explained = (report?.testResults ?? []).some(hasFailed);
    return explained ? { report: { ...report, testResults }, code: testResults?.some(hasFailed) ? code : 0 } : { report, code };
  });
  return { runs: merged, recovered };
}

function hasFailed({ status }) {
  return status === 'failed';
}
