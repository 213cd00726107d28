import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { PanelProblem } from '../../../server/protocol/panel.js';
import { problemCard } from '../../chat/elements/problemCard.js';
import { progressRing } from '../../chat/elements/progressRing.js';
import { PlaybackWatch } from '../../chat/player/playbackWatch.js';
import { format, strings } from '../../chat/strings.js';
import { cssVars } from '../elements/cssVars.js';
import { SessionElement } from '../elements/sessionElement.js';
import { hostAction, withKnownActions } from '../session/hostAction.js';
import { texts } from '../texts.js';
import { transport } from './transport.js';

/** A seek that waits longer for its data makes the host look for something quicker. */
const slowAfterMs = 5000;
/** `MediaError.MEDIA_ERR_NETWORK` */
const networkError = 2;

/** Shows the clip frame by frame, and tells the host when it cannot. */
@customElement('videochat-frame-player')
export class FramePlayer extends SessionElement {
  @state() accessor failed = false;
  @query('video') accessor video!: HTMLVideoElement | null;
  #watch: PlaybackWatch | undefined;
  #watched: string | undefined;

  override render(): TemplateResult {
    const { session } = this;
    const clip = session.page?.clip;
    const isImage = session.isPicture;
    const ratio = clip?.facts && clip.facts.width > 0 && clip.facts.height > 0 ? `${clip.facts.width} / ${clip.facts.height}` : '16 / 9';
    return html`
      <section class="player" aria-label=${clip ? `${strings().player}: ${clip.name}` : strings().player}>
        <div class="stage" ${cssVars({ '--ratio': ratio })}>
          ${clip?.media
            ? isImage
              ? html`<img class="picture" src="${clip.media.url}/stream" alt=${format(strings().picture, clip.name)} @error=${() => (this.failed = true)} />`
              : html`<video
                  src="${clip.media.url}/stream"
                  preload="auto"
                  playsinline
                  @mousedown=${(event: Event) => event.preventDefault()}
                  @click=${() => session.controller.toggle()}
                  @loadedmetadata=${this.#onMetadata}
                  @error=${this.#onError}
                  @waiting=${() => this.#watch?.waiting()}
                  @seeking=${() => this.#watch?.waiting()}
                  @seeked=${() => this.#watch?.flowing()}
                  @playing=${() => this.#watch?.flowing()}
                  @canplay=${() => this.#watch?.flowing()}
                  @timeupdate=${this.#onTime}
                  @volumechange=${() => this.requestUpdate()}
                ></video>`
            : nothing}
          ${this.#overlay(clip?.problem)}
        </div>
        ${isImage ? nothing : transport(session, this.video)}
      </section>
    `;
  }

  protected override moved(): void {
    this.requestUpdate();
  }

  protected override updated(_changed: PropertyValues): void {
    const { video, session } = this;
    session.controller.attach(video ?? undefined);
    if (video && video.volume !== session.volume && !video.muted) {
      video.volume = session.volume;
    }
    if (session.page?.clip.media?.url !== this.#watched) {
      this.#startWatching();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch?.dispose();
    this.#watched = undefined;
    this.session.controller.attach(undefined);
  }

  #overlay(problem: PanelProblem | undefined): TemplateResult | typeof nothing {
    const { session } = this;
    const { media } = session.page?.clip ?? {};
    const texting = strings();
    if (problem) {
      return html`<div class="overlay ${media ? 'slim' : ''}">
        ${problemCard(withKnownActions(problem), (action) => hostAction(session, action))} ${this.#consolation}
      </div>`;
    }
    if (session.mediaProgress !== undefined) {
      const percent = Math.round(session.mediaProgress * 100);
      return html`<div class="overlay ${media ? 'slim' : ''}">
        <p>${percent > 0 ? format(texting.preparingCopyPercent, percent) : texting.preparingCopy}</p>
        <progress max="100" .value=${percent} aria-label=${texting.preparingCopy}></progress>
      </div>`;
    }
    if (this.failed) {
      return html`<div class="overlay slim"><p>${session.isPicture ? texts().cannotShow : texting.cannotPlay}</p></div>`;
    }
    const state = session.page?.server.state;
    if (media) {
      return nothing;
    }
    return state === 'failed' || state === 'stopped'
      ? html`<div class="overlay">${this.#consolation}</div>`
      : html`<div class="overlay">${progressRing()}<p>${texting.openingClip}</p></div>`;
  }

  get #consolation(): TemplateResult | typeof nothing {
    return this.session.canEdit ? html`<p class="quiet">${texts().noVideoHere}</p>` : nothing;
  }

  /** Once for each address: the host answers with another, or with a problem. */
  #startWatching(): void {
    const { session } = this;
    const { media, facts } = session.page?.clip ?? {};
    this.#watched = media?.url;
    this.#watch?.dispose();
    this.#watch = undefined;
    this.failed = false;
    if (!media || session.isPicture) {
      return;
    }
    this.#watch = new PlaybackWatch({
      expectPicture: true,
      expectSound: media.mode === 'file' && facts?.streams.some((stream) => stream.kind === 'audio') === true,
      slowAfterMs: media.mode === 'transcode' ? Infinity : slowAfterMs,
      report: (reason) => {
        this.failed = reason === 'error' || reason === 'noPicture';
        session.request({ type: 'playbackFailed', reason });
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

  #onMetadata = (): void => {
    if (this.video) {
      this.#watch?.metadataLoaded(this.video);
    }
  };

  #onError = (): void => {
    // A line that broke says nothing of the clip: the server may be starting again, with a new address.
    if (this.video?.error?.code !== networkError) {
      this.#watch?.failed();
    }
  };

  #onTime = (): void => {
    if (this.video && !this.video.paused) {
      this.#watch?.advanced(this.video);
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-frame-player': FramePlayer;
  }
}
