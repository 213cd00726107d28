import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { type GpuPack, PackListRequest, type PackListResult } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { type PackAction, packActions, packLook } from './packRow.js';

const target = z.object({ packId: z.string() });

/** The pack of a row, else the one that a person picks of those that this can be done with. */
export async function choosePack({ server }: ExtensionParts, argument: unknown, action: PackAction, title: string): Promise<{ pack: GpuPack; list: PackListResult } | undefined> {
  const { t } = vscode.l10n;
  const { client } = await server.client();
  const list = await client.request(PackListRequest, {});
  const parsed = z.safeParse(target, argument);
  const named = parsed.success ? list.packs.find(({ id }) => id === parsed.data.packId) : undefined;
  if (named) {
    return { pack: named, list };
  }
  const fitting = list.packs.filter((pack) => packActions(pack).includes(action));
  if (fitting.length === 0) {
    void vscode.window.showInformationMessage(nothingText(list, action));
    return undefined;
  }
  const items = fitting.map((pack) => ({ label: pack.name, description: packLook(pack, list, t).description, detail: pack.description, pack }));
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: list.card ? list.card.name : t('No NVIDIA card was seen on this machine.') });
  return picked && { pack: picked.pack, list };
}

function nothingText({ packs }: PackListResult, action: PackAction): string {
  const { t } = vscode.l10n;
  if (packs.length === 0) {
    return t('There is no GPU pack for this operating system and processor.');
  }
  return action === 'add' ? t('All GPU packs are here.') : t('There is no GPU pack on this machine.');
}
