import { randomBytes } from 'node:crypto';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { hasEncoder, type Manifest, type PromptRules } from './manifest.js';
import { numberWords } from './numberWords.js';
import { renderTemplate } from './renderTemplate.js';
import { textHalfOf } from './textHalf.js';

/** Something the model looks at: its embeddings stand between two pieces of the prompt. */
export interface PromptVisual {
  kind: 'video' | 'image';
  /** E.g. `The video contains 8 frames sampled at 0.6, … seconds.` Left out for an image. */
  timeMessage?: string;
  /** Times of a video's frames, in the order of their rows. */
  frameSeconds?: readonly number[];
  /** Of a picture that is shown in tiles: before the whole of it, row by row. */
  tiles?: { rows: number; columns: number };
  /** Of the whole video. */
  durationSeconds?: number;
  /** It is heard too: rows of its sound stand in the prompt. */
  sound?: boolean;
}

export interface PromptTurn {
  /** What the model is shown just before this question, besides what it saw at the beginning. */
  visuals?: PromptVisual[];
  question: string;
  /** Left out for the last turn: the question that is to be answered now. */
  answer?: string;
}

export interface PromptConversation {
  /** What the model is shown at the beginning. */
  visuals: PromptVisual[];
  /** What is known of it in words; shown after the visuals of the beginning. */
  context?: string;
  turns: PromptTurn[];
}

/** A stretch of a prompt. */
export type PromptPart =
  | { kind: 'text'; text: string }
  /** One token of the vocabulary. */
  | { kind: 'special'; text: string }
  /** Rows of the visual that is shown as the n-th: all of them, or those of one frame or tile. */
  | { kind: 'visual'; visual: number; frame?: number }
  /** Rows of the sound of the visual that is shown as the n-th. */
  | { kind: 'sound'; visual: number };

/**
 * Renders a conversation into the texts around its embeddings: piece 0, visual 0, piece 1, visual 1, …,
 * visuals in the order in which they are shown. Each piece is tokenised by itself and only the first gets a BOS. Follows the original's
 * `get_context_emb`, but text of the user that looks like a placeholder stays text.
 *
 * A turn before the last whose answer is empty is left out, but not what was shown with it: the template has no
 * form for it.
 *
 * @returns one piece more than there are visuals, or frames where each is shown by itself; special tokens by their texts
 * @throws ManifestInvalid if the template loses or repeats a placeholder
 */
export function renderPrompt(rules: PromptRules, conversation: PromptConversation, subject?: string): string[] {
  const pieces = [''];
  for (const part of promptParts(rules, conversation, subject)) {
    if (part.kind === 'visual' || part.kind === 'sound') {
      pieces.push('');
    } else {
      pieces.push((pieces.pop() ?? '') + part.text);
    }
  }
  return pieces;
}

/** The same with its special tokens told apart. @throws ManifestInvalid */
export function promptParts(rules: PromptRules, conversation: PromptConversation, subject?: string): PromptPart[] {
  const { marks, guard } = placeholderMarks(rules);
  const messages: { role: 'user' | 'assistant'; content: string }[] = [];
  const shown: PromptVisual[] = [];
  let waiting = '';
  const show = (visual: PromptVisual): void => {
    shown.push(visual);
    // Nobody else's words are in it, so that what the template puts together counts too.
    const content = guard(renderTemplate(messageOf(rules, visual, subject), visualValues(visual), subject));
    if (rules.visuals === 'question') {
      waiting += content;
    } else {
      messages.push({ role: 'user', content });
    }
  };
  conversation.visuals.forEach(show);
  if (conversation.context !== undefined) {
    const content = renderTemplate(guard(rules.contextMessage ?? '{{ context }}'), { context: conversation.context }, subject);
    messages.push({ role: 'user', content });
  }
  const last = conversation.turns.length - 1;
  conversation.turns.forEach(({ visuals = [], question, answer }, i) => {
    visuals.forEach(show);
    if (i < last && !answer) {
      return;
    }
    const content = renderTemplate(guard(rules.questionMessage ?? '{{ question }}'), { question, visuals: waiting }, subject);
    waiting = '';
    messages.push({ role: 'user', content });
    if (answer) {
      messages.push({ role: 'assistant', content: answer });
    }
  });

  const values = { messages, system: rules.system ?? '', add_generation_prompt: messages.at(-1)?.role !== 'assistant' };
  const parts = marks.partsOf(renderTemplate(guard(rules.template), values, subject), shown);
  const wanted = shown.reduce((sum, visual) => sum + (showsParts(rules, visual) ? partsShown(visual) : 1), 0);
  const found = parts.filter(({ kind }) => kind === 'visual').length;
  const heard = parts.filter(({ kind }) => kind === 'sound').length;
  if (found !== wanted || heard !== shown.filter(({ sound }) => sound).length) {
    throw new VideoChatError(
      ErrorCode.ManifestInvalid,
      phrase`The prompt template shows ${found} visuals where ${wanted} were given.`,
      { hint: 'The template must keep the content of every message.', subject },
    );
  }
  return parts;
}

/** Stand for placeholders and special tokens while templates are rendered, so that only those of the manifest count. */
function placeholderMarks(rules: PromptRules) {
  const mark = `mark${randomBytes(16).toString('hex')}`;
  const special = rules.specialTokens ?? [];
  const { video, frame, image, tile, audio } = rules.placeholders ?? {};
  const texts = [...[video, image].map((text) => ({ text, as: 'v' })), { text: frame, as: 'f' }, { text: tile, as: 't' }, { text: audio, as: 'a' }, ...special.map((text, i) => ({ text, as: `s${i}` }))]
    .filter((each): each is { text: string; as: string } => each.text !== undefined)
    .sort((a, b) => b.text.length - a.text.length);
  const guard = (text: string): string => texts.reduce((guarded, each) => guarded.replaceAll(each.text, `${mark}${each.as};`), text);
  const partsOf = (text: string, shown: readonly PromptVisual[]): PromptPart[] => {
    let visual = 0;
    let next = 0;
    const heard = shown.flatMap(({ sound }, index) => (sound ? [index] : []));
    return text.split(new RegExp(`${mark}([vfta]|s\\d+);`)).flatMap((piece, i): PromptPart[] => {
      if (i % 2 === 0) {
        // The first one gets the BOS, whatever it holds.
        return piece === '' && i > 0 ? [] : [{ kind: 'text', text: piece }];
      }
      if (piece.startsWith('s')) {
        return [{ kind: 'special', text: special[Number(piece.slice(1))] ?? '' }];
      }
      if (piece === 'a') {
        return [{ kind: 'sound', visual: heard.shift() ?? -1 }];
      }
      const current = shown[visual];
      const inParts = current !== undefined && showsParts(rules, current);
      const part: PromptPart = { kind: 'visual', visual, ...(inParts ? { frame: next } : {}) };
      next = inParts && next + 1 < partsShown(current) ? next + 1 : 0;
      visual += next === 0 ? 1 : 0;
      return [part];
    });
  };
  return { marks: { partsOf }, guard };
}

/** Frames of a video, or tiles of a picture and the whole of it: each has equally many rows. */
export function partsShown({ frameSeconds, tiles }: PromptVisual): number {
  return tiles ? tiles.rows * tiles.columns + 1 : (frameSeconds?.length ?? 1);
}

/** Whether the rows of a visual stand in the prompt part by part. */
function showsParts({ placeholders }: PromptRules, { kind, tiles }: PromptVisual): boolean {
  return kind === 'video' ? placeholders?.frame !== undefined : tiles !== undefined && placeholders?.tile !== undefined;
}

/** What a message that shows something may say of it. */
function visualValues({ timeMessage = '', frameSeconds = [], tiles = { rows: 0, columns: 0 }, durationSeconds = 0, sound = false }: PromptVisual): Record<string, unknown> {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = (seconds: number): string => `${two(seconds / 60)}:${two(seconds % 60)}`;
  const whole = Math.floor(durationSeconds);
  return {
    timeMessage,
    sound,
    frames: frameSeconds.map((seconds) => ({ seconds, clock: clock(seconds) })),
    frameCountWords: numberWords(frameSeconds.length),
    tiles: Array.from({ length: tiles.rows }, (_, r) => Array.from({ length: tiles.columns }, (__, c) => ({ row: r + 1, column: c + 1 }))),
    duration: `${Math.floor(whole / 3600)}:${clock(whole % 3600)}`,
  };
}

function messageOf(rules: PromptRules, { kind }: PromptVisual, subject: string | undefined): string {
  const message = kind === 'video' ? rules.videoMessage : rules.imageMessage;
  if (message === undefined) {
    throw kind === 'video'
      ? new VideoChatError(ErrorCode.InvalidParams, 'This model cannot look at videos.', {
          hint: 'Let it answer from the timeline, or choose a model with the ability "chat".',
          subject,
        })
      : new VideoChatError(ErrorCode.InvalidParams, 'This model cannot look at images.', {
          hint: 'Choose a video, or a model with the ability "image".',
          subject,
        });
  }
  return message;
}

/** Renders sample conversations, so that a broken template is found when the manifest is read. */
export function checkPrompt(manifest: Manifest): void {
  const { prompt, id, media, abilities } = manifest;
  const turns = [{ question: 'a', answer: 'b' }, { question: 'c' }];
  if (manifest.prefix) {
    renderPrompt(prompt, { visuals: [], turns }, id);
  } else if (hasEncoder(manifest)) {
    renderPrompt(prompt, { visuals: [{ kind: 'video', timeMessage: 't', frameSeconds: [0, 1], durationSeconds: 2 }], turns }, id);
    if (manifest.audio) {
      renderPrompt(prompt, { visuals: [{ kind: 'video', timeMessage: 't', sound: true }], turns }, id);
    }
    if (prompt.imageMessage !== undefined) {
      renderPrompt(prompt, { visuals: [{ kind: 'image' }], turns }, id);
      if (manifest.preprocess.image.tiles) {
        renderPrompt(prompt, { visuals: [{ kind: 'image', tiles: { rows: 2, columns: 3 } }], turns }, id);
      }
    }
    if ((media?.most ?? 1) > 1) {
      const later = { visuals: [{ kind: 'video', timeMessage: 't' } as const], question: 'c' };
      renderPrompt(prompt, { visuals: [{ kind: 'video' }, { kind: 'video' }], turns: [{ question: 'a', answer: 'b' }, later] }, id);
    }
  }
  if (abilities.includes('timeline')) {
    const context = `context${randomBytes(16).toString('hex')}`;
    const [text = ''] = renderPrompt(textHalfOf(manifest).prompt, { visuals: [], context, turns }, id);
    if (text.split(context).length !== 2) {
      throw new VideoChatError(ErrorCode.ManifestInvalid, 'The prompt for timelines does not hold the context exactly once.', {
        hint: 'The template must keep the content of every message, and timeline.prompt.contextMessage must show the context.',
        subject: id,
      });
    }
  }
}
