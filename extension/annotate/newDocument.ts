import { link, mkdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAnnotations } from '../../server/common/annotations/writeAnnotations.js';
import { writeBeside } from '../../server/common/writeWhole.js';
import { emptyAnnotations, type VideoFacts } from '../../server/protocol/index.js';
import type { DocumentPlace } from '../../server/common/annotations/clipPlaces.js';
import { mediaIdentity } from '../../server/common/annotations/mediaIdentity.js';

/**
 * Makes documents of clips that have none. One that nobody has put anything in is taken away again when it is closed:
 * looking at a clip leaves no file behind.
 */
export class NewDocuments {
  private readonly texts = new Map<string, string>();

  /**
   * Writes a document without items. One that is there is left alone.
   *
   * @throws Error of the file system
   */
  async create({ path, mediaPath }: DocumentPlace, facts: VideoFacts | undefined): Promise<void> {
    const text = writeAnnotations(emptyAnnotations(mediaIdentity(mediaPath, facts)));
    await mkdir(dirname(path), { recursive: true });
    if (await writeNew(path, text)) {
      this.texts.set(path, text);
    }
  }

  /** The last editor of a document was closed. */
  async closed(path: string): Promise<void> {
    const text = this.texts.get(path);
    if (text === undefined) {
      return;
    }
    this.texts.delete(path);
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) {
      await unlink(path).catch(() => undefined);
    }
  }
}

/** Writes a file whole or not at all; false if there is one already. */
function writeNew(path: string, text: string): Promise<boolean> {
  return writeBeside(path, text, async (temporary) => {
    try {
      // Unlike a new name, a link never takes the place of a file that somebody else has just made.
      await link(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST' || (await stat(path).then(() => true, () => false))) {
        return false;
      }
      await rename(temporary, path);
    }
    return true;
  });
}
