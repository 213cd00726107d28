import type { ChatAnswer } from '../protocol/index.js';

/** An answer as `--json` prints it. */
export interface AnswerRecord extends Omit<ChatAnswer, 'text' | 'chatId'> {
  question: string;
  answer: string;
}

export function toAnswerRecord(question: string, { text, chatId: _, ...rest }: ChatAnswer): AnswerRecord {
  return { question, answer: text, ...rest };
}
