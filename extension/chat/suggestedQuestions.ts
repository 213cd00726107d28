import { type AnswerHalf, type AnswersFrom, ChatForeseeRequest, type ModelInfo, type PanelClip } from '../../server/protocol/index.js';
import type { RunningServer } from '../server/serverController.js';
import type { Translate } from '../translate.js';

/** What a conversation would be about. */
export interface FirstSubject {
  model: ModelInfo | undefined;
  clips: readonly Pick<PanelClip, 'facts' | 'problem'>[];
  answersFrom: AnswersFrom;
}

/** Questions to begin with, which the half of the model knows that would answer. */
export class SuggestedQuestions {
  private foreseen: { key: string; half?: AnswerHalf } | undefined;

  constructor(
    private readonly t: Translate,
    /** Others are suggested now. */
    private readonly changed: () => void,
  ) {}

  list(subject: FirstSubject): string[] {
    const { model, clips } = subject;
    if (!model) {
      return [];
    }
    const isPicture = clips[0]?.facts?.kind === 'image';
    return this.halfFor(subject) === 'timeline' ? this.ofTimelines(model, isPicture) : this.ofPictures(model, isPicture);
  }

  /** Asks the server which half would answer, where that depends on the clips. What fails leaves the usual questions. */
  async foresee({ client }: RunningServer, subject: FirstSubject, videoIds: readonly string[]): Promise<void> {
    const { model, clips, answersFrom } = subject;
    const key = keyOf(subject);
    const isOpen = answersFrom === 'auto' && ['embeddings', 'timeline'].every((half) => model?.halves?.some((each) => each === half));
    const [videoId] = videoIds;
    if (!model || !isOpen || videoId === undefined || videoIds.length < clips.length || clips.some(({ facts, problem }) => !facts || problem) || this.foreseen?.key === key) {
      return;
    }
    this.foreseen = { key };
    const about = videoIds.length > 1 ? { videoIds: [...videoIds] } : { videoId };
    const told = await client.request(ChatForeseeRequest, { ...about, modelId: model.id }).catch(() => undefined);
    if (this.foreseen?.key === key) {
      this.foreseen = told ? { key, half: told.half } : undefined;
      this.changed();
    }
  }

  private halfFor(subject: FirstSubject): AnswerHalf {
    const { model, answersFrom } = subject;
    if (answersFrom !== 'auto') {
      return answersFrom;
    }
    const known = this.foreseen?.key === keyOf(subject) ? this.foreseen.half : undefined;
    return known ?? model?.halves?.[0] ?? 'embeddings';
  }

  /** Those for a demonstration are in the only language it was taught. */
  private ofTimelines({ demonstration, timelineQuestions }: ModelInfo, isPicture: boolean): string[] {
    const { t } = this;
    if (isPicture) {
      return demonstration ? ['What objects are there?', 'What does the text say?'] : [t('What can be seen in this picture?'), t('What does the text say?')];
    }
    if (timelineQuestions) {
      return timelineQuestions;
    }
    return demonstration
      ? ['What objects appear and when?', 'What does the text say?', 'Is anyone speaking?', 'Summarise the video.']
      : [t('What objects appear and when?'), t('What does the text say?'), t('Is anyone speaking?'), t('Summarise the video.')];
  }

  private ofPictures({ demonstration }: ModelInfo, isPicture: boolean): string[] {
    const { t } = this;
    if (isPicture) {
      return demonstration ? ['Describe the picture.', 'How many objects are there?'] : [t('What can be seen in this picture?'), t('Describe it in detail, step by step.')];
    }
    return demonstration
      ? ['Describe the video.', 'How many objects are there?', 'Which object appears first?']
      : [t('What happens in this video?'), t('Which objects can be seen?'), t('Describe it in detail, step by step.')];
  }
}

function keyOf({ model, clips }: FirstSubject): string {
  return JSON.stringify([model?.id, clips.map(({ facts }) => facts?.contentHash)]);
}
