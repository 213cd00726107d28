import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PanelState, PanelTurn } from '../../../server/protocol/panel.js';
import { PageElement } from '../elements/pageElement.js';
import type { StageLine } from '../state/pageState.js';
import { strings } from '../strings.js';
import { emptyConversation } from './emptyConversation.js';
import { NearView } from './nearView.js';
import { StickToEnd } from './stickToEnd.js';
import './turn.js';

/** Turns that are looked at together when deciding what to draw again. */
const groupSize = 50;
/** The last turns are always drawn: the view opens on them. */
const alwaysDrawn = 4;

export interface Anchor {
  turnId: string;
  offset: number;
}

/** The conversation. Thousands of turns are cheap: those out of view are empty articles of a known size. */
@customElement('videochat-transcript')
export class Transcript extends PageElement {
  @property({ attribute: false }) accessor panel!: PanelState;
  @property({ attribute: false }) accessor stage: StageLine | undefined;
  /** Where to open; its end if left out. */
  @property({ attribute: false }) accessor anchor: Anchor | undefined;
  @state() accessor near: ReadonlySet<string> = new Set();
  @state() accessor atEnd = true;
  @query('.turns') accessor view!: HTMLElement;
  readonly #stick = new StickToEnd();
  #nearView: NearView | undefined;
  #resize: ResizeObserver | undefined;
  /** Kept at the top until a person scrolls: what is drawn above it would push it away. */
  #held: Anchor | undefined;
  #restored = false;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;

  override render(): TemplateResult {
    const { turns } = this.panel;
    const groups = Array.from({ length: Math.ceil(turns.length / groupSize) }, (_, index) => index * groupSize);
    return html`
      <div
        class="turns"
        role="region"
        tabindex="0"
        aria-label=${strings().conversation}
        @scroll=${this.#onScroll}
        @wheel=${{ handleEvent: this.#letGo, passive: true }}
        @pointerdown=${this.#letGo}
        @keydown=${this.#letGo}
      >
        <div class="turns-inner">
          ${turns.length === 0
            ? emptyConversation(this.panel, (intent) => this.emit(intent))
            : groups.map((from) => this.#group(from, turns.slice(from, from + groupSize)))}
        </div>
      </div>
      ${this.atEnd || turns.length === 0
        ? nothing
        : html`<button type="button" class="to-end" title=${strings().jumpToLatest} aria-label=${strings().jumpToLatest} @click=${this.#toEnd}>
            <i class="codicon codicon-arrow-down" aria-hidden="true"></i>
          </button>`}
    `;
  }

  #group(from: number, turns: PanelTurn[]): unknown {
    const { panel, stage } = this;
    const total = panel.turns.length;
    const all = !this.#nearView?.works && this.hasUpdated;
    const isNear = (turn: PanelTurn, index: number): boolean => all || index >= total - alwaysDrawn || this.near.has(turn.turnId);
    const nearness = turns.map((turn, index) => (isNear(turn, from + index) ? '1' : '0')).join('');
    const before = panel.turns[from - 1];
    const stageHere = turns.some((turn) => turn.turnId === stage?.turnId) ? stage : undefined;
    const dependsOn = [...turns, before?.plan, nearness, panel.busy, panel.clips, panel.model, stageHere, total - from <= groupSize];
    return guard(dependsOn, () =>
      repeat(
        turns,
        (turn) => turn.turnId,
        (turn, index) =>
          html`<videochat-turn
            .turn=${turn}
            .number=${from + index + 1}
            .near=${nearness[index] === '1'}
            .last=${from + index === total - 1}
            .busy=${panel.busy}
            .stage=${stageHere?.turnId === turn.turnId ? stageHere : undefined}
            .repeatedFrames=${sameFrames(turn, index > 0 ? turns[index - 1] : before)}
            .clips=${panel.clips}
            .model=${panel.model}
          ></videochat-turn>`,
      ),
    );
  }

  protected override firstUpdated(): void {
    this.#nearView = new NearView(this.view, (element, near) => this.#setNear(element, near));
    if (typeof ResizeObserver === 'function') {
      this.#resize = new ResizeObserver(() => this.#settle());
      for (const part of [this.view, this.view.firstElementChild]) {
        if (part) {
          this.#resize.observe(part);
        }
      }
    }
    this.requestUpdate();
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.#nearView?.watch(this.querySelectorAll('videochat-turn'));
    const before = changed.get('panel');
    if (before && this.panel.turns.length > before.turns.length) {
      // A new question is always shown.
      this.#letGo();
      this.#stick.release(true);
    }
    if (!this.#restored && this.panel.turns.length > 0) {
      this.#restored = true;
      // The turns themselves draw a moment later.
      this.#held = this.panel.turns.some((turn) => turn.turnId === this.anchor?.turnId) ? this.anchor : undefined;
      if (this.#held) {
        this.#stick.release(false);
        this.near = new Set([...this.near, this.#held.turnId]);
      }
    }
    this.#settle();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#nearView?.dispose();
    this.#resize?.disconnect();
    clearTimeout(this.#saveTimer);
  }

  /** Moves the focus to the last turn, from where a screen reader reads on. */
  focusLastAnswer(): void {
    const last = [...this.querySelectorAll<HTMLElement>('article')].at(-1);
    this.#letGo();
    last?.focus();
    last?.scrollIntoView({ block: 'nearest' });
  }

  #settle(): void {
    this.#hold();
    this.#stick.grown(this.view);
    this.atEnd = this.#stick.sticks;
  }

  #article({ turnId }: Anchor): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[data-turn="${CSS.escape(turnId)}"]`);
  }

  #hold(): void {
    const article = this.#held && this.#article(this.#held);
    if (this.#held && article) {
      const above = this.view.getBoundingClientRect().top - article.getBoundingClientRect().top;
      if (Math.abs(above - this.#held.offset) >= 1) {
        this.view.scrollTop += this.#held.offset - above;
      }
    }
  }

  #letGo = (): void => {
    this.#held = undefined;
  };

  #setNear(element: Element, near: boolean): void {
    const id = (element as HTMLElementTagNameMap['videochat-turn']).turn.turnId;
    if (this.near.has(id) !== near) {
      const set = new Set(this.near);
      if (near) {
        set.add(id);
      } else {
        set.delete(id);
      }
      this.near = set;
    }
  }

  #toEnd = (): void => {
    this.#letGo();
    this.#stick.release(true);
    this.#settle();
  };

  #onScroll = (): void => {
    this.#stick.scrolled(this.view);
    this.atEnd = this.#stick.sticks;
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = undefined;
      this.emit({ type: 'scrolled', anchor: this.#stick.sticks ? undefined : this.#topTurn() });
    }, 300);
  };

  #topTurn(): Anchor | undefined {
    const top = this.view.getBoundingClientRect().top;
    for (const article of this.querySelectorAll<HTMLElement>('article')) {
      const box = article.getBoundingClientRect();
      if (box.bottom > top) {
        return { turnId: article.dataset['turn'] ?? '', offset: Math.round(top - box.top) };
      }
    }
    return undefined;
  }
}

function sameFrames(turn: PanelTurn, before: PanelTurn | undefined): boolean {
  const [now, then] = [framesOf(turn), before && framesOf(before)];
  return now !== undefined && then !== undefined && now.length === then.length && now.every((frame, index) => frame === then[index]);
}

function framesOf({ plan, plans }: PanelTurn): (string | number)[] | undefined {
  return plans?.flatMap((clip) => [clip.clipId, ...clip.plan.seconds]) ?? plan?.seconds;
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-transcript': Transcript;
  }
}
