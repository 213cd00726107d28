import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { VideoFacts } from '../../protocol/index.js';

/** Subtitles of a clip: a file beside it, or a stream of its own. */
export type SubtitleSource = { kind: 'sidecar'; path: string; demuxer: string } | { kind: 'stream'; index: number };

/** ffmpeg's demuxers by the endings that players look for. */
const demuxers: Readonly<Record<string, string>> = { '.srt': 'srt', '.vtt': 'webvtt', '.ass': 'ass', '.ssa': 'ass' };
/** Subtitles that are text; others are pictures of it. */
const textCodecs = new Set(['subrip', 'srt', 'webvtt', 'ass', 'ssa', 'mov_text', 'text', 'subviewer', 'microdvd']);
const largestFile = 16 * 1024 * 1024;

/**
 * Subtitles that tell what is said: `clip.srt`, `clip.vtt`, `clip.ass` or `clip.LANGUAGE.srt` beside the clip first, which
 * somebody has put there, then the clip's first stream of text.
 */
export async function findSubtitles({ path, streams }: Pick<VideoFacts, 'path' | 'streams'>): Promise<SubtitleSource | undefined> {
  const stem = basename(path, extname(path));
  const names = await readdir(dirname(path)).catch(() => []);
  const sidecars = names
    .filter((name) => extname(name).toLowerCase() in demuxers && isFor(basename(name, extname(name)), stem))
    .sort((a, b) => a.length - b.length || rank(a) - rank(b) || (a < b ? -1 : 1));
  for (const name of sidecars) {
    const file = join(dirname(path), name);
    const stats = await stat(file).catch(() => undefined);
    if (stats?.isFile() && stats.size > 0 && stats.size <= largestFile) {
      return { kind: 'sidecar', path: file, demuxer: demuxers[extname(name).toLowerCase()] ?? 'srt' };
    }
  }
  const stream = streams.find(({ kind, codec }) => kind === 'subtitle' && textCodecs.has(codec));
  return stream ? { kind: 'stream', index: stream.index } : undefined;
}

function isFor(name: string, stem: string): boolean {
  return name === stem || (name.startsWith(`${stem}.`) && /^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/.test(name.slice(stem.length + 1)));
}

function rank(name: string): number {
  return Object.keys(demuxers).indexOf(extname(name).toLowerCase());
}
