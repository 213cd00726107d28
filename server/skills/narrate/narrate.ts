import { randomUUID } from 'node:crypto';
import { createCaptioner } from '../../chat/gatherCaptions.js';
import { throwIfCancelled } from '../../common/cancellation.js';
import type { LibraryVideo } from '../../engine/videoLibrary.js';
import type { TimedText } from '../../context/buildTimelineContext.js';
import { captionWindows } from '../../longVideo/captionWindows.js';
import { evenWindows } from '../../longVideo/cutCaptionWindows.js';
import { makeTimeline } from '../../longVideo/makeTimeline.js';
import { partOf } from '../../longVideo/partOf.js';
import { ErrorCode, type Narration, type NarrationCreateParams, type NarrationLine, type NarrationProgress, type Phrase, phrase, type SamplingOptions, type Timeline, VideoChatError } from '../../protocol/index.js';
import { resolveHalf } from '../resolveHalf.js';
import type { SkillContext, SkillHost } from '../summarise/summarise.js';
import { findVariants } from './findVariants.js';
import { rewording } from './rewording.js';

const usualSeconds = 4;
/** With more, lines are about longer stretches. */
const mostLines = 1000;

/**
 * A line every few seconds of a clip, and other wordings of each. Lines that were made are kept.
 *
 * @throws VideoChatError FramePlanInvalid for a part outside the clip, InvalidParams for a picture; what looking through a
 *   clip and asking a model throw
 */
export async function narrate(
  { engine, client, translate }: SkillHost,
  video: LibraryVideo,
  { modelId, everySeconds = usualSeconds, span, variants = 0, answersFrom }: Omit<NarrationCreateParams, 'videoId'>,
  { token, progress }: SkillContext<NarrationProgress>,
): Promise<Narration> {
  const { facts } = video.opened;
  if (facts.kind === 'image') {
    throw new VideoChatError(ErrorCode.InvalidParams, 'A picture has no course of time.', { hint: 'Choose a video.', subject: facts.path });
  }
  const part = partOf(facts, span) ?? { startSeconds: 0, endSeconds: facts.durationSeconds };
  const slot = await engine.models.get(modelId);
  const { manifest } = slot;
  const lane = { client, chat: `narration-${randomUUID()}` };
  let making: Promise<Timeline> | undefined;
  const look = (): Promise<Timeline> => (making ??= makeTimeline(engine, video, lane, translate, token, progress, partOf(facts, span)));
  const half = await resolveHalf(engine, { slot, client, video, asked: answersFrom, timeline: look, token, translate, progress: () => undefined });
  // Frames of each window are looked at by the model itself: nothing else is needed then.
  const timeline = half === 'embeddings' || half === 'both' ? undefined : await look();
  const windows = evenWindows(part.startSeconds, part.endSeconds, Math.max(everySeconds, (part.endSeconds - part.startSeconds) / mostLines));
  const captioner = await createCaptioner(engine, { half, slot, lane, video, ...(timeline ? { timeline } : {}), token });
  const notes: Phrase[] = [];
  try {
    const captions = await captionWindows({
      ...{ contentHash: facts.contentHash, windows, captioner, store: engine.captions, mostWindows: mostLines, token },
      progress: ({ done, total, captions: known }) => {
        progress({ kind: 'step', what: 'captions', done, total });
        if (known) progress({ kind: 'lines', lines: known.map((line) => ({ ...line })) });
      },
    });
    if (captions.length < windows.length) {
      notes.push(phrase`Of ${windows.length - captions.length} of ${windows.length} windows nothing is said.`);
    }
    const say = rewording(engine, { slot, lane, half, token }) ?? ((line: TimedText, sampling: SamplingOptions) => captioner.caption(line, sampling));
    const lines = await withVariants(captions, variants, say, { token, progress });
    if (lines.some((line) => (line.variants?.length ?? 0) < variants)) {
      notes.push(phrase`The model found fewer other wordings than were asked for.`);
    }
    const { id, name, demonstration } = manifest;
    return { facts, lines, from: half, note: notes.map((note) => translate(note)).join(' '), model: { id, name, demonstration } };
  } finally {
    await captioner.dispose();
  }
}

async function withVariants(
  captions: readonly TimedText[],
  wanted: number,
  say: (line: TimedText, sampling: SamplingOptions) => Promise<string>,
  { token, progress }: SkillContext<NarrationProgress>,
): Promise<NarrationLine[]> {
  if (wanted === 0) {
    return captions.map((line) => ({ ...line }));
  }
  const lines: NarrationLine[] = [];
  for (const [index, line] of captions.entries()) {
    throwIfCancelled(token);
    progress({ kind: 'step', what: 'writing', done: index, total: captions.length });
    lines.push({ ...line, variants: await findVariants(line.text, wanted, (sampling) => say(line, sampling)) });
  }
  return lines;
}
