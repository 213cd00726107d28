import type { TextTurn } from '../../server/protocol/index.js';

/** A message of the editor's chat, as text. */
export interface SpokenMessage {
  fromPerson: boolean;
  text: string;
}

/** What a model of plain text is asked: what was said before in turns, and the question that is left. */
export function textTurns(messages: readonly SpokenMessage[]): { turns: TextTurn[]; question: string } {
  const turns: TextTurn[] = [];
  let question: string[] = [];
  for (const { fromPerson, text } of messages.filter((message) => message.text.trim() !== '')) {
    if (fromPerson) {
      question.push(text);
    } else if (question.length > 0) {
      turns.push({ question: question.join('\n\n'), answer: text });
      question = [];
    }
  }
  // An answer that is the last word has been said: the question is asked again.
  return { turns: question.length > 0 ? turns : turns.slice(0, -1), question: question.join('\n\n') || (turns.at(-1)?.question ?? '') };
}
