import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { PanelAction, PanelProblem } from '../../../server/protocol/panel.js';
import { strings } from '../strings.js';
import { iconButton } from './iconButton.js';

/** A person's name of what a button asks the host to do. */
export function actionLabel(action: PanelAction): string {
  const texts = strings();
  const labels: Record<PanelAction, string> = {
    retry: texts.actionRetry,
    restartServer: texts.actionRestartServer,
    showLog: texts.actionShowLog,
    openSettings: texts.actionOpenSettings,
    chooseModel: texts.actionChooseModel,
    useCpuOnly: texts.actionUseCpuOnly,
    locateFile: texts.actionLocateFile,
    addClip: texts.actionAddClip,
    exportTranscript: texts.actionExportTranscript,
    copyTranscript: texts.actionCopyTranscript,
    newConversation: texts.actionNewConversation,
    manageTrust: texts.actionManageTrust,
  };
  return labels[action];
}

export function actionButtons(actions: readonly PanelAction[], act: (action: PanelAction) => void): TemplateResult {
  return html`<div class="actions">
    ${actions.map(
      (action, index) =>
        html`<vscode-button ?secondary=${index > 0} data-action=${action} @click=${() => act(action)}>${actionLabel(action)}</vscode-button>`,
    )}
  </div>`;
}

/** An error as a person reads it: what happened, what helps, and buttons that do it. */
export function problemCard(problem: PanelProblem, act: (action: PanelAction) => void, dismiss?: () => void): TemplateResult {
  return html`<div class="problem" role="group" aria-label=${strings().problem}>
    <i class="codicon codicon-error" aria-hidden="true"></i>
    <div class="problem-text">
      <p>${problem.message}</p>
      ${problem.hint ? html`<p class="quiet">${problem.hint}</p>` : nothing}
      ${problem.actions?.length ? actionButtons(problem.actions, act) : nothing}
    </div>
    ${dismiss ? iconButton('close', strings().dismiss, dismiss) : nothing}
  </div>`;
}
