import { randomBytes } from 'node:crypto';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { hasEncoder, type Manifest, type PromptRules } from './manifest.js';
import { renderTemplate } from './renderTemplate.js';
import { textHalfOf } from './textHalf.js';

/** Something the model looks at: its embeddings stand between two pieces of the prompt. */
export interface PromptVisual {
  kind: 'video' | 'image';
  /** E.g. `The video contains 8 frames sampled at 0.6, … seconds.` Left out for an image. */
  timeMessage?: string;
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

/**
 * Renders a conversation into the texts around its embeddings: piece 0, visual 0, piece 1, visual 1, …,
 * visuals in the order in which they are shown. Each piece is tokenised by itself and only the first gets a BOS. Follows the original's
 * `get_context_emb`, but text of the user that looks like a placeholder stays text.
 *
 * A turn before the last whose answer is empty is left out, but not what was shown with it: the template has no
 * form for it.
 *
 * @returns one piece more than there are visuals
 * @throws ManifestInvalid if the template loses or repeats a placeholder
 */
export function renderPrompt(rules: PromptRules, conversation: PromptConversation, subject?: string): string[] {
  const sentinel = `visual${randomBytes(16).toString('hex')}`;
  const guard = (text: string): string =>
    [rules.placeholders?.video, rules.placeholders?.image].reduce<string>(
      (guarded, placeholder) => (placeholder ? guarded.replaceAll(placeholder, sentinel) : guarded),
      text,
    );

  const messages: { role: 'user' | 'assistant'; content: string }[] = [];
  let shown = 0;
  const show = (visual: PromptVisual): void => {
    shown++;
    const message = visual.kind === 'video' ? rules.videoMessage : rules.imageMessage;
    if (message === undefined) {
      throw visual.kind === 'video'
        ? new VideoChatError(ErrorCode.InvalidParams, 'This model cannot look at videos.', {
            hint: 'Let it answer from the timeline, or choose a model with the ability "chat".',
            subject,
          })
        : new VideoChatError(ErrorCode.InvalidParams, 'This model cannot look at images.', {
            hint: 'Choose a video, or a model with the ability "image".',
            subject,
          });
    }
    const values = { timeMessage: visual.timeMessage ?? '' };
    messages.push({ role: 'user', content: renderTemplate(guard(message), values, subject) });
  };
  conversation.visuals.forEach(show);
  if (conversation.context !== undefined) {
    const content = renderTemplate(rules.contextMessage ?? '{{ context }}', { context: conversation.context }, subject);
    messages.push({ role: 'user', content });
  }
  const last = conversation.turns.length - 1;
  conversation.turns.forEach(({ visuals = [], question, answer }, i) => {
    visuals.forEach(show);
    if (i < last && !answer) {
      return;
    }
    const content = renderTemplate(rules.questionMessage ?? '{{ question }}', { question }, subject);
    messages.push({ role: 'user', content });
    if (answer) {
      messages.push({ role: 'assistant', content: answer });
    }
  });

  const values = { messages, system: rules.system ?? '', add_generation_prompt: messages.at(-1)?.role !== 'assistant' };
  const pieces = renderTemplate(guard(rules.template), values, subject).split(sentinel);
  if (pieces.length !== shown + 1) {
    throw new VideoChatError(
      ErrorCode.ManifestInvalid,
      phrase`The prompt template shows ${pieces.length - 1} visuals where ${shown} were given.`,
      { hint: 'The template must keep the content of every message.', subject },
    );
  }
  return pieces;
}

/** Renders sample conversations, so that a broken template is found when the manifest is read. */
export function checkPrompt(manifest: Manifest): void {
  const { prompt, id, media, abilities } = manifest;
  const turns = [{ question: 'a', answer: 'b' }, { question: 'c' }];
  if (hasEncoder(manifest)) {
    renderPrompt(prompt, { visuals: [{ kind: 'video', timeMessage: 't' }], turns }, id);
    if (prompt.imageMessage !== undefined) {
      renderPrompt(prompt, { visuals: [{ kind: 'image' }], turns }, id);
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
