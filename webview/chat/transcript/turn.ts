import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PanelClip, PanelModel, PanelTurn } from '../../../server/protocol/panel.js';
import { iconButton } from '../elements/iconButton.js';
import { PageElement } from '../elements/pageElement.js';
import { problemCard } from '../elements/problemCard.js';
import type { StageLine } from '../state/pageState.js';
import { format, strings } from '../strings.js';
import { shortTime } from '../text/formatTime.js';
import './answer.js';
import './evidence.js';
import { questionEditor } from './questionEditor.js';
import { ratingButtons, ratingNote } from './rating.js';
import { restsOn } from './restsOn.js';
import { resultLine } from './resultLine.js';
import './stageLineElement.js';

/** A question and its answer. Far from the view it is an empty article of the size it had. */
@customElement('videochat-turn')
export class Turn extends PageElement {
  @property({ attribute: false }) accessor turn!: PanelTurn;
  @property({ attribute: false }) accessor number = 0;
  @property({ attribute: false }) accessor near = false;
  @property({ attribute: false }) accessor last = false;
  @property({ attribute: false }) accessor busy = false;
  @property({ attribute: false }) accessor repeatedFrames = false;
  @property({ attribute: false }) accessor stage: StageLine | undefined;
  @property({ attribute: false }) accessor clips: readonly PanelClip[] = [];
  @property({ attribute: false }) accessor model: PanelModel | undefined;
  @state() accessor editing = false;
  @state() accessor noting = false;
  @state() accessor copied = false;

  override render(): TemplateResult {
    const { turn } = this;
    const question = turn.question.length > 80 ? `${turn.question.slice(0, 79)}…` : turn.question;
    // What a person is writing is never dropped, however far it scrolls.
    const drawn = this.near || this.editing || this.noting;
    return html`<article class="turn ${drawn ? '' : 'far'}" tabindex="-1" data-turn=${turn.turnId} aria-label=${format(strings().turnName, this.number, question)}>
      ${drawn ? [this.#question(), this.#answer()] : nothing}
    </article>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get('near') === true && !this.near) {
      this.style.setProperty('--kept-height', `${this.getBoundingClientRect().height}px`);
    }
  }

  #question(): TemplateResult {
    const { turn } = this;
    const texts = strings();
    if (this.editing) {
      return questionEditor(
        turn.question,
        (text) => {
          this.editing = false;
          this.emit({ type: 'editAndResend', turnId: turn.turnId, text, ...(turn.span ? { span: turn.span, ...this.#spanClip } : {}) });
        },
        () => {
          this.editing = false;
          void this.updateComplete.then(() => this.querySelector<HTMLElement>('.edit-button')?.focus());
        },
      );
    }
    return html`<div class="question">
      <span class="visually-hidden">${texts.you}: </span>
      <p class="question-text">${turn.question}</p>
      ${turn.span ? this.#span(turn.span.startSeconds, turn.span.endSeconds) : nothing}
      ${iconButton('edit', texts.editQuestion, () => this.#edit(), { disabled: this.busy, className: 'edit-button' })}
    </div>`;
  }

  #span(start: number, end: number): TemplateResult {
    const [from, to] = [shortTime(start), shortTime(end)];
    return html`<button
      type="button"
      class="chip"
      title=${format(strings().playSpan, from, to)}
      @click=${() => this.emit({ type: 'goTo', startSeconds: start, endSeconds: end, ...this.#spanClip })}
    >
      ${from}–${to}
    </button>`;
  }

  get #spanClip(): { clipId?: string } {
    const { spanClipId } = this.turn;
    return spanClipId === undefined ? {} : { clipId: spanClipId };
  }

  /** The clip that times in the answer are of, where it names none: the question's, else the first video. */
  get #meant(): PanelClip | undefined {
    const { clips, turn } = this;
    const isVideo = ({ facts }: PanelClip): boolean => facts?.kind === 'video';
    return clips.find(({ clipId }) => clipId === turn.spanClipId) ?? clips.find(isVideo) ?? clips[0];
  }

  /** The frames of each clip, with its name where there are several. */
  #evidence(): unknown {
    const { turn, clips, repeatedFrames } = this;
    if (!turn.plans) {
      return html`<videochat-evidence .plan=${turn.plan} .media=${clips[0]?.media} .clipId=${clips[0]?.clipId} .repeated=${repeatedFrames}></videochat-evidence>`;
    }
    return turn.plans.map(({ clipId, name, plan }) => {
      const media = clips.find((clip) => clip.clipId === clipId)?.media;
      return html`<videochat-evidence .plan=${plan} .media=${media} .clipId=${clipId} .name=${name} .repeated=${repeatedFrames}></videochat-evidence>`;
    });
  }

  #answer(): TemplateResult {
    const { turn } = this;
    const texts = strings();
    const open = turn.state === 'waiting' || turn.state === 'streaming';
    return html`<div class="answer">
      ${this.#evidence()}
      ${turn.answer
        ? html`<videochat-answer
            .text=${turn.answer}
            .durationSeconds=${this.#meant?.facts?.durationSeconds}
            .clips=${this.clips}
            .clipId=${this.#meant?.clipId}
            .streaming=${turn.state === 'streaming'}
          ></videochat-answer>`
        : nothing}
      ${open ? nothing : restsOn(turn, this.clips, (intent) => this.emit(intent))}
      ${open ? html`<videochat-stage-line .stage=${this.stage}></videochat-stage-line>` : nothing}
      ${turn.state === 'stopped' ? html`<p class="note quiet">${texts.stoppedByYou}</p>` : nothing}
      ${turn.state === 'interrupted' && !turn.problem ? html`<p class="note quiet">${texts.interrupted}</p>` : nothing}
      ${turn.state === 'failed' && !turn.problem ? html`<p class="note">${texts.failed}</p>` : nothing}
      ${turn.problem ? problemCard(turn.problem, (action) => this.emit({ type: 'action', action })) : nothing}
      ${open ? nothing : this.#footer()}
      ${this.noting ? this.#note() : nothing}
    </div>`;
  }

  #footer(): TemplateResult {
    const { turn } = this;
    const texts = strings();
    return html`<div class="turn-footer">
      <div class="turn-facts">${turn.result ? resultLine(turn.result, turn.plans?.map(({ plan }) => plan) ?? turn.plan, this.model) : nothing}</div>
      <div class="toolbar">
        ${this.last && !turn.problem?.actions?.includes('retry') ? iconButton('refresh', texts.regenerate, () => this.emit({ type: 'regenerate' }), { disabled: this.busy }) : nothing}
        ${turn.answer ? iconButton(this.copied ? 'check' : 'copy', this.copied ? texts.copied : texts.copyAnswer, () => this.#copy()) : nothing}
        ${turn.answer ? ratingButtons(turn.rating?.value, (value) => this.#rate(value)) : nothing}
      </div>
    </div>`;
  }

  #note(): TemplateResult {
    return ratingNote(
      this.turn.rating?.note ?? '',
      (note) => {
        this.noting = false;
        const value = this.turn.rating?.value ?? this.#rated;
        if (value && note !== (this.turn.rating?.note ?? '')) {
          this.emit({ type: 'rate', turnId: this.turn.turnId, value, ...(note ? { note } : {}) });
        }
      },
      () => (this.noting = false),
    );
  }

  #rated: 'up' | 'down' | undefined;

  #rate(value: 'up' | 'down'): void {
    const again = this.turn.rating?.value === value;
    this.#rated = again ? undefined : value;
    this.noting = !again;
    this.emit({ type: 'rate', turnId: this.turn.turnId, value: again ? null : value });
    if (this.noting) {
      void this.updateComplete.then(() => this.querySelector<HTMLElement>('.rating-note textarea')?.focus());
    }
  }

  #copy(): void {
    this.emit({ type: 'copy', text: this.turn.answer });
    this.copied = true;
    setTimeout(() => (this.copied = false), 2000);
  }

  #edit(): void {
    this.editing = true;
    void this.updateComplete.then(() => {
      const field = this.querySelector<HTMLTextAreaElement>('.question-editor textarea');
      field?.focus();
      field?.select();
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'videochat-turn': Turn;
  }
}
