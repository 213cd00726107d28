import type { Engine } from '../engine/engine.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import { contextRoom } from '../longVideo/contextRoom.js';
import { isLong } from '../longVideo/isLong.js';
import { canSee } from '../models/manifest.js';
import { type Phrase, phrase } from '../protocol/index.js';
import type { AnswerRequest } from './answerRequest.js';
import { gatherCaptions } from './gatherCaptions.js';
import type { NoticedMedium } from './lookThrough.js';
import { type Medium, viewOf } from './medium.js';

/** Captions that are made for one question: an answer does not wait for more, and the next question has more. */
const mostAsked = 48;
/** Of what the model reads, what captions of all clips may take. */
const captionShare = 0.5;

/** Whether what a question is about is so long that some frames of it tell little. */
export function isLongFor({ settings }: Engine, { conversation, frames }: AnswerRequest, { video }: Medium, index: number): boolean {
  return isLong(video.opened.facts, viewOf(conversation.media, index, frames, conversation.options).span, settings.longClipSeconds);
}

/**
 * Has the model say something of windows of the long clips, spread over each; what was said before comes besides. What is
 * about the question, condensed where it is too much, goes into the context. A demonstration is not asked: it reads events.
 *
 * @returns also how much was looked at, in a sentence for a person
 */
export async function captionLongClips(
  engine: Engine,
  request: AnswerRequest,
  model: LoadedModel,
  noticed: readonly NoticedMedium[],
): Promise<{ noticed: NoticedMedium[]; told?: Phrase }> {
  const { conversation, question, token, translate, progress } = request;
  const { media, slot, lane } = conversation;
  const isMeant = ({ medium }: NoticedMedium): boolean => media.some((each, index) => index === medium && isLongFor(engine, request, each, index));
  const { length } = noticed.filter(isMeant);
  if (length === 0 || model.manifest.demonstration) {
    return { noticed: [...noticed] };
  }
  const room = contextRoom(await model.reader(token), question);
  const budget = { ...room, maxTokens: Math.floor((room.maxTokens * captionShare) / length) };
  const captioned: NoticedMedium[] = [];
  let [said, windows] = [0, 0];
  for (const each of noticed) {
    const video = media[each.medium]?.video;
    if (!video || !isMeant(each)) {
      captioned.push(each);
      continue;
    }
    const { span } = each;
    const timeline = { ...each.timeline, tracks: each.timeline.tracks.map(({ note, ...track }) => ({ ...track, ...(note === undefined ? {} : { note: translate(note) }) })) };
    let [done, total] = [0, 0];
    const captions = await gatherCaptions(engine, {
      ...{ slot, lane, video, timeline, question, budget, readableTokens: room.maxTokens, mostAsked, token },
      ...(span ? { span } : {}),
      half: canSee(model.manifest) ? 'embeddings' : 'timeline',
      progress: (value) => {
        ({ done, total } = value);
        progress({ kind: 'stage', stage: 'looking', done, total });
      },
    });
    [said, windows] = [said + done, windows + total];
    captioned.push({ ...each, captions });
  }
  return { noticed: captioned, ...(said < windows ? { told: phrase`Of ${windows} windows it has looked at ${said}; another question looks at more.` } : {}) };
}
