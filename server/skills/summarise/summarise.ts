import type { CancellationToken } from '../../common/cancellation.js';
import type { Translate } from '../../common/translator.js';
import type { Engine } from '../../engine/engine.js';
import type { LibraryVideo } from '../../engine/videoLibrary.js';
import { partOf } from '../../longVideo/partOf.js';
import { questionsOf } from '../../longVideo/questionsOf.js';
import { ErrorCode, type Summary, type SummaryCreateParams, type SummaryKind, type SummaryProgress, VideoChatError } from '../../protocol/index.js';
import { ClipReader } from './clipReader.js';
import { findMoments } from './findMoments.js';
import { type SummaryRun, type ToldSummary } from './summaryRun.js';
import { tellBriefly } from './tellBriefly.js';
import { tellChapters } from './tellChapters.js';
import { tellInDetail } from './tellInDetail.js';

/** For whom a skill works, and with what. */
export interface SkillHost {
  engine: Engine;
  /** The client's id. */
  client: string;
  translate: Translate;
}

export interface SkillContext<Progress> {
  token: CancellationToken;
  progress(value: Progress): void;
}

const tellers: Record<SummaryKind, (run: SummaryRun) => Promise<ToldSummary>> = {
  brief: tellBriefly,
  detailed: tellInDetail,
  chapters: tellChapters,
};

/**
 * Says what happens in a clip or a part of it: in a few sentences, part by part, or as chapters.
 *
 * @throws VideoChatError FramePlanInvalid for a part outside the clip, InvalidParams for a picture's chapters; what looking
 *   through a clip and asking a model throw
 */
export async function summarise(
  { engine, client, translate }: SkillHost,
  video: LibraryVideo,
  { kind: asked = 'brief', modelId, span, answersFrom, plan, windowSeconds }: Omit<SummaryCreateParams, 'videoId'>,
  { token, progress }: SkillContext<SummaryProgress>,
): Promise<Summary> {
  const started = performance.now();
  const { facts } = video.opened;
  if (facts.kind === 'image' && asked === 'chapters') {
    throw new VideoChatError(ErrorCode.InvalidParams, 'A picture has no chapters.', { hint: 'Choose a video.', subject: facts.path });
  }
  // There is one part of a picture.
  const kind = facts.kind === 'image' ? 'brief' : asked;
  const part = partOf(facts, span);
  const slot = await engine.models.get(modelId);
  const { manifest } = slot;
  const reader = new ClipReader(engine, {
    ...{ slot, client, video, token, translate, progress },
    ...(answersFrom === undefined ? {} : { answersFrom }),
    ...(part ? { part } : {}),
    ...(plan === undefined ? {} : { plan }),
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
  });
  try {
    const half = await reader.half();
    const { text, plan: looked, chapters } = await tellers[kind]({ reader, half, questions: questionsOf(manifest, facts, half), ...(part ? { part } : {}), translate, token, progress });
    return {
      facts,
      kind,
      text,
      moments: findMoments(text, facts.durationSeconds),
      ...(chapters ? { chapters } : {}),
      ...(part ? { span: part } : {}),
      from: half,
      plan: looked,
      model: { id: manifest.id, name: manifest.name, demonstration: manifest.demonstration },
      totalMs: performance.now() - started,
    };
  } finally {
    await reader.dispose();
  }
}
