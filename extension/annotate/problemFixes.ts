import { join } from 'node:path';
import * as vscode from 'vscode';
import { annotationFixes } from '../../server/common/annotations/annotationFixes.js';
import type { FoundProblem } from '../../server/common/annotations/readAnnotations.js';
import { datasetFileName } from '../../server/protocol/index.js';
import type { OpenDocument } from './openDocument.js';
import type { OpenDocuments } from './openDocuments.js';
import { problemSource, rangeOf } from './problemReporter.js';
import { said } from './problemTexts.js';

/** Quick fixes for what is wrong in annotation documents, in every editor that shows them. */
export class ProblemFixes implements vscode.CodeActionProvider {
  static get kinds(): vscode.CodeActionKind[] {
    return [vscode.CodeActionKind.QuickFix];
  }

  constructor(private readonly documents: OpenDocuments) {}

  provideCodeActions(document: vscode.TextDocument, _range: vscode.Range, { diagnostics }: vscode.CodeActionContext): vscode.CodeAction[] {
    const open = this.documents.find(document.uri);
    return open ? diagnostics.filter(({ source }) => source === problemSource).flatMap((diagnostic) => fixesOf(open, diagnostic)) : [];
  }
}

function fixesOf(open: OpenDocument, diagnostic: vscode.Diagnostic): vscode.CodeAction[] {
  const { model } = open;
  // A text may have changed since its problems were shown: only what is still so can be mended.
  const problem = model.problems.find((each) => each.code === diagnostic.code && rangeOf(each, model.lines).isEqual(diagnostic.range));
  const { document } = model;
  if (!problem || !document) {
    return [];
  }
  const { uri } = open.document;
  const fixes = annotationFixes(document, problem, model.validation).map(({ title, edits }, i) => {
    const fix = new vscode.CodeAction(said(title, vscode.l10n.t), vscode.CodeActionKind.QuickFix);
    fix.command = { command: 'videochat.annotate.applyEdits', title: fix.title, arguments: [uri, edits] };
    fix.isPreferred = i === 0 && problem.code !== 'unknownLabel' && problem.code !== 'unknownTrack';
    return fix;
  });
  const actions = [...fixes, ...moreFixes(open, problem)];
  actions.forEach((fix) => (fix.diagnostics = [diagnostic]));
  return actions;
}

/** What more than the document is needed for. */
function moreFixes({ document, model, foundDataset }: OpenDocument, { code, itemId }: FoundProblem): vscode.CodeAction[] {
  const action = (title: string, command: string, ...args: unknown[]): vscode.CodeAction => {
    const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    fix.command = { command, title, arguments: args };
    return fix;
  };
  const label = model.document?.segments.find(({ id }) => id === itemId)?.label;
  if (code === 'unknownLabel' && foundDataset && label !== undefined && !foundDataset.manifest.labels?.some(({ name }) => name === label)) {
    const manifest = vscode.Uri.file(join(foundDataset.folder, datasetFileName));
    return [action(vscode.l10n.t('Add the label "{0}" to the dataset', label), 'videochat.annotate.addLabel', manifest, label)];
  }
  return code === 'mediaMissing' ? [action(vscode.l10n.t('Locate the clip…'), 'videochat.annotate.locateMedia', document.uri)] : [];
}
