import * as vscode from 'vscode';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { type GpuPack, PackListRequest, type PackListResult } from '../../../server/protocol/index.js';
import { packActions, packLook } from '../../packs/packRow.js';
import type { ModelGroup, ModelNode } from '../modelNode.js';
import { rowItem } from './entryNode.js';

/** Libraries for NVIDIA cards. Where there is neither a card nor a pack, nobody needs to know of them. */
export class PacksGroup implements ModelGroup {
  readonly id = 'packs';
  private nodes: readonly PackNode[] = [];

  constructor(private readonly client: () => Promise<VideoChatClient>) {}

  item(): vscode.TreeItem {
    return new vscode.TreeItem(vscode.l10n.t('GPU packs'), vscode.TreeItemCollapsibleState.Expanded);
  }

  children(): readonly PackNode[] {
    return this.nodes;
  }

  /** @throws VideoChatError */
  async load(): Promise<void> {
    const list = await (await this.client()).request(PackListRequest, {});
    const shown = list.packs.filter(({ state }) => list.card !== undefined || state !== 'absent');
    this.nodes = shown.map((pack) => new PackNode(pack, list, this));
  }
}

/** Commands of its menu find it by `packId`. */
class PackNode implements ModelNode {
  readonly id: string;
  readonly packId: string;

  constructor(
    private readonly pack: GpuPack,
    private readonly list: PackListResult,
    readonly parent: ModelNode,
  ) {
    this.packId = pack.id;
    this.id = `${parent.id}/${pack.id}`;
  }

  item(): vscode.TreeItem {
    const { name, description, version, licence, page, verdict } = this.pack;
    const item = rowItem(name, packLook(this.pack, this.list, vscode.l10n.t));
    item.contextValue = ['gpuPack', ...packActions(this.pack)].join(' ');
    const said = verdict === undefined ? [] : [verdict.message, ...(verdict.hint === undefined ? [] : [verdict.hint])];
    item.tooltip = new vscode.MarkdownString([name, description, ...said, `${version} · ${licence.name} · <${page}>`].join('\n\n'));
    return item;
  }
}
