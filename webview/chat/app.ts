import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { live } from 'lit/directives/live.js';
import type { PlayerAbilities } from '../../server/protocol/media.js';
import type { HostMessage, PanelClip, PanelProblem } from '../../server/protocol/panel.js';
import type { Segment } from '../../server/protocol/video.js';
import type { VsCodeApi } from '../shared/hostLine.js';
import './composer/composer.js';
import type { Composer } from './composer/composer.js';
import { FileDrop } from './elements/fileDrop.js';
import { type Intent, intentEvent } from './elements/intent.js';
import { PageElement } from './elements/pageElement.js';
import { problemCard } from './elements/problemCard.js';
import { progressRing } from './elements/progressRing.js';
import { serverLine } from './elements/serverLine.js';
import { Host, type PageRequest } from './host/host.js';
import type { Persisted } from './host/persisted.js';
import { commonAbilities, measureAbilities } from './player/measureAbilities.js';
import './player/player.js';
import type { Player } from './player/player.js';
import { announcement } from './state/announcement.js';
import { emptyPage, type PageState } from './state/pageState.js';
import { sendBlock } from './state/sendBlock.js';
import { Store } from './state/store.js';
import { strings } from './strings.js';
import './transcript/transcript.js';
import type { Anchor, Transcript } from './transcript/transcript.js';

declare global {
  /** What the editor gives to its pages; callable once. */
  function acquireVsCodeApi(): VsCodeApi;
}

/** Saving at most this often is enough for what a reload should find again. */
const saveDelayMs = 250;

/** The chat page: holds its state together and carries what a person does to its host. */
@customElement('videochat-app')
export class App extends PageElement {
  @state() accessor page: PageState = emptyPage;
  @state() accessor draft = '';
  @state() accessor span: Segment | undefined;
  @state() accessor clipId: string | undefined;
  @state() accessor notice: PanelProblem | undefined;
  @state() accessor dropping = false;
  @state() accessor status = '';
  @query('videochat-player') accessor player!: Player | null;
  @query('videochat-transcript') accessor transcript!: Transcript | null;
  @query('videochat-composer') accessor composer!: Composer | null;
  #host: Host | undefined;
  #store: Store | undefined;
  #abilities: PlayerAbilities = commonAbilities;
  #saved: Partial<Persisted> = {};
  #anchor: Anchor | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #leave: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    const host = (this.#host = new Host(acquireVsCodeApi(), window, (message) => this.#receive(message)));
    const store = (this.#store = new Store({
      schedule: (run) => requestAnimationFrame(run),
      askAgain: () => host.ready(this.#abilities),
    }));
    this.#saved = host.saved ?? {};
    this.draft = this.#saved.draft ?? '';
    this.span = this.#saved.span;
    this.clipId = this.#saved.clipId;
    this.#anchor = this.#saved.anchor;
    const drop = new FileDrop(window, {
      hover: (hovering) => (this.dropping = hovering),
      drop: (uris) => (uris.length > 0 ? this.#request({ type: 'addClips', uris }) : this.#note(strings().dropUnknown)),
    });
    const listen = (target: EventTarget, type: string, run: (event: never) => void): void => {
      target.addEventListener(type, run as EventListener);
      this.#leave.push(() => target.removeEventListener(type, run as EventListener));
    };
    listen(this, intentEvent, (event: CustomEvent<Intent>) => this.#act(event.detail));
    listen(window, 'keydown', (event: KeyboardEvent) => this.#onKey(event));
    listen(window, 'pagehide', () => this.#saveNow());
    listen(document, 'visibilitychange', () => {
      // No frames are drawn in the background, and nothing may pile up there.
      store.flush();
      this.#saveNow();
    });
    this.#leave.push(
      store.onDidChange((now, before) => this.#changed(now, before)),
      () => drop.dispose(),
    );
    void measureAbilities(window).then((abilities) => {
      this.#abilities = abilities;
      host.ready(abilities);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#saveNow();
    for (const leave of this.#leave.splice(0)) {
      leave();
    }
    this.#host?.dispose();
  }

  override render(): TemplateResult {
    const { panel, stage, mediaProgress } = this.page;
    const texts = strings();
    const clip = this.#clip;
    return html`
      <div class="visually-hidden" role="status" aria-live="polite">${this.status}</div>
      ${panel
        ? html`
            ${serverLine(panel.server, (action) => this.#request({ type: 'action', action }))}
            <main class="panes ${clip ? '' : 'without-player'}">
              ${clip
                ? html`<videochat-player
                    .clip=${clip}
                    .span=${this.span}
                    .served=${panel.server.state !== 'failed'}
                    .timeline=${panel.timelines?.find(({ clipId }) => clipId === clip.clipId)?.timeline}
                    .progress=${mediaProgress.get(clip.clipId)}
                    .startAt=${clip.clipId === this.#saved.clipId ? (this.#saved.playheadSeconds ?? 0) : 0}
                    .volume=${this.#saved.volume ?? 1}
                  ></videochat-player>`
                : nothing}
              <div class="talk">
                ${keyed(
                  panel.conversationId,
                  html`<videochat-transcript .panel=${panel} .stage=${stage} .anchor=${this.#anchor}></videochat-transcript>`,
                )}
                ${this.notice
                  ? html`<div class="notice">
                      ${problemCard(this.notice, (action) => this.#request({ type: 'action', action }), () => (this.notice = undefined))}
                    </div>`
                  : nothing}
                <videochat-composer
                  .panel=${panel}
                  .draft=${live(this.draft)}
                  .span=${this.span}
                  .clipId=${clip?.clipId}
                ></videochat-composer>
              </div>
            </main>
          `
        : html`<div class="opening">${progressRing()}<p>${texts.loadingConversation}</p></div>`}
      ${this.dropping ? html`<div class="drop-here"><p>${texts.dropHere}</p></div>` : nothing}
    `;
  }

  get #clip(): PanelClip | undefined {
    const clips = this.page.panel?.clips ?? [];
    return clips.find((clip) => clip.clipId === this.clipId) ?? clips[0];
  }

  #receive(message: HostMessage): void {
    this.#store?.receive(message);
    if (message.type === 'focus') {
      const focus = { input: () => this.composer?.focus(), lastAnswer: () => this.transcript?.focusLastAnswer(), player: () => this.player?.focus() };
      void this.updateComplete.then(() => focus[message.target]());
    } else if (message.type === 'seek') {
      const { clipId, segment, play, mark } = message;
      const end = segment.endSeconds > segment.startSeconds ? segment.endSeconds : undefined;
      const gone = this.#goTo(clipId, segment.startSeconds, end, play);
      if (mark && end !== undefined) {
        void gone.then(() => (this.span = segment));
      }
    }
  }

  #changed(now: PageState, before: PageState): void {
    this.page = now;
    if (now.panel && now.panel.conversationId !== before.panel?.conversationId) {
      this.#opened(now.panel.conversationId, before.panel !== undefined);
    }
    // What was marked was marked in the clip that is gone.
    if (this.span && before.panel && now.panel && !now.panel.clips.some(({ clipId }) => clipId === (this.clipId ?? before.panel?.clips[0]?.clipId))) {
      this.span = undefined;
    }
    const said = announcement(now, before);
    if (said !== undefined) {
      // The same words again are said again only if the text differs.
      this.status = said === this.status ? `${said}\u00a0` : said;
    }
  }

  /** What an earlier page kept belongs to its conversation only. */
  #opened(conversationId: string, another: boolean): void {
    if (another || (this.#saved.conversationId !== undefined && this.#saved.conversationId !== conversationId)) {
      this.#saved = {};
      this.#anchor = undefined;
      this.draft = '';
      this.span = undefined;
      this.clipId = undefined;
    }
    this.#saved = { ...this.#saved, conversationId };
    this.#saveNow();
  }

  #act(intent: Intent): void {
    switch (intent.type) {
      case 'ask':
        return void this.#ask(intent.text);
      case 'goTo':
        return void this.#goTo(this.#goal(intent.clipId), intent.startSeconds, intent.endSeconds);
      case 'span':
        this.span = intent.span;
        return this.#saveSoon();
      case 'showClip':
        this.clipId = intent.clipId;
        this.span = undefined;
        return this.#saveSoon();
      case 'draft':
        this.draft = intent.text;
        return this.#saveSoon();
      case 'playhead':
        this.#saved = { ...this.#saved, playheadSeconds: intent.seconds, volume: intent.volume };
        return this.#saveSoon();
      case 'scrolled':
        this.#saved = { ...this.#saved, anchor: intent.anchor };
        return this.#saveSoon();
      case 'annotate':
        return this.#request({ ...intent, ...(intent.clipId === this.#clip?.clipId ? this.#moment : {}) });
      case 'editAndResend':
        return this.#request({ ...intent, ...this.#frames });
      default:
        return this.#request(intent);
    }
  }

  get #frames(): { frames?: number } {
    const frames = this.page.panel?.frames;
    return frames === undefined ? {} : { frames };
  }

  /** What the player shows. */
  get #moment(): { seconds?: number } {
    return this.player && this.#clip?.facts?.kind === 'video' ? { seconds: this.player.seconds } : {};
  }

  /** The part that is marked, and the clip it is of. */
  get #marked(): { span?: Segment; clipId?: string } {
    const clipId = this.#clip?.clipId;
    return this.span ? { span: this.span, ...(clipId === undefined ? {} : { clipId }) } : {};
  }

  /** The clip a moment is of: the one that is named if it is still there, else the first video. */
  #goal(clipId: string | undefined): string | undefined {
    const clips = this.page.panel?.clips ?? [];
    return (clips.find((clip) => clip.clipId === clipId) ?? clips.find((clip) => clip.facts?.kind === 'video'))?.clipId;
  }

  async #ask(text: string): Promise<void> {
    const { panel } = this.page;
    if (!panel || !this.#host) {
      return;
    }
    if (sendBlock(panel, text) !== undefined) {
      this.draft = text;
      this.composer?.focus();
      return;
    }
    this.draft = '';
    this.notice = undefined;
    this.#saveNow();
    const problem = await this.#host.request({ type: 'send', text, ...this.#marked, ...this.#frames });
    if (problem) {
      this.notice = problem;
      // Nothing that was written is lost.
      this.draft ||= text;
      this.#saveNow();
    }
  }

  #request(request: PageRequest): void {
    if (request.type === 'action') {
      this.notice = undefined;
    }
    void this.#host?.request(request).then((problem) => {
      this.notice = problem ?? this.notice;
    });
  }

  #note(message: string): void {
    this.notice = { message };
  }

  async #goTo(clipId: string | undefined, start: number, end?: number, play?: boolean): Promise<void> {
    if (clipId !== undefined && clipId !== this.#clip?.clipId) {
      this.clipId = clipId;
      this.span = undefined;
    }
    await this.updateComplete;
    await this.player?.updateComplete;
    this.player?.goTo(start, end, play);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing) {
      return;
    }
    const target = event.composedPath()[0];
    const writes = target instanceof HTMLElement && target.matches('textarea, input, select, [contenteditable]');
    if (event.key === 'Escape' && this.page.panel?.busy) {
      event.preventDefault();
      this.#request({ type: 'stop' });
    } else if (!writes) {
      this.player?.handleKey(event, false);
    }
  }

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.#saveNow(), saveDelayMs);
  }

  #saveNow(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const { conversationId } = this.#saved;
    if (conversationId !== undefined) {
      this.#host?.save({ ...this.#saved, conversationId, draft: this.draft, span: this.span, clipId: this.#clip?.clipId });
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-app': App;
  }
}
