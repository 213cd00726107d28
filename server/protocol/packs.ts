import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';

/**
 * Why a pack cannot be used here. `noDriver`: NVIDIA's driver is missing. `driverTooOld`: it is older than the pack's CUDA.
 * `noDevice`: it shows no card. `libraryMissing`: a library is missing that must be installed beside the driver; the verdict's
 * `library` names it. `outOfMemory`: the card's memory is taken. `crashed`, `timedOut`: the test's process ended, or gave no
 * answer. `wrongResult`: the card calculates otherwise than the processor. `changed`: its files are not those that were
 * installed. `failed`: anything else.
 */
export const packReasons = ['noDriver', 'driverTooOld', 'noDevice', 'libraryMissing', 'outOfMemory', 'crashed', 'timedOut', 'wrongResult', 'changed', 'failed'] as const;
export type PackReason = (typeof packReasons)[number];

/** What a test of a pack in a process of its own has shown. It is remembered until the pack or the driver changes; what may end otherwise without that, e.g. a library that was missing, is tested again at the next start. */
export interface PackVerdict {
  works: boolean;
  /** Where it does not work. */
  reason?: PackReason;
  /** One sentence. */
  message: string;
  /** What to do about it. */
  hint?: string;
  /** Where `reason` is `libraryMissing`, if it is known. */
  library?: string;
  /** The driver's version at the test; left out where there is none. */
  driver?: string;
  /** Unix time of the test in milliseconds. */
  timeMs: number;
}

/**
 * `absent`: nothing of it is here. `partial`: a download was begun and may go on. `installed`: it is here. `outdated`: it is
 * here, but of another version than this program needs, so it is not used. `broken`: its files are not those that were
 * installed, so it is not used.
 */
export type PackState = 'absent' | 'partial' | 'installed' | 'outdated' | 'broken';

/** Libraries for graphics cards that are too large to come with the program. */
export interface GpuPack {
  id: string;
  name: string;
  description: string;
  /** What it is for: the language model, or the vision encoder. */
  part: 'language' | 'vision';
  /** Of the libraries; the same as of the runtime that comes with the program. */
  version: string;
  licence: { name: string; url?: string };
  /** The page that tells more. */
  page: string;
  /** To fetch; left out where the source has not been asked yet. */
  bytes?: number;
  /** On the disk afterwards; left out where it is not known. */
  unpackedBytes?: number;
  state: PackState;
  /** On the disk now. */
  bytesHere: number;
  /** Where it is, unless it is absent or partial. */
  folder?: string;
  /** Why it is broken or outdated. */
  problem?: string;
  /** Left out before the first test. */
  verdict?: PackVerdict;
  /** Somebody is fetching it now: this server, another one, another window. */
  fetching: boolean;
  /** Libraries of it are loaded in this server. */
  inUse: boolean;
  /** There is an NVIDIA card, and the pack is not here: a client may offer it. */
  suggested: boolean;
}

export interface PackListResult {
  /** Those for this operating system and processor; none for a Mac. */
  packs: GpuPack[];
  /** The NVIDIA card that was seen. */
  card?: { name: string; memoryBytes?: number; driver?: string };
  /** Packs are used where they are here and proven: `gpuPacks` of the settings. */
  enabled: boolean;
}
/** The packs for this machine, and how far each is here. Needs no network. */
export const PackListRequest = clientRequest<Record<string, never>, PackListResult>('packs/list');

export interface PackParams extends Streaming {
  packId: string;
}
export interface PackPullProgress {
  /**
   * `asking`: the source is asked what its files are. `waiting`: somebody else fetches the same file. `fetching`, `verifying`:
   * bytes come, or are compared. `unpacking`: libraries are unpacked and compared. `probing`: it is tested.
   */
  stage: 'asking' | 'waiting' | 'fetching' | 'verifying' | 'unpacking' | 'probing';
  /** The file it is about. */
  file?: string;
  /** Bytes over all files, of what the stage does. */
  done: number;
  total?: number;
  /** Bytes per second over the last seconds; while `fetching`. */
  rate?: number;
}
export interface PackPullResult {
  folder: string;
  version: string;
  /** The archives that it is from. */
  archives: { url: string; bytes: number; sha256: string }[];
  verdict: PackVerdict;
  /** The server holds another build already: it uses the pack after a restart. */
  restartNeeded: boolean;
}
/**
 * Fetches a pack, unpacks it and tests it. Cancelled, it keeps what has come, and goes on from there when it is asked for
 * again; `packs/remove` throws a part away. A pack that does not work here stays and is not used.
 *
 * @throws PackUnknown, NotOnHub, DownloadFailed, HubBusy, DownloadCorrupt, DownloadRefused, ArchiveRefused, DiskFull,
 *   ModelNotWritten, RequestCancelled
 */
export const PackPullRequest = clientRequest<PackParams, PackPullResult, PackPullProgress>('packs/pull');

/**
 * Tests a pack again in a process of its own, whatever is remembered: reads all its files, loads its libraries, and has the card
 * calculate. That it does not work is a result, not an error.
 *
 * @throws PackUnknown, PackAbsent, RequestCancelled
 */
export const PackProbeRequest = clientRequest<PackParams, PackVerdict>('packs/probe');

export interface PackRemoveResult {
  freedBytes: number;
  /** The server has its libraries loaded, and goes on with them until it is restarted. */
  restartNeeded: boolean;
}
/**
 * Takes a pack off the disk, or what has come of a download. Models that run on it are unloaded first.
 *
 * @throws PackUnknown, PackBusy while it is being fetched, ModelNotWritten
 */
export const PackRemoveRequest = clientRequest<{ packId: string }, PackRemoveResult>('packs/remove');
