import { readFile } from 'node:fs/promises';
import { readAnnotations } from '../common/annotations/readAnnotations.js';
import type { FrameTimes, VideoFacts } from '../protocol/index.js';
import type { KnownFrames } from './formats/frameClock.js';

/** Where to look for one clip. */
export interface ClipPlaces {
  /** Absolute; the document need not be there. */
  document?: string;
  /** Absolute; undefined: there is no such clip. */
  file: string | undefined;
}

/** What looking at a clip finds. */
export interface ProbedFrames {
  facts: VideoFacts;
  /** Left out where they are not known. */
  times?: FrameTimes;
}

export interface FoundFrames extends KnownFrames {
  /** The clip's frames last differently; undefined: nobody looked at it. */
  variable?: boolean;
}

const keptClips = 1000;
/** Frames of all clips that are kept. */
const keptFrames = 4_000_000;

/** What is known of clips that a file counts the frames of: by the clip itself, else by its document. Never a guess. */
export class ClipFrames {
  private readonly known = new Map<string, Promise<FoundFrames | undefined>>();
  private frames = 0;

  /** @param probe looks at a clip; undefined: it is no video */
  constructor(private readonly probe: ((path: string) => Promise<ProbedFrames | undefined>) | undefined) {}

  of(clip: string, places: () => Promise<ClipPlaces>): Promise<FoundFrames | undefined> {
    let found = this.known.get(clip);
    if (!found) {
      if (this.known.size >= keptClips || this.frames > keptFrames) {
        this.known.clear();
        this.frames = 0;
      }
      found = places().then((each) => this.find(each));
      this.known.set(clip, found);
    }
    return found;
  }

  private async find({ document, file }: ClipPlaces): Promise<FoundFrames | undefined> {
    const probed = file === undefined ? undefined : await this.probe?.(file);
    if (probed) {
      const { facts, times } = probed;
      const { path, durationSeconds: duration, fps, frameCount } = facts;
      this.frames += times?.length ?? 0;
      return { media: { path, duration, fps, frameCount }, ...(times && { times }), variable: facts.variableFrameRate };
    }
    const text = document === undefined ? undefined : await readFile(document, 'utf8').catch(() => undefined);
    const media = text === undefined ? undefined : readAnnotations(text).document?.media;
    return media && { media };
  }
}
