import { type CancellationToken, throwIfCancelled } from '../../common/cancellation.js';
import type { Disposable } from '../../common/dispose.js';
import { reasonOf } from '../../common/phraseError.js';
import type { FrameOnlooker } from '../../perception/frameOnlooker.js';
import { ErrorCode, phrase, type SearchQueryParams, VideoChatError } from '../../protocol/index.js';
import type { Retrieval, RetrievalModel } from '../../retrieval/retrieval.js';
import { type ClipPart, picturesPart } from '../clipEntry.js';
import { pictureText } from '../parseQuery.js';
import type { SearchThread } from '../searchThread.js';
import { FrameEmbedder } from './frameEmbedder.js';
import type { PictureQuestion } from './pictureQuestion.js';

/** The model that finds pictures by words, as far as it was used. */
export interface UsedRetrieval {
  model: string;
  problem?: VideoChatError;
}

/** What a model that finds pictures by words, where one is installed, adds to searching. */
export class PictureSearch implements Disposable {
  /** Hash of a model that does not work: it is not expected to have seen anything. */
  private broken: string | undefined;

  constructor(
    private readonly retrieval: Retrieval,
    private readonly thread: SearchThread,
  ) {}

  /** For comparing clips with the index once. @param look clips will be looked through: a broken model is tried again */
  async run(look: boolean): Promise<PictureRun> {
    const model = await this.retrieval.model(true);
    if (model && look) {
      this.broken = undefined;
      await this.thread.call('keepModel', model.sha256);
    }
    const isUsed = model !== undefined && model.sha256 !== this.broken;
    return new PictureRun(this.retrieval, this.thread, isUsed ? model : undefined, () => (this.broken = model?.sha256));
  }

  /** What the model makes of a question; nothing where there is none, or it has seen no clip. @throws RequestCancelled, SearchUnavailable */
  async question({ query, kinds }: Pick<SearchQueryParams, 'query' | 'kinds'>, token: CancellationToken): Promise<{ question?: PictureQuestion; used?: UsedRetrieval }> {
    const text = pictureText(query);
    const model = text === undefined || (kinds && !kinds.includes('pictures')) ? undefined : await this.retrieval.model();
    if (text === undefined || !model || !(await this.thread.call('hasPictures', model.sha256))) {
      return {};
    }
    try {
      const embedded = await this.retrieval.embedQuery(text, token);
      return { question: { model, ...embedded }, used: { model: model.id } };
    } catch (error) {
      throwIfCancelled(token);
      return { used: { model: model.id, problem: retrievalError(error) } };
    }
  }

  async dispose(): Promise<void> {
    await this.retrieval.dispose();
  }
}

/** What the model sees while clips are looked through. */
export class PictureRun {
  private problem: VideoChatError | undefined;
  private hasLooked = false;

  constructor(
    private readonly retrieval: Retrieval,
    private readonly thread: SearchThread,
    private readonly model: RetrievalModel | undefined,
    private readonly onBroken: () => void,
  ) {}

  /** Left out where no model is installed. */
  get used(): UsedRetrieval | undefined {
    return this.model && { model: this.model.id, ...(this.problem ? { problem: this.problem } : {}) };
  }

  /** Whether the model, where there is one that works, has seen this clip as it is. */
  hasSeen(stamps: Record<string, string>): boolean {
    return !this.model || this.problem !== undefined || (stamps[picturesPart]?.endsWith(` ${this.model.sha256}`) ?? false);
  }

  /** Looks through a clip together with the model. */
  async look(path: string, work: (onlookerFor: (content: string) => Promise<FrameOnlooker | undefined>) => Promise<void>): Promise<void> {
    const { retrieval, thread, model } = this;
    const opened: FrameEmbedder[] = [];
    this.hasLooked = false;
    try {
      await work(async (content) => {
        if (model && !this.problem) {
          opened.push(await FrameEmbedder.open({ path, content, model, retrieval, thread }));
        }
        return opened[0];
      });
    } finally {
      // What a look that was stopped has seen need not be seen again.
      await opened[0]?.keep();
    }
    this.problem ??= opened[0]?.problem;
    this.hasLooked = opened.length > 0 && this.problem === undefined;
    if (this.problem) {
      this.onBroken();
    }
  }

  /** Says of the clip that was looked through that the model has seen it. */
  partOf(stamp: string): ClipPart[] {
    return this.model && this.hasLooked ? [{ source: picturesPart, stamp: `${stamp} ${this.model.sha256}`, rows: [] }] : [];
  }
}

function retrievalError(error: unknown): VideoChatError {
  return error instanceof VideoChatError ? error : new VideoChatError(ErrorCode.RetrievalUnavailable, phrase`The model that finds pictures by words cannot be used: ${reasonOf(error)}.`);
}
