import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { suggestTasks, type SuggestTask } from '../../../server/protocol/suggest.js';
import { progressRing } from '../../chat/elements/progressRing.js';
import { iconButton } from '../../chat/elements/iconButton.js';
import { format } from '../../chat/strings.js';
import { formatTime } from '../../chat/text/formatTime.js';
import { markedSpan } from '../session/marking.js';
import { texts } from '../texts.js';
import { SessionElement } from './sessionElement.js';

type Scope = 'clip' | 'span' | 'segments';
/** These are about segments that are there; the others about a part of the clip. */
const segmentTasks: readonly SuggestTask[] = ['caption', 'labels'];
const pictureTasks: readonly SuggestTask[] = ['questions', 'conversation', 'description'];

/** What a model can be asked for, for the clip, the marked part or the selected segments; and how far it is. */
@customElement('videochat-suggest-menu')
export class SuggestMenu extends SessionElement {
  @state() accessor open = false;
  @state() accessor scope: Scope = 'clip';

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    const names = texts();
    const running = session.suggesting;
    if (running) {
      const { what, done, total } = running;
      const task = what || this.#taskName(running.task);
      return html`<div class="suggesting">
        ${progressRing()}
        <span class="suggesting-text">${done !== undefined && total ? format(names.suggestingOf, task || names.suggesting, done, total) : task || names.suggesting}</span>
        ${iconButton('close', names.cancelSuggest, () => session.request({ type: 'cancelSuggest' }))}
      </div>`;
    }
    if (!session.canEdit) {
      return nothing;
    }
    return html`
      <button type="button" class="menu-button" title=${names.suggestHint} aria-haspopup="true" aria-expanded=${this.open ? 'true' : 'false'} @click=${this.#toggle}>
        <i class="codicon codicon-sparkle" aria-hidden="true"></i><span>${names.suggest}</span><i class="codicon codicon-chevron-down" aria-hidden="true"></i>
      </button>
      ${this.open ? this.#menu() : nothing}
    `;
  }

  #menu(): TemplateResult {
    const { session } = this;
    const names = texts();
    const span = markedSpan(session);
    const count = session.segments.length;
    const { isPicture } = session;
    const scopes: [Scope, string, boolean][] = [
      ['clip', names.forClip, true],
      ['span', span ? format(names.forSpan, formatTime(span.start, 1), formatTime(span.end, 1)) : '', span !== undefined && !isPicture],
      ['segments', format(names.forSegments, count), count > 0 && !isPicture],
    ];
    const scope = scopes.some(([name, , there]) => name === this.scope && there) ? this.scope : 'clip';
    const tasks = isPicture ? pictureTasks : suggestTasks.filter((task) => scope !== 'segments' || segmentTasks.includes(task));
    return html`<div class="menu" role="dialog" aria-label=${names.suggest} @keydown=${this.#onKey} @focusout=${this.#onFocusOut}>
      ${isPicture
        ? nothing
        : html`<label class="field">
            <span>${names.suggestFor}</span>
            <select class="boxed" aria-label=${names.suggestFor} @change=${(event: Event) => (this.scope = (event.target as HTMLSelectElement).value as Scope)}>
              ${scopes.map(([name, title, there]) => (there ? html`<option value=${name} .selected=${name === scope}>${title}</option>` : nothing))}
            </select>
          </label>`}
      <div class="menu-items">
        ${tasks.map((task) => html`<button type="button" class="menu-item" @click=${() => this.#ask(task, scope)}>${this.#taskName(task)}</button>`)}
      </div>
    </div>`;
  }

  #ask(task: SuggestTask, scope: Scope): void {
    const { session } = this;
    const marked = markedSpan(session);
    this.#close();
    session.request({
      type: 'suggest',
      task,
      ...(scope === 'span' && marked ? { span: { startSeconds: marked.start, endSeconds: marked.end } } : {}),
      ...(scope === 'segments' ? { segmentIds: session.segments.map(({ id }) => id) } : {}),
    });
  }

  #taskName(task: SuggestTask | undefined): string {
    const names = texts();
    const all: Record<SuggestTask, string> = {
      caption: names.taskCaption,
      denseCaption: names.taskDenseCaption,
      shots: names.taskShots,
      timeline: names.taskTimeline,
      questions: names.taskQuestions,
      conversation: names.taskConversation,
      labels: names.taskLabels,
      description: this.session.isPicture ? names.taskPictureDescription : names.taskDescription,
    };
    return task === undefined ? '' : all[task];
  }

  #toggle = (): void => {
    this.open = !this.open;
    if (this.open) {
      this.scope = markedSpan(this.session) ? 'span' : this.session.segments.length > 1 ? 'segments' : 'clip';
      void this.updateComplete.then(() => this.querySelector<HTMLElement>('.menu-item')?.focus());
    }
  };
  #close(): void {
    this.open = false;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.menu-button')?.focus());
  }
  #onFocusOut = (event: FocusEvent): void => {
    if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) {
      this.open = false;
    }
  };
  #onKey = (event: KeyboardEvent): void => {
    const items = [...this.querySelectorAll<HTMLElement>('.menu-item')];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    } else if (next !== undefined && at >= 0) {
      event.preventDefault();
      event.stopPropagation();
      items[(next + items.length) % items.length]?.focus();
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-suggest-menu': SuggestMenu;
  }
}
