import { randomUUID } from 'node:crypto';
import { createCaptioner, usualMostWindows } from '../../chat/gatherCaptions.js';
import type { LibraryVideo } from '../../engine/videoLibrary.js';
import type { Captioner } from '../../longVideo/captioner.js';
import { captionWindows } from '../../longVideo/captionWindows.js';
import { cutCaptionWindows } from '../../longVideo/cutCaptionWindows.js';
import { EventsCaptioner } from '../../longVideo/eventsCaptioner.js';
import { makeTimeline } from '../../longVideo/makeTimeline.js';
import { partOf } from '../../longVideo/partOf.js';
import {
  type DenseCaptionCreateParams,
  type DenseCaptionProgress,
  type DenseCaptions,
  ErrorCode,
  phrase,
  type Phrase,
  type Timeline,
  VideoChatError,
} from '../../protocol/index.js';
import { askClip } from '../askClip.js';
import { resolveHalf } from '../resolveHalf.js';
import type { SkillContext, SkillHost } from '../summarise/summarise.js';
import { withoutModel } from '../withoutModel.js';
import { mergeCaptions } from './mergeCaptions.js';
import { ownCaptions } from './ownCaptions.js';

/** Tokens of the events that a model tells all at once. */
const ownTokens = 1500;

/**
 * Says what happens in a clip, event by event. A model that was made for that tells them all at once; else the clip is cut
 * where shots begin and into windows, each window is captioned by the model or from what was noticed in it, and
 * neighbours that say the same become one event.
 *
 * @throws VideoChatError InvalidParams for a picture or a half that the model does not have; FramePlanInvalid for a part
 *   outside the clip; what asking the model and looking through the clip throw
 */
export async function denseCaption(
  { engine, client, translate }: SkillHost,
  video: LibraryVideo,
  { modelId, answersFrom = 'auto', span, windowSeconds }: Omit<DenseCaptionCreateParams, 'videoId'>,
  { token, progress }: SkillContext<DenseCaptionProgress>,
): Promise<DenseCaptions> {
  const { facts } = video.opened;
  if (facts.kind === 'image') {
    throw new VideoChatError(ErrorCode.InvalidParams, 'A picture has no events.', { hint: 'Choose a video.', subject: facts.path });
  }
  const part = partOf(facts, span) ?? { startSeconds: 0, endSeconds: facts.durationSeconds };
  const slot = modelId === undefined ? undefined : await engine.models.get(modelId);
  const lane = { client, chat: `dense-caption-${randomUUID()}` };
  let making: Promise<Timeline> | undefined;
  const look = (): Promise<Timeline> => (making ??= makeTimeline(engine, video, lane, translate, token, progress));
  const half = slot
    ? await resolveHalf(engine, { slot, client, video, asked: answersFrom, timeline: look, token, translate, progress: () => undefined })
    : withoutModel(answersFrom);
  const rules = slot?.manifest.prompts?.denseCaption;
  if (slot && rules && half === 'embeddings') {
    const { question, grammar, form, read } = ownCaptions(rules, part);
    const about = { slot, client, video, question, token, translate, ...(partOf(facts, span) ? { span: part } : {}) };
    const { text } = await askClip(engine, { ...about, answersFrom: 'embeddings', sampling: { maxTokens: Math.min(ownTokens, Math.floor(slot.manifest.language.contextLength / 2)) }, constraint: { grammar, form } });
    const captions = mergeCaptions(read(text), part);
    progress({ kind: 'captions', captions });
    const note = captions.length === 0 ? phrase`Nothing was noticed that could be said of the clip.` : undefined;
    return { facts, captions, from: half, note: note ? translate(note) : '', model: { id: slot.manifest.id, name: slot.manifest.name, demonstration: slot.manifest.demonstration } };
  }
  const timeline = await look();
  const captioner: Captioner = slot && half !== 'events' ? await createCaptioner(engine, { half, slot, lane, video, timeline, token }) : new EventsCaptioner(timeline);
  try {
    const windows = cutCaptionWindows(facts.durationSeconds, cutsOf(timeline), windowSeconds, part);
    const captions = await captionWindows({
      contentHash: facts.contentHash,
      windows,
      captioner,
      store: engine.captions,
      mostWindows: usualMostWindows,
      token,
      progress: ({ done, total, captions: known }) => {
        progress({ kind: 'step', what: 'captions', done, total });
        if (known) {
          progress({ kind: 'captions', captions: mergeCaptions(known, part) });
        }
      },
    });
    const events = mergeCaptions(captions, part);
    const note = noteOf(windows.length, events.length);
    return {
      facts,
      captions: events,
      from: half,
      note: note ? translate(note) : '',
      ...(slot && half !== 'events' ? { model: { id: slot.manifest.id, name: slot.manifest.name, demonstration: slot.manifest.demonstration } } : {}),
    };
  } finally {
    await captioner.dispose();
  }
}

function cutsOf({ events }: Timeline): number[] {
  return events.filter(({ track, startSeconds }) => track === 'shots' && startSeconds > 0).map(({ startSeconds }) => startSeconds);
}

function noteOf(windows: number, events: number): Phrase | undefined {
  if (events === 0) {
    return phrase`Nothing was noticed that could be said of the clip.`;
  }
  return windows > usualMostWindows ? phrase`The clip is long: ${usualMostWindows} of its ${windows} parts were captioned.` : undefined;
}
