import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { AnnotateCommand } from '../../../server/protocol/annotatePanel.js';
import { iconButton } from '../../chat/elements/iconButton.js';
import type { AnnotateSession } from '../session/annotateSession.js';
import { isUseful } from '../session/commands.js';
import { labelOfDigit } from '../session/labels.js';
import { texts } from '../texts.js';

/** The keys that the annotator comes with; what a person has changed only the editor's own list knows, one button away. */
export function keysOverlay(session: AnnotateSession): TemplateResult | typeof nothing {
  if (!session.keysShown) {
    return nothing;
  }
  const names = texts();
  const close = (): void => {
    session.keysShown = false;
    session.changed();
    session.view?.focus('timeline');
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  return html`<div class="keys-overlay" role="dialog" aria-modal="true" aria-label=${names.keysTitle} @keydown=${onKey}>
    <div class="keys-head"><h2>${names.keysTitle}</h2><span class="spring"></span>
      <vscode-button secondary @click=${() => session.request({ type: 'action', action: 'rebindKeys' })}>${names.changeKeys}</vscode-button>
      ${iconButton('close', names.close, close, { className: 'close-keys' })}
    </div>
    <p class="quiet">${names.keysHint}</p>
    <dl class="keys-list" tabindex="0">
      ${session.keys.filter(({ command }) => isUseful(session, command)).map(({ command, title, key }) => html`<div><dt>${withLabel(session, command, title)}</dt><dd>${key ? key.split(', ').map((part) => html`<kbd>${part}</kbd>`) : html`<span class="quiet">${names.noKey}</span>`}</dd></div>`)}
    </dl>
  </div>`;
}

/** What a digit stands for on the track where new segments go. */
function withLabel(session: AnnotateSession, command: AnnotateCommand, title: string): string {
  const digit = /^label(\d)$/.exec(command)?.[1];
  const label = digit === undefined ? undefined : labelOfDigit(Number(digit), session.activeTrack, session.page?.dataset)?.name;
  return label === undefined ? title : `${title}: ${label}`;
}
