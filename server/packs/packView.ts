import type { Translate } from '../common/translator.js';
import type { GpuPack, PackListResult, PackVerdict } from '../protocol/index.js';
import { packProblem } from './checkPack.js';
import type { PackPlaces } from './packPlaces.js';
import { readPackRecord } from './packRecord.js';
import type { Pack } from './packSchema.js';
import { downloadState } from './packSizes.js';
import { sayFinding } from './verdict.js';
import type { KeptFinding } from './verdictStore.js';

export interface PackSurroundings {
  card: PackListResult['card'];
  inUse: boolean;
  kept: KeptFinding | undefined;
}

/** A pack as a client sees it. */
export async function viewPack(pack: Pack, places: PackPlaces, { card, inUse, kept }: PackSurroundings, translate: Translate): Promise<GpuPack> {
  const { id, name, description, part, of, licence, page, archives } = pack;
  const folder = places.folder(pack);
  const [record, download] = await Promise.all([readPackRecord(folder), downloadState(pack, places)]);
  const wrong = record && (await packProblem(pack, folder, record));
  const state = record ? (wrong?.state ?? 'installed') : download.bytes > 0 || download.fetching ? 'partial' : 'absent';
  const bytes = sumOf(archives.map((archive) => archive.bytes));
  const unpackedBytes = sumOf(archives.map(({ files }) => files?.reduce((sum, file) => sum + file.bytes, 0)));
  return {
    ...{ id, name: translate(name), description: translate(description), part, version: of.version },
    licence: { name: licence.name, ...(licence.url === undefined ? {} : { url: licence.url }) },
    page,
    ...(bytes === undefined ? {} : { bytes }),
    ...(unpackedBytes === undefined ? {} : { unpackedBytes }),
    state,
    bytesHere: download.bytes + (record?.files ?? []).reduce((sum, file) => sum + file.bytes, 0),
    ...(record ? { folder } : {}),
    ...(wrong ? { problem: translate(wrong.problem) } : {}),
    ...(kept && !wrong ? { verdict: sayVerdict(kept, translate) } : {}),
    fetching: download.fetching,
    inUse,
    suggested: card !== undefined && (state === 'absent' || state === 'partial'),
  };
}

/** A finding in the words of a client's language. */
export function sayVerdict({ finding, driver, timeMs }: KeptFinding, translate: Translate): PackVerdict {
  const { message, hint } = sayFinding(finding);
  const { reason, library } = finding;
  return {
    works: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    message: translate(message),
    ...(hint === undefined ? {} : { hint: translate(hint) }),
    ...(library === undefined ? {} : { library }),
    ...(driver === undefined ? {} : { driver }),
    timeMs,
  };
}

/** Undefined where one of them is not known. */
function sumOf(counts: readonly (number | undefined)[]): number | undefined {
  return counts.every((count) => count !== undefined) ? counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) : undefined;
}
