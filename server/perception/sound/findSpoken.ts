import type { CancellationToken } from '../../common/cancellation.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import { ErrorCode, type Phrase, phrase, type Segment, VideoChatError } from '../../protocol/index.js';
import type { FfmpegTools } from '../../video/findFfmpeg.js';
import type { ProbedVideo } from '../../video/probeVideo.js';
import type { FoundEvent } from '../events/makeEvent.js';
import { speechEvents, type SubtitleLine } from '../events/speechEvents.js';
import { modelsOf } from '../modelHashes.js';
import type { Perception } from '../perception.js';
import { findSubtitles } from '../subtitles/findSubtitles.js';
import { readSubtitles } from '../subtitles/readSubtitles.js';
import { hearVoices } from './hearVoices.js';
import type { VoiceProbabilities, VoiceStore } from './voiceStore.js';

export interface SpokenOptions {
  video: ProbedVideo;
  perception: Perception;
  voices: VoiceStore;
  tools: FfmpegTools;
  range: Segment;
  token: CancellationToken;
  onProgress(doneSeconds: number): void;
  /** What subtitles say, before anything was heard. */
  onSubtitles(events: FoundEvent[]): void;
}

export interface SpeechFinding {
  events: FoundEvent[];
  /** Id of the model that heard. */
  source?: string;
  /** Why there is nothing: no sound, no model. */
  note?: string | Phrase;
}

/**
 * What is said in a clip, and where somebody speaks: subtitles first, then what a model hears.
 *
 * @throws FfmpegMissing, RequestCancelled
 */
export async function findSpoken(options: SpokenOptions): Promise<SpeechFinding> {
  const { video, perception, tools, range, token } = options;
  if (video.facts.kind === 'image') {
    return { events: [] };
  }
  const subtitles = await subtitlesOf(video, tools, token);
  if (subtitles) {
    options.onSubtitles(speechEvents(subtitles, [], range, ''));
  }
  const [model] = modelsOf(perception.models(), 'voice');
  const hasSound = video.facts.streams.some(({ kind }) => kind === 'audio');
  let note: string | Phrase | undefined;
  let heard: VoiceProbabilities | undefined;
  if (!hasSound) {
    note = phrase`The clip has no sound.`;
  } else if (!model || !perception.isAvailable('voice')) {
    note = phrase`No perception model for this is installed.`;
  } else {
    try {
      heard = await hearVoices(video, {
        ...{ perception, store: options.voices, tools, token },
        ...{ modelHash: model.sha256, endSeconds: range.endSeconds, onProgress: options.onProgress },
      });
    } catch (error) {
      throwIfCancelled(token);
      if (!(error instanceof VideoChatError) || (error.code !== ErrorCode.PerceptionUnavailable && error.code !== ErrorCode.FfmpegFailed)) throw error;
      note = error.phrases.message;
    }
  }
  const probabilities = Array.from(heard ?? [], (value) => value / 255);
  return {
    events: speechEvents(subtitles ?? [], probabilities, range, model?.id ?? ''),
    ...(heard && model ? { source: model.id } : {}),
    // Subtitles alone tell enough.
    ...(note === undefined || subtitles ? {} : { note }),
  };
}

async function subtitlesOf(video: ProbedVideo, tools: FfmpegTools, token: CancellationToken): Promise<SubtitleLine[] | undefined> {
  const source = await findSubtitles(video.facts);
  const lines = source && (await readUsable(video, source, tools, token));
  return lines && lines.length > 0 ? lines : undefined;
}

async function readUsable(...[video, source, tools, token]: Parameters<typeof readSubtitles>): Promise<SubtitleLine[] | undefined> {
  try {
    return await readSubtitles(video, source, tools, token);
  } catch (error) {
    // A file that is none says nothing; no ffmpeg, and a request that is over, do.
    if (error instanceof VideoChatError && error.code === ErrorCode.FfmpegFailed) return undefined;
    throw error;
  }
}
