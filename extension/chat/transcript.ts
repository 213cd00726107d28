import { basename } from 'node:path';
import type { FramePlan, Segment } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import type { Conversation, StoredTurn } from './conversation.js';

/** Seconds as people write them: `0:05.2`, `1:02:03.0`. */
export function clockTime(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const whole = Math.floor(tenths / 10);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const rest = `${String(whole % 60).padStart(2, '0')}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
}

/** A conversation as Markdown: what was asked and said, about which part, by which model, from which frames. */
export function toTranscript(conversation: Conversation, t: Translate): string {
  const { title, created, clips, turns } = conversation;
  const heading = [`# ${oneLine(title)}`, ''];
  const about = clips.flatMap(({ name, path, contentHash }) => [
    `- ${t('Clip')}: ${code(name)} (${code(path)})`,
    ...(contentHash ? [`- SHA-256: ${code(contentHash)}`] : []),
  ]);
  const facts = [...about, `- ${t('Begun')}: ${created}`, ''];
  return [...heading, ...facts, ...turns.flatMap((turn) => writeTurn(turn, t))].join('\n').trimEnd() + '\n';
}

function writeTurn(turn: StoredTurn, t: Translate): string[] {
  const { question, span, answer, problem } = turn;
  const part = span ? ` (${writeSpan(span)})` : '';
  const quoted = question.split('\n').map((line) => `> ${line}`.trimEnd());
  const said = answer === '' ? [] : [answer.trim(), ''];
  const end = writeEnd(turn, t);
  const why = problem ? [`*${oneLine(problem.message)}*`, ''] : [];
  return [`## ${t('Question')}${part}`, '', ...quoted, '', ...said, ...(end ? [`*${end}*`, ''] : []), ...why, ...writeNotes(turn, t)];
}

/** How the answer ended, where it did not simply end. */
function writeEnd({ state }: StoredTurn, t: Translate): string | undefined {
  switch (state) {
    case 'stopped':
      return t('Stopped.');
    case 'interrupted':
      return t('Interrupted.');
    case 'waiting':
    case 'streaming':
      return t('Being answered.');
    case 'failed':
    case 'complete':
      return undefined;
  }
}

function writeNotes({ result, plan, plans, evidence, rating }: StoredTurn, t: Translate): string[] {
  const notes = [
    ...(result ? [`- ${t('Model')}: ${result.modelName ?? result.model.id}${result.model.demonstration ? ` (${t('demonstration')})` : ''}, ${result.device}`] : []),
    ...(plans
      ? plans.map(({ name, plan: frames }) => `- ${t('Frames')} (${code(name)}): ${writePlan(frames)}`)
      : plan
        ? [`- ${t('Frames')}: ${writePlan(plan)}`]
        : []),
    ...(result?.from === 'timeline' || result?.from === 'both' ? [`- ${t('Answered from the timeline')}${(evidence ?? []).length > 0 ? `: ${(evidence ?? []).map((event) => `${oneLine(event.label)} ${writeSpan(event)}`).join(', ')}` : ''}`] : []),
    ...(rating ? [`- ${t('Rating')}: ${rating.value === 'up' ? '👍' : '👎'}${rating.note ? ` ${oneLine(rating.note)}` : ''}`] : []),
  ];
  return notes.length > 0 ? [...notes, ''] : [];
}

function writePlan({ spec, seconds }: FramePlan): string {
  return `${code(spec)} · ${seconds.map(clockTime).join(', ')}`;
}

function writeSpan({ startSeconds, endSeconds }: Segment): string {
  return `${clockTime(startSeconds)}–${clockTime(endSeconds)}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** Inline code, whatever backticks the text has. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${oneLine(text)}${space}${fence}`;
}

/** File name for a transcript, without what file systems refuse. */
export function transcriptName(title: string): string {
  const name = basename(title).replace(/[\\/:*?"<>|\x00-\x1f]/g, '_').replace(/^\.+/, '').slice(0, 100).trim();
  return `${name || 'conversation'}.md`;
}
