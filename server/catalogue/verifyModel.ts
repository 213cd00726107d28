import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { throwIfCancelled } from '../common/cancellation.js';
import { contentHash } from '../hub/contentHash.js';
import type { ModelVerifyResult } from '../protocol/index.js';

export interface VerifiedFile {
  path: string;
  bytes: number;
  sha256: string;
}

/** Reads every byte of files again, whatever is remembered of them. */
export async function verifyFiles(
  folder: string,
  files: readonly VerifiedFile[],
  token?: CancellationToken,
  onProgress?: (progress: { done: number; total: number }) => void,
): Promise<ModelVerifyResult> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const results: ModelVerifyResult['files'] = [];
  let done = 0;
  let told = -1;
  for (const { path, bytes, sha256 } of files) {
    const real = join(folder, ...path.split('/'));
    const facts = await stat(real).catch(() => undefined);
    let state: ModelVerifyResult['files'][number]['state'] = !facts?.isFile() ? 'missing' : facts.size === bytes ? 'ok' : 'size';
    if (state === 'ok') {
      const before = done;
      const hash = await contentHash(real, token, (more) => {
        done += more;
        const percent = Math.floor((100 * done) / Math.max(1, total));
        if (percent !== told) {
          told = percent;
          onProgress?.({ done, total });
        }
      }).catch(() => throwIfCancelled(token));
      done = before + bytes;
      state = hash?.sha256 === sha256 ? 'ok' : 'hash';
    }
    results.push({ path, bytes, state });
  }
  return { ok: results.every(({ state }) => state === 'ok'), files: results };
}
