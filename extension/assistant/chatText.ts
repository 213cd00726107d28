import type { ModelInfo, Segment } from '../../server/protocol/index.js';
import { escapeText, formatTime } from '../summaries/documentText.js';
import type { ChatPorts } from './chatPorts.js';

/** Takes the markup out of a model's words, as far as it could do more than look nice; safe for any piece of them. */
export function disarmDelta(text: string): string {
  return text.replace(/</g, '&lt;').replace(/[[\]]/g, '\\$&');
}

/** A link that opens a clip at a moment: `0:03–0:07`. */
export function linkOf({ momentLink }: Pick<ChatPorts, 'momentLink'>, path: string, segment: Segment): string {
  const { startSeconds, endSeconds } = segment;
  const label = endSeconds > startSeconds ? `${formatTime(startSeconds)}–${formatTime(endSeconds)}` : formatTime(startSeconds);
  return `[${label}](${momentLink(path, segment)})`;
}

/** Words of others, in one line and without markup. */
export function plainLine(text: string, most = 300): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return escapeText(line.length > most ? `${line.slice(0, most)}…` : line);
}

/** Says what a demonstration model knows, where an answer rests on its own eyes. */
export function tellDemonstration({ say, t }: Pick<ChatPorts, 'say' | 't'>, model: Pick<ModelInfo, 'name' | 'demonstration'> | undefined): void {
  if (model?.demonstration) {
    say(`\n\n*${escapeText(t('{0} is a demonstration model: what it says of real clips from their frames means nothing.', model.name))}*`);
  }
}
