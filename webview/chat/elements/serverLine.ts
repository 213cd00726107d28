import { html, nothing, type TemplateResult } from 'lit';
import type { PanelAction, PanelServer } from '../../../server/protocol/panel.js';
import { format, strings } from '../strings.js';
import { actionButtons } from './problemCard.js';
import { progressRing } from './progressRing.js';

/** What the server is doing, while that is anything but serving. */
export function serverLine(server: PanelServer, act: (action: PanelAction) => void): TemplateResult | typeof nothing {
  const texts = strings();
  switch (server.state) {
    case 'stopped':
    case 'ready':
      return nothing;
    case 'starting':
      return html`<div class="server-line">${progressRing()}<span>${texts.serverStarting}</span></div>`;
    case 'restarting':
      return html`<div class="server-line warning">
        ${progressRing()}<span>${format(texts.serverRestarting, server.attempt)}</span>
      </div>`;
    case 'failed': {
      const { message, hint, actions } = server.problem;
      return html`<div class="server-line error">
        <i class="codicon codicon-error" aria-hidden="true"></i>
        <div class="problem-text">
          <p>${message || texts.serverFailed}</p>
          ${hint ? html`<p class="quiet">${hint}</p>` : nothing}
          ${actionButtons(actions ?? ['restartServer', 'showLog'], act)}
        </div>
      </div>`;
    }
  }
}
