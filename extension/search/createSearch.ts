import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { ExtensionParts } from '../context.js';
import { openQuery } from '../files/openUri.js';
import { trustRefusal } from '../server/trust.js';
import { showProblem } from '../showProblem.js';
import { MomentPictures } from './momentPictures.js';
import type { SearchCommand } from './registerSearch.js';
import { SearchFiles } from './searchFiles.js';
import { SearchRun } from './searchRun.js';
import { type SearchTree, SearchView } from './searchView.js';

const lastQueryKey = 'videochat.lastSearch';
const longestQuery = 1000;

const momentSchema = z.object({
  path: z.string(),
  startSeconds: z.number(),
  endSeconds: z.number(),
  matches: z.array(z.object({ document: z.optional(z.object({ path: z.string(), list: z.optional(z.enum(['segments', 'questions', 'conversations'])), itemId: z.optional(z.string()) })) })),
});
type Moment = z.infer<typeof momentSchema>;

/** What is done with the search of this window. */
export interface Search extends vscode.Disposable {
  view: SearchView;
  run(command: SearchCommand, argument: unknown): Promise<void>;
}

export function createSearch({ context, server, log }: ExtensionParts, tree: SearchTree): Search {
  const { t } = vscode.l10n;
  const run = new SearchRun(server);
  const storage = context.storageUri ?? context.globalStorageUri;
  const pictures = new MomentPictures(server, join(storage.fsPath, 'search'));
  const view = new SearchView(run, pictures, tree);
  let files: SearchFiles | undefined;

  const find = async (given: unknown): Promise<void> => {
    const refusal = trustRefusal();
    if (refusal) {
      await showProblem(refusal);
      return;
    }
    if (run.folders.length === 0) {
      void vscode.window.showInformationMessage(t('Open a folder with videos first: they are searched together.'));
      return;
    }
    const query = typeof given === 'string' ? given : await askFor(context.workspaceState.get<string>(lastQueryKey));
    if (query === undefined || query.trim() === '') {
      return;
    }
    await context.workspaceState.update(lastQueryKey, query);
    files ??= new SearchFiles((paths) => void run.filesChanged(paths));
    await vscode.commands.executeCommand('videochat.search.focus');
    await run.find(query.slice(0, longestQuery));
  };
  const refresh = async (): Promise<void> => {
    const { query } = run.state;
    await find(query === '' ? undefined : query);
  };
  const look = async (): Promise<void> => {
    const refusal = trustRefusal();
    await (refusal ? showProblem(refusal) : run.look());
  };
  const handlers: Record<SearchCommand, (argument: unknown) => unknown> = {
    'videochat.findInVideos': find,
    'videochat.refreshSearch': refresh,
    'videochat.clearSearch': () => run.clear(),
    'videochat.lookThroughVideos': look,
    'videochat.openMoment': withMoment(open),
    'videochat.askAboutMoment': withMoment(ask),
    'videochat.annotateMoment': withMoment(annotate),
    'videochat.copyMomentLink': withMoment(copyLink),
  };
  const trusted = vscode.workspace.onDidChangeWorkspaceFolders(() => run.state.phase === 'done' && void refresh().catch((error: unknown) => log.warn(String(error))));
  const parts = vscode.Disposable.from(view, run, pictures, trusted, { dispose: () => files?.dispose() });
  return { view, run: async (command, argument) => void (await handlers[command](argument)), dispose: () => void parts.dispose() };
}

async function askFor(last: string | undefined): Promise<string | undefined> {
  const { t } = vscode.l10n;
  return vscode.window.showInputBox({
    title: t('Find in Videos'),
    prompt: t('What is seen, read, said or noted in the videos of this workspace. "Words in quotes" follow each other, -words must not be there.'),
    placeHolder: t('dog on a sofa'),
    ...(last === undefined ? {} : { value: last }),
  });
}

/** From a click, the moment itself; from a menu, its node. */
function withMoment(action: (moment: Moment) => Promise<void>): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const { success, data } = momentSchema.safeParse((argument as { moment?: unknown } | null | undefined)?.moment ?? argument);
    if (success) {
      await action(data);
    }
  };
}

/** In the annotator where an annotation was found, else in the chat. */
async function open(moment: Moment): Promise<void> {
  const document = moment.matches[0]?.document;
  if (!document) {
    await vscode.commands.executeCommand('videochat.chatWithVideo', ...clipArguments(moment));
    return;
  }
  const { list, itemId } = document;
  const target = list !== undefined && itemId !== undefined ? { list, itemId } : { segment: partOf(moment) };
  await vscode.commands.executeCommand('videochat.annotate.reveal', document.path, target);
}

async function ask(moment: Moment): Promise<void> {
  await vscode.commands.executeCommand('videochat.chatWithVideo', ...clipArguments(moment));
  await vscode.commands.executeCommand('videochat.focusInput');
}

async function annotate(moment: Moment): Promise<void> {
  await vscode.commands.executeCommand('videochat.annotateVideo', ...clipArguments(moment));
}

async function copyLink(moment: Moment): Promise<void> {
  const file = vscode.workspace.asRelativePath(moment.path, false);
  await vscode.env.clipboard.writeText(`${vscode.env.uriScheme}://${extensionId}/open?${openQuery({ file, segment: partOf(moment) })}`);
  vscode.window.setStatusBarMessage(vscode.l10n.t('The link to this moment was copied.'), 3000);
}

const extensionId = 'videochat.videochat';

function clipArguments(moment: Moment): [vscode.Uri, vscode.Uri[], ReturnType<typeof partOf>] {
  const uri = vscode.Uri.file(moment.path);
  return [uri, [uri], partOf(moment)];
}

function partOf({ startSeconds, endSeconds }: Moment): { startSeconds: number; endSeconds: number } {
  return { startSeconds, endSeconds };
}
