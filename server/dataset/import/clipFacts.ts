import { readFile } from 'node:fs/promises';
import { readAnnotations } from '../../common/annotations/readAnnotations.js';
import type { AnnotatedMedia, VideoFacts } from '../../protocol/index.js';

/** Where to look for one clip. */
export interface ClipPlaces {
  /** Absolute; the document need not be there. */
  document: string;
  /** Absolute; undefined: there is no such clip. */
  file: string | undefined;
}

export interface FoundFacts {
  media: AnnotatedMedia;
  /** Frames last differently: numbers of frames become times at the average rate only. */
  variable: boolean;
}

const keptClips = 1000;

/** What is known of clips that a file counts the frames of: by the clip itself, else by its document. Never a guess. */
export class ClipFacts {
  private readonly known = new Map<string, Promise<FoundFacts | undefined>>();

  /** @param probe looks at a clip; undefined: it is no video */
  constructor(private readonly probe: ((path: string) => Promise<VideoFacts | undefined>) | undefined) {}

  of(clip: string, places: () => Promise<ClipPlaces>): Promise<FoundFacts | undefined> {
    let found = this.known.get(clip);
    if (!found) {
      if (this.known.size >= keptClips) {
        this.known.clear();
      }
      found = places().then((each) => this.find(each));
      this.known.set(clip, found);
    }
    return found;
  }

  private async find({ document, file }: ClipPlaces): Promise<FoundFacts | undefined> {
    const facts = file === undefined ? undefined : await this.probe?.(file);
    if (facts) {
      const { path, durationSeconds: duration, fps, frameCount, variableFrameRate: variable } = facts;
      return { media: { path, duration, fps, frameCount }, variable };
    }
    const text = await readFile(document, 'utf8').catch(() => undefined);
    const media = text === undefined ? undefined : readAnnotations(text).document?.media;
    return media && { media, variable: false };
  }
}
