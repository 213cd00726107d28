import { describe, expect, it } from 'vitest';
import { countResults, formatCounts, skippedTests } from '../../../server/setup/countResults.mjs';

const file = (status: string, ...states: string[]) => ({ status, assertionResults: states.map((each) => ({ status: each })) });
const onePassed = { testResults: [file('passed', 'passed')] };

describe('countResults', () => {
  it('adds up the tests of all files', () => {
    const report = { testResults: [file('passed', 'passed', 'pending', 'todo'), file('failed', 'passed', 'failed')] };
    expect(formatCounts(countResults([{ report, code: 1 }], []))).toBe('2 passed, 1 failed, 2 skipped');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const report = { testResults: [file('passed', 'passed'), file('failed')] };
    expect(countResults([{ report, code: 1 }], []).failed).toBe(1);
  });

  it('counts each failed check', () => {
    expect(countResults([{ report: onePassed, code: 0 }], ['types', 'lint'])).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('is a failure when the runner failed for a reason no test shows', () => {
    expect(countResults([{ report: onePassed, code: 1 }], []).failed).toBe(1);
    expect(countResults([{ report: onePassed, code: 1 }], ['lint']).failed).toBe(2);
  });

  it('is a failure when nothing ran', () => {
    expect(countResults([{ report: undefined, code: 0 }], []).failed).toBe(1);
    expect(countResults([{ report: { testResults: [] }, code: 0 }], []).failed).toBe(1);
  });

  it('adds up runs, and counts a runner that died beside one that failed', () => {
    const failed = { testResults: [file('failed', 'failed', 'passed')] };
    const runs = [{ report: onePassed, code: 0 }, { report: failed, code: 1 }, { report: undefined, code: 137 }];
    expect(countResults(runs, [])).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });
});

describe('skippedTests', () => {
  it('names each, with its file', () => {
    const tests = [{ status: 'passed', fullName: 'a runs' }, { status: 'pending', fullName: 'b (skipped: no GPU)' }, { status: 'todo', fullName: 'c' }];
    const report = { testResults: [{ name: '/checkout/test/one.test.ts', status: 'passed', assertionResults: tests }] };
    expect(skippedTests(report, '/checkout')).toEqual(['test/one.test.ts: b (skipped: no GPU)', 'test/one.test.ts: c']);
    expect(skippedTests(undefined, '/checkout')).toEqual([]);
  });
});
