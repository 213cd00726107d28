import { inOrder } from '../common/inOrder.js';
import type { TimedText } from '../context/buildTimelineContext.js';
import type { TokenBudget } from './contextRoom.js';
import { longVideoPrompts } from './prompts.js';
import { retrieveCaptions } from './retrieveCaptions.js';

export interface CondenseRequest {
  captions: readonly TimedText[];
  /** What the condensed text has to answer; left out: it sums up. */
  question?: string;
  /** What the result may take. */
  budget: TokenBudget;
  /** What the model can read in one go, in tokens. */
  readableTokens: number;
  /** Parts that are asked about at once; left out: one. */
  width?: number;
  /** Asks a model about what is said of a part. Empty: it had nothing to say. */
  ask(part: TimedText, captions: readonly TimedText[], prompt: string): Promise<string>;
  onPart?(done: number, total: number): void;
}

/** Tokens that the condensed text of one part takes, about. */
const condensedTokens = 90;
const tokensPerLine = 6;
const mostRounds = 6;

/**
 * Condenses captions until they fit: neighbours are summed up together, and what comes out again, in rounds. All of it
 * takes part; where the model says nothing of a part, some of its captions stay as they are.
 *
 * @returns in the order of time; each text tells of the stretch from its first caption to its last
 */
export async function condenseCaptions(request: CondenseRequest): Promise<TimedText[]> {
  const { question, budget, readableTokens, width = 1, ask, onPart } = request;
  let captions = mergeEqual(request.captions);
  for (let round = 0; round < mostRounds; round++) {
    const total = tokensOf(captions, budget);
    if (total <= budget.maxTokens) return captions;
    const fitting = Math.floor(budget.maxTokens / (condensedTokens + tokensPerLine));
    const wanted = Math.max(Math.ceil(total / readableTokens), Math.min(fitting, Math.floor(captions.length / 2)), 1);
    const groups = groupEvenly(captions, wanted, budget);
    const condensed: TimedText[] = [];
    let done = 0;
    onPart?.(done, groups.length);
    const condense = async (group: readonly TimedText[]): Promise<readonly TimedText[]> => {
      const part = spanOf(group);
      const prompt = question === undefined ? longVideoPrompts.condense(part) : longVideoPrompts.condenseFor(question, part);
      const text = group.length === 1 ? '' : await ask({ ...part, text: '' }, group, prompt);
      return text === '' ? keepSome(group, question, budget) : [{ ...part, text }];
    };
    for await (const texts of inOrder(groups, width, condense)) {
      condensed.push(...texts);
      onPart?.(++done, groups.length);
    }
    // A model that writes more than it reads does not get on.
    if (tokensOf(condensed, budget) >= total) break;
    captions = mergeEqual(condensed);
  }
  return retrieveCaptions(question ?? '', captions, budget);
}

/** Neighbours that say the same are one. */
export function mergeEqual(captions: readonly TimedText[]): TimedText[] {
  const merged: TimedText[] = [];
  for (const caption of captions) {
    const last = merged.at(-1);
    if (last && last.text === caption.text && caption.startSeconds - last.endSeconds < 0.01) {
      merged[merged.length - 1] = { ...last, endSeconds: caption.endSeconds };
    } else {
      merged.push(caption);
    }
  }
  return merged;
}

function keepSome(group: readonly TimedText[], question: string | undefined, { countTokens }: TokenBudget): TimedText[] {
  return retrieveCaptions(question ?? '', group, { maxTokens: condensedTokens + tokensPerLine, countTokens });
}

/** So many groups of neighbours that take about the same room. */
function groupEvenly(captions: readonly TimedText[], wanted: number, budget: TokenBudget): TimedText[][] {
  const total = tokensOf(captions, budget);
  const groups: TimedText[][] = [];
  let before = 0;
  for (const caption of captions) {
    const group = Math.min(wanted - 1, Math.floor((before / total) * wanted));
    (groups[group] ??= []).push(caption);
    before += tokensOf([caption], budget);
  }
  return groups.filter((group) => group !== undefined && group.length > 0);
}

function spanOf(group: readonly TimedText[]): { startSeconds: number; endSeconds: number } {
  return { startSeconds: group[0]?.startSeconds ?? 0, endSeconds: Math.max(...group.map(({ endSeconds }) => endSeconds)) };
}

function tokensOf(captions: readonly TimedText[], { countTokens }: TokenBudget): number {
  return captions.reduce((sum, { text }) => sum + countTokens(text) + tokensPerLine, 0);
}
