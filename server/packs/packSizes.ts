import { stat } from 'node:fs/promises';
import { pinnedPart } from '../hub/fetchPinned.js';
import { isLocked } from '../hub/ownedLock.js';
import { lockPath } from '../hub/partLock.js';
import type { PackPlaces } from './packPlaces.js';
import type { Pack } from './packSchema.js';

/** 0 where there is none. */
export function sizeOf(path: string): Promise<number> {
  return stat(path).then(({ size }) => size, () => 0);
}

/** How far a download is. */
export async function downloadState(pack: Pack, places: PackPlaces): Promise<{ bytes: number; fetching: boolean }> {
  let bytes = 0;
  let fetching = false;
  for (const archive of pack.archives) {
    const path = places.download(pack, archive);
    bytes += (await sizeOf(path)) + (await sizeOf(pinnedPart(path)));
    fetching ||= await isLocked(lockPath(pinnedPart(path)));
  }
  return { bytes, fetching };
}
