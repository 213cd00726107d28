import { stageNames } from '../client/stageNames.js';
import {
  type ChatAnswer,
  type ChatProgress,
  ChatRegenerateRequest,
  ChatSendRequest,
} from '../protocol/index.js';
import { formatClipTime, formatMilliseconds } from './formatValues.js';
import { printable } from './printable.js';
import type { Session } from './session.js';
import { StatusLine } from './statusLine.js';
import { note } from './terminal.js';

export interface Question {
  chatId: string;
  /** Left out: answer the last question again. */
  text?: string;
  /** Nothing is streamed; the caller writes the answer. */
  quiet?: boolean;
  signal: AbortSignal;
}

/** Asks one question: stages on stderr, the answer to stdout as it is made. */
export async function askQuestion(session: Session, question: Question): Promise<ChatAnswer> {
  const { client, terminal } = session;
  const status = new StatusLine(terminal, session.verbose);
  let started = false;
  const onProgress = (progress: ChatProgress): void => {
    if (progress.kind === 'stage' && !started) {
      status.show(...stageText(progress));
    } else if (progress.kind === 'delta' && !question.quiet && progress.text) {
      status.clear();
      started = true;
      terminal.out.write(printable(progress.text));
    }
  };
  const { chatId, text, signal } = question;
  try {
    return await (text === undefined
      ? client.request(ChatRegenerateRequest, { chatId }, { signal, onProgress })
      : client.request(ChatSendRequest, { chatId, text }, { signal, onProgress }));
  } finally {
    status.clear();
    if (started) {
      terminal.out.write('\n');
    }
  }
}

/** What an answer rests on and what it cost, in one dim line; only where a person is looking. */
export function noteAnswer(session: Session, answer: ChatAnswer): void {
  if (!session.terminal.err.isTTY && !session.verbose) {
    return;
  }
  const { plan, timings, tokens } = answer;
  const first = plan.seconds[0] ?? 0;
  const last = plan.seconds.at(-1) ?? first;
  const { from, fromReason, evidence = [] } = answer;
  if (from === 'timeline' || from === 'both') {
    const moments = evidence.map(({ label, startSeconds, endSeconds }) => `${printable(label)} ${formatClipTime(startSeconds)}–${formatClipTime(endSeconds)}`);
    note(session.terminal, `[from the timeline${moments.length > 0 ? `: ${moments.join(', ')}` : ''}]`, 'dim');
  }
  if (fromReason !== undefined) {
    note(session.terminal, `[${fromReason}]`, 'dim');
  }
  const parts = [
    answer.plans
      ? `${answer.plans.length} clips or pictures, ${answer.plans.map(({ indices }) => indices.length).join(' + ')} frames`
      : plan.indices.length === 0
        ? 'no frames'
        : `${plan.indices.length} frames from ${formatClipTime(first)} to ${formatClipTime(last)}`,
    `${tokens.generated} tokens`,
    `first after ${formatMilliseconds(timings.firstToken)}`,
    `${formatMilliseconds(timings.total)} in all`,
    ...(answer.stopReason === 'length' ? ['cut off at the longest length'] : []),
    ...(answer.droppedTurns > 0 ? [`${answer.droppedTurns} early turns left out`] : []),
  ];
  note(session.terminal, `[${parts.join(' · ')}]`, 'dim');
}

/** A stage in words, and how far it is. */
export function stageText(progress: Extract<ChatProgress, { kind: 'stage' }>): [stage: string, count: string] {
  return [stageNames[progress.stage], describeCount(progress)];
}

/** ` 3/8` of frames and tokens, ` 40%` of what has no whole parts. */
function describeCount({ stage, done = 0, total = 0 }: Extract<ChatProgress, { kind: 'stage' }>): string {
  if (total <= 1) {
    return '';
  }
  return stage === 'loading' ? ` ${Math.floor((100 * done) / total)}%` : ` ${done}/${total}`;
}
