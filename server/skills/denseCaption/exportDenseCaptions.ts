import path from 'node:path';
import { newItemId } from '../../common/annotations/itemId.js';
import { writeAnnotations } from '../../common/annotations/writeAnnotations.js';
import { cueText, type SubtitleKind, timestamp } from '../../dataset/formats/subtitleCue.js';
import {
  type DenseCaption,
  type DenseCaptionExportParams,
  emptyAnnotations,
  ErrorCode,
  type Provenance,
  VideoChatError,
} from '../../protocol/index.js';
import { mediaOf } from '../suggest/suggest.js';

type Clip = DenseCaptionExportParams['clips'][number];

/** Dense captions as text; see `denseCaption/export`. @throws VideoChatError InvalidParams for several clips in a format of one */
export function exportDenseCaptions({ clips, format }: DenseCaptionExportParams): string {
  if (format === 'activitynet') {
    return activityNet(clips);
  }
  const [clip] = clips;
  if (!clip || clips.length > 1) {
    throw new VideoChatError(ErrorCode.InvalidParams, 'This format holds the captions of one clip.', { hint: 'Choose the ActivityNet format for several.' });
  }
  return format === 'annotations' ? document(clip) : cues(clip.captions, format);
}

function cues(captions: readonly DenseCaption[], kind: SubtitleKind): string {
  const each = captions.map(
    ({ startSeconds, endSeconds, text }, i) =>
      `${kind === 'srt' ? `${i + 1}\n` : ''}${timestamp(startSeconds, kind)} --> ${timestamp(endSeconds, kind)}\n${cueText(text, kind)}\n`,
  );
  return (kind === 'webvtt' ? ['WEBVTT\n', ...each] : each).join('\n');
}

/** As the challenge's evaluation reads it. */
function activityNet(clips: readonly Clip[]): string {
  const results: Record<string, object[]> = {};
  for (const { facts, captions } of clips) {
    // Clips of the same name in two folders are not one clip.
    const name = path.basename(facts.path, path.extname(facts.path));
    const id = Object.hasOwn(results, name) ? `${name}-${facts.contentHash.slice(0, 8)}` : name;
    const listed = captions.map(({ startSeconds, endSeconds, text }) => ({ sentence: text, timestamp: [startSeconds, endSeconds] }));
    Object.defineProperty(results, id, { value: listed, enumerable: true });
  }
  const models = [...new Set(clips.flatMap(({ model }) => (model ? [model.id] : [])))];
  return `${JSON.stringify({ version: 'VERSION 1.0', results, external_data: { used: true, details: models.join(', ') || 'perception models' } })}\n`;
}

function document({ facts, captions, model }: Clip): string {
  const provenance: Provenance = { author: 'model', model: { id: model?.id ?? 'videochat-timeline' }, at: new Date().toISOString(), status: 'suggested' };
  const segments = captions.map(({ startSeconds, endSeconds, text }) => ({ id: newItemId('segments'), start: startSeconds, end: endSeconds, caption: text, provenance }));
  return writeAnnotations({ ...emptyAnnotations({ path: path.basename(facts.path), ...mediaOf(facts) }), segments });
}
