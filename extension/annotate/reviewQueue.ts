import type { Disposable } from '../../server/common/dispose.js';
import type { AnnotationStatus, PanelProblem } from '../../server/protocol/index.js';

/** A review over many documents, as the annotator needs it. Paths are absolute. */
export interface ReviewQueue {
  /** Position in the running review, where one runs over this document. */
  state(documentPath: string): { left: number } | undefined;
  onDidChange(listener: () => void): Disposable;
  /**
   * Goes to the next item: opens its document by `videochat.annotate.reveal`. The document that was decided in has
   * the decision in its text already, saved or not.
   */
  next(documentPath: string, decided?: { itemId: string; status: AnnotationStatus }): Promise<PanelProblem | undefined>;
  /** The person has reviewed enough. */
  end(): void;
}

/** What other features of the extension may ask of the annotator. */
export interface Annotators extends Disposable {
  /** The review that runs in this window, if any. */
  useReview(queue: ReviewQueue): Promise<Disposable>;
}
