import { everyFrame } from '../video/decodeStretches.js';
import { frameSeconds, pinnedInput, type ProbedVideo } from '../video/probeVideo.js';
import { pictureOptions, type ProxyEncoders, soundOptions } from './proxyEncoders.js';

/** How a proxy is made; equal recipes of equal files make equal proxies. */
export type ProxyRecipe = { mode: 'remux' } | { mode: 'transcode'; height: number };

/** Raised whenever the options change what comes out. */
export const recipeVersion = 1;

/** Height of a transcoded picture: even, at most `maxHeight`, never enlarged. */
export function proxyHeight({ facts }: Pick<ProbedVideo, 'facts'>, maxHeight: number): number {
  return even(Math.min(facts.height, Math.max(2, maxHeight)));
}

/**
 * Options that turn a clip into a file that plays everywhere, mostly an mp4 with MP3 sound, whose time 0 is the first frame, and whose every frame has the
 * time of the original's: the input is moved by the first frame's time, no frame is dropped or repeated to even the
 * rate, and the encoder counts in the input's time base. Sound is cut or filled so that it begins with the picture.
 */
export function proxyArguments(video: ProbedVideo, recipe: ProxyRecipe, version: string, encoders: ProxyEncoders, output: string): string[] {
  const { facts, timeBase, index, streamIndex } = video;
  const firstSeconds = ((index.ticks[0] ?? 0) * timeBase.numerator) / timeBase.denominator;
  return [
    ...['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'error', '-progress', 'pipe:1'],
    ...['-copyts', '-itsoffset', (-firstSeconds).toFixed(6), ...pinnedInput(facts.path, video.demuxer)],
    ...['-map', `0:${streamIndex}`, '-map', '0:a:0?', '-map_metadata', '-1', '-map_chapters', '-1'],
    ...(recipe.mode === 'remux' ? ['-c:v', 'copy'] : pictureArguments(video, recipe.height, version, encoders)),
    ...[...soundOptions(encoders.sound), '-af', 'aresample=async=1:first_pts=0,aformat=sample_rates=44100|48000:channel_layouts=mono|stereo'],
    ...['-max_muxing_queue_size', '4096', ...(encoders.container === 'mp4' ? ['-movflags', '+faststart'] : []), '-f', encoders.container, '-y', `file:${output}`],
  ];
}

function pictureArguments(video: ProbedVideo, height: number, version: string, { container, picture }: ProxyEncoders): string[] {
  const { facts, timeBase } = video;
  const width = even((facts.width * height) / facts.height);
  // An mp4 counts in whole parts of a second; the finest clocks are not worth their digits.
  const exact = timeBase.denominator <= 1_000_000;
  const [clock, scale] = exact ? [`${timeBase.numerator}/${timeBase.denominator}`, timeBase.denominator] : ['1/90000', 90_000];
  return [
    ...['-vf', [...timeFilters(video), `scale=${width}:${height}:flags=bicubic`, 'format=yuv420p'].join(',')],
    ...[...everyFrame(version), '-enc_time_base:v', clock, ...(container === 'mp4' ? ['-video_track_timescale', String(scale)] : [])],
    ...pictureOptions(picture, Math.round(width * height * Math.min(60, Math.max(10, facts.fps)) * 0.15)),
    // An mp4 says how long a frame lasts in the order of decoding. With B-frames that is another order: where the rate
    // varies, a player that seeks would then take a frame to have ended that has not.
    ...(facts.variableFrameRate ? ['-bf', '0'] : []),
    // A key frame a second, so that seeking is quick.
    ...['-force_key_frames', 'expr:gte(t,n_forced)'],
  ];
}

/** Where packets do not tell the times, frames are counted, as the index of the clip does. */
function timeFilters(video: ProbedVideo): string[] {
  const { facts, index } = video;
  const last = facts.frameCount - 1;
  if (index.seekable || facts.variableFrameRate || last < 1) {
    // Frames that some decoders show before the first key frame are not counted.
    return [`select='gte(t,-0.0005)'`];
  }
  const step = frameSeconds(video, last) / last;
  return [`setpts='N*${step.toFixed(9)}/TB'`];
}

function even(size: number): number {
  return Math.max(2, 2 * Math.round(size / 2));
}
