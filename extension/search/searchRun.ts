import * as vscode from 'vscode';
import { type SearchIndexProgress, SearchIndexRequest, type SearchIndexResult, SearchQueryRequest, type SearchQueryResult } from '../../server/protocol/index.js';
import { localPath } from '../files/localPath.js';
import type { ServerController } from '../server/serverController.js';
import { isCancelled } from '../showProblem.js';

/** What the view shows. */
export interface SearchState {
  phase: 'none' | 'searching' | 'done' | 'failed';
  query: string;
  result?: SearchQueryResult;
  /** Clips that nobody has looked through. */
  unseen: number;
  /** Why there is nothing to show. */
  problem?: unknown;
}

/** Moments asked for at once: more than anybody scrolls through. */
const limit = 200;

/** Asks the server about the videos of this workspace, and keeps its index as the files are. */
export class SearchRun implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChange = this.emitter.event;
  state: SearchState = { phase: 'none', query: '', unseen: 0 };
  /** The folders have been compared with the index in this window. */
  private isIndexed = false;
  private asking: vscode.CancellationTokenSource | undefined;

  constructor(private readonly server: ServerController) {}

  /** Where is searched. */
  get folders(): string[] {
    return (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => localPath(uri)).filter((path) => path !== undefined);
  }

  /** Shows what is known at once, then compares the files with it and shows what has changed. */
  async find(query: string): Promise<void> {
    const source = this.restart();
    this.set({ phase: 'searching', query, unseen: this.state.unseen });
    try {
      await this.ask(source.token);
      await this.index({ look: false }, source.token);
      await this.ask(source.token);
      this.set({ ...this.state, phase: 'done' });
    } catch (error) {
      this.failed(source, error);
    }
  }

  /** Looks through what nobody has looked through, with a bar that can be cancelled, and asks again. */
  async look(): Promise<void> {
    const source = new vscode.CancellationTokenSource();
    try {
      await this.index({ look: true }, source.token);
    } finally {
      source.dispose();
      await this.again();
    }
  }

  /** Files came, changed or went. Where no server runs, they are compared when somebody asks again. */
  async filesChanged(paths: string[]): Promise<void> {
    const running = this.server.running();
    if (!running || !this.isIndexed) {
      return;
    }
    try {
      const { changed, removed } = await running.client.request(SearchIndexRequest, { folders: this.folders, paths });
      if (changed + removed > 0) {
        await this.again();
      }
    } catch {
      this.isIndexed = false;
    }
  }

  clear(): void {
    this.restart();
    this.set({ phase: 'none', query: '', unseen: 0 });
  }

  dispose(): void {
    this.asking?.cancel();
    this.asking?.dispose();
    this.emitter.dispose();
  }

  /** The same question to what is known now; what is shown stays where that fails. */
  private async again(): Promise<void> {
    if (this.state.phase === 'done') {
      await this.ask(this.asking?.token).catch(() => undefined);
    }
  }

  private restart(): vscode.CancellationTokenSource {
    this.asking?.cancel();
    this.asking?.dispose();
    this.asking = new vscode.CancellationTokenSource();
    return this.asking;
  }

  private async ask(token: vscode.CancellationToken | undefined): Promise<void> {
    const { query } = this.state;
    const { client } = await this.server.client();
    const result = await client.request(SearchQueryRequest, { query, folders: this.folders, limit }, { token });
    if (this.state.query === query && !token?.isCancellationRequested) {
      this.set({ ...this.state, result });
    }
  }

  private async index({ look }: { look: boolean }, token: vscode.CancellationToken): Promise<SearchIndexResult> {
    const { t } = vscode.l10n;
    const { client } = await this.server.client();
    const cancelling = new vscode.CancellationTokenSource();
    const subscriptions = [token.onCancellationRequested(() => cancelling.cancel())];
    const options = look
      ? { location: vscode.ProgressLocation.Notification, title: t('Looking through videos'), cancellable: true }
      : { location: vscode.ProgressLocation.Window, title: t('Indexing videos') };
    try {
      return await vscode.window.withProgress(options, async (bar, stop) => {
        subscriptions.push(stop.onCancellationRequested(() => cancelling.cancel()));
        const onProgress = (progress: SearchIndexProgress): void => bar.report({ message: progressText(progress) });
        const result = await client.request(SearchIndexRequest, { folders: this.folders, look }, { token: cancelling.token, onProgress });
        this.isIndexed = true;
        this.set({ ...this.state, unseen: result.unseen });
        tell(result);
        return result;
      });
    } finally {
      subscriptions.forEach((subscription) => void subscription.dispose());
      cancelling.dispose();
    }
  }

  private failed(source: vscode.CancellationTokenSource, error: unknown): void {
    if (this.asking !== source) {
      return;
    }
    const { result } = this.state;
    this.set(isCancelled(error) ? { ...this.state, phase: result ? 'done' : 'none' } : { phase: 'failed', query: this.state.query, unseen: 0, problem: error });
    if (!isCancelled(error)) {
      throw error;
    }
  }

  private set(state: SearchState): void {
    this.state = state;
    this.emitter.fire();
  }
}

function progressText(progress: SearchIndexProgress): string {
  const { t } = vscode.l10n;
  if (progress.kind === 'clips') {
    return t('{0} of {1}', progress.done, progress.total);
  }
  const name = progress.path.split(/[\\/]/).at(-1) ?? '';
  return t('{0}: {1} % ({2} of {3})', name, Math.floor(100 * progress.fraction), progress.done + 1, progress.total);
}

function tell({ rebuilt, full, failed }: SearchIndexResult): void {
  const { t } = vscode.l10n;
  if (rebuilt) {
    void vscode.window.showInformationMessage(t('The index of videos could not be read and was made anew.'));
  }
  if (full) {
    void vscode.window.showWarningMessage(t('There are more videos than the index holds: some cannot be found.'));
  }
  const [first] = failed;
  if (first) {
    const name = first.path.split(/[\\/]/).at(-1) ?? '';
    const text = failed.length === 1 ? t('{0} could not be read: {1}', name, first.message) : t('{0} videos could not be read, the first one is {1}: {2}', failed.length, name, first.message);
    void vscode.window.showWarningMessage(text);
  }
}
