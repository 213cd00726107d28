import { describe, expect, it } from 'vitest';
import { countResults, formatCounts, skippedTests } from '../../../server/setup/countResults.mjs';

const file = (status: string, ...states: string[]) => ({ status, assertionResults: states.map((each) => ({ status: each })) });
const fine = { exitCode: 0, failedChecks: [] };

describe('countResults', () => {
  it('adds up the tests of all files', () => {
    const report = { testResults: [file('passed', 'passed', 'pending', 'todo'), file('failed', 'passed', 'failed')] };
    const counts = countResults(report, { exitCode: 1, failedChecks: [] });
    expect(formatCounts(counts)).toBe('2 passed, 1 failed, 2 skipped');
  });

  it('counts a file that could not be loaded as a failure', () => {
    const report = { testResults: [file('passed', 'passed'), file('failed')] };
    expect(countResults(report, { exitCode: 1, failedChecks: [] }).failed).toBe(1);
  });

  it('counts each failed check', () => {
    const report = { testResults: [file('passed', 'passed')] };
    expect(countResults(report, { exitCode: 0, failedChecks: ['types', 'lint'] })).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('is a failure when the runner failed for a reason no test shows', () => {
    const report = { testResults: [file('passed', 'passed')] };
    expect(countResults(report, { exitCode: 1, failedChecks: [] }).failed).toBe(1);
    expect(countResults(report, { exitCode: 1, failedChecks: ['lint'] }).failed).toBe(2);
  });

  it('is a failure when nothing ran', () => {
    expect(countResults(undefined, fine).failed).toBe(1);
    expect(countResults({ testResults: [] }, fine).failed).toBe(1);
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
