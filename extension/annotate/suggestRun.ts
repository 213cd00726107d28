import { cancellationSource, throwIfCancelled } from '../../server/common/cancellation.js';
import {
  type AnnotateHostMessage,
  type AnnotatePageMessage,
  AnnotateSuggestRequest,
  type AnnotationDocument,
  type AnnotationEdit,
  asksModel,
  type DatasetManifest,
  type SamplingOptions,
} from '../../server/protocol/index.js';
import { modelFor } from '../models/modelFor.js';
import type { RunningServer } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import { safeEditSchema } from './annotateMessages.js';

type Wanted = Pick<Extract<AnnotatePageMessage, { type: 'suggest' }>, 'task' | 'span' | 'segmentIds'>;

export interface SuggestPorts {
  t: Translate;
  client(): Promise<RunningServer>;
  values(): { model: string | undefined; sampling: SamplingOptions };
  dataset(): DatasetManifest;
  post(message: Extract<AnnotateHostMessage, { type: 'suggesting' }>): void;
}

/** What a model has proposed, and why it may be less than expected. */
export interface Suggested {
  edits: AnnotationEdit[];
  note: string;
}

/** One task for a model, about one clip. Nothing is written: what comes back is for the caller to apply. */
export class SuggestRun {
  private readonly source = cancellationSource();

  constructor(private readonly ports: SuggestPorts) {}

  cancel(): void {
    this.source.cancel();
  }

  /**
   * @param text of the document as it is now
   * @throws VideoChatError of the server; `RequestCancelled` when it was cancelled
   */
  async run(videoPath: string, text: string, { task, span, segmentIds }: Wanted): Promise<Suggested> {
    const { ports } = this;
    ports.post({ type: 'suggesting', task });
    try {
      const { client } = await ports.client();
      const { model, sampling } = ports.values();
      const modelId = asksModel(task) ? (await modelFor(client, model, ports.t)).id : undefined;
      throwIfCancelled(this.source.token);
      const { labels, tracks } = ports.dataset();
      const { edits, note } = await client.request(
        AnnotateSuggestRequest,
        {
          videoPath,
          document: text,
          task,
          ...(modelId === undefined ? {} : { modelId }),
          ...(span ? { span } : {}),
          ...(segmentIds ? { segmentIds } : {}),
          ...(labels ? { labels: labels.map(({ name }) => name) } : {}),
          ...(tracks?.[0] ? { track: tracks[0].id } : {}),
          ...(Object.keys(sampling).length === 0 ? {} : { sampling }),
        },
        {
          token: this.source.token,
          onProgress: (progress) => {
            if (progress.kind === 'step') {
              const { done, total, what } = progress;
              ports.post({ type: 'suggesting', task, done, total, what });
            }
          },
        },
      );
      return { edits: edits.filter((edit) => safeEditSchema.safeParse(edit).success), note };
    } finally {
      ports.post({ type: 'suggesting' });
    }
  }
}

/**
 * Suggestions that still fit: what a person has changed or removed since the model was asked is theirs. New items
 * always fit.
 *
 * @param asked the document that the model was shown
 */
export function stillFitting(edits: readonly AnnotationEdit[], asked: AnnotationDocument, now: AnnotationDocument): AnnotationEdit[] {
  return edits.filter((edit) => {
    switch (edit.op) {
      case 'add':
        return !now[edit.list].some(({ id }) => id === edit.item.id);
      case 'clip':
        return Object.keys(edit.set).every((field) => same(member(asked, field), member(now, field)));
      case 'patch':
      case 'remove': {
        const find = (document: AnnotationDocument): unknown => document[edit.list].find(({ id }) => id === edit.id);
        return find(now) !== undefined && same(find(asked), find(now));
      }
    }
  });
}

function member(value: object, name: string): unknown {
  return new Map<string, unknown>(Object.entries(value)).get(name);
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
