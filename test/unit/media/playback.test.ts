import { describe, expect, it } from 'vitest';
import { familyOf } from '../../../server/media/containerFamily.js';
import { decidePlayback, type PlaybackRequest } from '../../../server/media/playback.js';
import type { PlayerAbilities, StreamFacts } from '../../../server/protocol/index.js';
import { makeVideo } from '../../fakes/gatedParts.js';

interface Case {
  picture?: string;
  pixels?: string;
  sound?: string[];
  container?: string;
  soundStart?: number;
  /** When the first frame is shown, in frames. */
  first?: number;
  image?: boolean;
  firstKey?: number;
  seekable?: boolean;
  sought?: boolean;
  /** Frames that the decoder reorders. */
  reordered?: number;
  /** One of so many frames lasts three times as long as the others. */
  longEvery?: number;
  atLeast?: PlaybackRequest['atLeast'];
  abilities?: PlayerAbilities;
}

function decide(it: Case): ReturnType<typeof decidePlayback> {
  const made = makeVideo(it.image ? '/nowhere/picture.png' : '/nowhere/clip.mp4');
  const codec = it.picture ?? 'h264';
  const sound = (it.sound ?? []).map((name, i): StreamFacts => ({ index: i + 1, kind: 'audio', codec: name }));
  return decidePlayback({
    video: {
      facts: { ...made.facts, codec, variableFrameRate: it.longEvery !== undefined, streams: [{ index: 0, kind: 'video', codec }, ...sound] },
      reorderedFrames: it.reordered ?? 0,
      pixelFormat: it.pixels ?? 'yuv420p',
      soundStartSeconds: it.soundStart,
      timeBase: made.timeBase,
      index: {
        ...made.index,
        ticks: made.index.ticks.map((tick) => tick + (it.first ?? 0) + (it.longEvery ? 2 * Math.floor(tick / it.longEvery) : 0)),
        seekable: it.seekable ?? true,
        keyTicks: Float64Array.of(it.firstKey ?? it.first ?? 0),
      },
    },
    container: it.container ?? 'mp4',
    abilities: it.abilities,
    atLeast: it.atLeast,
    canBeSought: it.sought,
  });
}

const chrome: PlayerAbilities = {
  videoCodecs: ['h264', 'vp8', 'vp9', 'av1'],
  audioCodecs: ['aac', 'mp3', 'opus', 'vorbis', 'flac'],
  containers: ['mp4', 'webm', 'mov', 'matroska'],
};

describe('decidePlayback', () => {
  it.each<[string, Case, string, RegExp]>([
    ['H.264 without sound', {}, 'file', /^$/],
    ['H.264 with MP3', { sound: ['mp3'] }, 'file', /^$/],
    ['VP8 with Vorbis', { picture: 'vp8', sound: ['vorbis'], container: 'webm' }, 'file', /^$/],
    ['full-range H.264', { pixels: 'yuvj420p' }, 'file', /^$/],
    ['H.264 with AAC', { sound: ['aac'] }, 'remux', /AAC sound/],
    ['H.264 with Opus', { sound: ['opus'] }, 'remux', /Opus sound/],
    ['only the first sound counts', { sound: ['mp3', 'aac'] }, 'file', /^$/],
    ['H.264 in mkv', { container: 'matroska' }, 'remux', /matroska files/],
    ['H.264 in mov', { container: 'mov', sound: ['pcm_s16le'] }, 'remux', /PCM sound/],
    ['HEVC', { picture: 'hevc', sound: ['mp3'] }, 'transcode', /HEVC pictures/],
    ['MPEG-4 part 2 in avi', { picture: 'mpeg4', container: 'avi' }, 'transcode', /MPEG-4 part 2/],
    ['VP9 is not sure', { picture: 'vp9', container: 'webm' }, 'transcode', /VP9/],
    ['ten bits', { pixels: 'yuv420p10le' }, 'transcode', /yuv420p10le/],
    ['4:4:4', { pixels: 'yuv444p' }, 'transcode', /yuv444p/],
    ['VP8 with Opus: it cannot be copied into an mp4', { picture: 'vp8', sound: ['opus'], container: 'webm' }, 'transcode', /Opus/],
    ['a picture', { image: true, picture: 'png', container: 'png' }, 'image', /^$/],
    ['a picture, whatever was asked for', { image: true, picture: 'png', container: 'png', atLeast: 'transcode' }, 'image', /^$/],
    ['an animation', { picture: 'gif', container: 'gif', pixels: 'bgra' }, 'transcode', /GIF/],
    ['H.264 without usable times', { container: 'avi', seekable: false }, 'transcode', /avi files/],
    ['a copy that hides what comes before the cut', { sound: ['aac'], firstKey: -15 }, 'transcode', /AAC/],
    ['sound that leads', { sound: ['mp3'], soundStart: -0.5 }, 'remux', /other times/],
    ['sound that leads by less than half a frame', { sound: ['mp3'], soundStart: -0.01 }, 'file', /^$/],
    ['a picture that begins at ten seconds', { first: 300 }, 'remux', /other times/],
    ['VP8 that begins at a second', { picture: 'vp8', container: 'webm', first: 30 }, 'transcode', /other times/],
    ['a picture that begins before 0', { first: -3 }, 'remux', /other times/],
    ['a picture that begins within half a frame', { first: 0.4 }, 'file', /^$/],
    ['sound that comes later', { sound: ['mp3'], soundStart: 2 }, 'file', /^$/],
    ['the player failed on the file', { atLeast: 'remux' }, 'remux', /could not play/],
    ['the player failed on the copy', { atLeast: 'transcode' }, 'transcode', /easier to play/],
    ['the player failed on what cannot be copied', { picture: 'vp8', container: 'webm', atLeast: 'remux' }, 'transcode', /could not play/],
    ['open groups of pictures', { sought: false }, 'transcode', /cannot jump/],
    ['uneven times with B-frames', { longEvery: 10, reordered: 2 }, 'transcode', /uneven/],
    ['uneven times without B-frames', { longEvery: 10 }, 'file', /^$/],
    ['a dropped frame now and then', { longEvery: 100, reordered: 2 }, 'file', /^$/],
    ['a browser with AAC', { sound: ['aac'], abilities: chrome }, 'file', /^$/],
    ['a browser with VP9 and mkv', { picture: 'vp9', sound: ['opus'], container: 'matroska', abilities: chrome }, 'file', /^$/],
    ['a player that can do nothing', { abilities: { videoCodecs: [], audioCodecs: [], containers: [] } }, 'transcode', /H\.264/],
  ])('%s', (_, given, mode, reason) => {
    const decision = decide(given);
    expect(decision.mode).toBe(mode);
    expect(String(decision.reason)).toMatch(reason);
  });
});

describe('familyOf', () => {
  it.each([
    ['mov', '\0\0\0\x18ftypisom', 'mp4', 'video/mp4'],
    ['mov', '\0\0\0\x18ftypqt  ', 'mov', 'video/quicktime'],
    ['mov', '\0\0\0\x18moov', 'mov', 'video/quicktime'],
    ['matroska', '\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm', 'webm', 'video/webm'],
    ['matroska', '\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\x82\x88matroska', 'matroska', 'video/x-matroska'],
    ['png_pipe', '', 'png', 'image/png'],
    ['avi', '', 'avi', 'video/x-msvideo'],
    ['something', '', 'something', 'application/octet-stream'],
  ])('%s with %j is %s', (demuxer, head, name, mimeType) => {
    expect(familyOf(demuxer, Buffer.from(head, 'latin1'))).toEqual({ name, mimeType });
  });
});
