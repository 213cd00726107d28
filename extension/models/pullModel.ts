import * as vscode from 'vscode';
import { type CatalogueEntry, ErrorCode, type ModelPullResult, type VideoChatError } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { showProblem, toProblem } from '../showProblem.js';
import { confirmDownload } from './confirmDownload.js';
import type { DownloadEnd, Downloads } from './downloads.js';
import type { HubToken } from './hubToken.js';
import { askRemedy } from './pullProblem.js';

/** What a download needs from the rest. */
export interface PullPorts extends Pick<ExtensionParts, 'log' | 'server'> {
  downloads: Downloads;
  token: HubToken;
  /** A model is here that was not. */
  arrived(entry: CatalogueEntry, result: ModelPullResult): Promise<void>;
}

/** Asks what has to be asked, fetches a model, and says how it went. A part that is here is built upon. */
export async function pullModel(entry: CatalogueEntry, variant: string | undefined, ports: PullPorts): Promise<void> {
  // Who has a part of it has said yes before.
  const isKnown = entry.state === 'partial' || entry.state === 'broken';
  const chosen = entry.variants.find(({ id }) => id === (variant ?? entry.suggested));
  if (!isKnown && !(await confirmDownload(entry, chosen))) {
    return;
  }
  await follow(entry, variant, ports);
}

async function follow(entry: CatalogueEntry, variant: string | undefined, ports: PullPorts): Promise<void> {
  for (;;) {
    const end = await fetchWithToken(entry, variant, ports);
    if (end.how === 'done') {
      await ports.arrived(entry, end.result);
    }
    if (end.how !== 'failed' || !(await wantsAgain(entry, toProblem(end.error), ports))) {
      return;
    }
  }
}

/** The token is sent only where the hub wants one. */
async function fetchWithToken({ id, name, licence }: CatalogueEntry, variant: string | undefined, { downloads, token }: PullPorts): Promise<DownloadEnd> {
  const { t } = vscode.l10n;
  let secret = licence.gated ? await token.get() : undefined;
  for (;;) {
    const end = await downloads.start({ entryId: id, ...(licence.mustAccept ? { acceptLicence: true } : {}), ...(variant === undefined ? {} : { variant }), ...(secret === undefined ? {} : { token: secret }) });
    if (end.how !== 'failed' || toProblem(end.error).code !== ErrorCode.TokenNeeded) {
      return end;
    }
    const kept = await token.get();
    const isFresh = kept !== undefined && kept !== secret;
    const next = isFresh ? kept : await token.ask(secret === undefined ? t('The hub wants to know who fetches {0}.', name) : t('The hub does not accept the token for {0}.', name));
    if (next === undefined) {
      return end;
    }
    secret = next;
  }
}

async function wantsAgain(entry: CatalogueEntry, problem: VideoChatError, { log, token, server }: PullPorts): Promise<boolean> {
  // That has a remedy of its own; and where the server was given up, people have been told.
  if (problem.code === ErrorCode.NotTrusted || server.state.state === 'failed') {
    await showProblem(problem, log);
    return false;
  }
  if (problem.code === ErrorCode.ShuttingDown) {
    return false;
  }
  log.error(`${entry.id}: ${problem.data.english ?? problem.message}`);
  switch (await askRemedy(entry, problem)) {
    case 'again':
      return true;
    case 'token':
      return (await token.ask(vscode.l10n.t('The hub wants to know who fetches {0}.', entry.name))) !== undefined;
    case 'page':
      await vscode.env.openExternal(vscode.Uri.parse(entry.page, true));
      return false;
    case 'log':
      await vscode.commands.executeCommand('videochat.showLog');
      return false;
    case undefined:
      return false;
  }
}
