import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { noDataset } from '../common/annotations/datasetSchema.js';
import { Breath } from '../dataset/breathe.js';
import { DatasetFolder, pathBelow } from '../dataset/datasetFolder.js';
import { walkTree } from '../dataset/index/walkTree.js';
import { sidecarAt, sidecarsOf, type SubtitleSource } from '../perception/subtitles/findSubtitles.js';
import { annotationSuffix, looksLikeVideo } from '../protocol/index.js';

/** A clip as it lies on disk. Stamps are others after each change of their file. */
export interface ScannedClip {
  /** Absolute. */
  path: string;
  stamp: string;
  document?: { path: string; stamp: string };
  subtitles?: { source: SubtitleSource & { kind: 'sidecar' }; stamp: string };
}

export interface Scan {
  clips: ScannedClip[];
  /** There are more clips than are looked at. */
  full: boolean;
}

/** Nobody has more in one workspace; beyond it the index would be of no use. */
const mostClips = 100_000;

/**
 * Looks which clips lie below folders, and what lies beside them. Hidden folders, `node_modules` and links to folders
 * are passed over; datasets keep their documents where their manifests say.
 *
 * @throws VideoChatError RequestCancelled
 */
export async function scanFolders(folders: readonly string[], token: CancellationToken): Promise<Scan> {
  const breath = new Breath(token);
  const clips = new Map<string, ScannedClip>();
  const seen = new Set<string>();
  const waiting = folders.map((folder) => resolve(folder));
  let full = false;
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const dataset = await datasetAt(folder);
    // A dataset may name folders elsewhere: those are not what was asked for.
    const roots = dataset.mediaRoots.filter((root) => folders.some((each) => pathBelow(resolve(each), root) !== undefined));
    for (const root of [...new Set([...roots, folder])]) {
      const beside = new Folders();
      const found: string[] = [];
      await walkTree({
        ...{ dataset, root, seen, breath, other: (path) => void waiting.push(path) },
        take: ({ name }) => void (looksLikeVideo(name) && !name.split('/').some((part) => part.startsWith('.')) && found.push(name)),
      });
      for (const name of found) {
        await breath.take();
        if (clips.size >= mostClips) {
          full = true;
          break;
        }
        const path = join(root, ...name.split('/'));
        const clip = clips.has(path) ? undefined : clipAt(path, dataset.documentPath(root, name), beside);
        if (clip) {
          clips.set(path, clip);
        }
      }
    }
  }
  return { clips: [...clips.values()], full };
}

/** Looks at some clips alone, whose documents lie beside them. Those that are not there are missing in the result. */
export function scanPaths(paths: readonly string[]): ScannedClip[] {
  const beside = new Folders();
  return paths.map((path) => clipAt(path, path + annotationSuffix, beside)).filter((clip) => clip !== undefined);
}

/** Subtitles of the folders that were looked at. */
class Folders {
  private readonly subtitles = new Map<string, Map<string, string[]>>();

  of(clip: string): string[] {
    const folder = dirname(clip);
    let known = this.subtitles.get(folder);
    if (!known) {
      known = sidecarsOf(namesIn(folder));
      this.subtitles.set(folder, known);
    }
    return known.get(basename(clip, extname(clip))) ?? [];
  }
}

function clipAt(path: string, documentPath: string, beside: Folders): ScannedClip | undefined {
  const stamp = stampOf(statAt(path));
  if (stamp === undefined) {
    return undefined;
  }
  const document = stampOf(lstatAt(documentPath));
  const subtitles = subtitlesAt(path, beside);
  return { path, stamp, ...(document === undefined ? {} : { document: { path: documentPath, stamp: document } }), ...(subtitles ? { subtitles } : {}) };
}

function subtitlesAt(clip: string, beside: Folders): ScannedClip['subtitles'] {
  for (const name of beside.of(clip)) {
    const path = join(dirname(clip), name);
    const stats = statAt(path);
    const source = sidecarAt(path, stats);
    if (source) {
      return { source, stamp: `${name} ${stampOf(stats) ?? ''}` };
    }
  }
  return undefined;
}

async function datasetAt(folder: string): Promise<DatasetFolder> {
  const read = await DatasetFolder.read(folder).catch(() => undefined);
  // Where the manifest is damaged, clips and the documents beside them are there all the same.
  return read?.dataset ?? new DatasetFolder(folder, noDataset);
}

function stampOf(stats: Stats | undefined): string | undefined {
  return stats?.isFile() ? `${stats.size}-${Math.round(stats.mtimeMs)}-${stats.ino}` : undefined;
}

function statAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function lstatAt(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
