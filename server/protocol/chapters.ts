import type { Segment } from './video.js';

/** A part of a clip with a name. Chapters follow one another without gaps. */
export interface Chapter extends Segment {
  /** One line. */
  title: string;
  /** `events`: no model had a name for it; it lists what was noticed there, or counts. */
  titledBy: 'model' | 'events';
}

/**
 * Chapters as ffmpeg reads them: `ffmpeg -i clip.mp4 -i chapters.ffmetadata -map 0 -map_metadata 0 -map_chapters 1 -codec copy out.mp4`.
 *
 * @param tags of the whole file, e.g. `title`
 */
export function writeFfmetadata(chapters: readonly Chapter[], tags: Readonly<Record<string, string>> = {}): string {
  const milliseconds = (seconds: number): string => String(Math.round(seconds * 1000));
  const line = (key: string, value: string): string => `${escapeMetadata(key)}=${escapeMetadata(value)}`;
  return [
    ';FFMETADATA1',
    ...Object.entries(tags).map(([key, value]) => line(key, value)),
    ...chapters.flatMap(({ startSeconds, endSeconds, title }) => [
      '[CHAPTER]',
      'TIMEBASE=1/1000',
      `START=${milliseconds(startSeconds)}`,
      `END=${milliseconds(endSeconds)}`,
      line('title', title),
    ]),
    '',
  ].join('\n');
}

/** `=`, `;`, `#`, `\` and line breaks are escaped by a backslash; what no text holds goes. */
function escapeMetadata(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
    .replace(/[=;#\\\n]/g, '\\$&');
}
