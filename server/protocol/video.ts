import { clientRequest } from './descriptor.js';

/** A span of media time, in seconds from the first frame; `endSeconds` is exclusive. */
export interface Segment {
  startSeconds: number;
  endSeconds: number;
}

/** Facts about a file, read without decoding it. */
export interface VideoFacts {
  /** Absolute path. */
  path: string;
  /** SHA-256 of the file's bytes, hex. Two paths with the same bytes share embeddings. */
  contentHash: string;
  bytes: number;
  /** `image` is a video of one frame and no duration. */
  kind: 'video' | 'image';
  /** Demuxer, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  container: string;
  codec: string;
  /** Size as displayed: after rotation. */
  width: number;
  height: number;
  /** Clockwise degrees the decoder applies: 0, 90, 180 or 270. */
  rotationDegrees: number;
  /** From the first frame's presentation to the end of the last. 0 for an image. */
  durationSeconds: number;
  /** Average frames per second: frames ÷ duration. 0 for an image. */
  fps: number;
  /** Frames that are presented (after edit lists). */
  frameCount: number;
  /** Frame intervals differ by more than rounding. */
  variableFrameRate: boolean;
  /** Of the picture's stream, e.g. `1/15360`. */
  timeBase?: string;
  streams: StreamFacts[];
}

export interface StreamFacts {
  index: number;
  kind: 'video' | 'audio' | 'subtitle' | 'data' | 'attachment';
  codec: string;
  language?: string;
}

/** How to choose frames. A string names it: see {@link parseFramePlanSpec} in `framePlan.ts`. */
export type FramePlanSpec = string;

/** Which frames are looked at, and why: data, shown to the person, part of the answer's provenance. */
export interface FramePlan {
  /** Canonical spec, e.g. `videochat:8`. */
  spec: FramePlanSpec;
  /** The part of the clip the plan covers; the whole clip unless a span was asked for. */
  span: Segment;
  /** Frame numbers in presentation order, counted from 0; may repeat when the clip is short. */
  indices: number[];
  /** Presentation time of each of them, in seconds from the first frame. */
  seconds: number[];
  /** One sentence: `8 frames, one from the middle of each eighth of the clip`. */
  reason: string;
}

export interface VideoOpenParams {
  path: string;
}
export interface VideoOpenResult {
  videoId: string;
  facts: VideoFacts;
}
/** Probes a file and keeps it under an id. Opening the same path again answers from memory if the file is unchanged. */
export const VideoOpenRequest = clientRequest<VideoOpenParams, VideoOpenResult>('video/open');

export interface VideoPlanParams {
  videoId: string;
  plan: FramePlanSpec;
  span?: Segment;
}
/** Makes a frame plan without decoding anything. */
export const VideoPlanRequest = clientRequest<VideoPlanParams, FramePlan>('video/plan');

export interface VideoFramesParams extends VideoPlanParams {
  /** Absolute folder; made if missing. Left out: a folder in the server's cache. */
  outFolder?: string;
  format?: 'png' | 'jpeg';
  /** Longest side in pixels; left out: as decoded. */
  maxSide?: number;
}
export interface VideoFramesResult {
  plan: FramePlan;
  /** One absolute path per planned frame, in plan order; the names sort in that order. */
  paths: string[];
}
/** Writes whole frames as pictures and answers with their paths. */
export const VideoFramesRequest = clientRequest<VideoFramesParams, VideoFramesResult>('video/frames');

/** Forgets a video id, when it was closed as often as it was opened. Conversations about it keep working. */
export const VideoCloseRequest = clientRequest<{ videoId: string }, null>('video/close');
