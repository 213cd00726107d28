import * as vscode from 'vscode';
import { type CatalogueEntry, ErrorCode, renderPhrase, type VideoChatError } from '../../server/protocol/index.js';

/** What a person chose to do about a download that failed. */
export type PullRemedy = 'again' | 'token' | 'page' | 'log' | undefined;

/** Says why a download failed, with buttons for what may help. */
export async function askRemedy({ name }: CatalogueEntry, { code, phrases: { message, hint } }: VideoChatError): Promise<PullRemedy> {
  const { t } = vscode.l10n;
  const labels: Record<NonNullable<PullRemedy>, string> = { again: t('Try Again'), token: t('Enter Token'), page: t('Open the Model\'s Page'), log: t('Show Log') };
  const remedies = remediesFor(code);
  const text = [message, hint].filter((words) => words !== undefined).map((words) => renderPhrase(words, t)).join(' ');
  const chosen = await vscode.window.showErrorMessage(t('The download of {0} stopped: {1}', name, text), ...remedies.map((remedy) => labels[remedy]));
  return remedies.find((remedy) => labels[remedy] === chosen);
}

function remediesFor(code: number): NonNullable<PullRemedy>[] {
  switch (code) {
    case ErrorCode.TokenNeeded:
      return ['token', 'page'];
    case ErrorCode.LicenceNotAccepted:
      return ['page', 'again'];
    case ErrorCode.NotOnHub:
    case ErrorCode.InvalidParams:
      return ['page', 'log'];
    default:
      return ['again', 'log'];
  }
}
