import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { PanelTimeline, PanelTimelineEvent, PanelTimelineTrack } from '../../../server/protocol/panel.js';
import { iconButton } from '../elements/iconButton.js';
import { PageElement } from '../elements/pageElement.js';
import { problemCard } from '../elements/problemCard.js';
import { progressRing } from '../elements/progressRing.js';
import { format, strings } from '../strings.js';
import { eventLanes } from './eventLanes.js';
import { eventsText, eventText, stepText, trackName } from './timelineText.js';

/** Where to go: a moment, or a stretch to play. */
export interface EventGoal {
  startSeconds: number;
  endSeconds?: number;
}

/**
 * What was noticed in the clip, below the seek bar and in its scale: a line for each track. Fires `goal` with an
 * {@link EventGoal} in `detail`.
 */
@customElement('videochat-timeline-tracks')
export class TimelineTracks extends PageElement {
  @property({ attribute: false }) accessor clipId = '';
  @property({ attribute: false }) accessor timeline: PanelTimeline | undefined;
  /** Of the clip, in seconds. */
  @property({ attribute: false }) accessor duration = 0;
  /** The event of each track that the tab key leads to. */
  @state() accessor current: ReadonlyMap<string, string> = new Map();
  @state() accessor collapsed = false;

  override render(): TemplateResult {
    const { timeline } = this;
    const texts = strings();
    if (!timeline) {
      return html`<button type="button" class="look-through" title=${texts.lookThroughHint} @click=${this.#look}>
        <i class="codicon codicon-list-tree" aria-hidden="true"></i>${texts.lookThrough}
      </button>`;
    }
    const isOpen = !this.collapsed && timeline.tracks.length > 0;
    return html`
      <div class="timeline-head">
        ${iconButton(isOpen ? 'chevron-down' : 'chevron-right', texts.timelineOfClip, () => (this.collapsed = !this.collapsed), { expanded: isOpen, disabled: timeline.tracks.length === 0 })}
        <span class="timeline-title">${texts.timelineOfClip}</span>
        ${this.#status(timeline)}
      </div>
      ${timeline.state === 'failed' && timeline.problem ? problemCard(timeline.problem, (action) => (action === 'retry' ? this.#look() : this.emit({ type: 'action', action }))) : nothing}
      ${isOpen
        ? html`<div class="timeline-rows">${guard([timeline.tracks, this.current, this.duration], () => timeline.tracks.map((track) => this.#row(track)))}</div>`
        : nothing}
    `;
  }

  #status(timeline: PanelTimeline): TemplateResult {
    const texts = strings();
    const { clipId } = this;
    const button = (text: string, run: () => void): TemplateResult => html`<button type="button" class="look-through" @click=${run}>${text}</button>`;
    switch (timeline.state) {
      case 'creating':
        return html`${progressRing()}<span class="timeline-status quiet">${stepText(timeline)}</span><span class="spring"></span>
          ${iconButton('debug-stop', texts.stopLooking, () => this.emit({ type: 'stopLooking', clipId }))}`;
      case 'ready':
        return html`<span class="timeline-status quiet">${eventsText(timeline)}</span><span class="spring"></span>
          ${iconButton('export', texts.exportTimeline, () => this.emit({ type: 'exportTimeline', clipId }))}`;
      case 'stopped':
        return html`<span class="timeline-status quiet">${texts.lookingStopped}</span>${button(texts.lookOn, this.#look)}`;
      case 'failed':
        return html`<span class="spring"></span>${timeline.problem?.actions?.includes('retry') ? nothing : button(texts.actionRetry, this.#look)}`;
    }
  }

  #row({ track, state: how, note, events, omitted }: PanelTimelineTrack): TemplateResult {
    const texts = strings();
    const { placed, lanes, left } = eventLanes(events);
    const name = trackName(track);
    const unseen = left + omitted;
    const first = placed[0]?.event.id;
    const marked = this.current.get(track);
    const current = placed.some(({ event }) => event.id === marked) ? marked : first;
    const why = note ?? (how === 'unavailable' ? texts.trackUnavailable : how === 'partial' ? texts.lookingStopped : undefined);
    return html`<div class="timeline-row track-${track}" role="group" aria-label=${name} data-lanes=${lanes} @keydown=${this.#onKey}>
      <span class="timeline-name" title=${why === undefined ? name : `${name}: ${why}`}>${name}${unseen > 0 ? html` <span class="quiet" title=${format(texts.trackOmitted, unseen)}>+${unseen}</span>` : nothing}</span>
      <div class="timeline-lanes">
        ${placed.map(
          ({ event, lane }) => html`<button
            type="button"
            class="event"
            data-track=${track}
            data-event=${event.id}
            data-lane=${lane}
            .times=${event}
            tabindex=${event.id === current ? 0 : -1}
            title=${eventText(event)}
            aria-label=${eventText(event).replaceAll('\n', ', ')}
            @focus=${() => this.#mark(track, event.id)}
            @click=${(click: MouseEvent) => this.#go(event, click.shiftKey)}
            @dblclick=${() => this.#go(event, true)}
          >
            ${track === 'shots' ? nothing : html`<span>${event.label}</span>`}
          </button>`,
        )}
        ${placed.length > 0 ? nothing : html`<span class="timeline-note quiet" title=${why ?? ''}>${why ?? (how === undefined ? nothing : texts.trackNothing)}</span>`}
      </div>
    </div>`;
  }

  // Set from here and not in the template: the content policy refuses style attributes.
  protected override updated(_changed: PropertyValues): void {
    const percent = (seconds: number): string => `${this.duration > 0 ? (100 * Math.min(Math.max(seconds, 0), this.duration)) / this.duration : 0}%`;
    for (const row of this.querySelectorAll<HTMLElement>('.timeline-row')) {
      row.style.setProperty('--lanes', row.dataset['lanes'] ?? '1');
    }
    for (const bar of this.querySelectorAll<HTMLElement & { times: EventGoal }>('.event')) {
      const { startSeconds, endSeconds } = bar.times;
      bar.style.setProperty('--from', percent(startSeconds));
      bar.style.setProperty('--to', percent(endSeconds ?? startSeconds));
      bar.style.setProperty('--lane', bar.dataset['lane'] ?? '0');
    }
  }

  #look = (): void => this.emit({ type: 'lookThrough', clipId: this.clipId });

  #go({ startSeconds, endSeconds, bestSeconds }: PanelTimelineEvent, play: boolean): void {
    const detail: EventGoal = play && endSeconds > startSeconds ? { startSeconds, endSeconds } : { startSeconds: bestSeconds ?? startSeconds };
    this.dispatchEvent(new CustomEvent('goal', { detail }));
  }

  #mark(track: string, id: string): void {
    if (this.current.get(track) !== id) {
      this.current = new Map([...this.current, [track, id]]);
    }
  }

  /** Arrows lead along a track. */
  #onKey = (event: KeyboardEvent): void => {
    const bars = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('.event')];
    const index = bars.indexOf(event.target as HTMLElement);
    const steps: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: bars.length - 1 };
    const to = index < 0 ? undefined : steps[event.key];
    if (to !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      event.stopPropagation();
      bars[Math.min(bars.length - 1, Math.max(0, to))]?.focus();
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-timeline-tracks': TimelineTracks;
  }
}
