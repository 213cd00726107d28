import * as vscode from 'vscode';
import { ErrorCode, errorName, renderPhrase, VideoChatError } from '../server/protocol/index.js';

/** Whatever was thrown, as an error with a code. */
export function toProblem(error: unknown): VideoChatError {
  if (error instanceof VideoChatError) {
    return error;
  }
  const problem = new VideoChatError(ErrorCode.InternalError, error instanceof Error ? error.message : String(error));
  problem.stack = error instanceof Error ? error.stack : undefined;
  return problem;
}

/** True where the person stopped the work: nothing to report. */
export function isCancelled(error: unknown): boolean {
  return error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled;
}

/** Tells a person what failed, with a button for what they can do about it; the log is told more. */
export async function showProblem(error: unknown, log?: vscode.LogOutputChannel): Promise<void> {
  if (isCancelled(error)) {
    return;
  }
  const problem = toProblem(error);
  log?.error(`${errorName(problem.code)}: ${(error instanceof VideoChatError ? undefined : problem.stack) ?? problem.data.english ?? problem.message}`);
  const { label, command } = remedyFor(problem);
  const { message, hint } = problem.phrases;
  const text = [message, hint].filter((words) => words !== undefined).map((words) => renderPhrase(words, vscode.l10n.t)).join(' ');
  if ((await vscode.window.showErrorMessage(text, label)) === label) {
    await vscode.commands.executeCommand(command);
  }
}

/** What a person can do about it. */
export function remedyFor({ code }: VideoChatError): { label: string; command: string } {
  switch (code) {
    case ErrorCode.NotTrusted:
      return { label: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' };
    case ErrorCode.ModelUnknown:
    case ErrorCode.ManifestInvalid:
      return { label: vscode.l10n.t('Select Model'), command: 'videochat.selectModel' };
    case ErrorCode.ConnectionLost:
      return { label: vscode.l10n.t('Restart Server'), command: 'videochat.restartServer' };
    default:
      return { label: vscode.l10n.t('Show Log'), command: 'videochat.showLog' };
  }
}
