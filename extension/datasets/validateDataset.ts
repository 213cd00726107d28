import * as vscode from 'vscode';
import { DatasetValidateRequest, type DatasetValidateResult as Result } from '../../server/protocol/index.js';
import { severityOf } from '../annotate/severityOf.js';
import type { ServerController } from '../server/serverController.js';

/** Problems of files that are not open: what is open is checked as one types. */
export class DatasetProblems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('videochat dataset');
  private readonly subscription = vscode.workspace.onDidOpenTextDocument(({ uri }) => this.collection.delete(uri));

  /** Checks a dataset and shows what was found in the Problems view. @throws VideoChatError */
  async validate(server: ServerController, folder: string): Promise<void> {
    const { t } = vscode.l10n;
    const hashes = t('And the clips: hashes, durations, frames');
    const what = await vscode.window.showQuickPick([{ label: t('The documents'), alwaysShow: true }, { label: hashes, description: t('reads every byte of them') }], {
      title: t('Validate Dataset'),
      placeHolder: t('What is checked'),
    });
    if (!what) {
      return;
    }
    const options = { location: vscode.ProgressLocation.Notification, title: t('Validating the dataset'), cancellable: true };
    const result = await vscode.window.withProgress(options, async (bar, token) => {
      const { client } = await server.client();
      let before = 0;
      return client.request(DatasetValidateRequest, { path: folder, hashes: what.label === hashes }, {
        token,
        onProgress: ({ done, total }) => {
          const share = Math.floor((100 * done) / Math.max(1, total));
          if (share > before) {
            bar.report({ increment: share - before, message: `${done}/${total}` });
            before = share;
          }
        },
      });
    });
    this.show(result);
    const counts = t('{0} files were checked: {1} errors, {2} warnings.', result.files, result.errors, result.warnings);
    const others = result.others?.length ?? 0;
    const text = others > 0 ? `${counts} ${t('Datasets inside that were not checked: {0}.', others)}` : counts;
    if (result.found.length === 0) {
      void vscode.window.showInformationMessage(text);
      return;
    }
    const open = t('Show Problems');
    const told = result.truncated ? `${text} ${t('There are more problems than are shown.')}` : text;
    if ((await vscode.window.showWarningMessage(told, open)) === open) {
      await vscode.commands.executeCommand('workbench.actions.view.problems');
    }
  }

  dispose(): void {
    this.subscription.dispose();
    this.collection.dispose();
  }

  private show({ found }: Result): void {
    const open = new Set(vscode.workspace.textDocuments.map(({ uri }) => uri.fsPath));
    this.collection.clear();
    this.collection.set(
      found
        .filter(({ path }) => !open.has(path))
        .map(({ path, problems }) => [
          vscode.Uri.file(path),
          problems.map(({ code, severity, message, line, column, length }) => {
            const start = new vscode.Position(line - 1, column - 1);
            const diagnostic = new vscode.Diagnostic(new vscode.Range(start, start.translate(0, length)), message, severityOf(severity));
            diagnostic.source = 'videochat';
            diagnostic.code = code;
            return diagnostic;
          }),
        ]),
    );
  }
}
