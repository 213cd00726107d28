import type { Stats } from 'node:fs';
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
  return (await findSidecar(path)) ?? findTextStream(streams);
}

/** The first stream of a clip that holds text. */
export function findTextStream(streams: VideoFacts['streams']): (SubtitleSource & { kind: 'stream' }) | undefined {
  const stream = streams.find(({ kind, codec }) => kind === 'subtitle' && textCodecs.has(codec));
  return stream && { kind: 'stream', index: stream.index };
}

/** Subtitles beside a clip. */
export async function findSidecar(path: string): Promise<(SubtitleSource & { kind: 'sidecar' }) | undefined> {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of sidecarsOf(names).get(basename(path, extname(path))) ?? []) {
    const sidecar = sidecarAt(join(dirname(path), name), await stat(join(dirname(path), name)).catch(() => undefined));
    if (sidecar) {
      return sidecar;
    }
  }
  return undefined;
}

/** Which files of a folder are subtitles, by the names of their clips without endings; the most likely first. */
export function sidecarsOf(names: readonly string[]): Map<string, string[]> {
  const byClip = new Map<string, string[]>();
  for (const name of names.filter((each) => extname(each).toLowerCase() in demuxers)) {
    const stem = basename(name, extname(name));
    const [, clip] = /^(.+)\.[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$/.exec(stem) ?? [];
    [stem, ...(clip === undefined ? [] : [clip])].forEach((each) => byClip.set(each, [...(byClip.get(each) ?? []), name]));
  }
  byClip.forEach((each) => each.sort((a, b) => a.length - b.length || rank(a) - rank(b) || (a < b ? -1 : 1)));
  return byClip;
}

/** A file with subtitles, if it is one that is read. */
export function sidecarAt(path: string, stats: Stats | undefined): (SubtitleSource & { kind: 'sidecar' }) | undefined {
  const usable = stats?.isFile() && stats.size > 0 && stats.size <= largestFile;
  return usable ? { kind: 'sidecar', path, demuxer: demuxers[extname(path).toLowerCase()] ?? 'srt' } : undefined;
}

function rank(name: string): number {
  return Object.keys(demuxers).indexOf(extname(name).toLowerCase());
}
