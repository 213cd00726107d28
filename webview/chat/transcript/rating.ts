import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, type TemplateResult } from 'lit';
import { iconButton } from '../elements/iconButton.js';
import { strings } from '../strings.js';

export function ratingButtons(rated: 'up' | 'down' | undefined, rate: (value: 'up' | 'down') => void): TemplateResult {
  const texts = strings();
  const button = (value: 'up' | 'down', label: string): TemplateResult => {
    const icon = `thumbs${value}${rated === value ? '-filled' : ''}`;
    return iconButton(icon, label, () => rate(value), { pressed: rated === value });
  };
  return html`${button('up', texts.goodAnswer)}${button('down', texts.badAnswer)}`;
}

/** A word on why, kept with the thumb. */
export function ratingNote(note: string, save: (note: string) => void, close: () => void): TemplateResult {
  const texts = strings();
  const done = (event: Event): void => {
    save((event.target as HTMLElement).closest('.rating-note')?.querySelector('textarea')?.value.trim() ?? '');
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      close();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      done(event);
    }
  };
  return html`<div class="rating-note">
    <textarea
      class="text-field"
      rows="1"
      maxlength="2000"
      aria-label=${texts.noteLabel}
      placeholder=${texts.notePlaceholder}
      .value=${note}
      @keydown=${onKey}
    ></textarea>
    <vscode-button @click=${done}>${texts.saveNote}</vscode-button>
    ${iconButton('close', texts.cancel, close)}
  </div>`;
}
