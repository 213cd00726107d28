import type { AnnotatedSegment, AnnotationDocument, AnnotationItems, AnnotationList, Provenance } from '../../../server/protocol/annotation.js';
import type { AnnotationEdit, FieldChanges } from '../../../server/protocol/annotationEdit.js';
import type { AnnotateHostMessage, AnnotateState } from '../../../server/protocol/annotatePanel.js';
import type { ClipGrid } from '../../../server/protocol/clipGrid.js';
import type { FrameTimes } from '../../../server/protocol/frameTimes.js';
import type { PanelProblem } from '../../../server/protocol/panel.js';
import { changeItem, type Hand, madeBy } from '../../../server/protocol/reviewEdits.js';
import { looksLikePicture } from '../../../server/protocol/videoEndings.js';
import { defaultView, type PaneName, type SavedView } from '../host/savedView.js';
import type { AnnotateRequest } from '../host/annotateHost.js';
import { FrameClock } from '../player/frameClock.js';
import { FrameController } from '../player/frameController.js';
import { follow, nothingYet, type Optimistic, propose, replace, settle, shownDocument } from '../state/optimistic.js';
import { texts } from '../texts.js';
import { trackOf } from './labels.js';
import { nothingSelected, type Selection, selectedItems } from './selection.js';

export interface SessionParts {
  request(request: AnnotateRequest, settled: (problem: PanelProblem | undefined) => void): number;
  /** Asks the host for the whole state. */
  askAgain(): void;
  now(): Date;
  /** Something short that no other item is called. */
  newId(): string;
}

/** What the parts of the page do for commands. */
export interface SessionView {
  zoom(how: 'in' | 'out' | 'fit' | 'segment'): void;
  /** Brings a time into view. */
  showTime(start: number, end?: number): void;
  cancelDrag(): boolean;
  focus(what: 'timeline' | 'list' | 'caption' | 'search'): void;
}

type Message = Exclude<AnnotateHostMessage, { type: 'reply' }>;
type Suggesting = Omit<Extract<AnnotateHostMessage, { type: 'suggesting' }>, 'type'>;

/** Everything the page knows and a person has chosen; its elements show it, its commands change it. */
export class AnnotateSession {
  readonly controller: FrameController;
  view: SessionView | undefined;
  page: AnnotateState | undefined;
  selection: Selection = nothingSelected;
  /** Marked by hand, for the next segment. The end is exclusive. */
  marks: { start?: number; end?: number } = {};
  /** Events that go on, by label, and when they began. */
  events: ReadonlyMap<string, number> = new Map();
  lastLabel: string | undefined;
  track: string | undefined;
  snapping = true;
  pane: PaneName = 'segments';
  status = '';
  notice: PanelProblem | undefined;
  suggesting: Suggesting | undefined;
  mediaProgress: number | undefined;
  keys: Extract<AnnotateHostMessage, { type: 'keys' }>['keys'] = [];
  keysShown = false;
  shots: readonly number[] = [];
  volume = 1;
  readonly #parts: SessionParts;
  readonly #changed = new Set<() => void>();
  readonly #moved = new Set<() => void>();
  #optimistic: Optimistic = nothingYet;
  #shown: AnnotationDocument | undefined;
  #times: FrameTimes | undefined;
  #clock = new FrameClock(undefined, 0, 0);
  #selected: { document?: AnnotationDocument; selection?: Selection; segments: readonly AnnotatedSegment[] } = { segments: [] };
  #asked = false;
  #lastSegment: string | undefined;
  /** Where an earlier page stood, until the clip's length is known. */
  #wanted: number | undefined;

  constructor(parts: SessionParts, saved: SavedView = defaultView) {
    this.#parts = parts;
    this.selection = saved.selection ?? nothingSelected;
    this.pane = saved.pane;
    this.snapping = saved.snapping;
    this.volume = saved.volume;
    this.controller = new FrameController({
      clock: () => this.#clock,
      changed: () => this.#moved.forEach((listener) => listener()),
      loopRange: () => this.segment,
    });
    this.controller.setSpeed(saved.speed);
    this.#wanted = saved.playheadSeconds;
  }

  /** The document with what was proposed and not yet confirmed. */
  get document(): AnnotationDocument | undefined {
    return this.#shown;
  }
  get clock(): FrameClock {
    return this.#clock;
  }
  get grid(): ClipGrid {
    return { times: this.#clock.times, durationSeconds: this.#clock.durationSeconds, snap: this.snapping };
  }
  get hand(): Hand {
    return { annotator: this.page?.annotator ?? '', at: this.#parts.now().toISOString() };
  }
  get newProvenance(): Provenance {
    return madeBy(this.hand);
  }
  get canEdit(): boolean {
    return this.page !== undefined && this.#shown !== undefined && !this.page.readOnly;
  }
  /** A still picture: there is no time to speak of. Until it was looked at, its name says so. */
  get isPicture(): boolean {
    const { facts, media } = this.page?.clip ?? {};
    return facts ? facts.kind === 'image' : media ? media.mode === 'image' : looksLikePicture(this.#shown?.media.path ?? '');
  }
  /** Where the playhead is, or will be as soon as the clip is known. */
  get playheadSeconds(): number {
    return this.#wanted ?? this.controller.seconds;
  }
  get pending(): boolean {
    return this.#optimistic.proposed.length > 0;
  }
  /** The selected segments. */
  get segments(): readonly AnnotatedSegment[] {
    const [document, selection] = [this.#shown, this.selection];
    if (document !== this.#selected.document || selection !== this.#selected.selection) {
      this.#selected = { document, selection, segments: document ? selectedItems(document, 'segments', selection) : [] };
    }
    return this.#selected.segments;
  }
  get segment(): AnnotatedSegment | undefined {
    return this.segments.at(-1);
  }
  /** The part of the segment that was selected last, also while a question is. */
  get lastSpan(): AnnotatedSegment | undefined {
    return this.#shown?.segments.find(({ id }) => id === this.#lastSegment);
  }
  /** Where new segments go. */
  get activeTrack(): string {
    return this.track ?? (this.segment ? trackOf(this.segment, this.page?.dataset) : trackOf({}, this.page?.dataset));
  }

  onDidChange(listener: () => void): () => void {
    this.#changed.add(listener);
    return () => this.#changed.delete(listener);
  }
  /** The playhead moved, or playing began or ended. */
  onDidMove(listener: () => void): () => void {
    this.#moved.add(listener);
    return () => this.#moved.delete(listener);
  }
  newId(): string {
    return this.#parts.newId();
  }

  receive(message: Message): void {
    switch (message.type) {
      case 'state':
        this.#asked = false;
        this.page = message.state;
        this.#optimistic = replace(this.#optimistic, message.state.revision, message.state.document);
        break;
      case 'edited': {
        const next = follow(this.#optimistic, message.revision, message.edits);
        if (next === 'gap') {
          return this.#askAgain();
        }
        this.#optimistic = next;
        this.page = this.page && { ...this.page, problems: message.problems, dirty: message.dirty };
        break;
      }
      case 'dirty':
        this.page = this.page && { ...this.page, dirty: message.dirty };
        break;
      case 'clip':
        this.page = this.page && { ...this.page, clip: message.clip };
        this.mediaProgress = undefined;
        break;
      case 'server':
        this.page = this.page && { ...this.page, server: message.server };
        break;
      case 'mediaProgress':
        this.mediaProgress = message.fraction;
        break;
      case 'suggesting':
        this.suggesting = message.task ? message : undefined;
        break;
      case 'keys':
        this.keys = message.keys;
        break;
      case 'reveal':
        return this.reveal(message.list, message.itemId);
      case 'seek': {
        const { startSeconds: start, endSeconds: end } = message.segment;
        this.#seek(start);
        this.view?.showTime(start, end);
        if (message.play) {
          this.controller.play(end > start ? { start, end } : undefined);
        }
        return;
      }
      case 'command':
        return;
    }
    this.#refresh();
  }

  /** Proposes a change to the host and shows it at once. `label` is the word for the step of undo. */
  edit(label: string, edits: readonly AnnotationEdit[]): boolean {
    if (edits.length === 0) {
      return false;
    }
    if (!this.canEdit) {
      this.announce(texts().saidReadOnly);
      if (this.page?.readOnly) {
        this.request({ type: 'action', action: 'makeWritable' });
      }
      return false;
    }
    const { revision } = this.#optimistic;
    const settled = (problem: PanelProblem | undefined): void => {
      this.#optimistic = settle(this.#optimistic, id, problem !== undefined);
      this.notice = problem ?? this.notice;
      this.#refresh();
    };
    const id: number = this.#parts.request({ type: 'edit', revision, label, edits: [...edits] }, settled);
    this.#optimistic = propose(this.#optimistic, id, edits);
    this.#refresh();
    return true;
  }

  /** Changes fields of an item as it is now. */
  change<List extends AnnotationList>(label: string, list: List, id: string, set: FieldChanges<AnnotationItems[List]>): boolean {
    const item = this.#shown?.[list].find((each) => each.id === id) as AnnotationItems[List] | undefined;
    return item !== undefined && this.edit(label, changeItem(list, item, set, this.hand));
  }

  /** Asks the host for something else; what it refuses is shown. */
  request(request: Exclude<AnnotateRequest, { type: 'edit' }>): void {
    this.notice = undefined;
    this.#parts.request(request, (problem) => {
      this.notice = problem ?? this.notice;
      this.changed();
    });
    this.changed();
  }

  select(list: AnnotationList, ids: readonly string[]): void {
    this.selection = { list, ids };
    if (list === 'segments') {
      this.#lastSegment = ids.at(-1);
      this.track = undefined;
    }
    this.changed();
  }

  /** Selects an item and shows its beginning. */
  reveal(list: AnnotationList, id: string): void {
    this.select(list, [id]);
    this.pane = list;
    const item = this.#shown?.[list].find((each) => each.id === id);
    const span = item && ('start' in item ? item : 'span' in item ? item.span : undefined);
    if (span) {
      this.#seek(span.start);
      this.view?.showTime(span.start, span.end);
    }
    this.changed();
  }

  /** Said to screen readers, and shown for a while. */
  announce(text: string): void {
    // The same words again are said again only if the text differs.
    this.status = text === this.status ? `${text}\u00a0` : text;
    this.changed();
  }

  /** To be called after a change of a member. */
  changed(): void {
    this.#changed.forEach((listener) => listener());
  }

  /** The frames' times came, or went with their medium. */
  setTimes(times: FrameTimes | undefined): void {
    this.#times = times;
    this.#refresh();
  }

  dispose(): void {
    this.controller.dispose();
    this.#changed.clear();
    this.#moved.clear();
  }

  /** Before the clip's length is known there is no place to go to yet. */
  #seek(seconds: number): void {
    this.#wanted = this.#wanted === undefined ? undefined : seconds;
    this.controller.seekSeconds(seconds);
  }

  #refresh(): void {
    this.#shown = shownDocument(this.#optimistic);
    this.#reclock();
    this.changed();
  }

  /** The clip's length as well as it is known: as probed, as noted in the document, as its segments need. */
  #reclock(): void {
    const facts = this.page?.clip.facts;
    const media = this.#shown?.media;
    const needed = (): number => (this.#shown?.segments ?? []).reduce((most, { end }) => Math.max(most, end), 0);
    const duration = facts?.durationSeconds || media?.duration || needed();
    const fps = facts?.fps || media?.fps || 0;
    const before = this.#clock;
    if (before.times !== (this.#times ?? before.times) || before.durationSeconds !== duration || before.fps !== fps || before.isExact !== (this.#times !== undefined)) {
      const { seconds } = this.controller;
      this.#clock = new FrameClock(this.#times, duration, fps);
      this.controller.reclock(this.#wanted ?? seconds);
      this.#wanted = duration > 0 ? undefined : (this.#wanted ?? seconds);
    }
  }

  #askAgain(): void {
    if (!this.#asked) {
      this.#asked = true;
      this.#parts.askAgain();
    }
  }
}
