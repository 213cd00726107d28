import { ChatHistoryRequest } from '../protocol/index.js';
import { askQuestion, noteAnswer } from './askQuestion.js';
import { toAnswerRecord } from './answerRecord.js';
import { ExitCode } from './exitCode.js';
import { formatClipTime } from './formatValues.js';
import { LineReader } from './lineReader.js';
import type { Conversation } from './openConversation.js';
import { isCancelled, reportError, toErrorRecord } from './reportError.js';
import type { Session } from './session.js';
import { note, writeJson } from './terminal.js';

const help = `/again    answer the last question again
/history  show the conversation
/help     show this
/exit     leave (also Ctrl-D)
Ctrl-C    stop an answer; twice at the prompt: leave`;

/**
 * Questions from stdin until it ends. Ctrl-C stops an answer; at the prompt the first one clears the line or
 * warns, the second leaves.
 */
export async function chatLoop(session: Session, conversation: Conversation, json: boolean): Promise<ExitCode> {
  const { terminal, interrupts } = session;
  let warned = false;
  let leaving = false;
  const reader = new LineReader(terminal, '> ', interrupts.fire);
  const atPrompt = interrupts.push(() => {
    if (reader.clearTyped()) {
      return;
    }
    if (warned || !terminal.input.isTTY) {
      leaving = true;
      reader.dispose();
      return;
    }
    warned = true;
    note(terminal, '\n(Ctrl-C again, Ctrl-D or /exit to leave)', 'dim');
    reader.promptAgain();
  });
  if (terminal.input.isTTY) {
    const { facts, model } = conversation;
    note(terminal, `${facts.path} (${formatClipTime(facts.durationSeconds)}), ${model.name}. /help shows the commands.`, 'dim');
  }
  let result: ExitCode = ExitCode.ok;
  try {
    for (let line = await reader.next(); line !== undefined && !leaving; line = await reader.next()) {
      warned = false;
      const text = line.trim();
      if (text === '/exit' || text === '/quit') {
        break;
      }
      if (text && !(await answerLine(session, conversation, text, json))) {
        result = ExitCode.error;
      }
    }
    return leaving ? ExitCode.interrupted : result;
  } finally {
    void atPrompt.dispose();
    reader.dispose();
  }
}

/** Answers one line; returns false if that failed. Being stopped is no failure. */
async function answerLine(session: Session, { chatId }: Conversation, text: string, json: boolean): Promise<boolean> {
  const { terminal, interrupts, client } = session;
  if (text === '/help') {
    note(terminal, help);
    return true;
  }
  if (text === '/history') {
    const { turns } = await client.request(ChatHistoryRequest, { chatId });
    turns.forEach((turn) => note(terminal, `> ${turn.question}\n${turn.answer}${turn.state === 'interrupted' ? ' …' : ''}`));
    return true;
  }
  if (text.startsWith('/') && text !== '/again') {
    note(terminal, `${text} is not a command. /help shows them.`);
    return true;
  }
  try {
    const asked = text === '/again' ? undefined : text;
    const answer = await interrupts.during((signal) => askQuestion(session, { chatId, text: asked, quiet: json, signal }));
    if (json) {
      writeJson(terminal, toAnswerRecord(text, answer));
    }
    noteAnswer(session, answer);
    return true;
  } catch (error) {
    reportError(terminal, error);
    if (json) {
      writeJson(terminal, { question: text, error: toErrorRecord(error) });
    }
    return isCancelled(error);
  }
}
