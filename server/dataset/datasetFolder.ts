import { readFile } from 'node:fs/promises';
import { isAbsolute, join, posix, relative, resolve, sep } from 'node:path';
import { noDataset, readDataset } from '../common/annotations/datasetSchema.js';
import { annotationSuffix, datasetFileName, type DatasetManifest, ErrorCode, phrase, VideoChatError } from '../protocol/index.js';

/** A dataset on disk: its manifest, and which document belongs to which clip. */
export class DatasetFolder {
  constructor(
    /** Absolute. */
    readonly path: string,
    readonly manifest: DatasetManifest,
  ) {}

  /** @throws VideoChatError AnnotationsInvalid where the manifest cannot be read */
  static async read(path: string): Promise<{ dataset: DatasetFolder; isNew: boolean }> {
    const file = join(path, datasetFileName);
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
        return undefined;
      }
      throw unreadable(file, error.message);
    });
    if (text === undefined) {
      return { dataset: new DatasetFolder(path, noDataset), isNew: true };
    }
    const { manifest, problems } = readDataset(text);
    if (!manifest) {
      throw unreadable(file, String(problems[0]?.message ?? ''));
    }
    return { dataset: new DatasetFolder(path, manifest), isNew: false };
  }

  get manifestPath(): string {
    return join(this.path, datasetFileName);
  }

  /** Folders with clips, absolute. */
  get mediaRoots(): string[] {
    return (this.manifest.media ?? ['.']).map((root) => resolve(this.path, root));
  }

  /** Where all documents lie; undefined: beside their clips. */
  get documentRoot(): string | undefined {
    const { annotations } = this.manifest;
    return annotations === undefined ? undefined : resolve(this.path, annotations);
  }

  /** Folders to look for documents in, absolute. */
  get documentRoots(): string[] {
    return this.documentRoot === undefined ? this.mediaRoots : [this.documentRoot];
  }

  /** Whether a folder is one that this dataset names itself, so that it is walked whatever lies in it. @param folder absolute */
  owns(folder: string): boolean {
    return [this.path, ...this.mediaRoots, ...this.documentRoots].includes(folder);
  }

  /** The document of a clip. @param root its media root; @param clip path below it, with `/` */
  documentPath(root: string, clip: string): string {
    return join(this.documentRoot ?? root, ...clip.split('/')) + annotationSuffix;
  }

  /** `media.path` of a new document. */
  mediaPath(clip: string): string {
    return this.documentRoot === undefined ? posix.basename(clip) : clip;
  }
}

/** A path below a folder with `/`, `''` for the folder itself; undefined if it is not below. */
export function pathBelow(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  return found === '..' || found.startsWith(`..${sep}`) || isAbsolute(found) ? undefined : found.split(sep).join('/');
}

function unreadable(file: string, why: string): VideoChatError {
  return new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`${file} cannot be read: ${why}`, {
    hint: 'Open it in the editor to see what is wrong.',
    subject: file,
  });
}
