import { longestDocument, type FoundProblem, type ReadAnnotations, readAnnotations } from '../../server/common/annotations/readAnnotations.js';
import { JsonPlaces } from '../../server/common/annotations/jsonPlaces.js';
import { TextLines } from '../../server/common/annotations/textLines.js';
import { validateAnnotations, type ValidationContext } from '../../server/common/annotations/validateAnnotations.js';
import { writeAnnotations } from '../../server/common/annotations/writeAnnotations.js';
import { type AnnotatedMedia, type AnnotationDocument, type AnnotationEdit, applyAnnotationEdits, emptyAnnotations } from '../../server/protocol/index.js';
import { Listeners } from '../chat/listeners.js';
import { lineChange, type LineChange, withLineFeeds } from './lineText.js';

/** The text below a model: the editor's, which others change, too. */
export interface ModelText {
  getText(): string;
  /** Grows with every change. */
  version(): number;
  /** One step of undo. False: the text has changed meanwhile, or may not be changed. */
  replace(change: LineChange): PromiseLike<boolean>;
  /** What a text that is still empty is about. */
  media?(): AnnotatedMedia | undefined;
}

/** Why edits were not taken; the text is then as it was. */
export type ModelRefusal = 'noSuchItem' | 'idTaken' | 'unreadable' | 'tooLarge' | 'notWritable';

/**
 * `edited`: these edits were applied to what was there. `replaced`: the text is another, whoever did it, undo too.
 * `problems`: only what is known besides the text has changed.
 */
export type ModelChange = { kind: 'edited'; edits: readonly AnnotationEdit[] } | { kind: 'replaced' } | { kind: 'problems' };

/** How often an edit is tried again on a text that others change at the same time. */
const mostTries = 5;

/** An annotation document as its open text has it. The text is the truth: edits are changes of its lines. */
export class AnnotationModel {
  /** Counts changes of the text. */
  revision = 0;
  private text: string;
  private known: ReadAnnotations | undefined;
  private found: FoundProblem[] | undefined;
  private index: TextLines | undefined;
  private context: ValidationContext = {};
  private expected: { text: string; document: AnnotationDocument; edits: readonly AnnotationEdit[] } | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private readonly listeners = new Listeners<ModelChange>();
  readonly onDidChange = this.listeners.add;

  constructor(private readonly port: ModelText) {
    this.text = withLineFeeds(port.getText());
  }

  /** Undefined where the text cannot be read as one. */
  get document(): AnnotationDocument | undefined {
    return this.read().document;
  }

  /** In the order of the text's lists. Offsets are those of the text with `\n` between lines. */
  get problems(): FoundProblem[] {
    if (!this.found) {
      const read = this.read();
      this.found = read.problems ?? (this.isEmpty ? [] : validateAnnotations(read.document, read.places, this.context));
    }
    return this.found;
  }

  /** Of the text with `\n` between lines. */
  get lines(): TextLines {
    return (this.index ??= new TextLines(this.text));
  }

  get validation(): ValidationContext {
    return this.context;
  }

  /** What is known besides the text. */
  setContext(context: ValidationContext): void {
    this.context = context;
    this.found = undefined;
    this.listeners.tell({ kind: 'problems' });
  }

  /** To be called when the text has changed. */
  textChanged(): void {
    const text = withLineFeeds(this.port.getText());
    if (text === this.text) {
      return;
    }
    const own = this.expected?.text === text ? this.expected : undefined;
    this.expected = undefined;
    this.take(text, own && { document: own.document, places: new JsonPlaces(text) });
    this.listeners.tell(own ? { kind: 'edited', edits: own.edits } : { kind: 'replaced' });
  }

  /**
   * Applies edits to the text as it is then, all or none, one after another. They name items by id: what others have
   * changed meanwhile stays.
   */
  edit(edits: readonly AnnotationEdit[]): Promise<ModelRefusal | undefined> {
    return this.inOrder(() => this.editNow(edits));
  }

  /** Does something else to the text once all edits so far are in it; later edits wait until it is done. */
  inOrder<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Resolves once all edits so far are in the text, or were refused. */
  async settled(): Promise<void> {
    await this.queue;
  }

  private async editNow(edits: readonly AnnotationEdit[]): Promise<ModelRefusal | undefined> {
    for (let tries = 0; tries < mostTries; tries++) {
      this.textChanged();
      const { document } = this;
      if (!document) {
        return 'unreadable';
      }
      const applied = applyAnnotationEdits(document, edits);
      if (applied.refused) {
        return applied.refused.reason;
      }
      const text = writeAnnotations(applied.document);
      if (text.length > longestDocument) {
        return 'tooLarge';
      }
      const change = lineChange(this.text, text, this.lines);
      if (!change) {
        this.revision++;
        this.listeners.tell({ kind: 'edited', edits });
        return undefined;
      }
      const version = this.port.version();
      this.expected = { text, document: applied.document, edits };
      if (await this.port.replace(change)) {
        this.textChanged();
        return undefined;
      }
      this.expected = undefined;
      if (this.port.version() === version) {
        return 'notWritable';
      }
    }
    return 'notWritable';
  }

  private get isEmpty(): boolean {
    return this.text.trim() === '';
  }

  private read(): ReadAnnotations {
    if (!this.known) {
      const media = this.isEmpty ? this.port.media?.() : undefined;
      this.known = media ? { document: emptyAnnotations(media), places: new JsonPlaces(this.text) } : readAnnotations(this.text);
    }
    return this.known;
  }

  private take(text: string, known: ReadAnnotations | undefined): void {
    this.text = text;
    this.known = known;
    this.found = undefined;
    this.index = undefined;
    this.revision++;
  }
}
