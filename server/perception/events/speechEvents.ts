import type { Segment } from '../../protocol/index.js';
import { type HeardLine, voiceSampleRate, voiceWindow } from '../perception.js';
import { type FoundEvent, makeEvent } from './makeEvent.js';

/** Where a voice begins, and where it has ended. */
const thresholds = { begins: 0.5, ends: 0.35 };
const leastSpeech = 0.25; // s
const leastSilence = 0.3; // s
/** Of what is heard, the part that no subtitle tells must be so long to be told of. */
const leastUntold = 1; // s

const windowSeconds = voiceWindow / voiceSampleRate;

/**
 * Where somebody speaks.
 *
 * @param probabilities 0…1 for each window of the sound from the beginning of the clip
 */
export function findSpeech(probabilities: ArrayLike<number>): (Segment & { confidence: number })[] {
  const found: { first: number; end: number }[] = [];
  let speaking = false;
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i] ?? 0;
    speaking = probability >= (speaking ? thresholds.ends : thresholds.begins);
    if (!speaking) continue;
    const last = found.at(-1);
    if (last && (i - last.end) * windowSeconds < leastSilence) {
      last.end = i + 1;
    } else {
      found.push({ first: i, end: i + 1 });
    }
  }
  return found
    .filter(({ first, end }) => (end - first) * windowSeconds >= leastSpeech)
    .map(({ first, end }) => {
      let sum = 0;
      for (let i = first; i < end; i++) sum += probabilities[i] ?? 0;
      return { startSeconds: first * windowSeconds, endSeconds: end * windowSeconds, confidence: sum / (end - first) };
    });
}

/** A line of subtitles. */
export interface SubtitleLine extends Segment {
  text: string;
}

/** Words that somebody heard. */
export interface HeardSpeech {
  lines: readonly HeardLine[];
  source: string;
  weak: boolean;
}

/**
 * What is said, from subtitles and from what was heard, and that somebody speaks where no subtitle says so.
 *
 * @param range what was to be looked at: events are cut to it
 */
export function speechEvents(
  subtitles: readonly SubtitleLine[],
  probabilities: ArrayLike<number>,
  range: Segment,
  source: string,
  heard?: HeardSpeech,
): FoundEvent[] {
  const inRange = <T extends Segment>(segments: readonly T[]): T[] =>
    segments
      .map((each) => ({ ...each, startSeconds: Math.max(each.startSeconds, range.startSeconds), endSeconds: Math.min(each.endSeconds, range.endSeconds) }))
      .filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds);
  const lines = inRange(subtitles);
  const words = inRange(heard?.lines ?? []);
  const voices = inRange(findSpeech(probabilities).flatMap((speech) => untold(speech, [...lines, ...words]).map((part) => ({ ...speech, ...part }))));
  return [
    ...lines.map(({ text, ...times }) => makeEvent({ track: 'speech', label: text, source: 'subtitles', confidence: 1, ...times })),
    ...words.map(({ text, confidence, ...times }) =>
      makeEvent({ track: 'speech', label: text, source: heard?.source ?? '', confidence, ...times, ...(heard?.weak ? { weak: true as const } : {}) }),
    ),
    ...voices.map((voice) => makeEvent({ track: 'speech', label: 'speech', source, ...voice })),
  ];
}

/** The parts of a stretch that no line covers: all of it where there are no lines at all. */
export function untold(speech: Segment, lines: readonly Segment[]): Segment[] {
  const covering = lines
    .filter(({ startSeconds, endSeconds }) => startSeconds < speech.endSeconds && endSeconds > speech.startSeconds)
    .sort((a, b) => a.startSeconds - b.startSeconds);
  if (covering.length === 0) return [speech];
  const parts: Segment[] = [];
  let from = speech.startSeconds;
  for (const { startSeconds, endSeconds } of [...covering, { startSeconds: speech.endSeconds, endSeconds: speech.endSeconds }]) {
    if (startSeconds - from >= leastUntold) parts.push({ startSeconds: from, endSeconds: startSeconds });
    from = Math.max(from, endSeconds);
  }
  return parts;
}
