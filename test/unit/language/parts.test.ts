import { describe, expect, it } from 'vitest';
import { LogLines, RecentErrors } from '../../../server/language/nativeLog.js';
import { ParkedStates } from '../../../server/language/parkedStates.js';
import { checkSampling } from '../../../server/language/sampler.js';
import { TaskQueue } from '../../../server/language/taskQueue.js';

describe('LogLines', () => {
  it('joins fragments to lines with the level of their beginning', () => {
    const lines: [string, string][] = [];
    const log = new LogLines((level, line) => lines.push([level, line]));
    log.push(2, 'loading ');
    log.push(5, 'model\nnext');
    log.push(5, ' line\n');
    log.push(2, '.....\n');
    log.push(4, 'broken: no end');
    log.push(1, 'detail\n');
    expect(lines).toEqual([
      ['debug', 'loading model'],
      ['debug', 'next line'],
      ['error', 'broken: no end'],
      ['trace', 'detail'],
    ]);
  });
});

describe('RecentErrors', () => {
  it('answers with the cause, not its echoes, and is bounded', () => {
    const errors = new RecentErrors();
    expect(errors.text()).toBe('');
    errors.add('llama_model_load: missing tensor');
    errors.add('failed to load model');
    expect(errors.text()).toBe('missing tensor');
    errors.clear();
    errors.add('x'.repeat(1000));
    expect(errors.text()).toHaveLength(300);
  });
});

describe('ParkedStates', () => {
  it('drops the state longest unused when it holds too much', () => {
    const [a, b, c] = [{}, {}, {}];
    const states = new ParkedStates(10);
    const put = (owner: object, bytes: number) => states.put(owner, { entries: [1], prefixKey: '', state: new Uint8Array(bytes) });
    put(a, 4);
    put(b, 4);
    put(a, 5);
    put(c, 4);
    expect([a, b, c].map((owner) => states.get(owner) !== undefined)).toEqual([true, false, true]);
    expect(states.bytes).toBe(9);
    put(b, 11);
    expect(states.get(b)).toBeUndefined();
    states.drop(a);
    states.drop(a);
    expect(states.bytes).toBe(4);
    states.clear();
    expect(states.bytes).toBe(0);
  });
});

describe('TaskQueue', () => {
  it('keeps order over failures, and refuses what waits when it closes', async () => {
    const queue = new TaskQueue();
    const order: number[] = [];
    const first = queue.run(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      order.push(1);
      throw new Error('first fails');
    });
    const second = queue.run(() => Promise.resolve(order.push(2)));
    await expect(first).rejects.toThrow('first fails');
    await second;
    let release: () => void = () => undefined;
    const third = queue.run(() => new Promise<void>((resolve) => (release = resolve)));
    const fourth = queue.run(() => Promise.resolve(order.push(4)));
    await new Promise((resolve) => setTimeout(resolve, 1));
    const closing = queue.close();
    release();
    await expect(fourth).rejects.toThrow(/unloaded/);
    await third;
    await closing;
    expect(order).toEqual([1, 2]);
  });
});

describe('checkSampling', () => {
  it('fills in greedy defaults and a seed of its own', () => {
    const full = checkSampling({});
    expect(full).toMatchObject({ temperature: 0, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1 });
    expect(full.seed).toBeGreaterThanOrEqual(0);
  });

  it.each([
    { temperature: Number.POSITIVE_INFINITY },
    { topP: 1.5 },
    { minP: -0.1 },
    { topK: -1 },
    { seed: 2 ** 32 },
    { maxTokens: Number.NaN },
    { repetitionPenalty: 0 },
  ])('refuses %o', (options) => {
    expect(() => checkSampling(options)).toThrow(/must be between/);
  });
});
