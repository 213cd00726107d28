import type { PlayerAbilities } from '../../../server/protocol/media.js';
import { soundSamples } from './soundSamples.js';

/** What VS Code's webviews play everywhere. */
export const commonAbilities: PlayerAbilities = {
  videoCodecs: ['h264', 'vp8'],
  audioCodecs: ['mp3', 'flac', 'vorbis', 'pcm_s16le'],
  containers: ['mp4', 'webm'],
};

/** Codecs that some players have, by ffmpeg's names: what to ask for, and whether hardware alone is trusted. */
const videoCandidates = [
  { codec: 'vp9', contentType: 'video/webm; codecs="vp09.00.31.08"', hardwareOnly: false },
  { codec: 'av1', contentType: 'video/mp4; codecs="av01.0.05M.08"', hardwareOnly: false },
  { codec: 'hevc', contentType: 'video/mp4; codecs="hvc1.1.6.L93.B0"', hardwareOnly: true },
] as const;

/** Measuring is not worth waiting for longer. */
const patienceMs = 500;

/**
 * What this player can do. Conservative: a codec is added to the common ones only where the player says that it
 * decodes it smoothly or, for sound, where a sample really decoded; a codec too few costs a proxy, one too many a
 * clip that stays black.
 */
export async function measureAbilities(window: Window & typeof globalThis): Promise<PlayerAbilities> {
  const [video, audio] = await Promise.all([
    Promise.all(videoCandidates.map(async (candidate) => ((await decodesVideo(window, candidate)) ? [candidate.codec] : []))),
    Promise.all(
      (['aac', 'opus'] as const).map(async (codec) => ((await decodesSound(window, soundSamples[codec])) ? [codec] : [])),
    ),
  ]);
  return {
    videoCodecs: [...commonAbilities.videoCodecs, ...video.flat()],
    audioCodecs: [...commonAbilities.audioCodecs, ...audio.flat()],
    containers: [...commonAbilities.containers],
  };
}

async function decodesVideo(
  window: Window & typeof globalThis,
  { contentType, hardwareOnly }: (typeof videoCandidates)[number],
): Promise<boolean> {
  const asked = inTime(async () => {
    const answer = await window.navigator.mediaCapabilities.decodingInfo({
      type: 'file',
      video: { contentType, width: 1280, height: 720, bitrate: 2_000_000, framerate: 30 },
    });
    return answer.supported && answer.smooth && (!hardwareOnly || answer.powerEfficient);
  });
  return (await asked) ?? false;
}

async function decodesSound(window: Window & typeof globalThis, sample: string): Promise<boolean> {
  const asked = inTime(async () => {
    const bytes = Uint8Array.from(window.atob(sample), (character) => character.charCodeAt(0));
    const decoded = await new window.OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes.buffer);
    return decoded.length > 0;
  });
  return (await asked) ?? false;
}

/** Nothing where the player lacks the means, refuses, or takes too long. */
async function inTime<T>(work: () => Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
