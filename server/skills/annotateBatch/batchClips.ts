import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancellationToken } from '../../common/cancellation.js';
import { Breath } from '../../dataset/breathe.js';
import { DatasetFolder, pathBelow } from '../../dataset/datasetFolder.js';
import { type FoundFile, walkTree } from '../../dataset/index/walkTree.js';
import { splitFinder } from '../../dataset/splitOf.js';
import { ErrorCode, looksLikeVideo, phrase, VideoChatError } from '../../protocol/index.js';

export interface BatchClip {
  /** Names it in the journal: relative to the dataset, with `/`; absolute where it lies elsewhere. */
  name: string;
  videoPath: string;
  documentPath: string;
  /** `media.path` of a new document. */
  mediaPath: string;
  /** Folders that the document must lie in, absolute. */
  bases: readonly string[];
}

/** The dataset at a path, or any folder as one. @throws VideoChatError AnnotationsInvalid, InvalidParams */
export async function openFolder(path: string): Promise<DatasetFolder> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isDirectory()) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is no folder ${path}.`, { hint: 'Name a dataset, or a folder of videos.', subject: path });
  }
  return (await DatasetFolder.read(path)).dataset;
}

/** All clips of a dataset in the order of their names; one for each document. @throws VideoChatError RequestCancelled */
export async function batchClips(dataset: DatasetFolder, split: string | undefined, token: CancellationToken): Promise<BatchClip[]> {
  const splitOf = splitFinder(dataset.manifest);
  const clips = new Map<string, BatchClip>();
  const seen = new Set<string>();
  for (const root of dataset.mediaRoots) {
    const bases = [dataset.path, dataset.documentRoot ?? root];
    const take = ({ name }: FoundFile): void => {
      const documentPath = dataset.documentPath(root, name);
      const isHidden = name.split('/').some((part) => part.startsWith('.'));
      if (looksLikeVideo(name) && !isHidden && !clips.has(documentPath) && (split === undefined || splitOf(name) === split)) {
        const videoPath = join(root, ...name.split('/'));
        clips.set(documentPath, { name: pathBelow(dataset.path, videoPath) ?? videoPath, videoPath, documentPath, mediaPath: dataset.mediaPath(name), bases });
      }
    };
    await walkTree({ dataset, root, seen, breath: new Breath(token), take });
  }
  return [...clips.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
