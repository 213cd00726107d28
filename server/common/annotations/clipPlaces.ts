import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { annotationSuffix } from '../../protocol/index.js';
import { type FoundDataset, mediaRoots } from './datasetFinder.js';

/** Where a clip's annotations are, or would be. */
export interface DocumentPlace {
  /** Absolute. */
  path: string;
  /** `media.path` of a new document there. */
  mediaPath: string;
}

/** Where a clip is looked for; `exists` tells whether it is there. */
export interface ClipPlace {
  path: string;
  exists: boolean;
}

/** The document of a clip: under the dataset's folder for documents, else beside the clip. */
export function documentPlace(videoPath: string, dataset: FoundDataset | undefined): DocumentPlace {
  const beside = { path: videoPath + annotationSuffix, mediaPath: basename(videoPath) };
  const { annotations } = dataset?.manifest ?? {};
  if (!dataset || annotations === undefined) {
    return beside;
  }
  const clip = mediaRoots(dataset).flatMap((root) => pathBelow(root, videoPath) ?? [])[0];
  return clip === undefined ? beside : { path: join(resolve(dataset.folder, annotations), ...clip.split('/')) + annotationSuffix, mediaPath: clip };
}

/** Where the clip of a document may be, the likeliest first: beside the document, then below the dataset's media roots. */
export function clipCandidates(documentPath: string, mediaPath: string, dataset: FoundDataset | undefined): string[] {
  const parts = mediaPath.split('/');
  const roots = [dirname(documentPath), ...(dataset ? mediaRoots(dataset) : [])];
  return [...new Set(roots.map((root) => (isAbsolute(mediaPath) ? mediaPath : resolve(root, ...parts))))];
}

/** The clip of a document. */
export async function findClip(documentPath: string, mediaPath: string, dataset: FoundDataset | undefined): Promise<ClipPlace> {
  const candidates = clipCandidates(documentPath, mediaPath, dataset);
  for (const path of candidates) {
    if (await stat(path).then((file) => file.isFile(), () => false)) {
      return { path, exists: true };
    }
  }
  return { path: candidates[0] ?? mediaPath, exists: false };
}

/** How a document names a clip that a person has pointed at: below a media root where it can, else relative to itself. */
export function mediaPathFor(documentPath: string, videoPath: string, dataset: FoundDataset | undefined): string {
  const { annotations } = dataset?.manifest ?? {};
  const inFolder = annotations !== undefined && dataset && pathBelow(resolve(dataset.folder, annotations), documentPath) !== undefined;
  const below = inFolder ? mediaRoots(dataset).flatMap((root) => pathBelow(root, videoPath) ?? [])[0] : undefined;
  // On another drive there is no relative path.
  return below ?? relative(dirname(documentPath), videoPath).split(sep).join('/');
}

/** What a document without text is about: the clip that its name says. */
export function mediaPathByName(documentPath: string, dataset: FoundDataset | undefined): string | undefined {
  if (!documentPath.endsWith(annotationSuffix)) {
    return undefined;
  }
  const clip = documentPath.slice(0, -annotationSuffix.length);
  const { annotations } = dataset?.manifest ?? {};
  const below = dataset && annotations !== undefined ? pathBelow(resolve(dataset.folder, annotations), clip) : undefined;
  return below ?? basename(clip);
}

/** A path below a folder with `/`; undefined if it is not below. */
function pathBelow(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  return found === '' || found === '..' || found.startsWith(`..${sep}`) || isAbsolute(found) ? undefined : found.split(sep).join('/');
}
