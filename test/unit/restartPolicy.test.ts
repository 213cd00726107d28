import { describe, expect, it } from 'vitest';
import { afterCrash } from '../../server/common/restartPolicy.js';

/** Steps for crashes at these seconds. */
function stepsFor(...seconds: number[]): unknown[] {
  let crashes: number[] = [];
  return seconds.map((second) => {
    const result = afterCrash(crashes, second * 1000);
    crashes = result.crashes;
    return result.step.kind === 'giveUp' ? 'giveUp' : result.step.delayMs;
  });
}

describe('the restart policy', () => {
  it('waits longer each time and gives up at the fifth crash within three minutes', () => {
    expect(stepsFor(0, 10, 20, 30, 40)).toEqual([500, 1000, 2000, 4000, 'giveUp']);
  });

  it('counts a crash for exactly three minutes', () => {
    expect(stepsFor(0, 10, 20, 30, 180).at(-1)).toBe('giveUp');
    expect(stepsFor(0, 10, 20, 30, 180.001).at(-1)).toBe(4000);
  });

  it('forgets old crashes: one a minute is restarted for ever', () => {
    const steps = stepsFor(...Array.from({ length: 50 }, (_, index) => index * 60));
    expect(steps).not.toContain('giveUp');
    expect(steps.at(-1)).toBe(4000);
  });

  it('numbers the attempts', () => {
    expect(afterCrash([1000], 2000).step).toEqual({ kind: 'restart', attempt: 2, delayMs: 1000 });
  });

  it('does not forget crashes when the clock is set back', () => {
    expect(stepsFor(1000, 1001, 1002, 1003, 5).at(-1)).toBe('giveUp');
    // And does not remember them for longer than it should.
    expect(stepsFor(1000, 1001, 1002, 1003, 5, 200).at(-1)).toBe(500);
  });
});
