import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { PanelClip, PanelTimeline } from '../../../server/protocol/panel.js';
import type { Segment } from '../../../server/protocol/video.js';
import { PageElement } from '../elements/pageElement.js';
import { format, strings } from '../strings.js';
import { playerControls } from './controls.js';
import { frameHeights, frameUrl } from './frameUrl.js';
import { MediaController } from './mediaController.js';
import { PlaybackWatch } from './playbackWatch.js';
import { type PlayerCommand, playerCommand } from './playerKeys.js';
import { playerOverlay } from './playerOverlay.js';
import './seekBar.js';
import { markIn, markOut } from './spans.js';
import './timelineTracks.js';
import type { EventGoal } from './timelineTracks.js';

/** A seek that waits longer for its data makes the host look for something quicker. */
const slowAfterMs = 5000;

/** `MediaError.MEDIA_ERR_NETWORK` */
const networkError = 2;

/** Shows a clip or a picture, and tells the host when it cannot. */
@customElement('videochat-player')
export class Player extends PageElement {
  @property({ attribute: false }) accessor clip: PanelClip | undefined;
  @property({ attribute: false }) accessor span: Segment | undefined;
  /** There is a server, or will be, that opens clips. */
  @property({ attribute: false }) accessor served = true;
  /** What was noticed in the clip. */
  @property({ attribute: false }) accessor timeline: PanelTimeline | undefined;
  /** Of the proxy that is made, 0…1. */
  @property({ attribute: false }) accessor progress: number | undefined;
  /** Where to begin; read when a clip is shown. */
  @property({ attribute: false }) accessor startAt = 0;
  @property({ attribute: false }) accessor volume = 1;
  /** Nothing is seen of the clip as it is. */
  @state() accessor failed = false;
  @query('video') accessor video!: HTMLVideoElement | null;
  #controller: MediaController | undefined;
  #watch: PlaybackWatch | undefined;
  #watched: string | undefined;
  #clipId: string | undefined;
  #saved = -1;
  #resume = false;
  #whenOpen: (() => void) | undefined;

  get seconds(): number {
    return this.#controller?.seconds ?? this.startAt;
  }

  get #duration(): number {
    return this.clip?.facts?.durationSeconds ?? this.video?.duration ?? 0;
  }

  override focus(): void {
    this.querySelector<HTMLElement>('.player')?.focus();
  }

  /** Goes to a moment; with an end, plays just that stretch. */
  goTo(startSeconds: number, endSeconds?: number, play = endSeconds !== undefined): void {
    if (!this.#controller) {
      // The clip is still being opened; a link leads to a moment of it also then.
      this.#whenOpen = () => this.goTo(startSeconds, endSeconds, play);
      return;
    }
    if (endSeconds !== undefined && play) {
      this.#controller.playRange({ startSeconds, endSeconds });
    } else {
      this.#controller.seek(startSeconds);
      if (play) {
        void this.#controller.play();
      }
    }
  }

  /** @returns whether the key was the player's */
  handleKey(event: KeyboardEvent, inPlayer: boolean): boolean {
    const command = this.clip?.facts?.kind === 'video' ? playerCommand(event, inPlayer) : undefined;
    if (command) {
      event.preventDefault();
      this.#run(command);
    }
    return command !== undefined;
  }

  override render(): TemplateResult {
    const { clip } = this;
    const texts = strings();
    const isImage = clip?.media?.mode === 'image' || clip?.facts?.kind === 'image';
    return html`
      <section class="player" aria-label=${clip ? `${texts.player}: ${clip.name}` : texts.player} tabindex="-1" @keydown=${this.#onKey}>
        <div class="stage">
          ${clip?.media
            ? isImage
              ? html`<img class="picture" src="${clip.media.url}/stream" alt=${format(texts.picture, clip.name)} @error=${this.#onError} />`
              : html`<video
                  src="${clip.media.url}/stream"
                  poster=${frameUrl(clip.media, 0, frameHeights.preview)}
                  preload="auto"
                  playsinline
                  tabindex="-1"
                  @click=${() => this.#controller?.toggle()}
                  @loadedmetadata=${this.#onMetadata}
                  @error=${this.#onError}
                  @waiting=${() => this.#watch?.waiting()}
                  @seeking=${this.#onSeeking}
                  @seeked=${this.#onFlow}
                  @playing=${this.#onFlow}
                  @canplay=${() => this.#watch?.flowing()}
                  @timeupdate=${this.#onTime}
                  @pause=${this.#onTime}
                  @ended=${this.#onTime}
                  @volumechange=${() => this.requestUpdate()}
                  @ratechange=${() => this.requestUpdate()}
                ></video>`
            : nothing}
          ${playerOverlay(clip, this.progress, this.failed, this.served, (action) => this.emit({ type: 'action', action }))}
        </div>
        ${isImage || !clip?.media ? nothing : this.#bar()}
      </section>
    `;
  }

  #bar(): TemplateResult {
    return html`
      <videochat-seek-bar
        .duration=${this.#duration}
        .value=${Math.min(this.seconds, this.#duration)}
        .span=${this.span}
        .range=${this.#controller?.range}
        .media=${this.clip?.media}
        @seek=${(event: CustomEvent<number>) => this.#controller?.seek(event.detail)}
      ></videochat-seek-bar>
      ${playerControls({
        video: this.video,
        seconds: Math.min(this.seconds, this.#duration),
        duration: this.#duration,
        run: (command) => this.#run(command),
        setSpeed: (speed) => this.#controller?.setSpeed(speed),
        setVolume: (volume) => this.#setVolume(volume),
      })}
      ${this.timeline || this.served
        ? html`<videochat-timeline-tracks
            .clipId=${this.clip?.clipId ?? ''}
            .timeline=${this.timeline}
            .duration=${this.#duration}
            @goal=${({ detail }: CustomEvent<EventGoal>) => this.goTo(detail.startSeconds, detail.endSeconds)}
          ></videochat-timeline-tracks>`
        : nothing}
    `;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // A new address empties the player: remember where it stood before it is drawn.
    const before = changed.get('clip');
    if (before && before.clipId === this.clip?.clipId && before.media?.url !== this.clip?.media?.url) {
      this.failed = false;
      this.startAt = this.seconds;
      this.#resume = this.video ? !this.video.paused : false;
    } else if (before && before.clipId !== this.clip?.clipId) {
      this.failed = false;
      this.startAt = 0;
    }
  }

  protected override updated(changed: PropertyValues): void {
    const { video, clip } = this;
    if (clip?.clipId !== this.#clipId) {
      this.#clipId = clip?.clipId;
      this.#whenOpen = undefined;
      this.#controller?.dispose();
      this.#controller = undefined;
    }
    if (video && !this.#controller) {
      this.#controller = new MediaController(video, () => this.requestUpdate());
      this.#controller.seek(this.startAt);
      video.volume = this.volume;
      this.#whenOpen?.();
      this.#whenOpen = undefined;
    } else if (!video) {
      this.#controller?.dispose();
      this.#controller = undefined;
    }
    if (clip?.media?.url !== this.#watched) {
      this.#startWatching();
    }
    if (changed.has('clip') && clip?.facts && clip.facts.width > 0 && clip.facts.height > 0) {
      const stage = this.querySelector<HTMLElement>('.stage');
      stage?.style.setProperty('--ratio', `${clip.facts.width} / ${clip.facts.height}`);
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.dispose();
    this.#controller?.dispose();
    this.#controller = undefined;
    this.#watched = undefined;
  }

  /** Once for each address: the host answers with another, or with a problem. */
  #startWatching(): void {
    const { clip } = this;
    const again = this.#watched !== undefined;
    this.#watched = clip?.media?.url;
    this.#watch?.dispose();
    this.#watch = undefined;
    if (!clip?.media) {
      return;
    }
    const { clipId, media, facts } = clip;
    if (again && this.#controller) {
      this.#controller.seek(this.startAt);
      if (this.#resume) {
        void this.#controller.play();
      }
    }
    this.#watch = new PlaybackWatch({
      expectPicture: facts?.kind !== 'image',
      expectSound: media.mode === 'file' && facts?.streams.some((stream) => stream.kind === 'audio') === true,
      slowAfterMs: media.mode === 'transcode' || media.mode === 'image' ? Infinity : slowAfterMs,
      report: (reason) => {
        this.failed = reason === 'error' || reason === 'noPicture';
        this.emit({ type: 'playbackFailed', clipId, reason });
      },
      later: (run, ms) => {
        if (!Number.isFinite(ms)) {
          return () => undefined;
        }
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  #run(command: PlayerCommand): void {
    const controller = this.#controller;
    const { video } = this;
    if (!controller || !video) {
      return;
    }
    switch (command.type) {
      case 'togglePlay':
        return controller.toggle();
      case 'toggleMute':
        video.muted = !video.muted;
        return;
      case 'markIn':
        return this.emit({ type: 'span', span: markIn(this.span, this.seconds, this.#duration) });
      case 'markOut':
        return this.emit({ type: 'span', span: markOut(this.span, this.seconds, this.#duration) });
      case 'step':
        return controller.step(command.frames, this.clip?.facts?.fps ?? 25, this.#duration);
      case 'skip':
        return controller.seek(Math.min(this.#duration, Math.max(0, this.seconds + command.seconds)));
      case 'faster':
        return controller.speedUp(1);
      case 'slower':
        return controller.speedUp(-1);
    }
  }

  #setVolume(volume: number): void {
    if (this.video) {
      this.video.volume = volume;
      this.video.muted = volume === 0;
      this.volume = volume;
      this.emit({ type: 'playhead', seconds: this.seconds, volume });
    }
  }

  #onKey = (event: KeyboardEvent): void => {
    // Space and arrows belong to the button, slider or list that has the focus.
    const own = event.target as HTMLElement;
    const inPlayer = !own.closest('button, select, input, [role="slider"]');
    if (!own.closest('select, input') && this.handleKey(event, inPlayer)) {
      event.stopPropagation();
    }
  };

  #onMetadata = (): void => {
    this.#controller?.metadataLoaded();
    if (this.video) {
      this.#watch?.metadataLoaded(this.video);
    }
    this.requestUpdate();
  };

  #onError = (): void => {
    // A line that broke says nothing of the clip: the server may be starting again, with a new address.
    if (this.video?.error?.code !== networkError) {
      this.#watch?.failed();
    }
    this.requestUpdate();
  };

  #onSeeking = (): void => {
    this.#watch?.waiting();
    this.#controller?.clockMoved();
  };

  #onFlow = (): void => {
    this.#watch?.flowing();
    this.#onTime();
  };

  #onTime = (): void => {
    this.#controller?.clockMoved();
    if (this.video && !this.video.paused) {
      this.#watch?.advanced(this.video);
    }
    const second = Math.floor(this.seconds);
    if (second !== this.#saved) {
      this.#saved = second;
      this.emit({ type: 'playhead', seconds: this.seconds, volume: this.volume });
    }
    this.requestUpdate();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-player': Player;
  }
}
