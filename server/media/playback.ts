import { type MediaMode, type Phrase, phrase, type PlayerAbilities } from '../protocol/index.js';
import type { ProbedVideo } from '../video/probeVideo.js';

/** What VS Code's webviews play on every platform. */
export const defaultAbilities: PlayerAbilities = {
  videoCodecs: ['h264', 'vp8'],
  audioCodecs: ['mp3', 'flac', 'vorbis'],
  containers: ['mp4', 'webm'],
};

export interface PlaybackRequest {
  video: Pick<ProbedVideo, 'facts' | 'pixelFormat' | 'reorderedFrames' | 'soundStartSeconds' | 'timeBase' | 'index'>;
  /** The file's container as players know it. */
  container: string;
  abilities?: PlayerAbilities;
  atLeast?: 'remux' | 'transcode';
  /** False: the player would not find a picture after a jump. */
  canBeSought?: boolean;
}

export interface Playback {
  mode: MediaMode;
  /** One sentence; empty for `file` and `image`. */
  reason: string | Phrase;
}

/** What decoders in software and hardware all take: 8 bits, 4:2:0. */
const commonPixels = new Set(['yuv420p', 'yuvj420p', 'yuva420p']);

const names: Record<string, string> = {
  h264: 'H.264', hevc: 'HEVC', mpeg4: 'MPEG-4 part 2', av1: 'AV1', vp9: 'VP9', mpeg2video: 'MPEG-2', gif: 'GIF',
  aac: 'AAC', opus: 'Opus', ac3: 'AC-3', eac3: 'E-AC-3', mp2: 'MP2', pcm_s16le: 'PCM',
};
const nameOf = (codec: string): string => names[codec] ?? codec;

/**
 * Decides how a file is made playable. The times of what is played must be those of the frames as we count them,
 * from the first one. Players count as the file does: one whose picture begins at another time than 0, or whose
 * sound begins before it, is not played as it is.
 */
export function decidePlayback({ video, container, abilities = defaultAbilities, atLeast, canBeSought = true }: PlaybackRequest): Playback {
  const { facts, pixelFormat } = video;
  if (facts.kind === 'image') {
    return { mode: 'image', reason: '' };
  }
  const picture = nameOf(facts.codec);
  if (atLeast === 'transcode') {
    return transcode(phrase`The player asked for a copy that is easier to play.`);
  }
  if (!abilities.videoCodecs.includes(facts.codec)) {
    return transcode(phrase`The player cannot show ${picture} pictures.`);
  }
  if (!commonPixels.has(pixelFormat)) {
    return transcode(phrase`The player cannot show ${picture} pictures of the format ${pixelFormat}.`);
  }
  if (!canBeSought) {
    return transcode(phrase`The player cannot jump in this recording.`);
  }
  if (video.reorderedFrames > 0 && isUneven(video)) {
    return transcode(phrase`A player would jump to other frames, as their times are uneven.`);
  }

  const sound = facts.streams.find(({ kind }) => kind === 'audio');
  const wrong =
    sound && !abilities.audioCodecs.includes(sound.codec)
      ? phrase`The player cannot play ${nameOf(sound.codec)} sound.`
      : !abilities.containers.includes(container)
        ? phrase`The player cannot read ${container} files.`
        : countsOtherwise(video)
          ? phrase`The picture does not begin where the file does, so that a player would count other times.`
          : atLeast === 'remux'
            ? phrase`The player could not play the file itself.`
            : undefined;
  if (wrong === undefined) {
    return { mode: 'file', reason: '' };
  }
  return copyable(video) ? { mode: 'remux', reason: phrase`${wrong} The picture was copied as it is.` } : transcode(wrong);
}

function transcode(reason: Phrase): Playback {
  return { mode: 'transcode', reason: phrase`${reason} A copy in H.264 was made.` };
}

/** By more than half a frame: a time would lead to another frame. */
function countsOtherwise({ facts, soundStartSeconds = 0, timeBase, index }: PlaybackRequest['video']): boolean {
  const half = 0.5 / Math.max(facts.fps, 1);
  const firstSeconds = ((index.ticks[0] ?? 0) * timeBase.numerator) / timeBase.denominator;
  return Math.abs(firstSeconds) > half || soundStartSeconds < -half;
}

/** Part of a clip, by time, that long frames may have. */
const mostUneven = 0.05;

/**
 * Many frames last much longer than others. A container says how long frames last in the order of decoding, which
 * with B-frames is another order: a browser that jumps into a long frame then shows the next one.
 */
function isUneven({ facts, index }: PlaybackRequest['video']): boolean {
  if (!facts.variableFrameRate) {
    return false;
  }
  const { ticks } = index;
  const intervals = ticks.subarray(1).map((tick, i) => tick - (ticks[i] ?? 0));
  const usual = Float64Array.from(intervals).sort()[intervals.length >> 1] ?? 0;
  const long = intervals.reduce((sum, interval) => sum + (interval > 1.5 * usual ? interval : 0), 0);
  return long > mostUneven * ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0));
}

/** Only H.264 belongs into an mp4, from a key frame on, with times that the packets tell. */
function copyable({ facts, index }: PlaybackRequest['video']): boolean {
  return facts.codec === 'h264' && index.seekable && index.keyTicks[0] === index.ticks[0];
}
