import { describe, expect, it } from 'vitest';
import { countResults } from '../../../server/setup/countResults.mjs';
import { secondTry } from '../../../server/setup/secondTry.mjs';

const file = (name: string, ...states: string[]) => ({
  name,
  status: states.includes('failed') ? 'failed' : 'passed',
  assertionResults: states.map((status) => ({ status })),
});
const run = (...testResults: ReturnType<typeof file>[]) => ({ report: { testResults }, code: testResults.some(({ status }) => status === 'failed') ? 1 : 0 });

describe('the second try', () => {
  it('is not made where all is well', async () => {
    const runs = [run(file('a', 'passed'))];
    expect(await secondTry(runs, () => Promise.reject(new Error('Nothing is to be run.')))).toEqual({ runs, recovered: [] });
  });

  it('counts where it passes, and names the file', async () => {
    const asked: string[][] = [];
    const { runs, recovered } = await secondTry([run(file('a', 'passed')), run(file('b', 'passed', 'failed'), file('c', 'passed'))], (files) => {
      asked.push(files);
      return Promise.resolve(run(file('b', 'passed', 'passed')));
    });
    expect(asked).toEqual([['b']]);
    expect(recovered).toEqual(['b']);
    expect(countResults(runs, [])).toEqual({ passed: 4, failed: 0, skipped: 0 });
  });

  it('leaves what fails again as it failed at first, each failure once', async () => {
    const { runs, recovered } = await secondTry([run(file('a', 'failed'), file('b', 'failed'))], () => Promise.resolve(run(file('a', 'failed'), file('b', 'passed'))));
    expect(recovered).toEqual(['b']);
    expect(countResults(runs, [])).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it('is not made of many files, and hides neither a runner that died nor errors outside of tests', async () => {
    const many = [run(file('a', 'failed'), file('b', 'failed'), file('c', 'failed'), file('d', 'failed'))];
    expect((await secondTry(many, () => Promise.reject(new Error('Too many.')))).recovered).toEqual([]);
    const died = { report: undefined, code: 137 };
    const outside = { report: run(file('z', 'passed')).report, code: 1 };
    const { runs } = await secondTry([died, outside, run(file('a', 'failed'))], () => Promise.resolve(run(file('a', 'passed'))));
    expect(countResults(runs, [])).toEqual({ passed: 2, failed: 2, skipped: 0 });
    const { runs: nothing } = await secondTry([run(file('a', 'failed'))], () => Promise.resolve(died));
    expect(countResults(nothing, []).failed).toBe(1);
  });
});
