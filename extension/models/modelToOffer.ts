import type { CatalogueEntry } from '../../server/protocol/index.js';
import type { Catalogue } from './catalogue.js';
import { rowVariant } from './modelRow.js';

/** The disk is not filled to the brim. */
const diskShare = 0.8;

/** The model that a beginner should have, if they have none but the demonstration, and the machine can hold it. */
export function modelToOffer({ entries, machine, hasRealModel }: Pick<Catalogue, 'entries' | 'machine' | 'hasRealModel'>): { entry: CatalogueEntry; bytes?: number } | undefined {
  const entry = entries.find(({ recommended }) => recommended);
  if (!entry || hasRealModel || entry.state !== 'absent' || entry.fetching) {
    return undefined;
  }
  const bytes = rowVariant(entry)?.bytes;
  const free = machine?.freeDiskBytes;
  if (bytes !== undefined && free !== undefined && bytes > free * diskShare) {
    return undefined;
  }
  return { entry, ...(bytes === undefined ? {} : { bytes }) };
}
