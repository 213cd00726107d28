import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { PanelState } from '../../../server/protocol/panel.js';
import { demonstrationNote } from '../elements/demonstrationNote.js';
import { leavesNote } from '../elements/leavesNote.js';
import { actionButtons } from '../elements/problemCard.js';
import type { Intent } from '../elements/intent.js';
import { sendBlock } from '../state/sendBlock.js';
import { strings } from '../strings.js';

/** What a conversation without a question shows: the one thing to do next. */
export function emptyConversation(panel: PanelState, emit: (intent: Intent) => void): TemplateResult {
  const texts = strings();
  if (!panel.model && panel.server.state === 'ready') {
    return welcome('hubot', texts.noModel, texts.noModelHint, actionButtons(['chooseModel'], (action) => emit({ type: 'action', action })));
  }
  if (panel.clips.length === 0) {
    return welcome('device-camera-video', texts.addClip, texts.dropHere, actionButtons(['addClip'], () => emit({ type: 'addClips', uris: [] })));
  }
  const blocked = sendBlock(panel, '') !== undefined;
  const isPicture = panel.clips[0]?.facts?.kind === 'image';
  return welcome(
    'comment-discussion',
    isPicture ? texts.emptyPictureTitle : texts.emptyTitle,
    isPicture ? texts.emptyPictureHint : texts.emptyHint,
    html`
      ${panel.model?.demonstration
        ? html`<p class="quiet demonstration-note">${demonstrationNote(panel.model)}</p>`
        : nothing}
      ${panel.model?.leavesTo === undefined
        ? nothing
        : html`<p class="quiet leaves-note">${leavesNote(panel.model, panel.model.leavesTo)}</p>`}
      <div class="suggestions" role="group" aria-label=${texts.suggestions}>
        ${panel.suggestions.map(
          (text) => html`<vscode-button secondary ?disabled=${blocked} @click=${() => emit({ type: 'ask', text })}>${text}</vscode-button>`,
        )}
      </div>
    `,
  );
}

function welcome(icon: string, title: string, hint: string, next: TemplateResult): TemplateResult {
  return html`<div class="empty">
    <i class="codicon codicon-${icon}" aria-hidden="true"></i>
    <h2>${title}</h2>
    <p class="quiet">${hint}</p>
    ${next}
  </div>`;
}
