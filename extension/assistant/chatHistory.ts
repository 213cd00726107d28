import * as vscode from 'vscode';
import { annotationSuffix } from '../../server/protocol/index.js';
import { findVideos } from '../files/pickVideo.js';
import { localPath } from '../files/localPath.js';
import { looksReadable } from '../files/videoFiles.js';
import type { ChatOutcome } from './chatPorts.js';

/** As many as a model has use for. */
const mostTurns = 20;

/** Whether something that was kept with an answer is ours. */
export function isOutcome(value: unknown): value is ChatOutcome {
  const { verb, clip } = (value ?? {}) as Partial<Record<keyof ChatOutcome, unknown>>;
  return typeof verb === 'string' && (clip === undefined || typeof clip === 'string');
}

/** The clip that a message is about: one that is attached, else the one in front, else that of the answer before. */
export async function clipOfRequest(request: Pick<vscode.ChatRequest, 'references'>, context: vscode.ChatContext, current: readonly string[]): Promise<string | undefined> {
  const attached = request.references.map(({ value }) => pathOf(value)).find((path) => path !== undefined);
  const before = context.history.flatMap((turn) => (turn instanceof vscode.ChatResponseTurn && isOutcome(turn.result.metadata) ? [turn.result.metadata.clip] : []));
  return attached ?? current[0] ?? shownClip() ?? before.findLast((clip) => clip !== undefined) ?? onlyClip();
}

function pathOf(value: unknown): string | undefined {
  const uri = value instanceof vscode.Uri ? value : value instanceof vscode.Location ? value.uri : undefined;
  const path = uri && localPath(uri);
  return path !== undefined && looksReadable(path) ? path : undefined;
}

/** The clip of the editor in front: a player, or our annotator. */
function shownClip(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputCustom)) {
    return undefined;
  }
  const { path, scheme } = input.uri;
  return pathOf(path.endsWith(annotationSuffix) ? input.uri.with({ scheme, path: path.slice(0, -annotationSuffix.length) }) : input.uri);
}

/** Where a workspace has one clip, there is no question which is meant. */
async function onlyClip(): Promise<string | undefined> {
  const found = await findVideos(false);
  return found.length === 1 && found[0] ? localPath(found[0]) : undefined;
}

/** What was asked about the same clip before, and answered. */
export function turnsAbout(clip: string | undefined, { history }: vscode.ChatContext): { question: string; answer: string }[] {
  return history
    .flatMap((turn, i) => {
      const asked = history[i - 1];
      const outcome: unknown = turn instanceof vscode.ChatResponseTurn ? turn.result.metadata : undefined;
      const fits = isOutcome(outcome) && outcome.verb === 'ask' && outcome.clip === clip && asked instanceof vscode.ChatRequestTurn;
      return fits && outcome.answer !== undefined ? [{ question: asked.prompt, answer: outcome.answer }] : [];
    })
    .slice(-mostTurns);
}
