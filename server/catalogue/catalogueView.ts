import { stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { packageRoot } from '../common/packageRoot.js';
import type { Translate } from '../common/translator.js';
import type { ModelEntry } from '../models/discoverModels.js';
import { type CatalogueEntry, type CatalogueMachine, type CatalogueState, type OwnModel, phrase, type Phrase } from '../protocol/index.js';
import type { CatalogueRecord } from './catalogueSchema.js';
import { adviseFit, choiceBytes, memoryNeed, suggestVariant } from './fitAdvice.js';
import { installedFacts } from './installedFacts.js';
import { type InstallRecord, readInstallRecord } from './installRecord.js';
import { entryFolder } from './modelHome.js';
import { pullState, readJournal } from './pullJournal.js';
import type { PullPlaces } from './pullModel.js';

/** An entry as a client sees it. `recommended` is decided over all. @param found its model, where that is here */
export async function viewEntry(record: CatalogueRecord, places: PullPlaces, machine: CatalogueMachine, translate: Translate, found?: ModelEntry): Promise<CatalogueEntry> {
  const variants = record.variants.map((choice) => {
    const memoryBytes = memoryNeed(record, choice);
    const bytes = choiceBytes(choice);
    const { fit, advice } = adviseFit(memoryBytes, machine);
    return {
      id: choice.id,
      files: choice.files.map(({ path, bytes: size, sha256 }) => ({ path, ...(size === undefined ? {} : { bytes: size }), ...(sha256 === undefined ? {} : { sha256 }) })),
      ...(bytes === undefined ? {} : { bytes }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      fit,
      advice: translate(advice),
    };
  });
  const here = await whatIsHere(record, places);
  const measured = record.variants.find(({ id }) => id === here.variant)?.memory?.bytes;
  const own = here.state === 'installed' && found?.manifest ? await installedFacts(found.folder, found.manifest, machine, translate, measured) : undefined;
  const facts = own && 'facts' in own ? own.facts : undefined;
  const problem = own && 'problem' in own ? own.problem : here.problem;
  const { id, name, description, kind, abilities, runs, howToRun, licence, page, goodAt } = record;
  const { note, url, ...terms } = licence;
  return {
    ...{ id, name, description: translate(description), kind, abilities, runs, page },
    variants: variants.map((variant) => (facts && variant.id === here.variant ? { ...variant, memoryBytes: facts.memoryBytes, fit: facts.fit, advice: facts.advice } : variant)),
    ...(howToRun === undefined ? {} : { howToRun: translate(howToRun) }),
    licence: { ...terms, ...(url === undefined ? {} : { url }), ...(note === undefined ? {} : { note: translate(note) }) },
    goodAt: [...goodAt],
    suggested: here.variant ?? suggestVariant(variants),
    state: own && 'problem' in own ? 'broken' : here.state,
    bytesHere: here.bytesHere,
    ...(here.installed ? { installed: { ...here.installed, ...(facts ? { facts } : {}) } } : {}),
    ...(problem === undefined ? {} : { problem: translate(problem) }),
    fetching: here.fetching,
    recommended: false,
  };
}

interface Here {
  state: CatalogueState;
  bytesHere: number;
  fetching: boolean;
  /** The one that is here, or partly. */
  variant?: string;
  installed?: CatalogueEntry['installed'];
  problem?: Phrase;
}

async function whatIsHere(record: CatalogueRecord, places: PullPlaces): Promise<Here> {
  const journal = await readJournal(places.home, record.id);
  const pull = journal ? await pullState(journal, places.hubCache) : { bytes: 0, fetching: false };
  const folder = entryFolder(places.home, record);
  const kept = await readInstallRecord(folder);
  if (kept) {
    const problem = await whatIsMissing(folder, kept, record.runs === 'direct');
    const answers = record.runs === 'direct' && record.install?.as === 'model';
    return {
      state: problem === undefined ? 'installed' : 'broken',
      bytesHere: kept.files.reduce((sum, { bytes }) => sum + bytes, 0),
      fetching: pull.fetching,
      variant: kept.variant,
      installed: { ...(answers ? { modelId: record.id } : {}), variant: kept.variant, folder },
      ...(problem === undefined ? {} : { problem }),
    };
  }
  const isPartial = journal !== undefined && (pull.bytes > 0 || pull.fetching);
  return { state: isPartial ? 'partial' : 'absent', bytesHere: pull.bytes, fetching: pull.fetching, ...(isPartial ? { variant: journal.variant } : {}) };
}

/** Compares sizes only: `models/verify` reads. */
async function whatIsMissing(folder: string, { files }: InstallRecord, isModel: boolean): Promise<Phrase | undefined> {
  if (isModel && !(await stat(join(folder, 'manifest.json')).catch(() => undefined))) {
    return phrase`Its manifest is missing.`;
  }
  for (const { path, bytes } of files) {
    const facts = await stat(join(folder, ...path.split('/'))).catch(() => undefined);
    if (!facts?.isFile()) {
      return phrase`Its file ${path} is missing.`;
    }
    if (facts.size !== bytes) {
      return phrase`Its file ${path} has ${facts.size} bytes instead of ${bytes}.`;
    }
  }
  return undefined;
}

/** The best of those that run as they are and fit, of all that are meant for a beginning. */
export function recommendOne(entries: CatalogueEntry[], records: readonly CatalogueRecord[]): CatalogueEntry[] {
  const worth = new Map(records.map(({ id, recommend = 0 }) => [id, recommend]));
  const fits = ({ variants, suggested }: CatalogueEntry): boolean => variants.some(({ id, fit }) => id === suggested && (fit === 'gpu' || fit === 'cpu'));
  const best = entries
    .filter((entry) => entry.runs === 'direct' && (worth.get(entry.id) ?? 0) > 0 && fits(entry))
    .sort((a, b) => (worth.get(b.id) ?? 0) - (worth.get(a.id) ?? 0))[0];
  return entries.map((entry) => ({ ...entry, recommended: entry === best }));
}

/** A model that is here, but not from the catalogue. */
export async function viewOwn({ id, folder, manifest, dualEncoder, problem: told }: ModelEntry, places: PullPlaces, machine: CatalogueMachine, translate: Translate): Promise<OwnModel> {
  const isOurs = folder.startsWith(places.home + sep);
  const own = manifest && told === undefined ? await installedFacts(folder, manifest, machine, translate) : undefined;
  const problem = own && 'problem' in own ? own.problem : told;
  const origin = isOurs ? 'imported' : folder.startsWith(join(packageRoot(), 'models') + sep) ? 'builtIn' : 'folder';
  return {
    modelId: id,
    name: (manifest ?? dualEncoder)?.name ?? id,
    folder,
    bytes: Object.values((manifest ?? dualEncoder)?.files ?? {}).reduce((sum, { bytes }) => sum + bytes, 0),
    origin,
    ...(own && 'facts' in own ? { facts: own.facts } : {}),
    ...(problem === undefined ? {} : { problem: translate(problem) }),
  };
}
