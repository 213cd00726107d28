import { appendLines } from '../../common/appendLines.js';
import type { Disposable } from '../../common/dispose.js';
import { readLines } from '../../common/readLines.js';
import type { FilePlace } from '../../common/sharedFiles.js';
import type { FrameSights, SightKind } from '../observations.js';
import type { Thumbnail } from '../sampling/thumbnail.js';
import { type KeptFrame, parseFrame, serialiseFrame } from './observationCodec.js';

/** Hashes of the models that look now, by kind. */
export type ModelHashes = Partial<Record<SightKind, string>>;

/** A larger file is not read, and nothing is added to it. */
const largestFile = 128 * 1024 * 1024;

/** What was seen in the frames of one clip: in memory while it is open, and appended to a file, a line for each look. */
export class ClipObservations implements Disposable {
  private readonly frames = new Map<number, KeptFrame>();
  private unwritten: string[] = [];
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly place: FilePlace,
    private readonly hashes: ModelHashes,
  ) {}

  /** Reads what is there; what is not ours, half written or from other models is passed over. */
  static async load(place: FilePlace, hashes: ModelHashes): Promise<ClipObservations> {
    const clip = new ClipObservations(place, hashes);
    for (const line of await readLines(place.path, largestFile)) {
      const kept = parseFrame(line);
      if (kept) clip.merge(kept);
    }
    return clip;
  }

  /** All frames that were looked at. */
  get known(): number[] {
    return [...this.frames.keys()];
  }

  /** Which of the kinds this frame was not yet looked at for; all of them, and undefined, where nothing is known of it. */
  missing(frame: number, kinds: readonly SightKind[]): SightKind[] | undefined {
    const kept = this.frames.get(frame);
    return kept && kinds.filter((kind) => kept.models[kind] === undefined);
  }

  find(frame: number): KeptFrame | undefined {
    return this.frames.get(frame);
  }

  /** Adds a look. A kind that was looked for and is missing in `sights` counts as known. */
  add(frame: number, thumbnail: Thumbnail, looked: readonly SightKind[], sights: FrameSights): void {
    const models = Object.fromEntries(looked.map((kind) => [kind, this.hashes[kind]]));
    const line = serialiseFrame({ frame, ...thumbnail, models, sights });
    const kept = parseFrame(line);
    // What a model gave and the file cannot hold is not used either: nothing was seen.
    this.merge(kept ?? { frame, ...thumbnail, models, sights: {} });
    this.unwritten.push(kept ? line : serialiseFrame({ frame, ...thumbnail, models, sights: {} }));
  }

  /** Writes what was added. A disk that does not do what it should costs time later, nothing else. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write()).catch(() => undefined);
    return this.writing;
  }

  async dispose(): Promise<void> {
    await this.flush();
    this.place.release();
  }

  private async write(): Promise<void> {
    const lines = this.unwritten;
    this.unwritten = [];
    if (lines.length === 0) return;
    if (await appendLines(this.place.path, lines, largestFile)) await this.place.grown();
  }

  private merge({ frame, brightness, thumbnail, sights, models }: KeptFrame): void {
    const kept: KeptFrame = this.frames.get(frame) ?? { frame, brightness, thumbnail, sights: {}, models: {} };
    for (const kind of Object.keys(models) as SightKind[]) {
      if (models[kind] !== undefined && models[kind] === this.hashes[kind]) {
        kept.models[kind] = models[kind];
        Object.assign(kept.sights, { [kind]: sights[kind] });
      }
    }
    this.frames.set(frame, kept);
  }
}
