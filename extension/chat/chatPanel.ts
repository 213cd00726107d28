import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import type { HostMessage, Segment } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import type { Conversation } from './conversation.js';
import { ConversationController } from './conversationController.js';
import type { ConversationStore } from './conversationStore.js';
import type { MediaUrls } from './mediaUrls.js';
import { dispatchPageMessage, type PageServices } from './pageDispatcher.js';
import { PageLine } from './pageLine.js';
import { pageStrings } from './pageStrings.js';
import { panelHtml } from './panelHtml.js';

export const chatViewType = 'videochat.chat';

/** What panels share. */
export interface PanelParts extends ExtensionParts {
  store: ConversationStore;
  urls: MediaUrls;
  /** What the page may ask the editor for, in the name of this panel. */
  services(panel: ChatPanel): PageServices;
  /** Title, busyness or place of a panel have changed. */
  changed(panel: ChatPanel): void;
  closed(panel: ChatPanel): void;
}

/** Where the page's files are, and all it may read. */
export function pageRoot(parts: ExtensionParts): vscode.Uri {
  return vscode.Uri.joinPath(parts.context.extensionUri, 'dist', 'webview');
}

/** One conversation in a tab of the editor. */
export class ChatPanel implements Disposable {
  readonly controller: ConversationController;
  private readonly line: PageLine;
  private readonly subscriptions: (vscode.Disposable | Disposable)[] = [];
  private closed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly conversation: Conversation,
    private readonly parts: PanelParts,
  ) {
    const { webview } = panel;
    const { server, settings, store, urls, log, modelsChanged } = parts;
    this.line = new PageLine((message) => webview.postMessage(message));
    this.controller = new ConversationController(conversation, {
      server,
      t: vscode.l10n.t,
      values: () => settings.values,
      post: (message) => this.line.post(message),
      save: (changed) => store.save(changed),
      mapUrl: (url) => urls.map(url),
      changed: () => this.update(),
    });
    const services = parts.services(this);
    const reply = (id: number, problem?: { message: string }): void => this.line.post({ type: 'reply', id, problem });
    webview.options = { enableScripts: true, localResourceRoots: [pageRoot(parts)] };
    panel.iconPath = vscode.Uri.joinPath(parts.context.extensionUri, 'extension', 'media', 'icon.png');
    this.subscriptions.push(
      webview.onDidReceiveMessage((message: unknown) => {
        const isReady = (message as { type?: unknown } | null | undefined)?.type === 'ready';
        const dispatch = (): void => {
          dispatchPageMessage(message, this.controller, services, vscode.l10n.t, reply).catch((error: unknown) => log.error(String(error)));
        };
        if (isReady) {
          this.line.ready(dispatch);
        } else {
          dispatch();
        }
      }),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) {
          this.line.lost();
        }
        parts.changed(this);
      }),
      panel.onDidDispose(() => void this.dispose()),
      settings.onDidChange(() => this.controller.settingsChanged()),
      modelsChanged.event(() => this.controller.settingsChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.controller.trusted()),
      urls.onDidFindOrigin(() => this.load()),
      store.onDidChange(() => this.update()),
    );
    this.load();
    this.update();
  }

  reveal(): void {
    this.panel.reveal();
  }

  focus(target: 'input' | 'lastAnswer' | 'player'): void {
    this.reveal();
    this.line.postLater({ type: 'focus', target });
  }

  /** Shows a moment of the clip. @param mark the segment is what the next question concerns */
  seek({ startSeconds, endSeconds }: Segment, mark = false): void {
    const clipId = this.conversation.clips[0]?.clipId;
    if (clipId !== undefined) {
      this.line.postLater({ type: 'seek', clipId, segment: { startSeconds, endSeconds }, play: false, ...(mark ? { mark } : {}) } satisfies HostMessage);
    }
  }

  async dispose(): Promise<void> {
    const { subscriptions } = this;
    if (this.closed) {
      return;
    }
    this.closed = true;
    this.line.lost();
    subscriptions.splice(0).forEach((subscription) => void subscription.dispose());
    this.parts.closed(this);
    this.panel.dispose();
    await this.controller.dispose();
  }

  /** Makes the page, or makes it anew; it asks for its state when it is there. */
  private load(): void {
    const { panel, parts, conversation } = this;
    const { webview } = panel;
    this.line.lost();
    const uri = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(pageRoot(parts), name)).toString();
    webview.html = panelHtml({
      title: conversation.title,
      language: vscode.env.language,
      cspSource: webview.cspSource,
      scriptUri: uri('chat.js'),
      styleUri: uri('chat.css'),
      strings: pageStrings(vscode.l10n.t),
      mediaOrigins: parts.urls.origins,
    });
  }

  private update(): void {
    if (this.closed) {
      return;
    }
    if (this.panel.title !== this.conversation.title) {
      this.panel.title = this.conversation.title;
    }
    this.parts.changed(this);
  }
}
