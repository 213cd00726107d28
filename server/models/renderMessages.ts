import type { PromptRules } from './manifest.js';
import type { PromptConversation, PromptVisual } from './prompt.js';
import { renderTemplate } from './renderTemplate.js';

/** A message for a model that is sent messages: texts, and places where what it is shown stands. */
export interface RenderedMessage {
  role: 'system' | 'user' | 'assistant';
  parts: (string | { visual: number })[];
}

const usualSystem =
  'You answer questions about videos and pictures. Of a video you are shown frames in order, each after its time. Say at which second something happens where it matters. Say only what can be seen; where it cannot be seen, say so.';

/**
 * A conversation as messages: user and assistant take turns, since many servers take nothing else. Visuals count as in
 * {@link renderPrompt}.
 *
 * @throws ManifestInvalid if a template of the manifest cannot be rendered
 */
export function renderMessages(rules: PromptRules, conversation: PromptConversation, subject?: string): RenderedMessage[] {
  const messages: RenderedMessage[] = [];
  const say = (role: RenderedMessage['role'], ...parts: RenderedMessage['parts']): void => {
    const last = messages.at(-1);
    if (last?.role === role) {
      last.parts.push(...parts);
    } else {
      messages.push({ role, parts });
    }
  };
  let shown = 0;
  const show = ({ kind, timeMessage }: PromptVisual): void => say('user', timeMessage ?? (kind === 'image' ? 'A picture:' : 'A video:'), { visual: shown++ });

  const shows = conversation.visuals.length > 0 || conversation.turns.some(({ visuals }) => visuals?.length);
  const system = rules.system ?? (shows ? usualSystem : '');
  if (system !== '') {
    say('system', system);
  }
  conversation.visuals.forEach(show);
  if (conversation.context !== undefined) {
    say('user', renderTemplate(rules.contextMessage ?? '{{ context }}', { context: conversation.context }, subject).trim());
  }
  const last = conversation.turns.length - 1;
  conversation.turns.forEach(({ visuals = [], question, answer }, index) => {
    visuals.forEach(show);
    if (index < last && !answer) {
      return;
    }
    say('user', renderTemplate(rules.questionMessage ?? '{{ question }}', { question }, subject));
    if (answer) {
      say('assistant', answer);
    }
  });
  return messages;
}
