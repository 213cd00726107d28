import type { Engine } from '../engine/engine.js';
import type { LoadedModel } from '../engine/loadedModel.js';
import { checkHalf } from '../models/checkHalf.js';
import type { Manifest } from '../models/manifest.js';
import { halvesOf } from '../models/textHalf.js';
import { type AnswerHalf, type Phrase, phrase } from '../protocol/index.js';
import { isStrange } from '../vision/encoderDomain.js';
import type { AnswerRequest } from './answerRequest.js';
import { isLongFor } from './captionLongClips.js';
import { type SeenMedium, seeMedia } from './seeMedia.js';

export interface ChosenHalf {
  half: AnswerHalf;
  /** Why, where the server chose. */
  reason?: Phrase;
  /** What was seen in order to choose. */
  seen?: SeenMedium[];
  /** Why `embeddings` after all, where there is nothing to make a timeline with. */
  otherwise?: Phrase;
}

/**
 * What a question's answer is made from: what the person says, else what the model is able to. A model that is able to do
 * both looks itself, unless its encoder was trained on nothing like the clip.
 *
 * @throws InvalidParams if the model cannot do what was asked for
 */
export async function chooseHalf(engine: Engine, request: AnswerRequest, model: LoadedModel): Promise<ChosenHalf> {
  const { manifest, domain } = model;
  const { name } = manifest;
  const chosen = halfByManifest(engine, request, manifest);
  if (chosen?.half === 'embeddings' && chosen.reason && model.language.refusesImages) {
    return { half: 'timeline', reason: phrase`The server of ${name} takes no pictures: it answers from what perception models noticed.` };
  }
  if (chosen) {
    return chosen;
  }
  const seen = await seeMedia(engine, request, model);
  const isUnlike = ({ medium, plan, found }: SeenMedium): boolean => {
    const known = domain?.[medium.video.opened.facts.kind];
    return known !== undefined && 'embeddings' in found && isStrange(found.embeddings, known, plan.indices.length);
  };
  if (seen.some(isUnlike)) {
    return {
      half: 'timeline',
      seen,
      reason: phrase`${name} was trained on nothing like this clip: it answers from what perception models noticed.`,
      otherwise: phrase`${name} was trained on nothing like this clip, but no perception models are installed that could say what is in it.`,
    };
  }
  return { half: 'embeddings', seen, reason: phrase`${name} knows clips like this one: it looks at the frames itself.` };
}

/** The same before a question is asked: the model is loaded only where it has to look. @throws also what loading it throws */
export async function foreseeHalf(engine: Engine, request: AnswerRequest): Promise<ChosenHalf> {
  const { slot } = request.conversation;
  const chosen = halfByManifest(engine, request, slot.manifest);
  if (chosen) {
    return chosen;
  }
  const lease = await slot.acquire(request.token);
  try {
    return await chooseHalf(engine, request, lease.model);
  } finally {
    lease.release();
  }
}

/** Undefined where the clips have to be looked at. */
function halfByManifest(engine: Engine, request: AnswerRequest, manifest: Manifest): ChosenHalf | undefined {
  const { conversation } = request;
  const { name } = manifest;
  const halves = halvesOf(manifest);
  const asked = request.answersFrom ?? conversation.options.answersFrom ?? 'auto';
  if (asked !== 'auto') {
    checkHalf(asked, manifest);
    return { half: asked };
  }
  if (!halves.includes('timeline')) {
    return { half: 'embeddings' };
  }
  if (!halves.includes('embeddings')) {
    return { half: 'timeline', reason: phrase`${name} reads texts alone: it answers from what perception models noticed.` };
  }
  if (!manifest.abilities.includes('image') && conversation.media.some(({ video }) => video.opened.facts.kind === 'image')) {
    return { half: 'timeline', reason: phrase`${name} looks at no pictures: it answers from what perception models noticed.` };
  }
  if (conversation.media.some((medium, index) => isLongFor(engine, request, medium, index)) && !manifest.demonstration) {
    return { half: 'timeline', reason: phrase`The clip is long: ${name} answers from what it says of its parts.` };
  }
  if (manifest.encoder?.domain === undefined) {
    return { half: 'embeddings', reason: phrase`${name} looks at the frames itself.` };
  }
  return undefined;
}
