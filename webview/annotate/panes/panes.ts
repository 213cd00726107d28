import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { AnnotationList } from '../../../server/protocol/annotation.js';
import { iconButton } from '../../chat/elements/iconButton.js';
import { SessionElement } from '../elements/sessionElement.js';
import { statusName } from '../elements/statusMark.js';
import { type PaneName, paneNames } from '../host/savedView.js';
import { texts } from '../texts.js';
import { clipPane } from './clipPane.js';
import { conversationDetail } from './conversationDetail.js';
import './itemList.js';
import type { ItemList } from './itemList.js';
import { type ListFilter, noFilter } from './listFilter.js';
import { questionDetail } from './questionDetail.js';
import { segmentDetail } from './segmentDetail.js';

/** What is selected, in full, and the lists to select from. */
@customElement('videochat-panes')
export class Panes extends SessionElement {
  @state() accessor filter: ListFilter = noFilter;
  @query('videochat-item-list') accessor itemList!: ItemList | null;
  @query('input.search') accessor searchField!: HTMLInputElement | null;

  /** Those that there are for the clip: a picture has no segments, but those that somebody wrote are shown. */
  get #shown(): readonly PaneName[] {
    const { isPicture, document: doc } = this.session;
    return isPicture && !doc?.segments.length ? paneNames.filter((pane) => pane !== 'segments') : paneNames;
  }
  get #pane(): PaneName {
    const { pane } = this.session;
    return this.#shown.includes(pane) ? pane : 'clip';
  }

  override focus(): void {
    this.focusList();
  }
  focusList(): void {
    (this.itemList ?? this.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]'))?.focus();
  }
  focusSearch(): void {
    if (this.#pane === 'clip') {
      this.session.pane = this.#shown[0] ?? 'segments';
      this.session.changed();
    }
    void this.updateComplete.then(() => this.searchField?.select());
  }
  /** The words of what is selected, or of the whole clip. */
  focusCaption(): void {
    const { selection } = this.session;
    if (selection.ids.length > 0 && selection.list !== this.session.pane) {
      this.session.pane = selection.list;
      this.session.changed();
    }
    void this.updateComplete.then(() => {
      const field = this.querySelector<HTMLTextAreaElement>('.detail .caption, .clip-pane textarea');
      const text = field?.matches('textarea') ? field : field?.querySelector('textarea');
      text?.focus();
      text?.select();
    });
  }

  override render(): TemplateResult {
    const { session } = this;
    const names = texts();
    const shown = this.#pane;
    const titles: Record<PaneName, string> = { segments: names.tabCaptions, questions: names.tabQuestions, conversations: names.tabConversations, clip: session.isPicture ? names.tabPicture : names.tabClip };
    const count = (pane: PaneName): number => (pane === 'clip' ? 0 : (session.document?.[pane].length ?? 0));
    return html`
      ${shown === 'segments' ? segmentDetail(session) : shown === 'questions' ? questionDetail(session) : shown === 'conversations' ? conversationDetail(session) : nothing}
      <div class="tabs" role="tablist" aria-label=${names.panes} @keydown=${this.#onTabKey}>
        ${this.#shown.map(
          (pane) => html`<button
            type="button"
            role="tab"
            id="tab-${pane}"
            aria-controls="pane"
            aria-selected=${pane === shown ? 'true' : 'false'}
            tabindex=${pane === shown ? 0 : -1}
            @click=${() => this.#show(pane)}
          >
            ${titles[pane]}${count(pane) > 0 ? html`<span class="count">${count(pane)}</span>` : nothing}
          </button>`,
        )}
      </div>
      <div class="pane" id="pane" role="tabpanel" aria-labelledby="tab-${shown}">${shown === 'clip' ? clipPane(session) : this.#list(shown)}</div>
    `;
  }

  #list(list: AnnotationList): TemplateResult {
    const { session, filter } = this;
    const names = texts();
    const labels = [...new Set((session.document?.segments ?? []).flatMap(({ label }) => (label === undefined ? [] : [label])))].sort();
    const set = (changes: Partial<ListFilter>): void => void (this.filter = { ...this.filter, ...changes });
    const value = (event: Event): string => (event.target as HTMLSelectElement).value;
    return html`
      <div class="list-tools">
        <input class="text-field search" type="search" placeholder=${names.search} aria-label=${names.search} .value=${filter.text} @input=${(event: Event) => set({ text: value(event) })} @keydown=${this.#onSearchKey} />
        <select aria-label=${names.filterStatus} title=${names.filterStatus} @change=${(event: Event) => set({ status: value(event) as ListFilter['status'] })}>
          <option value="" .selected=${filter.status === ''}>${names.anyStatus}</option>
          ${(['suggested', 'own', 'accepted', 'edited', 'rejected'] as const).map(
            (status) => html`<option value=${status} .selected=${status === filter.status}>${status === 'suggested' ? names.toReview : statusName(status)}</option>`,
          )}
        </select>
        ${list === 'segments' && labels.length > 0
          ? html`<select aria-label=${names.filterLabel} title=${names.filterLabel} @change=${(event: Event) => set({ label: value(event) })}>
              <option value="" .selected=${filter.label === ''}>${names.anyLabel}</option>
              ${labels.map((label) => html`<option value=${label} .selected=${label === filter.label}>${label}</option>`)}
            </select>`
          : nothing}
        ${iconButton('sparkle', names.reviewFirst, () => set({ reviewFirst: !filter.reviewFirst }), { pressed: filter.reviewFirst })}
        ${session.canEdit && list === 'questions' ? iconButton('add', names.addQuestion, () => this.#add('questions')) : nothing}
        ${session.canEdit && list === 'conversations' ? iconButton('add', names.addConversation, () => this.#add('conversations')) : nothing}
      </div>
      <videochat-item-list .session=${session} .list=${list} .filter=${list === 'segments' || filter.label === '' ? filter : { ...filter, label: '' }}></videochat-item-list>
    `;
  }

  #show(pane: PaneName): void {
    this.session.pane = pane;
    this.session.changed();
  }

  #add(list: 'questions' | 'conversations'): void {
    const { session } = this;
    const id = session.newId();
    const provenance = session.newProvenance;
    const done =
      list === 'questions'
        ? session.edit(texts().addQuestion, [{ op: 'add', list, item: { id, question: '', provenance } }])
        : session.edit(texts().addConversation, [{ op: 'add', list, item: { id, turns: [{ role: 'user', text: '' }], provenance } }]);
    if (done) {
      session.select(list, [id]);
      this.focusCaption();
    }
  }

  #onTabKey = (event: KeyboardEvent): void => {
    const panes = this.#shown;
    const at = panes.indexOf(this.#pane);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: panes.length - 1 }[event.key];
    const pane = next === undefined ? undefined : panes[(next + panes.length) % panes.length];
    if (pane) {
      event.preventDefault();
      event.stopPropagation();
      this.#show(pane);
      void this.updateComplete.then(() => this.querySelector<HTMLElement>(`#tab-${pane}`)?.focus());
    }
  };

  #onSearchKey = (event: KeyboardEvent): void => {
    if (event.isComposing || (event.key !== 'Escape' && event.key !== 'Enter' && event.key !== 'ArrowDown')) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape' && this.filter.text !== '') {
      this.filter = { ...this.filter, text: '' };
    } else {
      this.focusList();
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-panes': Panes;
  }
}
