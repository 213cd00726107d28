import * as vscode from 'vscode';
import { readDataset } from '../../server/common/annotations/datasetSchema.js';
import type { FoundProblem } from '../../server/common/annotations/readAnnotations.js';
import { TextLines } from '../../server/common/annotations/textLines.js';
import { isManifest } from './annotationFiles.js';
import { withLineFeeds } from './lineText.js';
import type { OpenDocument } from './openDocument.js';
import type { OpenDocuments } from './openDocuments.js';
import { said } from './problemTexts.js';
import { severityOf } from './severityOf.js';

export const problemSource = 'videochat';

/** While a person types, problems wait for this long. */
const delayMilliseconds = 300;

/** Shows what is wrong in open documents and manifests in the Problems view, whichever editor shows them. */
export class ProblemReporter {
  private readonly collection = vscode.languages.createDiagnosticCollection(problemSource);
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly documents: OpenDocuments) {
    this.subscriptions = [
      documents.onDidOpen((open) => this.follow(open)),
      documents.onDidClose((uri) => this.clear(uri)),
      vscode.workspace.onDidOpenTextDocument((document) => this.manifestChanged(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.manifestChanged(document)),
      vscode.workspace.onDidCloseTextDocument((document) => isManifest(document) && this.clear(document.uri)),
    ];
    documents.all.forEach((open) => this.follow(open));
    vscode.workspace.textDocuments.forEach((document) => this.manifestChanged(document));
  }

  dispose(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    vscode.Disposable.from(...this.subscriptions, this.collection).dispose();
  }

  private follow(open: OpenDocument): void {
    const { document, model } = open;
    const show = (): void => this.soon(document.uri, () => this.collection.set(document.uri, toDiagnostics(model.problems, model.lines, document)));
    model.onDidChange(show);
    show();
  }

  private manifestChanged(document: vscode.TextDocument): void {
    if (isManifest(document)) {
      this.soon(document.uri, () => {
        const text = withLineFeeds(document.getText());
        this.collection.set(document.uri, toDiagnostics(readDataset(text).problems, new TextLines(text), document));
      });
    }
  }

  private soon(uri: vscode.Uri, show: () => void): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => {
        this.timers.delete(key);
        show();
      }, delayMilliseconds),
    );
  }

  private clear(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.collection.delete(uri);
  }
}

/** Where a problem stands in the editor. */
export function rangeOf({ offset, length }: Pick<FoundProblem, 'offset' | 'length'>, lines: TextLines): vscode.Range {
  const start = lines.place(offset);
  const end = lines.place(offset + length);
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function toDiagnostics(problems: readonly FoundProblem[], lines: TextLines, { languageId }: vscode.TextDocument): vscode.Diagnostic[] {
  return problems
    .filter((problem) => !(languageId === 'json' && isSaidByJson(problem)))
    .map((problem) => {
      const diagnostic = new vscode.Diagnostic(rangeOf(problem, lines), said(problem.message, vscode.l10n.t), severityOf(problem.severity));
      diagnostic.source = problemSource;
      diagnostic.code = problem.code;
      return diagnostic;
    });
}

/** VS Code checks JSON files by itself, also by the schemas that this extension brings: nothing is said twice. */
function isSaidByJson({ code, itemId }: FoundProblem): boolean {
  return code === 'notJson' || (code === 'schema' && itemId === undefined);
}
