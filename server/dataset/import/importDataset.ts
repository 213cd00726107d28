import { access, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CancellationToken } from '../../common/cancellation.js';
import { inEnglish, type Translate } from '../../common/translator.js';
import {
  type DatasetImport,
  type DatasetImportParams,
  type DatasetImportResult,
  ErrorCode,
  type Phrase,
  phrase,
  VideoChatError,
} from '../../protocol/index.js';
import { Breath } from '../breathe.js';
import { ClipFrames, type ClipPlaces, type ProbedFrames } from '../clipFrames.js';
import { type FrameClock, frameClock } from '../formats/frameClock.js';
import type { Format, ReadContext } from '../formats/format.js';
import { formatNamed } from '../formats/registry.js';
import { ClipHeaps, type ClipPieces } from './clipHeaps.js';
import { ClipResolver } from './clipResolver.js';
import { DocumentWriter, moreThanADocument } from './documentWriter.js';
import { ImportSource } from './importSource.js';
import { chooseLayout, noteImport } from './importManifest.js';

export interface ImportContext {
  token?: CancellationToken;
  progress(value: { done: number; bytes: number; totalBytes: number }): void;
  /** Says what was wrong in the client's language; English where left out. */
  translate?: Translate;
  /** Looks at a clip whose frames a file counts; undefined: it is no video. */
  probe?(path: string): Promise<ProbedFrames | undefined>;
}

/** Folder of documents for items that are about no clip. */
export const withoutClipFolder = '_without-clip';
const itemsWithoutClip = 1000;
const mostProblems = 1000;
const progressItems = 1000;
const reportEveryMs = 100;

/**
 * Takes a file of another tool into a dataset. The file is read to its end before anything is written; then each
 * document is written once, whole. When that is interrupted, doing it again adds what is missing and nothing twice.
 *
 * @throws VideoChatError FormatInvalid, AnnotationsInvalid, AnnotationsNotWritten, DiskFull, RequestCancelled
 */
export async function importDataset(params: DatasetImportParams, context: ImportContext): Promise<DatasetImportResult> {
  const format = formatNamed(params.format);
  const source = await ImportSource.open(params.file, format, context.token);
  const mediaFolder = await realpath(params.mediaFolder).catch(() => {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is no folder ${params.mediaFolder}.`, {
      hint: 'Name the folder that the clips of the file lie in, even if some are missing.',
    });
  });
  const layout = await chooseLayout(params.dataset, mediaFolder);
  const run = new ImportRun(params, context, format, source, layout.prefix);
  const heaps = new ClipHeaps(source.totalBytes);
  try {
    const documentPath = (clip: string): string => layout.dataset.documentPath(layout.root, layout.prefix + clip);
    const isKnown = (clip: string): Promise<boolean> =>
      access(documentPath(clip)).then(() => true, () => false);
    const clips = new ClipResolver(mediaFolder, isKnown);
    await run.read(heaps, clips, async (clip) => {
      const { file } = await clips.resolve(clip);
      return { document: documentPath(clip), file: file === undefined ? undefined : join(mediaFolder, file) };
    });
    const writer = new DocumentWriter(layout.dataset, layout.root, run.importId, format.keeps, params.existing ?? 'add');
    try {
      await run.write(heaps, writer, clips);
    } finally {
      await writer.settle();
    }
    await noteImport(params.dataset, layout.manifest, run.note());
    return { ...run.result, documents: writer.documents };
  } finally {
    await heaps.dispose();
  }
}

/** One import under way. */
class ImportRun {
  readonly importId: string;
  readonly result: DatasetImportResult;
  private reportedMs = 0;
  private fileRest: unknown;
  private bytes = 0;

  constructor(
    private readonly params: DatasetImportParams,
    private readonly context: ImportContext,
    private readonly format: Format,
    private readonly source: ImportSource,
    /** Of the media folder below its root, with `/` at the end. */
    private readonly prefix: string,
  ) {
    this.importId = `${format.name}-${source.sha256.slice(0, 10)}`;
    this.result = { importId: this.importId, items: 0, documents: 0, skipped: 0, problems: [], missingMedia: 0 };
  }

  async read(heaps: ClipHeaps, clips: ClipResolver, placesOf: (clip: string) => Promise<ClipPlaces>): Promise<void> {
    const breath = new Breath(this.context.token);
    for await (const piece of this.format.read(this.source.files((bytes) => (this.bytes += bytes)), this.readContext(clips, placesOf))) {
      await breath.take();
      const clip = piece.clip ?? `${withoutClipFolder}/${this.importId}/${Math.floor(piece.position / itemsWithoutClip)}`;
      await heaps.add(clip, piece);
      this.result.items++;
      if (this.result.items % progressItems === 0) {
        this.report(0);
      }
    }
  }

  async write(heaps: ClipHeaps, writer: DocumentWriter, clips: ClipResolver): Promise<void> {
    const breath = new Breath(this.context.token);
    let done = 0;
    for await (const batch of heaps.batches(breath)) {
      for (const found of batch) {
        await breath.take();
        const { file } = await clips.resolve(found.clip);
        await this.writeClip(found, file, writer);
        this.result.missingMedia += file !== undefined || found.clip.startsWith(withoutClipFolder) ? 0 : 1;
        done += found.tooMany ?? found.pieces.length;
        this.report(done);
      }
      await writer.settle();
    }
  }

  private async writeClip({ clip, pieces, tooMany }: ClipPieces, file: string | undefined, writer: DocumentWriter): Promise<void> {
    const leftOut = (message: Phrase): void => this.leaveOut(pieces[0]?.position ?? 0, tooMany ?? pieces.length, message);
    const places = { clip: this.prefix + clip, file: this.prefix + (file ?? clip) };
    if (tooMany === undefined) {
      await writer.add(places, pieces, leftOut);
    } else {
      leftOut(moreThanADocument(places.clip));
    }
  }

  note(): DatasetImport {
    const { format, file } = this.params;
    const rest = { ...(this.fileRest === undefined ? {} : { file: this.fileRest }), ...(this.prefix === '' ? {} : { media: this.prefix }) };
    return {
      id: this.importId,
      format,
      file: basename(file),
      sha256: this.source.sha256,
      at: new Date().toISOString(),
      items: this.result.items,
      ...(Object.keys(rest).length === 0 ? {} : { rest }),
    };
  }

  private readContext(clips: ClipResolver, placesOf: (clip: string) => Promise<ClipPlaces>): ReadContext {
    const seenRenamed = new Set<string>();
    const seenAverage = new Set<string>();
    const frames = new ClipFrames(this.context.probe);
    return {
      token: this.context.token,
      clipOf: async (name, _kind, position) => {
        const { clip, renamed } = await clips.resolve(name);
        if (renamed && this.result.problems.length < mostProblems && !seenRenamed.has(clip)) {
          seenRenamed.add(clip);
          this.problem(position, phrase`"${name.slice(0, 200)}" is no name below the media folder. It is kept as "${clip}".`);
        }
        return clip;
      },
      clockOf: async (clip, told) => {
        const found = await frames.of(clip, () => placesOf(clip));
        const clock = frameClock(told, found);
        const why = averageReason(clip, clock, found?.variable);
        if (why && this.result.problems.length < mostProblems && !seenAverage.has(clip)) {
          seenAverage.add(clip);
          this.problem(0, why);
        }
        return clock;
      },
      durationOf: async (clip) => (await frames.of(clip, () => placesOf(clip)))?.media.duration,
      setFileRest: (rest) => (this.fileRest = rest),
      skipped: (position, message) => {
        this.result.skipped++;
        this.problem(position, message);
      },
    };
  }

  private leaveOut(position: number, pieces: number, message: Phrase): void {
    this.result.skipped += pieces;
    this.problem(position, message);
  }

  private problem(index: number, message: string | Phrase): void {
    if (this.result.problems.length < mostProblems) {
      this.result.problems.push({ index, message: (this.context.translate ?? inEnglish)(message) });
    }
  }

  /** @param done items whose documents are written */
  private report(done: number): void {
    if (performance.now() - this.reportedMs < reportEveryMs) {
      return;
    }
    this.reportedMs = performance.now();
    this.context.progress({ done, bytes: this.bytes, totalBytes: this.source.totalBytes });
  }
}

/** Why times of a clip may not be those of its frames. @param variable undefined: nobody could look at the clip */
function averageReason(clip: string, clock: FrameClock | undefined, variable: boolean | undefined): Phrase | undefined {
  if (!clock || clock.exact || variable === false) {
    return undefined;
  }
  return variable
    ? phrase`The frames of ${clip} last differently: numbers of frames became times at the average rate.`
    : phrase`${clip} is not in the media folder: numbers of frames became times at the average rate.`;
}
