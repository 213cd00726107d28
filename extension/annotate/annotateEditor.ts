import * as vscode from 'vscode';
import type { Disposable } from '../../server/common/dispose.js';
import type { AnnotateHostMessage, AnnotatePageMessage, PanelProblem } from '../../server/protocol/index.js';
import type { MediaUrls } from '../chat/mediaUrls.js';
import { openInBrowser } from '../chat/openInBrowser.js';
import { PageLine } from '../chat/pageLine.js';
import { panelHtml } from '../chat/panelHtml.js';
import type { ExtensionParts } from '../context.js';
import { annotateActions } from './annotateActions.js';
import { AnnotateController } from './annotateController.js';
import { dispatchAnnotateMessage } from './annotateDispatcher.js';
import { annotateKeys, type KeyManifest } from './annotateKeys.js';
import { annotateStrings } from './annotateStrings.js';
import type { AnnotatorName } from './annotatorName.js';
import type { OpenDocument } from './openDocument.js';
import type { ReviewQueue } from './reviewQueue.js';

type Place = Extract<AnnotatePageMessage, { type: 'focus' }>['place'];

/** What the annotator's editors share. */
export interface AnnotateParts extends ExtensionParts {
  urls: MediaUrls;
  annotator: AnnotatorName;
  review(): ReviewQueue | undefined;
  /** Which editor is in front, or what has the focus in it, has changed. */
  changed(editor: AnnotateEditor): void;
  closed(editor: AnnotateEditor): void;
}

/** One view of an annotation document in a tab of the editor. */
export class AnnotateEditor implements Disposable {
  readonly controller: AnnotateController;
  /** What has the focus on the page. */
  place: Place = 'timeline';
  private readonly line: PageLine<AnnotateHostMessage>;
  private readonly subscriptions: (vscode.Disposable | Disposable)[];
  private isClosed = false;

  constructor(
    readonly panel: vscode.WebviewPanel,
    readonly open: OpenDocument,
    private readonly parts: AnnotateParts,
  ) {
    const { server, settings, urls, annotator, log, context } = parts;
    const { document, model } = open;
    const { webview } = panel;
    this.line = new PageLine((message) => webview.postMessage(message));
    const controller = (this.controller = new AnnotateController({
      server,
      model,
      t: vscode.l10n.t,
      post: (message) => this.line.post(message),
      mapUrl: (url) => urls.map(url),
      values: () => settings.values,
      text: () => ({
        content: document.getText(),
        dirty: document.isDirty,
        readOnly: open.readOnly,
        eolLength: document.eol === vscode.EndOfLine.CRLF ? 2 : 1,
      }),
      documentPath: open.path,
      dataset: () => open.dataset,
      annotator: () => annotator.current,
      keys: () => annotateKeys(context.extension.packageJSON as KeyManifest, process.platform),
      place: () => open.findClip(),
      learned: (facts, url) => open.learned(controller.clipPath, facts, url),
      review: () => parts.review(),
      inform: (message) => void vscode.window.showInformationMessage(message),
    }));
    const act = (action: Parameters<ReturnType<typeof annotateActions>>[0]): Promise<PanelProblem | undefined> => annotateActions(this, parts)(action);
    webview.options = { enableScripts: true, localResourceRoots: [this.root] };
    this.subscriptions = [
      webview.onDidReceiveMessage((message: unknown) => this.received(message, act)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) {
          this.line.lost();
        } else if (panel.active) {
          // It may have been protected meanwhile, or no longer be.
          void open.refresh();
        }
        parts.changed(this);
      }),
      panel.onDidDispose(() => this.dispose()),
      // A change of nothing: it was saved, or is no longer.
      vscode.workspace.onDidChangeTextDocument((event) => event.document === document && event.contentChanges.length === 0 && controller.dirtyChanged()),
      vscode.workspace.onDidSaveTextDocument((saved) => saved === document && controller.dirtyChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => controller.surroundingsChanged()),
      settings.onDidChange(() => controller.surroundingsChanged()),
      open.onDidChange(() => controller.surroundingsChanged()),
      urls.onDidFindOrigin(() => this.load()),
    ];
    void annotator.find(document.uri).then(() => !this.isClosed && controller.surroundingsChanged());
    this.load();
    log.debug(`Annotator opened: ${document.uri.toString()}`);
  }

  /** Sent now, or as soon as the page listens. */
  post(message: AnnotateHostMessage): void {
    this.line.postLater(message);
  }

  dispose(): void {
    if (this.isClosed) {
      return;
    }
    this.isClosed = true;
    this.line.lost();
    this.subscriptions.splice(0).forEach((subscription) => void subscription.dispose());
    this.controller.dispose();
    this.parts.closed(this);
  }

  private get root(): vscode.Uri {
    return vscode.Uri.joinPath(this.parts.context.extensionUri, 'dist', 'webview');
  }

  private received(message: unknown, action: (action: Parameters<ReturnType<typeof annotateActions>>[0]) => Promise<PanelProblem | undefined>): void {
    const { log } = this.parts;
    const isReady = (message as { type?: unknown } | null | undefined)?.type === 'ready';
    const dispatch = (): void => {
      dispatchAnnotateMessage(message, this.controller, {
        t: vscode.l10n.t,
        reply: (id, problem) => this.line.post({ type: 'reply', id, ...(problem ? { problem } : {}) }),
        focus: (place) => {
          this.place = place;
          this.parts.changed(this);
        },
        action,
        openLink: (url) => openInBrowser(url, vscode.l10n.t('Open this link of the instructions in the browser?'), this.parts),
        warn: (text) => log.warn(text),
      }).catch((error: unknown) => log.error(String(error)));
    };
    if (isReady) {
      this.line.ready(dispatch);
    } else {
      dispatch();
    }
  }

  /** Makes the page, or makes it anew; it asks for its state when it is there. */
  private load(): void {
    const { webview } = this.panel;
    this.line.lost();
    const uri = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(this.root, name)).toString();
    webview.html = panelHtml({
      title: this.open.document.fileName,
      language: vscode.env.language,
      cspSource: webview.cspSource,
      scriptUri: uri('annotate.js'),
      styleUri: uri('annotate.css'),
      element: 'videochat-annotate',
      strings: annotateStrings(vscode.l10n.t),
      mediaOrigins: this.parts.urls.origins,
    });
  }
}
