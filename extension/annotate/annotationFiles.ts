import { basename } from 'node:path';
import type * as vscode from 'vscode';
import { annotationSuffix, datasetFileName } from '../../server/protocol/index.js';

/** Editors of annotation documents, which are always opened so. */
export const annotateViewType = 'videochat.annotate';
/** Editors of other JSON files, which a person may open so. */
export const annotateJsonViewType = 'videochat.annotateJson';

/** Texts of commits and the like are shown, not annotated. */
const schemes: ReadonlySet<string> = new Set(['file', 'untitled', 'vscode-remote']);

/** By its name and where it is, this text has annotations. */
export function isAnnotations({ uri }: vscode.TextDocument): boolean {
  return schemes.has(uri.scheme) && uri.path.endsWith(annotationSuffix);
}

/** By its name and where it is, this text is a dataset's manifest. */
export function isManifest({ uri }: vscode.TextDocument): boolean {
  return schemes.has(uri.scheme) && basename(uri.path) === datasetFileName;
}
