import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { longestDocument, readAnnotations } from '../../common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../common/annotations/writeAnnotations.js';
import { type AnnotationDocument, emptyAnnotations, type Phrase, phrase } from '../../protocol/index.js';
import { checkWritable, replaceFile } from '../atomicFile.js';
import { type DatasetFolder, pathBelow } from '../datasetFolder.js';
import { fileStamp } from '../fileStamp.js';
import type { FormatKeeps, Piece } from '../formats/format.js';
import { removeStale } from '../temporaryFiles.js';
import { mergePieces } from './mergePieces.js';

const atOnce = 8;
const attempts = 5;

interface Places {
  clip: string;
  file: string;
}

/** Adds pieces to documents, a few documents at a time. */
export class DocumentWriter {
  /** Documents that have the import's items now. */
  documents = 0;
  private readonly running = new Set<Promise<void>>();
  private readonly safeFolders = new Map<string, Promise<boolean>>();
  private failure: Error | undefined;

  constructor(
    private readonly dataset: DatasetFolder,
    private readonly root: string,
    private readonly importId: string,
    private readonly keeps: FormatKeeps,
    private readonly existing: 'add' | 'skip',
  ) {}

  /**
   * Resolves when there is room for more; {@link settle} waits for all.
   * @param places what the document is named after, and its media's file, both below the media root
   * @param leftOut told why a document cannot be added to
   * @throws VideoChatError AnnotationsNotWritten, DiskFull, maybe of another document
   */
  async add(places: Places, pieces: readonly Piece[], leftOut: (message: Phrase) => void): Promise<void> {
    const run = this.write(places, pieces, leftOut).catch((error: unknown) => {
      this.failure ??= error instanceof Error ? error : new Error(String(error));
    });
    const done = run.then(() => void this.running.delete(done));
    this.running.add(done);
    if (this.running.size >= atOnce) {
      await Promise.race(this.running);
    }
    if (this.failure) {
      await this.settle();
    }
  }

  async settle(): Promise<void> {
    await Promise.all(this.running);
    if (this.failure) {
      throw this.failure;
    }
  }

  private async write({ clip, file }: Places, pieces: readonly Piece[], leftOut: (message: Phrase) => void): Promise<void> {
    const path = this.dataset.documentPath(this.root, clip);
    if (!(await this.isInside(dirname(path)))) {
      leftOut(phrase`${path} leads out of the dataset. Its items were left out.`);
      return;
    }
    if (!(await checkWritable(path).then(() => true, () => false))) {
      leftOut(phrase`${path} is write-protected. Its items were left out.`);
      return;
    }
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = await fileStamp(path);
      const found = before === undefined ? emptyAnnotations({ path: this.dataset.mediaPath(clip) }) : await this.read(path, leftOut);
      if (!found) {
        return;
      }
      const merged = this.withMedia(mergePieces(found, this.importId, pieces, this.keeps), clip, file);
      const text = writeAnnotations(merged);
      if (text.length > longestDocument) {
        leftOut(moreThanADocument(clip));
        return;
      }
      const unchanged = async (): Promise<boolean> => (await fileStamp(path)) === before;
      if ((merged === found && before !== undefined) || (await replaceFile(path, text, unchanged))) {
        this.documents++;
        return;
      }
    }
    leftOut(phrase`${path} is being changed by somebody else. Its items were left out; import the file again.`);
  }

  /** A clip that came after its document has an ending now. */
  private withMedia(document: AnnotationDocument, clip: string, file: string): AnnotationDocument {
    const path = this.dataset.mediaPath(file);
    const isOld = clip !== file && document.media.path === this.dataset.mediaPath(clip);
    return isOld ? { ...document, media: { ...document.media, path } } : document;
  }

  private async read(path: string, leftOut: (message: Phrase) => void): Promise<AnnotationDocument | undefined> {
    if (this.existing === 'skip') {
      leftOut(phrase`${path} is there already. Its items were left out.`);
      return undefined;
    }
    const text = await readFile(path, 'utf8').catch((error: Error) => error);
    const { document, problems } = text instanceof Error ? { document: undefined, problems: [{ message: text.message }] } : readAnnotations(text);
    if (!document) {
      leftOut(phrase`${path} cannot be read: ${String(problems[0]?.message ?? '')} Its items were left out.`);
    }
    return document;
  }

  /** Whether a folder, as far as it exists, really lies below the dataset or its media. */
  private isInside(folder: string): Promise<boolean> {
    let found = this.safeFolders.get(folder);
    if (!found) {
      found = this.check(folder);
      this.safeFolders.set(folder, found);
    }
    return found;
  }

  private async check(folder: string): Promise<boolean> {
    const bases = [this.dataset.path, this.dataset.documentRoot ?? this.root];
    const there = await lstat(folder).catch(() => undefined);
    if (!there) {
      return folder === dirname(folder) ? false : this.isInside(dirname(folder));
    }
    const [real, ...realBases] = await Promise.all([folder, ...bases].map((each) => realpath(each).catch(() => undefined)));
    const inside = real !== undefined && realBases.some((base) => base !== undefined && pathBelow(base, real) !== undefined);
    if (inside) {
      await removeStale(folder);
    }
    return inside;
  }
}

/** Why a clip's items were left out. */
export function moreThanADocument(clip: string): Phrase {
  return phrase`There is more about ${clip} than a document holds. Its items were left out.`;
}
