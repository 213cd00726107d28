import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';

/** What a player can do, measured by the player itself: codec names as ffmpeg gives them. */
export interface PlayerAbilities {
  videoCodecs: string[];
  audioCodecs: string[];
  /** Container families: `mp4`, `webm`, `matroska`, `mov`, `ogg`. */
  containers: string[];
}

/**
 * `file`: the file itself. `remux`: its picture copied into an mp4, with sound the player knows. `transcode`: made
 * again as H.264 with MP3, at most {@link MediaOpenParams.maxHeight} high. `image`: a picture.
 */
export type MediaMode = 'file' | 'remux' | 'transcode' | 'image';

export interface MediaOpenParams extends Streaming {
  videoId: string;
  /** Left out: what VS Code's webviews play everywhere (H.264 with MP3, FLAC or Vorbis; VP8; mp4 and webm). */
  abilities?: PlayerAbilities;
  /** Asks for more than the file seems to need: the player failed on it, or the way to it is slow. */
  atLeast?: 'remux' | 'transcode';
  /** Of a transcoded proxy, in pixels; default 720. */
  maxHeight?: number;
}

export interface MediaSource {
  mediaId: string;
  mode: MediaMode;
  /** Why it is not the file itself; empty for `file` and `image`. */
  reason: string;
  /**
   * `http://127.0.0.1:PORT/TOKEN/MEDIA`, for this connection only and until `media/close`. `URL/stream` is the media
   * with byte ranges; `URL/frame?seconds=S&height=H` a JPEG of the frame shown at S; times are those of the original.
   * For an annotator: `URL/times` the presentation times of all frames in seconds, float64 little-endian (see
   * `frameTimes.ts`); `URL/waveform?start=S&end=S&buckets=N` 2·N signed bytes, least and greatest sample of each
   * bucket of the first sound stream, `204` where there is no sound; `URL/shots` the times at which a new shot
   * begins, `{"seconds":[…]}`.
   */
  url: string;
  /** MIME type of `URL/stream`. */
  mimeType: string;
  bytes: number;
}

/** How far a proxy is, 0…1. */
export interface MediaProgress {
  fraction: number;
}

/**
 * Makes a video playable: serves the file itself where the player can play it, else a proxy that is made once and
 * kept in the cache. Only opened files are served, on 127.0.0.1, under an unguessable path.
 */
export const MediaOpenRequest = clientRequest<MediaOpenParams, MediaSource, MediaProgress>('media/open');

/** Stops serving it. The proxy stays in the cache. */
export const MediaCloseRequest = clientRequest<{ mediaId: string }, null>('media/close');
