import { mkdir, realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { type DatasetImport, type DatasetManifest } from '../../protocol/index.js';
import { replaceFile, writing } from '../atomicFile.js';
import { DatasetFolder, pathBelow } from '../datasetFolder.js';

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
    if (below !== undefined && (below === '' || !isNew)) {
      return { dataset, manifest: {}, root, prefix: below === '' ? '' : `${below}/` };
    }
  }
  const folder = relative(dataset.path, mediaFolder).split(sep).join('/');
  const manifest: Partial<DatasetManifest> = isNew
    ? { media: [folder], annotations: 'annotations' }
    : { media: [...(dataset.manifest.media ?? ['.']), folder] };
  return { dataset: new DatasetFolder(dataset.path, { ...dataset.manifest, ...manifest }), manifest, root: mediaFolder, prefix: '' };
}

/** Notes an import in the manifest as it is now. An import that was done before stays as it was noted. */
export async function noteImport(path: string, changes: Partial<DatasetManifest>, note: DatasetImport): Promise<void> {
  const { dataset } = await DatasetFolder.read(await realpath(path));
  const { imports = [], ...manifest } = dataset.manifest;
  const known = imports.some(({ id }) => id === note.id);
  const next: DatasetManifest = { ...manifest, ...changes, imports: known ? imports : [...imports, note] };
  await replaceFile(dataset.manifestPath, `${JSON.stringify(next, null, 2)}\n`);
}
