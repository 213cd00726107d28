import { randomUUID } from 'node:crypto';
import type { CancellationToken } from '../../common/cancellation.js';
import type { Lane } from '../../common/fairQueue.js';
import { buildTimelineContext } from '../../context/buildTimelineContext.js';
import { completeText, textBudget } from '../../engine/completeText.js';
import type { Engine } from '../../engine/engine.js';
import type { ModelSlot } from '../../engine/modelSlot.js';
import type { LibraryVideo } from '../../engine/videoLibrary.js';
import { contextRoom } from '../../longVideo/contextRoom.js';
import { makeTimeline } from '../../longVideo/makeTimeline.js';
import { longVideoPrompts } from '../../longVideo/prompts.js';
import type { Comparison, ComparisonProgress, Timeline } from '../../protocol/index.js';
import type { SkillContext, SkillHost } from '../summarise/summarise.js';
import { compareTimelines } from './compareTimelines.js';

/**
 * What two clips or pictures both show and what only one of them does, and what a model says of it.
 *
 * @param modelId left out: nobody puts it into words
 * @throws what looking through a clip and asking a model throw
 */
export async function compareClips(
  { engine, client, translate }: SkillHost,
  videos: readonly [LibraryVideo, LibraryVideo],
  modelId: string | undefined,
  { token, progress }: SkillContext<ComparisonProgress>,
): Promise<Comparison> {
  const lane = { client, chat: `comparison-${randomUUID()}` };
  const slot = modelId === undefined ? undefined : await engine.models.get(modelId);
  const a = await makeTimeline(engine, videos[0], lane, translate, token, progress);
  const b = await makeTimeline(engine, videos[1], lane, translate, token, progress);
  const shots = ({ events }: Timeline): number => events.filter(({ track }) => track === 'shots').length;
  const text = slot && canCompare(slot) ? await word(engine, slot, lane, [a, b], token, (delta) => progress({ kind: 'delta', text: delta })) : undefined;
  return {
    facts: [videos[0].opened.facts, videos[1].opened.facts],
    shots: [shots(a), shots(b)],
    things: compareTimelines(a, b),
    missing: [...missingOf(a, 0), ...missingOf(b, 1)],
    ...(slot && text ? { text, model: { id: slot.manifest.id, name: slot.manifest.name, demonstration: slot.manifest.demonstration } } : {}),
  };
}

/** A demonstration understands the questions it was trained with, and no other. */
function canCompare({ manifest }: ModelSlot): boolean {
  return manifest.abilities.includes('timeline') && !manifest.demonstration;
}

function missingOf({ tracks }: Timeline, video: 0 | 1): Comparison['missing'] {
  return tracks.flatMap(({ track, state, note = '' }) => (state === 'complete' ? [] : [{ video, track, note }]));
}

async function word(engine: Engine, slot: ModelSlot, lane: Lane, timelines: readonly [Timeline, Timeline], token: CancellationToken, onText: (delta: string) => void): Promise<string> {
  const question = longVideoPrompts.compare;
  const { maxTokens, countTokens } = contextRoom(await textBudget(engine, slot, token), question);
  const half = Math.max(32, Math.floor(maxTokens / 2) - 8);
  const [a, b] = timelines.map((timeline) => buildTimelineContext({ timeline, question, maxTokens: half, countTokens }).text);
  const { text } = await completeText(engine, { slot, lane, context: `Video A:\n${a ?? ''}\n\nVideo B:\n${b ?? ''}`, question, token, onText });
  return text.trim();
}
