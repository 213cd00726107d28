import { basename } from 'node:path';
import { cueText, timestamp } from '../../dataset/formats/subtitleCue.js';
import type { NarrationExportParams } from '../../protocol/index.js';

/** A narration as subtitles, or as lines of JSON for training: variants are lines too. */
export function exportNarration({ narration: { facts, lines }, format }: NarrationExportParams): string {
  if (format === 'jsonl') {
    const video_uid = basename(facts.path);
    return lines
      .flatMap(({ startSeconds, endSeconds, text, variants = [] }) => [text, ...variants].map((narration) => ({ video_uid, start: startSeconds, end: endSeconds, narration })))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  }
  const cues = lines.map(
    ({ startSeconds, endSeconds, text }, i) =>
      `${format === 'srt' ? `${i + 1}\n` : ''}${timestamp(startSeconds, format)} --> ${timestamp(endSeconds, format)}\n${cueText(text, format)}\n`,
  );
  return (format === 'webvtt' ? ['WEBVTT\n', ...cues] : cues).join('\n');
}
