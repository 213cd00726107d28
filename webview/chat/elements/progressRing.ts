import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import { html, type TemplateResult } from 'lit';

/** The editor's turning ring, without its alarm: what happens is said beside it. */
export function progressRing(): TemplateResult {
  return html`<vscode-progress-ring class="ring" role="presentation" aria-live="off" aria-hidden="true"></vscode-progress-ring>`;
}
