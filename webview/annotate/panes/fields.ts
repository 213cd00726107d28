import { html, noChange, nothing, type TemplateResult } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';
import { keyed } from 'lit/directives/keyed.js';

/** Fields with words that are not in the document yet, and what puts them there. */
const typing = new Map<HTMLInputElement | HTMLTextAreaElement, { timer: ReturnType<typeof setTimeout>; commit(): void }>();
/** Somebody who stops typing for so long may want to find it again after a crash. */
const pauseMs = 700;

export interface TextFieldParts {
  label: string;
  /** The item and its field: another one gets a field of its own. */
  key: string;
  value: string;
  disabled: boolean;
  placeholder?: string;
  rows?: number;
  className?: string;
  /** Takes what was typed, when the field is left and whenever typing pauses. */
  commit(text: string): void;
  /** Enter was pressed: done here. Left out: Enter begins a new line. */
  done?(): void;
}

/** A text that goes into the document as it is typed: one step of undo for each pause. */
export function textField(parts: TextFieldParts): TemplateResult {
  return html`${keyed(
    parts.key,
    html`<textarea
      class="text-field ${parts.className ?? ''}"
      aria-label=${parts.label}
      rows=${parts.rows ?? 2}
      placeholder=${parts.placeholder ?? nothing}
      ?readonly=${parts.disabled}
      ${shownText(parts.value)}
      @input=${(event: Event) => onInput(event, parts)}
      @change=${(event: Event) => commitField(event.target as Field)}
      @keydown=${(event: KeyboardEvent) => onKey(event, parts)}
    ></textarea>`,
  )}`;
}

/** The same on one line; it goes into the document when it is left or Enter is pressed. */
export function lineField(parts: Omit<TextFieldParts, 'rows'>): TemplateResult {
  return html`${keyed(
    parts.key,
    html`<input
      class="text-field ${parts.className ?? ''}"
      type="text"
      aria-label=${parts.label}
      placeholder=${parts.placeholder ?? nothing}
      ?readonly=${parts.disabled}
      ${shownText(parts.value)}
      @input=${(event: Event) => onInput(event, parts, Infinity)}
      @change=${(event: Event) => commitField(event.target as Field)}
      @keydown=${(event: KeyboardEvent) => onKey(event, { ...parts, done: parts.done ?? (() => undefined) })}
    />`,
  )}`;
}

/** All that is being typed goes into the document now: the page may be gone in a moment. */
export function commitTyping(): void {
  for (const field of [...typing.keys()]) {
    commitField(field);
  }
}

type Field = HTMLInputElement | HTMLTextAreaElement;

function onInput(event: Event, parts: TextFieldParts, pause = pauseMs): void {
  const field = event.target as Field;
  clearTimeout(typing.get(field)?.timer);
  const timer = setTimeout(() => commitField(field), Number.isFinite(pause) ? pause : 2 ** 31 - 1);
  typing.set(field, { timer, commit: () => parts.commit(field.value) });
}

function commitField(field: Field): void {
  const typed = typing.get(field);
  if (typed) {
    clearTimeout(typed.timer);
    typing.delete(field);
    typed.commit();
  }
}

function onKey(event: KeyboardEvent, parts: Pick<TextFieldParts, 'done'>): void {
  // While an input method composes, Enter and Escape are its own.
  if (event.isComposing || event.keyCode === 229) {
    return;
  }
  if (event.key === 'Escape' || (event.key === 'Enter' && !event.shiftKey && parts.done)) {
    event.preventDefault();
    event.stopPropagation();
    commitField(event.target as Field);
    parts.done?.();
  }
}

/** Shows the document's text, but never over words that somebody is typing. */
class ShownText extends Directive {
  render(_text: string): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [text]: [string]): typeof noChange {
    const field = element as Field;
    if (!typing.has(field) && field.value !== text) {
      field.value = text;
    }
    return noChange;
  }
}
const shownText = directive(ShownText);
