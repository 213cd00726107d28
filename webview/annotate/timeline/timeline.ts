import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { cssVars } from '../elements/cssVars.js';
import { SessionElement } from '../elements/sessionElement.js';
import { runCommand } from '../session/commands.js';
import { texts } from '../texts.js';
import { drawShots, drawWaveform } from './drawExtras.js';
import { drawRuler } from './drawRuler.js';
import { drawTracks } from './drawTracks.js';
import { Filmstrip } from './filmstrip.js';
import { type Palette, readPalette } from './palette.js';
import { TracksPointer } from './pointer.js';
import { playheadSlider, tellPlayhead } from './playheadSlider.js';
import { layOut, type Rows, sizes } from './rows.js';
import { placeScrollBar, scrollBar } from './scrollBar.js';
import { segmentOptions } from './segmentOptions.js';
import { clampScale, fitScale, scaleOfShare, scaleOfSpan, secondsAt, type TimeScale, xOf, zoomScale, zoomShare } from './timeScale.js';
import { WaveformLoader } from './waveformLoader.js';

/** They are the editor's, which gives them to commands; the page shall not scroll as well. */
const scrollingKeys: ReadonlySet<string> = new Set([' ', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'PageUp', 'PageDown']);
/** What a notch of a wheel, or a key, zooms. */
const zoomStep = 1.3;

/** Tracks over time, with a ruler, pictures, shots and sound. Draws only what is in view. */
@customElement('videochat-timeline')
export class Timeline extends SessionElement {
  @query('.ruler-canvas') accessor rulerCanvas!: HTMLCanvasElement | null;
  @query('.tracks-canvas') accessor tracksCanvas!: HTMLCanvasElement | null;
  @query('.tracks') accessor tracks!: HTMLElement | null;
  #scale: TimeScale | undefined;
  #width = 0;
  #rows: Rows = layOut([], undefined, { shots: false, wave: false });
  #laidOut: unknown[] = [];
  #palette: Palette | undefined;
  #scheduled = false;
  #sizes: ResizeObserver | undefined;
  #themes: MutationObserver | undefined;
  readonly #wave = new WaveformLoader(() => this.requestUpdate());
  readonly #film = new Filmstrip(() => this.requestUpdate());
  readonly #pointer = new TracksPointer({
    session: () => this.session,
    rows: () => this.#rows,
    scale: () => this.scale,
    redraw: () => this.redraw(),
  });

  /** The part in view. */
  get scale(): TimeScale {
    return this.#scale ?? fitScale(this.#width, this.#duration);
  }
  /** Left out while the whole clip is in view. */
  get savedScale(): TimeScale | undefined {
    return this.#scale;
  }
  get zoomShare(): number {
    return zoomShare(this.scale, this.#width, this.#duration);
  }
  get #duration(): number {
    return Math.max(0.04, this.session.clock.durationSeconds);
  }

  setScale(scale: TimeScale | undefined): void {
    const clamped = scale && this.#width > 0 ? clampScale(scale, this.#width, this.#duration) : scale;
    const isAll = clamped !== undefined && this.#width > 0 && clamped.pixelsPerSecond <= fitScale(this.#width, this.#duration).pixelsPerSecond * 1.0001;
    this.#scale = isAll ? undefined : clamped;
    this.redraw();
    this.dispatchEvent(new CustomEvent('scaled', { bubbles: true }));
  }
  setZoomShare(share: number): void {
    const factor = scaleOfShare(share, this.#width, this.#duration) / this.scale.pixelsPerSecond;
    this.setScale(zoomScale(this.scale, factor, this.#anchor, this.#width, this.#duration));
  }
  zoom(how: 'in' | 'out' | 'fit' | 'segment'): void {
    const { segment } = this.session;
    if (how === 'fit') {
      this.setScale(undefined);
    } else if (how === 'segment') {
      this.setScale(segment ? scaleOfSpan(segment.start, segment.end, this.#width, this.#duration) : this.scale);
    } else {
      this.setScale(zoomScale(this.scale, how === 'in' ? zoomStep : 1 / zoomStep, this.#anchor, this.#width, this.#duration));
    }
  }
  /** Scrolls as little as it takes. */
  showTime(start: number, end = start): void {
    const { scale } = this;
    const [left, right] = [xOf(scale, start), xOf(scale, end)];
    if (left < 0 || left > this.#width - 20 || (right > this.#width && right - left < this.#width)) {
      this.setScale({ ...scale, start: start - (this.#width * 0.15) / scale.pixelsPerSecond });
    }
  }
  cancelDrag(): boolean {
    return this.#pointer.cancel();
  }
  override focus(): void {
    this.tracks?.focus();
  }

  /** Where zooming keeps its place: the playhead if it is in view. */
  get #anchor(): number {
    const x = xOf(this.scale, this.session.controller.seconds);
    return x >= 0 && x <= this.#width ? x : this.#width / 2;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = new ResizeObserver(() => this.redraw());
    this.#themes = new MutationObserver(() => {
      this.#palette = undefined;
      this.redraw();
    });
    for (const element of [document.documentElement, document.body]) {
      this.#themes.observe(element, { attributes: true, attributeFilter: ['class', 'style'] });
    }
  }
  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    this.#themes?.disconnect();
    this.#wave.dispose();
    this.#film.dispose();
  }

  override render(): TemplateResult {
    this.#layOut();
    const { session } = this;
    const names = texts();
    return html`
      <div class="timeline-head">
        <div class="track-names"></div>
        <div class="timeline-window" @wheel=${this.#onWheel}>
          ${playheadSlider(session, (event) => this.#scrub(event), () => this.scale)}
          ${this.#film.render(session.page?.clip ?? {})}
        </div>
      </div>
      <div class="timeline-scroll">
        <div class="track-names" aria-hidden="true" ${cssVars({ '--height': `${this.#rows.height}px` })}>
          ${this.#rows.tracks.map(
            ({ track, top, height }) =>
              html`<span class=${track.id === session.activeTrack ? 'active' : ''} title=${track.title ?? track.id} ${cssVars({ '--top': `${top}px`, '--height': `${height}px` })}>${track.title ?? (track.id === 'main' ? names.mainTrack : track.id)}</span>`,
          )}
          ${session.shots.length > 0 ? html`<span class="quiet" ${cssVars({ '--top': `${this.#rows.shotsTop}px`, '--height': `${sizes.shots}px` })}>${names.shots}</span>` : nothing}
          ${this.#wave.part ? html`<span class="quiet" ${cssVars({ '--top': `${this.#rows.waveTop}px`, '--height': `${sizes.wave}px` })}>${names.waveform}</span>` : nothing}
        </div>
        <div
          class="tracks timeline-window"
          id="tracks"
          tabindex="0"
          role="listbox"
          aria-multiselectable="true"
          aria-label=${names.timeline}
          aria-description=${names.timelineHint}
          aria-activedescendant=${session.segment ? `timeline-${session.segment.id}` : nothing}
          ${cssVars({ '--height': `${this.#rows.height}px` })}
          @wheel=${this.#onWheel}
          @keydown=${this.#onKey}
          @pointerdown=${this.#onDown}
          @pointermove=${this.#onMove}
          @pointerup=${() => this.#pointer.up()}
          @pointercancel=${() => this.#pointer.cancel()}
          @dblclick=${() => runCommand(session, 'editCaption')}
        >
          <canvas class="tracks-canvas" aria-hidden="true"></canvas>
          ${segmentOptions(session)}
        </div>
      </div>
      <div class="playhead" aria-hidden="true"></div>
      ${scrollBar((share) => this.setScale({ ...this.scale, start: share * this.#duration - this.#width / this.scale.pixelsPerSecond / 2 }))}
    `;
  }

  protected override updated(): void {
    if (this.tracks) {
      this.#sizes?.observe(this.tracks);
    }
    this.redraw();
  }

  protected override moved(): void {
    const { controller } = this.session;
    if (controller.playing && !this.#pointer.ghost) {
      this.showTime(controller.seconds);
    }
    this.redraw();
  }

  redraw(): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => {
        this.#scheduled = false;
        if (this.isConnected) {
          this.#draw();
        }
      });
    }
  }

  #layOut(): void {
    const { document: doc, page, shots } = this.session;
    const inputs = [doc?.segments, page?.dataset, shots.length > 0, this.#wave.part !== undefined];
    if (inputs.some((input, index) => input !== this.#laidOut[index])) {
      this.#laidOut = inputs;
      this.#rows = layOut(doc?.segments ?? [], page?.dataset, { shots: shots.length > 0, wave: this.#wave.part !== undefined });
    }
  }

  #draw(): void {
    const { session, tracksCanvas, rulerCanvas, tracks } = this;
    this.#width = tracks?.clientWidth ?? 0;
    if (!tracksCanvas || !rulerCanvas || this.#width === 0) {
      return;
    }
    this.#scale = this.#scale && clampScale(this.#scale, this.#width, this.#duration);
    const { scale } = this;
    const width = this.#width;
    const palette = (this.#palette ??= readPalette(this));
    const tracksContext = prepare(tracksCanvas, width, this.#rows.height);
    const rulerContext = prepare(rulerCanvas, width, sizes.ruler);
    const playhead = session.controller.seconds;
    tellPlayhead(this.querySelector('.ruler'), session);
    this.style.setProperty('--x', `${xOf(scale, playhead)}px`);
    this.classList.toggle('playhead-outside', xOf(scale, playhead) < -1 || xOf(scale, playhead) > width + 1);
    // For those who look from outside: tests, and style sheets.
    this.dataset['start'] = String(scale.start);
    this.dataset['pixelsPerSecond'] = String(scale.pixelsPerSecond);
    placeScrollBar(this.querySelector('.timeline-bar'), scale, width, this.#duration);
    const { media, facts } = session.page?.clip ?? {};
    const hasSound = facts?.streams.some(({ kind }) => kind === 'audio');
    if (hasSound || !media) {
      this.#wave.show(media, scale.start, Math.min(this.#duration, secondsAt(scale, width)), width);
    }
    this.#film.place(this, session.page?.clip ?? {}, scale, width, this.#duration);
    if (!tracksContext || !rulerContext) {
      return;
    }
    drawRuler(rulerContext, scale, session.clock, width, sizes.ruler, palette);
    tracksContext.clearRect(0, 0, width, this.#rows.height);
    drawTracks(tracksContext, {
      rows: this.#rows,
      scale,
      width,
      duration: this.#duration,
      palette,
      labels: new Map((session.page?.dataset.labels ?? []).map((label) => [label.name, label])),
      selected: new Set(session.selection.list === 'segments' ? session.selection.ids : []),
      wrong: new Set((session.page?.problems ?? []).flatMap(({ itemId, severity }) => (itemId !== undefined && severity !== 'information' ? [itemId] : []))),
      activeTrack: session.activeTrack,
      ghost: this.#pointer.ghost,
      marks: session.marks,
      events: session.events,
      playhead,
    });
    drawShots(tracksContext, this.#rows, scale, session.shots, width, palette);
    if (this.#wave.part) {
      drawWaveform(tracksContext, this.#rows, scale, this.#wave.part, width, palette);
    }
  }

  #scrub(event: PointerEvent): void {
    const box = this.tracks?.getBoundingClientRect();
    if (box) {
      this.session.controller.seekSeconds(secondsAt(this.scale, event.clientX - box.left));
    }
  }

  #place(event: PointerEvent): [number, number] {
    const box = this.tracks?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  }
  #onDown = (event: PointerEvent): void => {
    if (event.button === 0) {
      this.tracks?.setPointerCapture?.(event.pointerId);
      this.#pointer.down(...this.#place(event), event.shiftKey || event.ctrlKey || event.metaKey);
    }
  };
  #onMove = (event: PointerEvent): void => {
    this.#pointer.move(...this.#place(event), event.altKey);
    this.tracks?.style.setProperty('cursor', this.#pointer.cursor(...this.#place(event)));
  };
  #onWheel = (event: WheelEvent): void => {
    const box = this.tracks?.getBoundingClientRect();
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.setScale(zoomScale(this.scale, Math.pow(zoomStep, -event.deltaY / 50), event.clientX - (box?.left ?? 0), this.#width, this.#duration));
      return;
    }
    const sideways = event.deltaX || (event.shiftKey ? event.deltaY : 0);
    if (sideways && this.#scale) {
      event.preventDefault();
      this.setScale({ ...this.scale, start: this.scale.start + sideways / this.scale.pixelsPerSecond });
    }
  };
  #onKey = (event: KeyboardEvent): void => {
    const { controller } = this.session;
    const keys: Record<string, (() => void) | undefined> = {
      Home: () => controller.seekFrame(0),
      End: () => controller.seekFrame(this.session.clock.lastFrame),
      Escape: this.#pointer.ghost ? () => this.cancelDrag() : undefined,
    };
    const run = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
    if (run) {
      // Kept from the editor too: its keys would do it once more.
      event.preventDefault();
      event.stopPropagation();
      run();
    } else if (scrollingKeys.has(event.key)) {
      event.preventDefault();
    }
  };
}

/** A canvas as sharp as the screen; only resized where it has to be, for that empties it. */
function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.setProperty('width', `${width}px`);
    canvas.style.setProperty('height', `${height}px`);
  }
  const context = canvas.getContext('2d');
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-timeline': Timeline;
  }
}
