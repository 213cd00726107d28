import * as vscode from 'vscode';
import type { ClipFilter, ClipProgress, DatasetSummary } from '../../server/protocol/index.js';

type Status = NonNullable<ClipFilter['status']>;

export function progressText(progress: ClipProgress): string {
  const { t } = vscode.l10n;
  return { unlabelled: t('not labelled'), suggested: t('suggested'), inReview: t('in review'), done: t('done') }[progress];
}

export function statusText(status: Status): string {
  const { t } = vscode.l10n;
  return { own: t('own'), suggested: t('suggested'), accepted: t('accepted'), edited: t('edited'), rejected: t('rejected') }[status];
}

/** A filter in a few words; empty for none. */
export function filterText({ text, progress, label, status, annotator, split, folder }: ClipFilter): string {
  const { t } = vscode.l10n;
  return [
    ...(text === undefined ? [] : [`“${text}”`]),
    ...(progress ?? []).map(progressText),
    ...(label === undefined ? [] : [t('label {0}', label)]),
    ...(status === undefined ? [] : [t('items {0}', statusText(status))]),
    ...(annotator === undefined ? [] : [t('by {0}', annotator)]),
    ...(split === undefined ? [] : [t('split {0}', split)]),
    ...(folder === undefined ? [] : [folder]),
  ].join(', ');
}

interface Item extends vscode.QuickPickItem {
  change?: ClipFilter;
  /** Asks for a part of the path. */
  asksText?: boolean;
}

/**
 * Lets a person add a condition to a filter.
 *
 * @param options.forReview leaves out what a review has no use for
 * @returns the new filter; undefined when nothing was chosen
 */
export async function pickFilter(summary: DatasetSummary, before: ClipFilter, options: { title: string; forReview?: boolean }): Promise<ClipFilter | undefined> {
  const { t } = vscode.l10n;
  const heading = (label: string): Item => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const progresses = Object.entries(summary.progress) as [ClipProgress, number][];
  const statuses: Status[] = ['suggested', 'own', 'accepted', 'edited', 'rejected'];
  const items: Item[] = [
    ...(options.forReview
      ? [{ label: t('All suggestions'), description: t('{0} clips', summary.progress.suggested + summary.progress.inReview), change: { status: 'suggested' as const } }]
      : [{ label: t('Part of the path…'), asksText: true }, heading(t('Progress')), ...progresses.map(([progress, count]) => ({ label: progressText(progress), description: String(count), change: { progress: [progress] } }))]),
    heading(t('Status of items')),
    ...statuses.filter((status) => !options.forReview || status !== 'suggested').map((status) => ({ label: statusText(status), change: { status } })),
    heading(t('Label')),
    ...summary.labels.map(({ label, segments }) => ({ label, description: String(segments), change: { label } })),
    heading(t('Annotator')),
    ...summary.annotators.map((each) => ({ label: each.annotator, description: String(each.items), change: { annotator: each.annotator } })),
    heading(t('Split')),
    ...(summary.manifest.splits ?? []).map(({ name }) => ({ label: name, change: { split: name } })),
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: options.title, placeHolder: t('Conditions are joined by “and”'), matchOnDescription: true });
  if (chosen?.asksText) {
    const text = await vscode.window.showInputBox({ title: options.title, value: before.text ?? '', prompt: t('Part of the path, in any case') });
    if (text === undefined) {
      return undefined;
    }
    const { text: _, ...others } = before;
    return text === '' ? others : { ...others, text };
  }
  return chosen?.change && { ...before, ...chosen.change };
}
