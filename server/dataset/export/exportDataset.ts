import { readFile } from 'node:fs/promises';
import { readAnnotations } from '../../common/annotations/readAnnotations.js';
import type { CancellationToken } from '../../common/cancellation.js';
import {
  type AnnotationDocument,
  datasetFileName,
  type DatasetExportParams,
  type DatasetExportResult,
  type DatasetImport,
  ErrorCode,
  phrase,
  VideoChatError,
} from '../../protocol/index.js';
import { Breath } from '../breathe.js';
import { ClipFrames, type ProbedFrames } from '../clipFrames.js';
import { DatasetFolder } from '../datasetFolder.js';
import type { ExportPiece } from '../formats/format.js';
import { frameClock } from '../formats/frameClock.js';
import { formatNamed } from '../formats/registry.js';
import { withoutClipFolder } from '../import/importDataset.js';
import { clipPathOf } from '../index/gatherClips.js';
import { splitFinder } from '../splitOf.js';
import { walkDocuments } from '../walkDocuments.js';
import { documentPieces } from './documentPieces.js';
import { ExportOutput } from './exportOutput.js';
import { PieceSorter } from './pieceSorter.js';

export interface ExportContext {
  token?: CancellationToken;
  progress(value: { done: number; total: number }): void;
  /** Looks at a clip whose frames the format counts; undefined: it is no video. */
  probe?(path: string): Promise<ProbedFrames | undefined>;
}

const usualStatuses = ['own', 'accepted', 'edited'] as const;
const progressDocuments = 100;

/**
 * Writes what a dataset says in another format: first what was imported in that format, as it was and with the edits
 * in place, then everything else the format has a place for.
 *
 * @throws VideoChatError AnnotationsInvalid for a document that cannot be read: an export never leaves one out in silence
 */
export async function exportDataset(params: DatasetExportParams, context: ExportContext): Promise<DatasetExportResult> {
  const format = formatNamed(params.format);
  const { dataset } = await DatasetFolder.read(params.dataset);
  const imports = importsOf(dataset, params);
  const lost = new Map<string, number>();
  const count = (what: string, more = 1): void => void lost.set(what, (lost.get(what) ?? 0) + more);
  const sorter = new PieceSorter(imports);
  const output = await ExportOutput.open(params.out, format);
  try {
    const filter = {
      format,
      imports: new Set(imports.map(({ id }) => id)),
      statuses: new Set(params.statuses ?? usualStatuses),
      foreign: params.importId === undefined,
      lost: count,
    };
    const prefixes = new Map(imports.map((each) => [each.id, restOf(each).media ?? '']));
    const frames = new ClipFrames(context.probe);
    const splitOf = splitFinder(dataset.manifest);
    const total = await countDocuments(dataset);
    const breath = new Breath(context.token);
    let done = 0;
    let documents = 0;
    let items = 0;
    for await (const { path, clip } of walkDocuments(dataset)) {
      await breath.take();
      if (params.split === undefined || splitOf(clip) === params.split) {
        const document = await read(path);
        const pieces = documentPieces(document, clipOf(clip), filter);
        const place = { document: path, media: document.media.path };
        documents += pieces.length > 0 ? 1 : 0;
        for (const piece of pieces) {
          items += piece.items.length;
          await sorter.add(below({ ...piece, place }, prefixes.get(piece.from?.import ?? imports[0]?.id ?? '') ?? ''));
        }
      }
      done++;
      if (done % progressDocuments === 0) {
        context.progress({ done, total });
      }
    }
    await format.write(breathing(sorter.pieces(), breath), output, {
      imports: imports.map((each) => ({ id: each.id, rest: restOf(each).file })),
      lost: count,
      clockOf: async ({ place }) => place && frameClock({}, await frames.of(place.document, async () => ({ file: clipPathOf(dataset, place.document, place.media) }))),
      token: context.token,
    });
    await output.publish();
    return { items, documents, lost: [...lost].map(([what, number]) => ({ what, count: number })) };
  } finally {
    await output.dispose();
    await sorter.dispose();
  }
}

/** Imports whose pieces come out as they went in. */
function importsOf({ manifest }: DatasetFolder, { format, importId }: DatasetExportParams): DatasetImport[] {
  const imports = (manifest.imports ?? []).filter((each) => each.format === format && (importId === undefined || each.id === importId));
  if (importId !== undefined && imports.length === 0) {
    throw new VideoChatError(ErrorCode.InvalidParams, phrase`There is no import "${importId}" in the format "${format}".`, {
      hint: phrase`${datasetFileName} lists the imports.`,
    });
  }
  return imports;
}

async function* breathing(pieces: AsyncIterable<ExportPiece>, breath: Breath): AsyncIterable<ExportPiece> {
  for await (const piece of pieces) {
    await breath.take();
    yield piece;
  }
}

async function countDocuments(dataset: DatasetFolder): Promise<number> {
  let count = 0;
  for await (const _ of walkDocuments(dataset)) {
    count++;
  }
  return count;
}

async function read(path: string): Promise<AnnotationDocument> {
  const { document, problems } = readAnnotations(await readFile(path, 'utf8'));
  if (!document) {
    throw new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`${path} cannot be read: ${problems[0]?.message ?? ''}`, {
      hint: 'Mend it or move it away, then export again.',
      subject: path,
    });
  }
  return document;
}

function clipOf(clip: string): string | undefined {
  return clip.split('/').includes(withoutClipFolder) ? undefined : clip;
}

/** A clip as the imported file's names are: below the media folder of the import, which may lie deeper than the root. */
function below(piece: ExportPiece, prefix: string): ExportPiece {
  return piece.clip?.startsWith(prefix) && prefix !== '' ? { ...piece, clip: piece.clip.slice(prefix.length) } : piece;
}

function restOf({ rest }: DatasetImport): { file?: unknown; media?: string } {
  return typeof rest === 'object' && rest !== null ? rest : {};
}
