import { html, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { strings } from '../strings.js';

/** The question of a turn, to be asked again in other words. */
export function questionEditor(question: string, resend: (text: string) => void, cancel: () => void): TemplateResult {
  const texts = strings();
  const send = (event: Event): void => {
    const text = (event.target as HTMLElement).closest('.question-editor')?.querySelector('textarea')?.value.trim() ?? '';
    if (text !== '') {
      resend(text);
    }
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      cancel();
    } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send(event);
    }
  };
  return html`<div class="question-editor">
    <textarea class="text-field" rows="2" aria-label=${texts.editedQuestion} .value=${question} @keydown=${onKey}></textarea>
    <p class="quiet">${texts.resendHint}</p>
    <div class="actions">
      <vscode-button @click=${send}>${texts.resend}</vscode-button>
      <vscode-button secondary @click=${cancel}>${texts.cancel}</vscode-button>
    </div>
  </div>`;
}
