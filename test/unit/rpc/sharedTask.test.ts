import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { describe, expect, it } from 'vitest';
import type { CancellationToken } from '../../../server/common/cancellation.js';
import { SharedTask } from '../../../server/common/sharedTask.js';
import { ErrorCode } from '../../../server/protocol/index.js';

function pending(): { task: SharedTask<string, number>; finish(value: string): void; report(n: number): void; token(): CancellationToken } {
  let finish: (value: string) => void = () => undefined;
  let report: (n: number) => void = () => undefined;
  let seen: CancellationToken | undefined;
  const task = new SharedTask<string, number>((progress, token) => {
    report = progress;
    seen = token;
    return new Promise((resolve) => (finish = resolve));
  });
  return {
    task,
    finish: (value) => finish(value),
    report: (n) => report(n),
    token: () => seen ?? CancellationTokenSource.prototype.token,
  };
}

describe('SharedTask', () => {
  it('gives everybody the one result and the progress', async () => {
    const { task, finish, report } = pending();
    const heard: number[] = [];
    const both = [task.join(undefined, (n) => heard.push(n)), task.join(undefined, (n) => heard.push(n))];
    report(1);
    finish('done');
    expect(await Promise.all(both)).toEqual(['done', 'done']);
    expect(heard).toEqual([1, 1]);
  });

  it('goes on while one waiter is left', async () => {
    const { task, finish, token } = pending();
    const source = new CancellationTokenSource();
    const leaving = task.join(source.token);
    const staying = task.join();
    source.cancel();
    await expect(leaving).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(token().isCancellationRequested).toBe(false);
    finish('done');
    expect(await staying).toBe('done');
  });

  it('is cancelled when the last waiter leaves', async () => {
    const { task, token } = pending();
    const source = new CancellationTokenSource();
    const leaving = task.join(source.token);
    source.cancel();
    await expect(leaving).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
    expect(token().isCancellationRequested).toBe(true);
    expect(task.abandoned).toBe(true);
  });

  it('rejects for everybody when the work fails', async () => {
    const task = new SharedTask(() => Promise.reject(new Error('no')));
    await expect(task.join()).rejects.toThrow('no');
    await expect(task.join()).rejects.toThrow('no');
  });
});
