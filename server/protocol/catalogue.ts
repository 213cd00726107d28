import { clientRequest } from './descriptor.js';
import type { ModelAbility } from './model.js';
import type { Streaming } from './progress.js';

/** `video`: sees clips. `text`: reads timelines. `dualEncoder`: compares pictures with words, for the search. `speech`: hears words. */
export const catalogueKinds = ['video', 'text', 'dualEncoder', 'speech'] as const;
export type CatalogueKind = (typeof catalogueKinds)[number];

/**
 * `direct`: the files run as they are published. `export`: original checkpoints; they are fetched, and a script makes a model
 * of them. `notYet`: this version cannot run it, and fetches nothing.
 */
export const catalogueRuns = ['direct', 'export', 'notYet'] as const;
export type CatalogueRuns = (typeof catalogueRuns)[number];

export interface CatalogueLicence {
  /** SPDX identifier, or the name it goes by. */
  name: string;
  url?: string;
  /** The person must say yes before anything is fetched: `models/pull` needs `acceptLicence`. */
  mustAccept: boolean;
  /** It must be accepted on the hub's page, too, and a token of that account is needed. */
  gated: boolean;
  /** What a person should know before they say yes, e.g. that it forbids commercial use. */
  note?: string;
}

/** A statement about quality. */
export interface CatalogueClaim {
  /** E.g. `Video-MME without subtitles`. */
  what: string;
  /** E.g. `33.7`. */
  value: string;
  source: string;
}

/**
 * How a model would do on this machine. `gpu`: fits into the memory of the graphics card. `cpu`: fits into main memory.
 * `tight`: only if little else runs. `tooLarge`: does not fit. `unknown`: its needs are not known.
 */
export type CatalogueFit = 'gpu' | 'cpu' | 'tight' | 'tooLarge' | 'unknown';

/** One choice of files of a model: as a rule, its precision. */
export interface CatalogueVariant {
  /** E.g. `q8_0`. */
  id: string;
  files: {
    /** As the hub has it. */
    path: string;
    /** Left out where it is not known before the hub was asked. */
    bytes?: number;
    /** Left out where it is not published here: the hub's own is read and pinned at the first download. */
    sha256?: string;
  }[];
  /** Of all files; left out where one of them is not known. */
  bytes?: number;
  /** Memory it takes while it runs, about. */
  memoryBytes?: number;
  fit: CatalogueFit;
  /** One sentence: why it fits or does not. */
  advice: string;
}

/**
 * `absent`: nothing of it is here. `partial`: a download was begun and may go on where it stopped. `installed`: all files of a
 * variant are here. `broken`: it was installed, but its files are not those that were installed.
 */
export type CatalogueState = 'absent' | 'partial' | 'installed' | 'broken';

export interface CatalogueEntry {
  id: string;
  name: string;
  description: string;
  kind: CatalogueKind;
  abilities: ModelAbility[];
  runs: CatalogueRuns;
  /** What is to be done after the download where `runs` is not `direct`. */
  howToRun?: string;
  licence: CatalogueLicence;
  /** The page that tells more. */
  page: string;
  goodAt: CatalogueClaim[];
  variants: CatalogueVariant[];
  /** The variant that suits this machine, of those that are known. */
  suggested: string;
  state: CatalogueState;
  /** Of the files that are here, and of the part of a download. */
  bytesHere: number;
  /** Where `state` is `installed` or `broken`; without a `modelId` where it is none that answers: original files, speech models. */
  installed?: { modelId?: string; variant: string; folder: string; facts?: ModelFacts };
  /** Why it is broken. */
  problem?: string;
  /** Somebody is fetching it now: this server, another one, another window. */
  fetching: boolean;
  /** What this machine should begin with; true of one entry that `runs` directly and fits, or of none. */
  recommended: boolean;
}

/** What a model that is here takes, as its own files say: an entry's `variants` are estimates until then. */
export interface ModelFacts {
  architecture: string;
  /** What most of its weights are kept as, e.g. `Q8_0`. */
  quantisation: string;
  layers: number;
  /** The most of any layer. */
  heads: number;
  keyValueHeads: number;
  /** Tokens that it was trained with, and those of a conversation here. */
  trainedContext: number;
  contextLength: number;
  /** Keys and values of a whole conversation. */
  cacheBytes: number;
  /** All that it takes while it runs, about. */
  memoryBytes: number;
  fit: CatalogueFit;
  /** One sentence: why it fits or does not. */
  advice: string;
}

/** A model that is here but not in the catalogue. */
export interface OwnModel {
  modelId: string;
  name: string;
  folder: string;
  bytes: number;
  /** `imported`: by `models/import`. `builtIn`: comes with the program. `folder`: in a folder of the settings. */
  origin: 'imported' | 'builtIn' | 'folder';
  /** Left out of models that have no language model of their own here. */
  facts?: ModelFacts;
  problem?: string;
}

/** What advice is based on. */
export interface CatalogueMachine {
  memoryBytes: number;
  freeMemoryBytes: number;
  gpu?: { name: string; memoryBytes: number };
  /** Where downloads go, and the room there. */
  folder: string;
  freeDiskBytes?: number;
}

export interface CatalogueResult {
  entries: CatalogueEntry[];
  others: OwnModel[];
  machine: CatalogueMachine;
}
/** The models that can be had, how far each is here, and how it would do on this machine. Needs no network. */
export const CatalogueRequest = clientRequest<Record<string, never>, CatalogueResult>('models/catalogue');

export interface ModelPullParams extends Streaming {
  entryId: string;
  /** Left out: the entry's `suggested`, or the one that is partly here. */
  variant?: string;
  /** The person has read the licence and says yes. */
  acceptLicence?: boolean;
  /** Of the hub; sent to the hub's own host only, never kept. Left out: `HF_TOKEN` of the server's environment. */
  token?: string;
}
export interface ModelPullProgress {
  /**
   * `asking`: the hub is asked what its files are. `waiting`: somebody else fetches the same file. `fetching`, `verifying`:
   * bytes come, or are compared. `installing`: the model is put together.
   */
  stage: 'asking' | 'waiting' | 'fetching' | 'verifying' | 'installing';
  /** The file it is about. */
  file?: string;
  /** Bytes over all files. */
  done: number;
  /** Left out until the hub was asked. */
  total?: number;
  /** Bytes per second over the last seconds; while `fetching`. */
  rate?: number;
}
export interface ModelPullResult {
  /** What `chat/create` and the others take; left out where it is none that answers: original files, speech models. */
  modelId?: string;
  /** Where the model, or the original files, are. */
  folder: string;
  variant: string;
  files: { path: string; bytes: number; sha256: string; from: 'hub' | 'cache' }[];
  /** What is to be done now, where `runs` is `export`. */
  howToRun?: string;
}
/**
 * Fetches a model and installs it. Cancelled, it keeps what has come, and goes on from there when it is asked for again:
 * that is how a download is paused. `models/remove` throws a part away.
 *
 * @throws ModelUnknown, InvalidParams, LicenceNotAccepted, TokenNeeded, NotOnHub, DownloadFailed, HubBusy, DownloadCorrupt,
 *   DownloadRefused, DiskFull, ModelNotWritten, RequestCancelled
 */
export const ModelPullRequest = clientRequest<ModelPullParams, ModelPullResult, ModelPullProgress>('models/pull');

export interface ModelVerifyParams extends Streaming {
  /** Of the catalogue's entry, or of any model of `model/list`. */
  id: string;
}
export interface ModelVerifyResult {
  ok: boolean;
  files: {
    path: string;
    bytes: number;
    /** `ok`: every byte is as it should be. `missing`, `size`, `hash`: what is wrong. */
    state: 'ok' | 'missing' | 'size' | 'hash';
  }[];
}
/** Reads every byte of a model's files again. @throws ModelUnknown, ManifestInvalid, RequestCancelled */
export const ModelVerifyRequest = clientRequest<ModelVerifyParams, ModelVerifyResult, { done: number; total: number }>('models/verify');

export interface ModelRemoveParams {
  /** Of the catalogue's entry, or of an imported model. */
  id: string;
}
/**
 * Frees a model and takes it off the disk, or what has come of a download. Files that other programs have put into the hub's
 * cache stay there.
 *
 * @throws ModelUnknown, ModelBusy while it is being fetched, ModelNotWritten
 */
export const ModelRemoveRequest = clientRequest<ModelRemoveParams, { freedBytes: number }>('models/remove');

export interface ModelImportParams extends Streaming {
  /** Absolute: a GGUF of texts, a vision encoder and a GGUF laid out as SmolVLM2 is, or a model folder with a `manifest.json`. */
  paths: string[];
  /** Left out: made from the name of the file. */
  id?: string;
  name?: string;
  licence?: string;
  /** Tokens of a conversation; left out: what the model was trained with, at most 8192. */
  contextLength?: number;
}
export interface ModelImportResult {
  modelId: string;
  folder: string;
  bytes: number;
  abilities: ModelAbility[];
  /** What was read from the files, for people: `architecture` → `llama`. */
  facts: Record<string, string>;
  /** `link`: the files share their bytes on the disk with the originals. `copy`: there was no other way. */
  how: 'link' | 'copy';
}
/**
 * Makes a model of files on this machine.
 *
 * @throws InvalidParams, ImportRefused, ModelCorrupt, ManifestInvalid, DiskFull, ModelNotWritten, RequestCancelled
 */
export const ModelImportRequest = clientRequest<ModelImportParams, ModelImportResult, { done: number; total: number }>('models/import');
