import type { CatalogueEntry, CatalogueVariant, OwnModel } from '../../server/protocol/index.js';
import type { Download } from './downloads.js';

/** All that a row of the tree is made of. */
export interface ModelFacts {
  entry: CatalogueEntry;
  download?: Download | undefined;
  /** Why the last download of this window failed, in one sentence. */
  failure?: string | undefined;
  /** It answers new questions. */
  answers?: boolean;
  /** Questions can be put to it. */
  canAnswer?: boolean;
}

/**
 * `available`: can be fetched. `closed`: this version cannot run it, or nobody publishes its files. `coming`: this window
 * fetches it. `elsewhere`: another window or program does. `paused`: a part is here. `installed`, `broken`: as the catalogue has it.
 */
export type ModelRowState = 'available' | 'closed' | 'coming' | 'elsewhere' | 'paused' | 'installed' | 'broken';

/** What a person can do with a row; menus go by these words. */
export type ModelRowAction = 'pull' | 'choose' | 'pause' | 'resume' | 'cancel' | 'verify' | 'remove' | 'use' | 'page' | 'details';

export function rowState({ entry, download }: ModelFacts): ModelRowState {
  if (download) {
    return 'coming';
  }
  if (entry.fetching) {
    return 'elsewhere';
  }
  switch (entry.state) {
    case 'installed':
    case 'broken':
      return entry.state;
    case 'partial':
      return 'paused';
    case 'absent':
      return canBeFetched(entry) ? 'available' : 'closed';
  }
}

export function rowActions(facts: ModelFacts): ModelRowAction[] {
  const { entry, download, canAnswer, answers } = facts;
  const several: ModelRowAction[] = entry.variants.filter(({ files }) => files.length > 0).length > 1 ? ['choose'] : [];
  const always: ModelRowAction[] = ['page', 'details'];
  switch (rowState(facts)) {
    case 'available':
      return ['pull', ...several, ...always];
    case 'coming': {
      // What is thrown away is all that is here: of a model that is mended, that would be the model.
      const isFirst = entry.state === 'absent' || entry.state === 'partial';
      return [...(download?.phase === 'running' ? (['pause', ...(isFirst ? (['cancel'] as const) : [])] as const) : []), ...always];
    }
    case 'paused':
      return ['resume', 'cancel', ...always];
    case 'installed':
      return [...(canAnswer && !answers ? (['use'] as const) : []), 'verify', 'remove', ...(canBeFetched(entry) ? several : []), ...always];
    case 'broken':
      return [...(canBeFetched(entry) ? (['pull'] as const) : []), 'verify', 'remove', ...always];
    case 'elsewhere':
    case 'closed':
      return always;
  }
}

/** The same of a model that is not in the catalogue. */
export function ownActions({ origin }: OwnModel, { answers, canAnswer }: { answers: boolean; canAnswer: boolean }): ModelRowAction[] {
  return [...(canAnswer && !answers ? (['use'] as const) : []), 'verify', ...(origin === 'imported' ? (['remove'] as const) : []), 'details'];
}

/** The variant that a row is about. */
export function rowVariant({ variants, suggested }: CatalogueEntry): CatalogueVariant | undefined {
  return variants.find(({ id }) => id === suggested) ?? variants[0];
}

function canBeFetched({ runs, variants }: CatalogueEntry): boolean {
  return runs !== 'notYet' && variants.some(({ files }) => files.length > 0);
}
