import { beforeEach, describe, expect, it } from 'vitest';
import { beatMs, Heartbeat } from '../../../extension/server/heartbeat.js';
import { ManualClock } from '../../fakes/manualClock.js';

describe('the heartbeat', () => {
  let clock: ManualClock;
  let busy: boolean;
  let hung: number;
  let answers: ((error?: Error) => void)[];

  beforeEach(() => {
    [clock, busy, hung, answers] = [new ManualClock(), true, 0, []];
  });

  const start = (): Heartbeat =>
    new Heartbeat({
      clock,
      isBusy: () => busy,
      ask: () => new Promise<void>((resolve, reject) => answers.push((error) => (error ? reject(error) : resolve()))),
      onHung: () => hung++,
    });
  const beats = (count: number): void => {
    for (let beat = 0; beat < count; beat++) {
      clock.advance(beatMs);
    }
  };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('asks an idle server nothing', () => {
    busy = false;
    start();
    beats(10);
    expect([answers.length, hung]).toEqual([0, 0]);
  });

  it('reports a busy server that does not answer, once', () => {
    start();
    beats(3);
    expect(hung).toBe(0);
    beats(10);
    expect([answers.length, hung]).toEqual([1, 1]);
  });

  it('is content with late answers, and with errors', async () => {
    start();
    beats(3);
    answers[0]?.();
    await settled();
    beats(3);
    answers[1]?.(new Error('refused'));
    await settled();
    beats(3);
    expect([answers.length, hung]).toEqual([3, 0]);
  });

  it('keeps asking a server that became idle while it hung', () => {
    start();
    beats(1);
    busy = false;
    beats(3);
    expect(hung).toBe(1);
  });

  it('says nothing after its end', () => {
    const heartbeat = start();
    beats(2);
    heartbeat.dispose();
    beats(10);
    expect(hung).toBe(0);
  });
});
