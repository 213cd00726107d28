import { clientRequest } from './descriptor.js';
import type { Streaming } from './progress.js';
import type { Segment } from './video.js';

/**
 * `shots`: where the camera or the scene changes. `objects`: things of the COCO-80 list, tracked over frames. `text`:
 * lines to be read on the screen. `speech`: that somebody speaks, and what, where subtitles tell or a speech model is
 * installed. `people`: faces
 * together, and simple poses. `motion`: stillness, movement and darkness of the picture.
 */
export const timelineTracks = ['shots', 'objects', 'text', 'speech', 'people', 'motion'] as const;
export type TimelineTrack = (typeof timelineTracks)[number];

/**
 * Something that was noticed in a clip. Times are those of the frames it was seen in, so they are as exact as the frames
 * looked at are close; `endSeconds` is exclusive.
 */
export interface TimelineEvent extends Segment {
  /** Unique in its timeline; the same for the same event as long as it is not seen longer or more surely. */
  id: string;
  track: TimelineTrack;
  /**
   * What it is, in the field's terms: a COCO label for `objects`, the line itself for `text`, subtitles and what was heard,
   * `speech`, `shot`, `face`, `standing`, `sitting`, `arms raised`, `still`, `moving`, `dark`.
   */
  label: string;
  /** How many of them at once, at most. */
  count?: number;
  /** 0…1, of the perception model; 1 where nothing was guessed. */
  confidence: number;
  /** Id of the perception model, `subtitles`, `pocketsphinx`, or `frames` for what is computed from the pixels. */
  source: string;
  /** Where, in the frame that shows it best: left, top, width, height as fractions of the picture. */
  box?: [number, number, number, number];
  /** The frame that shows it best. */
  bestSeconds?: number;
  /** Said by a recogniser many of whose words are wrong: a hint, no quotation. */
  weak?: true;
}

export interface TimelineTrackState {
  track: TimelineTrack;
  /** `partial`: stopped before its end. `unavailable`: no model for it, or no such stream in the clip; `note` says which. */
  state: 'complete' | 'partial' | 'unavailable';
  note?: string;
}

/** Whether the label of an event of `speech` is what is said, and not only that somebody speaks. */
export function tellsWords({ track, label, source }: Pick<TimelineEvent, 'track' | 'label' | 'source'>): boolean {
  return track === 'speech' && (source === 'subtitles' || label !== 'speech');
}

/** What perception models noticed in a clip, in order of time. */
export interface Timeline {
  /** Of the file's bytes, as in `VideoFacts`. */
  contentHash: string;
  durationSeconds: number;
  tracks: TimelineTrackState[];
  /** By start, then by track. */
  events: TimelineEvent[];
  /** Presentation times of the frames that were looked at, ascending. */
  frameSeconds: number[];
  /** Perception models that took part. */
  models: { id: string; name: string; sha256: string }[];
}

export const speechFallbacks = ['off', 'pocketsphinx'] as const;
export type SpeechFallback = (typeof speechFallbacks)[number];
/** How words are found where no subtitles tell them. What is left out is as the server's settings say. */
export interface SpeechOptions {
  /** Who hears them where no speech model is installed: nobody, or PocketSphinx (US English, many wrong words). */
  fallback?: SpeechFallback;
  /** Code of the language that is spoken, e.g. `en`; left out: the speech model finds out. */
  language?: string;
}

export interface TimelineCreateParams extends Streaming {
  videoId: string;
  /** All, unless some are named. */
  tracks?: TimelineTrack[];
  /** Frames looked at a second where nothing changes; 1 unless it says otherwise. Fewer in long clips. */
  framesPerSecond?: number;
  /** Only this part of the clip. */
  span?: Segment;
  speech?: SpeechOptions;
}
export type TimelineCreateProgress =
  /** `done` of `total` frames, seconds or, of `words`, pieces of sound. */
  | { kind: 'step'; what: 'shots' | 'frames' | 'speech' | 'words'; done: number; total: number }
  /** All events of that track as it is known now: they replace those sent before. */
  | { kind: 'track'; track: TimelineTrack; events: TimelineEvent[] };
/**
 * Looks through a clip. Frames are looked at once: another, longer or finer run begins from what is known of the same
 * bytes and models, and so does one that was interrupted. Coarse first, so that there is something to see early.
 *
 * @throws VideoUnknown, PerceptionUnavailable (no perception model is installed), FfmpegMissing, VideoTruncated,
 *   RequestCancelled
 */
export const TimelineCreateRequest = clientRequest<TimelineCreateParams, Timeline, TimelineCreateProgress>('timeline/create');

export const timelineFormats = ['json', 'webvtt', 'srt', 'csv'] as const;
export type TimelineFormat = (typeof timelineFormats)[number];

export interface TimelineExportParams {
  timeline: Timeline;
  format: TimelineFormat;
  /** All, unless some are named. */
  tracks?: TimelineTrack[];
}
/** Writes a timeline as text: `json` is the {@link Timeline}, in `webvtt` and `srt` each event is a cue, in `csv` a row. */
export const TimelineExportRequest = clientRequest<TimelineExportParams, { text: string }>('timeline/export');
