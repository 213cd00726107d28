import { describe, expect, it } from 'vitest';
import { Lazy } from '../../server/common/lazy.js';

const part = () => ({ disposals: 0, dispose() { this.disposals++; } });

describe('a part that is loaded when it is needed', () => {
  it('is loaded once for all who ask', async () => {
    let loads = 0;
    const lazy = new Lazy(async () => {
      loads++;
      return part();
    });
    expect(loads).toBe(0);
    const [first, second] = await Promise.all([lazy.get(), lazy.get()]);
    expect(second).toBe(first);
    expect(await lazy.get()).toBe(first);
    expect(loads).toBe(1);
  });

  it('is tried anew after it could not be loaded', async () => {
    const loads = [() => Promise.reject(new Error('no file')), () => Promise.resolve(part())];
    const lazy = new Lazy(() => loads.shift()?.() ?? Promise.reject(new Error('a third time')));
    await expect(lazy.get()).rejects.toThrow('no file');
    expect(await lazy.get()).toMatchObject({ disposals: 0 });
  });

  it('ends with its owner, also while it is being loaded; one that was never needed is not loaded for that', async () => {
    const made = part();
    const lazy = new Lazy(() => Promise.resolve(made));
    const loading = lazy.get();
    void lazy.dispose();
    await loading;
    expect(made.disposals).toBe(1);
    let loads = 0;
    void new Lazy(async () => (loads++, part())).dispose();
    expect(loads).toBe(0);
  });
});
