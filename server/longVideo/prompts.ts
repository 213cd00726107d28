import type { Segment } from '../protocol/index.js';

/** Longest text of one part that is condensed: a line of a context holds no more. */
export const condensedWords = 50;

/**
 * What long videos are asked about with, in one place. They follow LLoVi: what is said of the parts is condensed with the
 * question in mind, (C, Q) → S, and the question is answered from that.
 */
export const longVideoPrompts = {
  /** Condenses what is known of a part, for a question about the whole. */
  condenseFor: (question: string, part: Segment): string =>
    [
      `These notes tell what happens in a video ${spoken(part)}.`,
      `Somebody asks about the whole video: "${oneLine(question)}"`,
      `Write down, in at most ${condensedWords} words and with the seconds, what in these notes helps to answer. Do not answer yet.`,
    ].join(' '),
  /** The same without a question. */
  condense: (part: Segment): string =>
    `These notes tell what happens in a video ${spoken(part)}. Sum them up in at most ${condensedWords} words, in the order of time.`,
  /** Of a window, for models that read what was noticed in it. */
  caption: 'Describe this part in one sentence.',
  detail: 'Describe this part in detail.',
  /** Names a part of a clip. */
  title: 'Give this part of the video a title of at most six words. Answer with the title alone.',
  /** LaViLa's rephraser. */
  rephrase: (text: string): string => `Say this in other words, without adding or leaving out anything: "${oneLine(text)}" Answer with the sentence alone.`,
  /** Of the notes on two clips. */
  compare: 'These notes tell of two videos, A and B. Say in a few sentences what both show, and what only one of them shows.',
} as const;

function spoken({ startSeconds, endSeconds }: Segment): string {
  return `from ${Math.round(startSeconds)} to ${Math.round(endSeconds)} seconds`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('"', "'").trim();
}
