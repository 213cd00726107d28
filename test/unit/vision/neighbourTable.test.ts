import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../server/protocol/index.js';
import { NeighbourTable } from '../../../server/vision/neighbourTable.js';
import { mixVectors } from '../../../server/vision/prefixEncoder.js';

let folder: string;
const rules = { width: 2, neighbours: 2, temperature: 20, weight: 0.5 };

async function table(values: number[] | Float32Array, change: Partial<typeof rules> = {}): Promise<NeighbourTable> {
  const file = path.join(folder, 'table.f32');
  await writeFile(file, new Uint8Array(Float32Array.from(values).buffer));
  return NeighbourTable.open(file, { ...rules, ...change });
}

const close = (got: Float32Array, want: number[]): void => want.forEach((value, i) => expect(got[i]).toBeCloseTo(value, 5));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-neighbours-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('NeighbourTable', () => {
  it('moves a vector towards its nearest, weighted by a softmax', async () => {
    const vector = Float32Array.of(1, 0);
    const [a, b] = [Math.exp(0), Math.exp(20 * (0.6 - 0.8))];
    const mean = [0.8 * a + 0.6 * b, 0.6 * a + 0.8 * b];
    const length = Math.hypot(...mean);
    const moved = [0.5 + (0.5 * mean[0]!) / length, (0.5 * mean[1]!) / length];
    close(await (await table([-1, 0, 0.6, 0.8, 0, -1, 0.8, 0.6])).draw(vector), moved.map((value) => value / Math.hypot(...moved)));
  });

  it('leaves it where it is without weight, and takes all there are where they are few', async () => {
    const vector = Float32Array.of(0.6, 0.8);
    close(await (await table([1, 0], { weight: 0 })).draw(vector), [0.6, 0.8]);
    close(await (await table([1, 0], { weight: 1, neighbours: 10 })).draw(vector), [1, 0]);
  });

  it('finds the nearest wherever it lies in a table that is read in pieces', async () => {
    const count = 1_200_000;
    for (const place of [0, 524_287, 524_288, count - 1]) {
      const values = new Float32Array(2 * count);
      values.set([0, 1], 2 * place);
      close(await (await table(values, { neighbours: 1, weight: 1 })).draw(Float32Array.of(0.1, 0.9)), [0, 1]);
    }
  });

  it('refuses tables of broken size, and numbers that are none, and stops when it is cancelled', async () => {
    await expect(table([1, 2, 3])).rejects.toMatchObject({ code: ErrorCode.ModelCorrupt });
    await expect(table([])).rejects.toMatchObject({ code: ErrorCode.ModelCorrupt });
    await expect((await table([1, NaN])).draw(Float32Array.of(1, 1))).rejects.toMatchObject({ code: ErrorCode.ModelCorrupt });
    const source = new CancellationTokenSource();
    source.cancel();
    await expect((await table([1, 0])).draw(Float32Array.of(1, 0), source.token)).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
  });
});

describe('mixVectors', () => {
  it('is the weighted mean', () => {
    close(mixVectors([{ values: Float32Array.of(1, 0), weight: 3 }, { values: Float32Array.of(0, 1), weight: 1 }]), [0.75, 0.25]);
  });
});
