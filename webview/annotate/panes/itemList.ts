import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AnnotationDocument, AnnotationList } from '../../../server/protocol/annotation.js';
import { formatTime } from '../../chat/text/formatTime.js';
import { cssVars } from '../elements/cssVars.js';
import { SessionElement } from '../elements/sessionElement.js';
import { statusMark, statusName } from '../elements/statusMark.js';
import { labelColor, type Palette, readPalette } from '../timeline/palette.js';
import { texts } from '../texts.js';
import { filteredRows, type ListFilter, type ListRow, noFilter } from './listFilter.js';

const rowHeight = 40;
/** Rows beyond the view that are there already. */
const spare = 4;

/** The items of a list as rows; of ten thousand only those in view are in the page. */
@customElement('videochat-item-list')
export class ItemList extends SessionElement {
  @property({ attribute: false }) accessor list: AnnotationList = 'segments';
  @property({ attribute: false }) accessor filter: ListFilter = noFilter;
  @state() accessor top = 0;
  @query('.item-list') accessor view!: HTMLElement | null;
  #rows: ListRow[] = [];
  #from: { document?: AnnotationDocument; list?: AnnotationList; filter?: ListFilter } = {};
  #shownId: string | undefined;

  override focus(): void {
    this.view?.focus();
  }

  override render(): TemplateResult {
    const { session, list, filter } = this;
    const { document: doc, selection } = session;
    if (doc !== this.#from.document || list !== this.#from.list || filter !== this.#from.filter) {
      this.#from = { document: doc, list, filter };
      this.#rows = doc ? filteredRows(doc, list, filter) : [];
    }
    const rows = this.#rows;
    const height = this.view?.clientHeight || 600;
    const first = Math.max(0, Math.floor(this.top / rowHeight) - spare);
    const shown = rows.slice(first, Math.ceil((this.top + height) / rowHeight) + spare);
    const selected = new Set(selection.list === list ? selection.ids : []);
    const active = selection.list === list ? selection.ids.at(-1) : undefined;
    const names = texts();
    const palette = readPalette(this);
    const empty = { segments: names.noSegments, questions: names.noQuestions, conversations: names.noConversations }[list];
    return html`<div
      class="item-list"
      role="listbox"
      tabindex="0"
      aria-multiselectable="true"
      aria-label=${{ segments: names.tabCaptions, questions: names.tabQuestions, conversations: names.tabConversations }[list]}
      aria-activedescendant=${active !== undefined && shown.some(({ id }) => id === active) ? `item-${active}` : nothing}
      @scroll=${() => (this.top = this.view?.scrollTop ?? 0)}
      @keydown=${this.#onKey}
    >
      ${rows.length === 0 ? html`<p class="quiet nothing">${doc?.[list].length ? names.nothingFound : empty}</p>` : nothing}
      <div class="item-space" role="presentation" ${cssVars({ '--height': `${rows.length * rowHeight}px` })}>
        ${repeat(shown, ({ id }) => id, (row, index) => this.#row(row, first + index, rows.length, selected.has(row.id), palette))}
      </div>
    </div>`;
  }

  #row(row: ListRow, index: number, count: number, selected: boolean, palette: Palette): TemplateResult {
    const names = texts();
    const color = row.label === undefined ? undefined : labelColor(row.label, this.session.page?.dataset.labels?.find(({ name }) => name === row.label)?.color, palette);
    return html`<div
      class="item ${selected ? 'selected' : ''} ${row.status}"
      id="item-${row.id}"
      role="option"
      aria-selected=${selected ? 'true' : 'false'}
      aria-posinset=${index + 1}
      aria-setsize=${count}
      title=${statusName(row.status)}
      ${cssVars({ '--top': `${index * rowHeight}px`, '--label': color ?? 'transparent' })}
      @click=${(event: MouseEvent) => this.#choose(row.id, event.ctrlKey || event.metaKey || event.shiftKey)}
      @dblclick=${() => this.session.view?.focus('caption')}
    >
      <span class="item-time">${row.start === undefined ? '' : formatTime(row.start, 2)}</span>
      <span class="item-main">
        ${row.label === undefined ? nothing : html`<span class="item-label">${row.label}</span>`}
        <span class="item-text ${row.text ? '' : 'quiet'}">${row.text || (row.list === 'segments' ? (row.label === undefined ? names.noCaption : '') : '…')}</span>
      </span>
      ${row.status === 'own' ? nothing : statusMark(row.status)}
    </div>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { selection } = this.session;
    const active = selection.list === this.list ? selection.ids.at(-1) : undefined;
    if (active !== this.#shownId) {
      this.#shownId = active;
      this.#show(this.#rows.findIndex(({ id }) => id === active));
    }
  }

  /** Scrolls as little as it takes. */
  #show(index: number): void {
    const { view } = this;
    if (!view || index < 0) {
      return;
    }
    const top = index * rowHeight;
    if (top < view.scrollTop) {
      view.scrollTop = top;
    } else if (top + rowHeight > view.scrollTop + view.clientHeight) {
      view.scrollTop = top + rowHeight - view.clientHeight;
    }
  }

  #choose(id: string, more: boolean): void {
    const { selection } = this.session;
    if (!more || selection.list !== this.list) {
      return this.session.reveal(this.list, id);
    }
    const others = selection.ids.filter((each) => each !== id);
    this.session.select(this.list, selection.ids.includes(id) ? others : [...others, id]);
  }

  #onKey = (event: KeyboardEvent): void => {
    const rows = this.#rows;
    const at = rows.findIndex(({ id }) => id === this.session.selection.ids.at(-1));
    const page = Math.max(1, Math.floor((this.view?.clientHeight ?? 0) / rowHeight) - 1);
    const targets: Record<string, number | undefined> = { ArrowDown: at + 1, ArrowUp: Math.max(0, at - 1), Home: 0, End: rows.length - 1, PageDown: Math.min(rows.length - 1, at + page), PageUp: Math.max(0, at - page) };
    const target = event.ctrlKey || event.altKey || event.metaKey ? undefined : targets[event.key];
    const row = target === undefined ? undefined : rows[target];
    if (target !== undefined) {
      // Kept from the editor too: its keys would do it once more.
      event.preventDefault();
      event.stopPropagation();
    }
    if (row) {
      this.session.reveal(this.list, row.id);
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-item-list': ItemList;
  }
}
