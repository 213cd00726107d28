import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { describe, expect, it } from 'vitest';
import { FairQueue, type Lane } from '../../../server/common/fairQueue.js';
import { ErrorCode } from '../../../server/protocol/index.js';

const lane = (client: string, chat: string): Lane => ({ client, chat });

/** Fills a queue behind a task that waits, and answers with the order in which the others ran. */
async function orderOf(lanes: [Lane, string][], queue = new FairQueue()): Promise<string[]> {
  const order: string[] = [];
  let go: () => void = () => undefined;
  const first = queue.run(lane('first', 'first'), () => new Promise<void>((resolve) => (go = resolve)));
  const rest = lanes.map(([where, name]) => queue.run(where, async () => void order.push(name)));
  expect(queue.waiting).toBe(lanes.length);
  go();
  await Promise.all([first, ...rest]);
  expect(queue.waiting).toBe(0);
  expect(queue.busy).toBe(false);
  return order;
}

describe('FairQueue', () => {
  it('keeps the order within one conversation', async () => {
    const chat = lane('a', '1');
    expect(await orderOf([[chat, 'x'], [chat, 'y'], [chat, 'z']])).toEqual(['x', 'y', 'z']);
  });

  it('lets conversations of a client take turns', async () => {
    const [one, two] = [lane('a', '1'), lane('a', '2')];
    expect(await orderOf([[one, '1a'], [one, '1b'], [one, '1c'], [two, '2a']])).toEqual(['1a', '2a', '1b', '1c']);
  });

  it('lets clients take turns, however many conversations one has', async () => {
    const batch = Array.from({ length: 50 }, (_, i): [Lane, string] => [lane('batch', `${i}`), `b${i}`]);
    const order = await orderOf([...batch, [lane('person', 'chat'), 'person']]);
    expect(order.indexOf('person')).toBe(1);
  });

  it('runs one task at a time, or as many as it is told to', async () => {
    for (const width of [1, 3]) {
      const queue = new FairQueue(width);
      let running = 0;
      let most = 0;
      const task = async (): Promise<void> => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
      };
      await Promise.all(Array.from({ length: 20 }, (_, i) => queue.run(lane('a', `${i % 4}`), task)));
      expect(most).toBe(width);
    }
  });

  it('goes on after a task that fails', async () => {
    const queue = new FairQueue();
    await expect(queue.run(lane('a', '1'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await queue.run(lane('a', '1'), async () => 'yes')).toBe('yes');
  });

  it('takes a cancelled task out of the line without running it', async () => {
    const queue = new FairQueue();
    const source = new CancellationTokenSource();
    let ran = false;
    let go: () => void = () => undefined;
    const first = queue.run(lane('a', '1'), () => new Promise<void>((resolve) => (go = resolve)));
    const second = queue.run(lane('a', '1'), async () => void (ran = true), source.token);
    const third = queue.run(lane('a', '1'), async () => 'third');
    source.cancel();
    await expect(second).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(queue.waiting).toBe(1);
    go();
    await first;
    expect(await third).toBe('third');
    expect(ran).toBe(false);
  });

  it('passes the turn on when it comes in the moment of the cancellation', async () => {
    const queue = new FairQueue();
    const source = new CancellationTokenSource();
    let go: () => void = () => undefined;
    const first = queue.run(lane('a', '1'), () => new Promise<void>((resolve) => (go = resolve)));
    const second = queue.run(lane('a', '1'), async () => 'second', source.token).catch(() => 'cancelled');
    const third = queue.run(lane('a', '1'), async () => 'third');
    go();
    await first;
    source.cancel();
    await second;
    expect(await third).toBe('third');
    expect(queue.busy).toBe(false);
  });

  it('says once that a task has to wait, and not at all if it need not', async () => {
    const queue = new FairQueue();
    let waits = 0;
    const wait = (): void => void waits++;
    const first = queue.run(lane('a', '1'), async () => undefined, undefined, wait);
    expect(waits).toBe(0);
    const second = queue.run(lane('a', '1'), async () => undefined, undefined, wait);
    expect(waits).toBe(1);
    await Promise.all([first, second]);
    expect(waits).toBe(1);
  });
});
