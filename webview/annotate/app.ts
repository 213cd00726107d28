import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { AnnotateHostMessage } from '../../server/protocol/annotatePanel.js';
import type { PlayerAbilities } from '../../server/protocol/media.js';
import { problemCard } from '../chat/elements/problemCard.js';
import { progressRing } from '../chat/elements/progressRing.js';
import { serverLine } from '../chat/elements/serverLine.js';
import type { VsCodeApi } from '../shared/hostLine.js';
import { commonAbilities, measureAbilities } from '../chat/player/measureAbilities.js';
import { footer } from './elements/footer.js';
import { keysOverlay } from './elements/keysOverlay.js';
import { problemsList } from './elements/problemsList.js';
import { reviewBar } from './elements/reviewBar.js';
import { toolbar } from './elements/toolbar.js';
import { AnnotateHost } from './host/annotateHost.js';
import { type FocusPlace, focusPlace } from './host/focusPlace.js';
import { readSavedView, type SavedView } from './host/savedView.js';
import { commitTyping } from './panes/fields.js';
import './panes/panes.js';
import type { Panes } from './panes/panes.js';
import { fetchFrameTimes, fetchShots } from './player/clipData.js';
import './player/framePlayer.js';
import { AnnotateSession } from './session/annotateSession.js';
import { runCommand } from './session/commands.js';
import { hostAction, serverWithKnownActions, withKnownActions } from './session/hostAction.js';
import { newId } from './session/newId.js';
import { texts } from './texts.js';
import './timeline/timeline.js';
import type { Timeline } from './timeline/timeline.js';

/** Saving at most this often is enough for what a reload should find again. */
const saveDelayMs = 250;

/** The annotator's page: holds the session, and carries what a person does to its host. */
@customElement('videochat-annotate')
export class AnnotateApp extends LitElement {
  @state() accessor problemsShown = false;
  @query('videochat-timeline') accessor timeline!: Timeline | null;
  @query('videochat-panes') accessor panes!: Panes | null;
  #host: AnnotateHost | undefined;
  #session: AnnotateSession | undefined;
  #saved: SavedView = readSavedView(undefined);
  #abilities: PlayerAbilities = commonAbilities;
  #place: FocusPlace | undefined;
  #mediaUrl: string | undefined;
  #loading: AbortController | undefined;
  #saveTimer: ReturnType<typeof setTimeout> | undefined;
  #leave: (() => void)[] = [];
  #opened = false;
  #keysShown = false;

  protected override createRenderRoot(): this {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const host = (this.#host = new AnnotateHost(acquireVsCodeApi(), window, (message) => this.#receive(message)));
    this.#saved = readSavedView(host.saved);
    const session = (this.#session = new AnnotateSession(
      { request: (request, settled) => host.request(request, settled), askAgain: () => this.#ready(), now: () => new Date(), newId },
      this.#saved,
    ));
    session.view = {
      zoom: (how) => this.timeline?.zoom(how),
      showTime: (start, end) => this.timeline?.showTime(start, end),
      cancelDrag: () => this.timeline?.cancelDrag() ?? false,
      focus: (what) => this.#focus(what),
    };
    const listen = (target: EventTarget, type: string, run: (event: Event) => void): void => {
      target.addEventListener(type, run);
      this.#leave.push(() => target.removeEventListener(type, run));
    };
    listen(document, 'focusin', () => this.#tellFocus());
    listen(document, 'focusout', () => setTimeout(() => this.#tellFocus()));
    listen(window, 'focus', () => this.#takeFocus());
    // The editor saves at this key: what is being typed belongs to it.
    listen(document, 'keydown', (event) => isSaveKey(event) && commitTyping());
    listen(this, 'scaled', () => {
      this.requestUpdate();
      this.#saveSoon();
    });
    for (const [target, type] of [[window, 'pagehide'], [document, 'visibilitychange']] as const) {
      listen(target, type, () => {
        commitTyping();
        this.#saveNow();
      });
    }
    this.#leave.push(
      session.onDidChange(() => {
        this.requestUpdate();
        this.#saveSoon();
      }),
      session.onDidMove(() => this.#saveSoon()),
    );
    void measureAbilities(window).then((abilities) => {
      this.#abilities = abilities;
      this.#ready();
      this.#tellFocus();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    commitTyping();
    this.#saveNow();
    for (const leave of this.#leave.splice(0)) {
      leave();
    }
    this.#loading?.abort();
    this.#session?.dispose();
    this.#host?.dispose();
  }

  override render(): TemplateResult {
    const session = this.#session;
    const page = session?.page;
    const names = texts();
    return html`
      <div class="visually-hidden" role="status" aria-live="polite">${session?.status ?? ''}</div>
      ${!session || !page
        ? html`<div class="opening">${progressRing()}<p>${names.openingDocument}</p></div>`
        : html`
            <div class="server" ?inert=${session.keysShown}>${serverLine(serverWithKnownActions(page.server), (action) => hostAction(session, action))}</div>
            ${session.document ? this.#editor(session) : this.#unreadable(session)} ${keysOverlay(session)}
          `}
    `;
  }

  #editor(session: AnnotateSession): TemplateResult {
    const { timeline } = this;
    return html`
      ${session.notice
        ? html`<div class="notice">
            ${problemCard(
              withKnownActions(session.notice),
              (action) => hostAction(session, action),
              () => {
                session.notice = undefined;
                session.changed();
              },
            )}
          </div>`
        : nothing}
      <main class="annotator ${session.isPicture ? 'still' : ''}" ?inert=${session.keysShown}>
        <videochat-frame-player .session=${session}></videochat-frame-player>
        <div class="below">
          ${toolbar(session, { share: timeline?.zoomShare ?? 0, set: (share) => timeline?.setZoomShare(share) })}
          ${session.isPicture ? nothing : html`<videochat-timeline .session=${session}></videochat-timeline>`}
        </div>
        <div class="side">
          ${reviewBar(session)}
          <videochat-panes .session=${session}></videochat-panes>
          ${this.problemsShown && session.page?.problems.length ? problemsList(session) : nothing}
        </div>
      </main>
      ${footer(session, { problemsShown: this.problemsShown, toggleProblems: () => (this.problemsShown = !this.problemsShown) })}
    `;
  }

  /** The text is no annotation document: say so, and leave it alone. */
  #unreadable(session: AnnotateSession): TemplateResult {
    const names = texts();
    return html`<div class="opening unreadable">
      <i class="codicon codicon-file-code" aria-hidden="true"></i>
      <h2>${names.unreadableTitle}</h2>
      <p class="quiet">${names.unreadableHint}</p>
      ${problemsList(session)}
      <vscode-button @click=${() => session.request({ type: 'action', action: 'openAsText' })}>${names.openAsText}</vscode-button>
    </div>`;
  }

  protected override updated(): void {
    const session = this.#session;
    const { media } = session?.page?.clip ?? {};
    if (session && media?.url !== this.#mediaUrl) {
      this.#mediaUrl = media?.url;
      this.#loading?.abort();
      if (media && !session.isPicture) {
        void this.#load(session, media.url);
      }
    }
    if (session?.document && !this.#opened && (this.timeline ?? session.isPicture)) {
      this.#opened = true;
      const { scrollSeconds: start, pixelsPerSecond } = this.#saved;
      this.timeline?.setScale(start !== undefined && pixelsPerSecond !== undefined ? { start, pixelsPerSecond } : undefined);
      this.#takeFocus();
      this.requestUpdate();
    }
    const keysShown = session?.keysShown === true;
    if (keysShown && !this.#keysShown) {
      this.querySelector<HTMLElement>('.close-keys')?.focus();
    }
    this.#keysShown = keysShown;
  }

  /** Keys go to the timeline unless something else has the focus. */
  #takeFocus(): void {
    if (document.hasFocus() && document.activeElement === document.body) {
      this.timeline?.focus();
    }
  }

  /** What the timeline needs to know of the clip beside the document. */
  async #load(session: AnnotateSession, url: string): Promise<void> {
    const { signal } = (this.#loading = new AbortController());
    const failed = (): undefined => undefined;
    const times = fetchFrameTimes({ url }, signal).catch(failed);
    const shots = fetchShots({ url }, signal).catch(failed);
    const frameTimes = await times;
    if (!signal.aborted) {
      session.setTimes(frameTimes);
    }
    const found = await shots;
    if (!signal.aborted) {
      session.shots = found ?? [];
      session.changed();
    }
  }

  #receive(message: Exclude<AnnotateHostMessage, { type: 'reply' }>): void {
    const session = this.#session;
    session?.receive(message);
    // Behind the list of keys nothing is done that nobody sees.
    const isHidden = session?.keysShown === true && message.type === 'command' && !['showKeys', 'cancel'].includes(message.command);
    if (session && message.type === 'command' && session.page && !isHidden) {
      // What is being typed comes before what is asked for.
      commitTyping();
      runCommand(session, message.command);
    }
  }

  #focus(what: 'timeline' | 'list' | 'caption' | 'search'): void {
    const { panes, timeline } = this;
    const focus = { timeline: () => (timeline ?? panes)?.focus(), list: () => panes?.focusList(), caption: () => panes?.focusCaption(), search: () => panes?.focusSearch() };
    void this.updateComplete.then(() => panes?.updateComplete).then(() => focus[what]());
  }

  #ready(): void {
    this.#host?.post({ type: 'ready', abilities: this.#abilities });
  }

  #tellFocus(): void {
    const place = focusPlace(document.activeElement, document.body);
    if (place !== this.#place) {
      this.#place = place;
      this.#host?.post({ type: 'focus', place });
    }
  }

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.#saveNow(), saveDelayMs);
  }

  #saveNow(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const session = this.#session;
    // Before the document is there, what an earlier page left is all there is.
    if (session?.document) {
      const scale = this.timeline?.savedScale;
      const { selection, pane, snapping, volume, controller } = session;
      this.#saved = {
        playheadSeconds: session.playheadSeconds,
        ...(scale ? { scrollSeconds: scale.start, pixelsPerSecond: scale.pixelsPerSecond } : {}),
        selection: { list: selection.list, ids: [...selection.ids].slice(-100) },
        pane,
        snapping,
        volume,
        speed: controller.speed,
      };
      this.#host?.save(this.#saved);
    }
  }
}

function isSaveKey(event: Event): boolean {
  return event instanceof KeyboardEvent && event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey);
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-annotate': AnnotateApp;
  }
  /** What the editor gives to its pages; callable once. */
  function acquireVsCodeApi(): VsCodeApi;
}
