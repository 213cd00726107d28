import type { CancellationToken } from '../../common/cancellation.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import { ErrorCode, type Phrase, phrase, type Segment, type SpeechOptions, type TimelineTrackState, VideoChatError } from '../../protocol/index.js';
import type { FfmpegTools } from '../../video/findFfmpeg.js';
import type { ProbedVideo } from '../../video/probeVideo.js';
import type { FoundEvent } from '../events/makeEvent.js';
import { findSpeech, type HeardSpeech, speechEvents, type SubtitleLine, untold } from '../events/speechEvents.js';
import { modelsOf } from '../modelHashes.js';
import type { HeardLine, Perception } from '../perception.js';
import { findSubtitles } from '../subtitles/findSubtitles.js';
import { readSubtitles } from '../subtitles/readSubtitles.js';
import { chooseRecogniser } from './chooseRecogniser.js';
import { hearVoices } from './hearVoices.js';
import { hearWords } from './hearWords.js';
import { planPieces } from './planPieces.js';
import type { VoiceStore } from './voiceStore.js';
import type { WordStore } from './wordStore.js';

export interface SpokenOptions {
  video: ProbedVideo;
  perception: Perception;
  voices: VoiceStore;
  words: WordStore;
  tools: FfmpegTools;
  range: Segment;
  speech: SpeechOptions;
  token: CancellationToken;
  onProgress(doneSeconds: number): void;
  onWords(done: number, pieces: number): void;
  /** What is known so far: what subtitles say before anything was heard, then words as they come. */
  onEvents(events: FoundEvent[]): void;
}

export interface SpeechFinding {
  events: FoundEvent[];
  /** Ids of the models that heard. */
  sources?: string[];
  /** Left out: complete. */
  state?: TimelineTrackState['state'];
  /** Why there is nothing or less: no sound, no model. */
  note?: string | Phrase;
}

/**
 * What is said in a clip, and where somebody speaks: subtitles first, then what models hear where no subtitle tells.
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
    options.onEvents(speechEvents(subtitles, [], range, ''));
  }
  const [model] = modelsOf(perception.models(), 'voice');
  const without = (note: string | Phrase): SpeechFinding => ({
    events: speechEvents(subtitles ?? [], [], range, ''),
    // Subtitles alone tell enough.
    ...(subtitles ? {} : { state: 'unavailable', note }),
  });
  if (!video.facts.streams.some(({ kind }) => kind === 'audio')) {
    return without(phrase`The clip has no sound.`);
  }
  if (!model || !perception.isAvailable('voice')) {
    return without(phrase`No perception model for this is installed.`);
  }
  let probabilities: number[];
  try {
    const { onProgress, voices: store } = options;
    const heard = await hearVoices(video, { perception, store, tools, token, modelHash: model.sha256, endSeconds: range.endSeconds, onProgress });
    probabilities = Array.from(heard, (value) => value / 255);
  } catch (error) {
    return without(reasonOf(error, token));
  }
  const eventsWith = (heard?: HeardSpeech): FoundEvent[] => speechEvents(subtitles ?? [], probabilities, range, model.id, heard);
  return findWords(options, subtitles ?? [], probabilities, eventsWith, model.id);
}

/** Words in the voices that no subtitle tells. */
async function findWords(
  { perception, speech, video, words, tools, token, range, onWords, onEvents }: SpokenOptions,
  subtitles: readonly SubtitleLine[],
  probabilities: readonly number[],
  eventsWith: (heard?: HeardSpeech) => FoundEvent[],
  voiceModel: string,
): Promise<SpeechFinding> {
  let heard: HeardSpeech | undefined;
  try {
    const recogniser = await chooseRecogniser(perception, speech);
    if (!recogniser) {
      return { events: eventsWith(), sources: [voiceModel] };
    }
    const { id: source, weak } = recogniser;
    const voices = findSpeech(probabilities).flatMap((voice) => untold(voice, subtitles));
    const pieces = planPieces(voices, probabilities).filter(({ startSeconds, endSeconds }) => startSeconds < range.endSeconds && endSeconds > range.startSeconds);
    const tell = (done: number, lines: readonly HeardLine[]): void => {
      heard = { lines, source, weak };
      onWords(done, pieces.length);
      onEvents(eventsWith(heard));
    };
    heard = { lines: await hearWords(video, pieces, { recogniser, store: words, tools, token, onPiece: tell }), source, weak };
    const note = weak && heard.lines.length > 0 ? phrase`The words are guesses of ${source}: many are wrong.` : undefined;
    return { events: eventsWith(heard), sources: [voiceModel, source], ...(note ? { note } : {}) };
  } catch (error) {
    // That somebody speaks is known all the same.
    return { events: eventsWith(heard), sources: [voiceModel], state: 'partial', note: reasonOf(error, token) };
  }
}

/** Why this much cannot be heard; throws what ends the whole run. */
function reasonOf(error: unknown, token: CancellationToken): string | Phrase {
  throwIfCancelled(token);
  if (error instanceof VideoChatError && (error.code === ErrorCode.PerceptionUnavailable || error.code === ErrorCode.FfmpegFailed)) {
    return error.phrases.message;
  }
  throw error;
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
