import { mkdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { datasetFileName, type DatasetImport, type DatasetManifest, ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { replaceFile } from '../atomicFile.js';
import { DatasetFolder, pathBelow } from '../datasetFolder.js';
import { fileStamp } from '../fileStamp.js';
import { liesInOther } from '../ownEntries.js';
import { removeStale } from '../temporaryFiles.js';
import { writing } from '../writing.js';

const attempts = 5;

export interface ImportLayout {
  dataset: DatasetFolder;
  /** The manifest's members that this import needs; the file is written at the end. */
  manifest: Partial<DatasetManifest>;
  /** Media root that the clips lie below, absolute. */
  root: string;
  /** Of the media folder below that root, with `/` at the end, or empty. */
  prefix: string;
}

/** Where the documents of an import go. A new dataset away from its media keeps them in `annotations`. */
export async function chooseLayout(path: string, mediaFolder: string): Promise<ImportLayout> {
  await writing(path, () => mkdir(path, { recursive: true }));
  const { dataset, isNew } = await DatasetFolder.read(await realpath(path));
  for (const root of dataset.mediaRoots) {
    const below = pathBelow(await realpath(root).catch(() => root), mediaFolder);
    if (below !== undefined && (below === '' || !isNew) && !(await liesInOther(dataset, root, below))) {
      return { dataset, manifest: {}, root, prefix: below === '' ? '' : `${below}/` };
    }
  }
  const folder = relative(dataset.path, mediaFolder).split(sep).join('/');
  const manifest: Partial<DatasetManifest> = isNew
    ? { media: [folder], annotations: 'annotations' }
    : { media: [...(dataset.manifest.media ?? ['.']), folder] };
  return { dataset: new DatasetFolder(dataset.path, { ...dataset.manifest, ...manifest }), manifest, root: mediaFolder, prefix: '' };
}

/**
 * Notes an import in the manifest as it is now. An import that was done before stays as it was noted, and so does what
 * somebody else writes there at the same time.
 */
export async function noteImport(path: string, changes: Partial<DatasetManifest>, note: DatasetImport): Promise<void> {
  const folder = await realpath(path);
  await removeStale(folder);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const file = join(folder, datasetFileName);
    const before = await fileStamp(file);
    const { dataset } = await DatasetFolder.read(folder);
    const { imports = [], ...manifest } = dataset.manifest;
    const known = imports.some(({ id }) => id === note.id);
    const next: DatasetManifest = { ...manifest, ...changes, ...addedMedia(manifest, changes), imports: known ? imports : [...imports, note] };
    if (await replaceFile(file, `${JSON.stringify(next, null, 2)}\n`, async () => (await fileStamp(file)) === before)) {
      return;
    }
  }
  throw new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${join(folder, datasetFileName)} is being changed by somebody else.`, {
    hint: 'Run it again later: what is done is not done twice.',
    subject: folder,
  });
}

/** Another import may have added its media meanwhile. */
function addedMedia({ media = [] }: DatasetManifest, changes: Partial<DatasetManifest>): Partial<DatasetManifest> {
  return changes.media ? { media: [...new Set([...media, ...changes.media])] } : {};
}
