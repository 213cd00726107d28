import type { AnnotatedSpan } from '../../../server/protocol/annotation.js';
import { moveEnd, moveSegment, moveStart } from '../../../server/protocol/segmentEdits.js';
import type { SnapTargets } from '../../../server/protocol/snapTime.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { trackOf } from '../session/labels.js';
import { create } from '../session/marking.js';
import { texts } from '../texts.js';
import { type Drag, draggedSpan } from './drag.js';
import { type Hit, hitTest } from './hit.js';
import type { Rows } from './rows.js';
import { secondsAt, type TimeScale } from './timeScale.js';

/** A click moves less than this. */
const slack = 4;
const snapPixels = 8;

export interface TracksPointerParts {
  session(): AnnotateSession;
  rows(): Rows;
  scale(): TimeScale;
  /** The ghost changed. */
  redraw(): void;
}

export interface Ghost extends AnnotatedSpan {
  id?: string;
  track: string;
  label?: string;
}

/** What a pointer does on the tracks: select, move, resize, create. */
export class TracksPointer {
  readonly #parts: TracksPointerParts;
  #pressed: { x: number; y: number; seconds: number; hit: Hit; more: boolean } | undefined;
  #drag: Drag | undefined;
  #targets: SnapTargets = { edges: [], shots: [] };
  ghost: Ghost | undefined;

  constructor(parts: TracksPointerParts) {
    this.#parts = parts;
  }

  /** @param x, y in the tracks' own pixels */
  down(x: number, y: number, more: boolean): void {
    const { session, scale } = this.#parts;
    const hit = this.#hit(x, y);
    this.#pressed = { x, y, seconds: secondsAt(scale(), x), hit, more };
    if ('segment' in hit) {
      this.#select(hit.segment.id, more);
    } else if (hit.on === 'track') {
      session().track = hit.row.track.id;
      session().changed();
    }
  }

  move(x: number, y: number, free: boolean): void {
    const pressed = this.#pressed;
    const session = this.#parts.session();
    if (!pressed || (!this.#drag && Math.abs(x - pressed.x) < slack && Math.abs(y - pressed.y) < 3 * slack) || !session.canEdit) {
      return;
    }
    if (!this.#drag) {
      this.#drag = this.#begin(pressed);
      if (!this.#drag) {
        return;
      }
      this.#targets = this.#snapTargets(this.#drag);
    }
    const scale = this.#parts.scale();
    const span = draggedSpan(this.#drag, secondsAt(scale, x), {
      grid: free ? { ...session.grid, snap: false } : session.grid,
      targets: this.#targets,
      within: snapPixels / scale.pixelsPerSecond,
    });
    const drag = this.#drag;
    const under = this.#parts.rows().tracks.find((row) => y >= row.top && y < row.top + row.height)?.track.id;
    this.ghost =
      drag.kind === 'create'
        ? { ...span, track: drag.track }
        : { ...span, id: drag.segment.id, label: drag.segment.label, track: (drag.kind === 'move' ? under : undefined) ?? trackOf(drag.segment, session.page?.dataset) };
    this.#parts.redraw();
  }

  up(): void {
    const { session } = this.#parts;
    const [drag, ghost, pressed] = [this.#drag, this.ghost, this.#pressed];
    this.cancel();
    if (drag && ghost) {
      this.#commit(drag, ghost);
    } else if (pressed && !pressed.more) {
      if (pressed.hit.on === 'track' || pressed.hit.on === 'nothing') {
        session().select('segments', []);
        session().track = 'row' in pressed.hit ? pressed.hit.row.track.id : undefined;
      }
      session().controller.seekSeconds(pressed.seconds);
    }
  }

  /** @returns whether there was anything to take back */
  cancel(): boolean {
    const had = this.#drag !== undefined;
    this.#drag = undefined;
    this.#pressed = undefined;
    this.ghost = undefined;
    this.#parts.redraw();
    return had;
  }

  cursor(x: number, y: number): 'ew-resize' | 'grab' | 'grabbing' | 'crosshair' | 'default' {
    if (this.#drag) {
      return this.#drag.kind === 'move' ? 'grabbing' : 'ew-resize';
    }
    const { on } = this.#hit(x, y);
    if (!this.#parts.session().canEdit || on === 'nothing') {
      return 'default';
    }
    return on === 'track' ? 'crosshair' : on === 'segment' ? 'grab' : 'ew-resize';
  }

  #hit(x: number, y: number): Hit {
    return hitTest(this.#parts.rows(), this.#parts.scale(), x, y, new Set(this.#parts.session().selection.ids));
  }

  #begin({ hit, seconds }: { hit: Hit; seconds: number }): Drag | undefined {
    switch (hit.on) {
      case 'nothing':
        return undefined;
      case 'track':
        return { kind: 'create', track: hit.row.track.id, from: seconds };
      case 'segment':
        return { kind: 'move', segment: hit.segment, from: seconds };
      default:
        return { kind: hit.on, segment: hit.segment };
    }
  }

  #select(id: string, more: boolean): void {
    const session = this.#parts.session();
    const { list, ids } = session.selection;
    const others = list === 'segments' ? ids.filter((each) => each !== id) : [];
    if (!more) {
      session.pane = 'segments';
      session.select('segments', [id]);
    } else {
      session.select('segments', ids.includes(id) && list === 'segments' ? others : [...others, id]);
    }
  }

  #commit(drag: Drag, { start, end, track }: Ghost): void {
    const session = this.#parts.session();
    // The ghost is where it shall be, snapped or free.
    const grid = { ...session.grid, snap: false };
    const { hand, page } = session;
    switch (drag.kind) {
      case 'create':
        return create(session, start, end, undefined, track, grid);
      case 'start':
        return void session.edit(texts().didResize, moveStart(grid, drag.segment, start, hand));
      case 'end':
        return void session.edit(texts().didResize, moveEnd(grid, drag.segment, end, hand));
      case 'move': {
        const elsewhere = track === trackOf(drag.segment, page?.dataset) ? undefined : track;
        const [edit, ...rest] = moveSegment(grid, drag.segment, start, hand, elsewhere);
        // On a variable frame rate the same frames last longer elsewhere.
        const edits = edit?.op === 'patch' ? [{ ...edit, set: { ...edit.set, start, end } }, ...rest] : [];
        return void session.edit(texts().didMove, edits);
      }
    }
  }

  #snapTargets(drag: Drag): SnapTargets {
    const session = this.#parts.session();
    const own = drag.kind === 'create' ? undefined : drag.segment.id;
    const others = (session.document?.segments ?? []).filter(({ id }) => id !== own);
    return { edges: others.flatMap(({ start, end }) => [start, end]).sort((a, b) => a - b), shots: session.shots, playhead: session.controller.seconds };
  }
}
