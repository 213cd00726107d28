import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { annotationSuffix, datasetFileName } from '../../protocol/index.js';
import { pathBelow } from '../datasetFolder.js';
import { skippedFolders } from '../ownEntries.js';
import { endingOf } from '../formats/clipName.js';

export interface FoundClip {
  /** What its document is named after, below the media folder, with `/`. */
  clip: string;
  /** The file itself, if it is there. */
  file?: string;
  /** The name led out of the folder, or is no name for a file: this one stands in for it. */
  renamed: boolean;
}

/** Folder of clips whose names are not safe. */
export const renamedFolder = '_renamed';

interface Folder {
  /** Below the media folder, with `/`: without links. */
  path: string;
  names: Map<string, 'link' | 'folder' | 'file'>;
  /** Name without ending → name. */
  stems: Map<string, string>;
}
const longestName = 200;
const longestPath = 1000;
const keptFolders = 1000;
const keptNames = 10_000;

/** Finds the clips that a file names below one folder, and never looks or leads outside of it. */
export class ClipResolver {
  /** undefined: leads outside. */
  private readonly folders = new Map<string, Promise<Folder | undefined>>();
  private readonly documents = new Map<string, Promise<boolean>>();
  private readonly root: Promise<string>;

  /** @param isKnown whether a clip has a document under this name already */
  constructor(
    private readonly mediaFolder: string,
    private readonly isKnown: (clip: string) => Promise<boolean> = async () => false,
  ) {
    this.root = realpath(mediaFolder).catch(() => mediaFolder);
  }

  async resolve(name: string): Promise<FoundClip> {
    const path = this.safePath(name);
    const found = path === undefined ? undefined : await this.find(path);
    return found ?? { clip: standIn(name), renamed: true };
  }

  private safePath(name: string): string | undefined {
    const below = isAbsolute(name) ? pathBelow(this.mediaFolder, name) : name;
    const parts = below?.replaceAll('\\', '/').split('/') ?? [];
    const kept = parts.filter((part) => part !== '' && part !== '.');
    const unsafe =
      parts[0] === '' || kept.length === 0 || kept.some(isUnsafe) || /^[A-Za-z]:|:\/\//.test(name) || kept.join('/').length > longestPath;
    return unsafe ? undefined : kept.join('/');
  }

  private async find(path: string): Promise<FoundClip | undefined> {
    const cut = path.lastIndexOf('/');
    const folderPath = path.slice(0, Math.max(0, cut));
    const folder = await this.folder(folderPath);
    if (!folder) {
      return undefined;
    }
    const asked = path.slice(cut + 1);
    const inFolder = (name: string): string => (folder.path === '' ? name : `${folder.path}/${name}`);
    let name = asked;
    // ActivityNet's files have a "v_" that not all lists of them repeat.
    const stem = folder.names.has(asked) ? undefined : (folder.stems.get(asked) ?? folder.stems.get(`v_${asked}`));
    // A clip that came after its document keeps it.
    if (stem !== undefined && !(await this.hasDocument(inFolder(asked)))) {
      name = stem;
    }
    if (folder.names.get(name) === 'link' && (await this.realBelow(join(this.mediaFolder, folder.path, name))) === undefined) {
      return undefined;
    }
    const file = folder.names.has(name) ? name : stem;
    return { clip: inFolder(name), ...(file === undefined ? {} : { file: inFolder(file) }), renamed: false };
  }

  private folder(path: string): Promise<Folder | undefined> {
    let found = this.folders.get(path);
    if (!found) {
      if (this.folders.size > keptFolders) {
        this.folders.clear();
      }
      found = this.readFolder(path);
      this.folders.set(path, found);
    }
    return found;
  }

  private async readFolder(path: string): Promise<Folder | undefined> {
    if (path !== '') {
      const cut = path.lastIndexOf('/');
      const parent = await this.folder(path.slice(0, Math.max(0, cut)));
      const name = path.slice(cut + 1);
      const kind = parent?.names.get(name);
      const real = parent && (parent.path === '' ? name : `${parent.path}/${name}`);
      if (real === undefined || kind === 'file') {
        return undefined;
      }
      if (kind === undefined) {
        return { path: real, names: new Map(), stems: new Map() };
      }
      if (kind === 'link' || real !== path) {
        const target = await this.realBelow(join(this.mediaFolder, real));
        return target === undefined ? undefined : target === path ? this.list(path) : this.folder(target);
      }
    }
    return this.list(path);
  }

  private async list(path: string): Promise<Folder | undefined> {
    const entries = await readdir(join(this.mediaFolder, path), { withFileTypes: true }).catch(() => []);
    // Another dataset: documents that are written there would not be found again.
    if (path !== '' && entries.some((entry) => entry.name === datasetFileName && !entry.isDirectory())) {
      return undefined;
    }
    const kindOf = (entry: Dirent): 'link' | 'folder' | 'file' => (entry.isSymbolicLink() ? 'link' : entry.isDirectory() ? 'folder' : 'file');
    const names = new Map(entries.map((entry) => [entry.name, kindOf(entry)]));
    const stems = new Map<string, string>();
    for (const name of [...names.keys()].sort().reverse()) {
      const ending = endingOf(name);
      if (ending !== '') {
        stems.set(name.slice(0, -ending.length), name);
      }
    }
    return { path, names, stems };
  }

  private hasDocument(clip: string): Promise<boolean> {
    let found = this.documents.get(clip);
    if (!found) {
      if (this.documents.size > keptNames) {
        this.documents.clear();
      }
      found = this.isKnown(clip);
      this.documents.set(clip, found);
    }
    return found;
  }

  /** Where a path really leads, below the media folder; undefined: not there, or outside. */
  private async realBelow(path: string): Promise<string | undefined> {
    const real = await realpath(path).catch(() => undefined);
    return real === undefined ? undefined : pathBelow(await this.root, real);
  }
}

function isUnsafe(part: string): boolean {
  const reserved = process.platform === 'win32' && (/[<>:"|?*]|[. ]$/.test(part) || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(part));
  // Documents are not looked for in some folders.
  const ours = part.toLowerCase().endsWith(annotationSuffix) || skippedFolders.has(part.toLowerCase());
  return part === '..' || ours || reserved || /[\0-\x1f\x7f]/.test(part) || Buffer.byteLength(part) > longestName;
}

/** The same name always gets the same one. */
function standIn(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const last = name.split(/[\\/]/).at(-1) ?? '';
  const ending = endingOf(last);
  const stem = last.slice(0, last.length - ending.length).replace(/[^\p{L}\p{N}._-]/gu, '_').replace(/^\.+/, '').slice(0, 40);
  return `${renamedFolder}/${stem === '' ? '' : `${stem}-`}${hash}${ending}`;
}
