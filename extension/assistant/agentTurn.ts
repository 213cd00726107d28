import type { TextTurn } from '../../server/protocol/index.js';
import { looksReadable } from '../files/videoFiles.js';
import type { ToolName } from './assistantNames.js';
import { type SpokenMessage, textTurns } from './textTurns.js';

/** A message of a conversation in which tools may be called. */
export interface AgentMessage extends SpokenMessage {
  /** What tools have answered, by the ids of the calls. */
  results: { callId: string; text: string }[];
}

/** What our models do in such a conversation: they call a tool, say what it has answered, or answer themselves. */
export type AgentTurn =
  | { kind: 'call'; name: ToolName; input: Record<string, string> }
  | { kind: 'say'; text: string }
  | { kind: 'complete'; turns: TextTurn[]; question: string };

/** Calls of ours are known by it. */
export const callPrefix = 'videochat-';
/** An agent puts a person's words between its own instructions. */
const wrapped = /<(userRequest|user_request|user_query)>([\s\S]*?)<\/\1>/g;
const attachment = /<attachment\b[^>]*>/g;
const summaryWords = /\b(summar|overview|recap)|总结|概括|摘要|概述/i;
const timelineWords = /\btimeline\b|时间线|时间轴/i;

/**
 * Small models read no dozens of descriptions of tools. Of theirs they need three, and which one is in the words: a request that
 * names a video goes to the tool that looks at it, any other to the model itself.
 *
 * @param offered names of the tools that may be called
 */
export function agentTurn(messages: readonly AgentMessage[], offered: readonly string[]): AgentTurn {
  const isWrapped = messages.some(({ fromPerson, text }) => fromPerson && requestOf(text) !== undefined);
  const requests = messages.map(({ fromPerson, text }) => (fromPerson ? (isWrapped ? (requestOf(text) ?? '') : text).trim() : ''));
  const asked = requests.findLastIndex((request) => request !== '');
  const request = requests[asked] ?? '';
  const answered = messages.slice(asked + 1).flatMap(({ results }) => results).findLast(({ callId }) => callId.startsWith(callPrefix));
  if (answered) {
    return { kind: 'say', text: answered.text };
  }
  const video = videoOf(requests.slice(0, asked + 1), messages.slice(0, asked + 1).map(({ text }) => text));
  const name = toolFor(request);
  if (video !== undefined && offered.includes(name)) {
    return { kind: 'call', name, input: name === 'videochat_ask' ? { video, question: request.slice(0, 10_000) } : { video } };
  }
  const spoken = messages.map(({ fromPerson, text }, i) => ({ fromPerson, text: fromPerson ? (requests[i] ?? '') : text }));
  return { kind: 'complete', ...textTurns(spoken) };
}

function requestOf(text: string): string | undefined {
  return [...text.matchAll(wrapped)].at(-1)?.[2];
}

function toolFor(request: string): ToolName {
  return summaryWords.test(request) ? 'videochat_summarize' : timelineWords.test(request) ? 'videochat_timeline' : 'videochat_ask';
}

/** The clip that the last request names, or has attached; else the one that an earlier request has named. */
function videoOf(requests: readonly string[], texts: readonly string[]): string | undefined {
  const attached = [...(texts.at(-1) ?? '').matchAll(attachment)].flatMap(([tag]) => clipsIn(tag));
  const before = requests.slice(0, -1).reverse().flatMap(clipsIn);
  const named = clipsIn(requests.at(-1) ?? '')[0] ?? attached.find(isAbsolute) ?? attached[0] ?? before[0];
  if (named === undefined || isAbsolute(named)) {
    return named;
  }
  // An agent may have said elsewhere where it lies.
  const known = texts.flatMap(clipsIn).filter(isAbsolute);
  return known.find((path) => path.replaceAll('\\', '/').endsWith(`/${named}`)) ?? named;
}

function isAbsolute(path: string): boolean {
  return /^([\\/]|[A-Za-z]:[\\/])/.test(path);
}

/** Names of clips and pictures in a text: in quotes, in an attribute, or as a word. */
function clipsIn(text: string): string[] {
  const words = [...text.matchAll(/"([^"\n]{1,4096})"|`([^`\n]{1,4096})`|([^\s"'`<>()]{1,4096})/g)].map(([, quoted, code, word]) => quoted ?? code ?? word ?? '');
  return words.map((word) => word.replace(/^(#?file:)(?!\/\/)/, '').replace(/[,;:.!?，。；：！？]+$/, '')).filter(looksReadable);
}
