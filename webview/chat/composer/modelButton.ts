import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { PanelModel } from '../../../server/protocol/panel.js';
import { demonstrationNote } from '../elements/demonstrationNote.js';
import { leavesNote } from '../elements/leavesNote.js';
import { format, strings } from '../strings.js';

/** Who answers, with a badge where its answers mean nothing outside its toy world, or where what is asked leaves the machine. */
export function modelButton(model: PanelModel | undefined, choose: () => void): TemplateResult | typeof nothing {
  if (!model) {
    return nothing;
  }
  const texts = strings();
  return html`<button
      type="button"
      class="model-button"
      title=${format(texts.chooseModelOf, model.name)}
      aria-label=${format(texts.chooseModelOf, model.name)}
      @click=${choose}
    >
      <span>${model.name}</span><i class="codicon codicon-chevron-down" aria-hidden="true"></i>
    </button>
    ${model.demonstration
      ? html`<vscode-badge class="demonstration" title=${demonstrationNote(model)}>${texts.demonstration}</vscode-badge>`
      : nothing}
    ${model.leavesTo === undefined
      ? nothing
      : html`<vscode-badge class="leaves-machine" title=${leavesNote(model, model.leavesTo)}>${format(texts.leavesMachine, model.leavesTo || texts.leavesThroughEditor)}</vscode-badge>`}`;
}
