import * as vscode from 'vscode';
import { clockSpan } from '../../server/common/clockTime.js';
import type { SearchKind, SearchMatch, SearchMoment } from '../../server/protocol/index.js';
import type { MomentPictures } from './momentPictures.js';
import type { SearchRun } from './searchRun.js';

export type ClipNode = { kind: 'clip'; path: string; moments: MomentNode[] };
export type MomentNode = { kind: 'moment'; moment: SearchMoment; clip: ClipNode };
/** What the tree shows. */
export type SearchNode = ClipNode | MomentNode | { kind: 'look'; unseen: number };

/** The tree in the side bar, which is there before this is loaded. */
export interface SearchTree {
  view: vscode.TreeView<SearchNode>;
  changed: vscode.EventEmitter<SearchNode | undefined>;
}

const icons: Record<SearchKind, string> = {
  ...{ objects: 'symbol-misc', people: 'person', text: 'symbol-text', speech: 'comment', motion: 'pulse', captions: 'note' },
  ...{ annotations: 'tag', name: 'file-media', pictures: 'device-camera' },
};

/** What was found, by clip: the clip with the best moment first, its moments in the order of time. */
export class SearchView implements vscode.Disposable {
  private nodes: SearchNode[] = [];
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly run: SearchRun,
    private readonly pictures: MomentPictures,
    private readonly tree: SearchTree,
  ) {
    this.subscriptions = vscode.Disposable.from(
      run.onDidChange(() => this.update()),
      pictures.onDidChange(() => tree.changed.fire(undefined)),
    );
  }

  getChildren(node?: SearchNode): SearchNode[] {
    return node === undefined ? this.nodes : node.kind === 'clip' ? node.moments : [];
  }

  getParent(node: SearchNode): SearchNode | undefined {
    return node.kind === 'moment' ? node.clip : undefined;
  }

  getTreeItem(node: SearchNode): vscode.TreeItem {
    const { t } = vscode.l10n;
    switch (node.kind) {
      case 'clip': {
        const item = new vscode.TreeItem(vscode.workspace.asRelativePath(node.path), vscode.TreeItemCollapsibleState.Expanded);
        item.id = `clip:${this.run.state.query}:${node.path}`;
        item.description = String(node.moments.length);
        item.iconPath = vscode.ThemeIcon.File;
        item.resourceUri = vscode.Uri.file(node.path);
        item.tooltip = node.path;
        return item;
      }
      case 'moment':
        return this.momentItem(node);
      case 'look': {
        const item = new vscode.TreeItem(t('Videos not looked through yet: {0}', node.unseen));
        item.iconPath = new vscode.ThemeIcon('eye');
        item.description = t('Look through them…');
        item.command = { command: 'videochat.lookThroughVideos', title: '' };
        return item;
      }
    }
  }

  /** The picture is shown when somebody points at a moment. */
  resolveTreeItem(item: vscode.TreeItem, node: SearchNode): vscode.TreeItem {
    if (node.kind === 'moment') {
      const picture = this.pictures.of(node.moment);
      const text = new vscode.MarkdownString('', true);
      if (picture) {
        text.appendMarkdown(`![](${picture.toString()}|width=320)\n\n`);
      }
      for (const match of node.moment.matches) {
        text.appendText(`${timeOf(match)} ${match.text}${reasonOf(match)}`);
        text.appendMarkdown('\n\n');
      }
      item.tooltip = text;
    }
    return item;
  }

  dispose(): void {
    this.subscriptions.dispose();
  }

  private update(): void {
    const { t } = vscode.l10n;
    const { phase, query, result, unseen } = this.run.state;
    const clips = new Map<string, ClipNode>();
    for (const moment of result?.moments ?? []) {
      const clip: ClipNode = clips.get(moment.path) ?? { kind: 'clip', path: moment.path, moments: [] };
      clip.moments.push({ kind: 'moment', moment, clip });
      clips.set(moment.path, clip);
    }
    clips.forEach(({ moments }) => moments.sort((a, b) => a.moment.startSeconds - b.moment.startSeconds));
    const found = result?.moments.length ?? 0;
    this.nodes = found === 0 ? [] : [...clips.values(), ...(unseen > 0 ? [{ kind: 'look' as const, unseen }] : [])];
    const { view, changed } = this.tree;
    view.description = query;
    const unused = result?.retrieval?.problem;
    view.message = unused ? t('Pictures were not searched: {0}', unused.message) : phase === 'searching' && found === 0 ? t('Searching…') : found === 0 ? undefined : t('Moments: {0}, videos: {1}', result?.more ? `${found}+` : found, clips.size);
    const shown = phase === 'done' && found === 0 ? 'empty' : phase;
    void vscode.commands.executeCommand('setContext', 'videochat.searchState', shown);
    changed.fire(undefined);
    this.pictures.show([...clips.values()].map(({ moments }) => moments.map(({ moment }) => moment)));
  }

  private momentItem({ moment, clip }: MomentNode): vscode.TreeItem {
    const { t } = vscode.l10n;
    const { matches, missing } = moment;
    const item = new vscode.TreeItem(labelOf(matches));
    item.id = `moment:${this.run.state.query}:${clip.path}:${moment.startSeconds}:${matches[0]?.text.slice(0, 100) ?? ''}:${clip.moments.findIndex((each) => each.moment === moment)}`;
    item.contextValue = 'moment';
    item.iconPath = this.pictures.of(moment) ?? new vscode.ThemeIcon(icons[matches[0]?.kind ?? 'name']);
    const reasons = matches.map(reasonOf).join('').trim();
    const without = missing.length > 0 ? t('without: {0}', missing.join(', ')) : '';
    item.description = [timeOf(moment), reasons, without].filter((each) => each !== '').join(' · ');
    item.accessibilityInformation = { label: [matches.map(({ text }) => text).join(', '), item.description].join(', ') };
    item.command = { command: 'videochat.openMoment', title: t('Open'), arguments: [moment] };
    return item;
  }
}

/** The texts on one line, with what was found in them. */
function labelOf(matches: readonly SearchMatch[]): vscode.TreeItemLabel {
  let label = '';
  const highlights: [number, number][] = [];
  for (const { text, ranges, count } of matches) {
    label += label === '' ? '' : ' + ';
    highlights.push(...ranges.map(([start, end]): [number, number] => [label.length + start, label.length + end]));
    label += text.replace(/\s/g, ' ') + (count !== undefined && count > 1 ? ` × ${count}` : '');
  }
  return { label, highlights };
}

function timeOf({ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }): string {
  return endSeconds > startSeconds ? clockSpan({ startSeconds, endSeconds }) : '';
}

/** Why another word was found, where that does not go without saying. */
function reasonOf({ widened, kind }: SearchMatch): string {
  const { t } = vscode.l10n;
  if (kind === 'pictures') {
    return ` (${t('it looks like that')})`;
  }
  const told = widened.flatMap(({ found, asked, how }) => (how === 'kind' ? [t('{0} is a kind of {1}', found, asked)] : how === 'synonym' ? [t('{0} means {1}', found, asked)] : []));
  return told.length > 0 ? ` (${told.join('; ')})` : '';
}
