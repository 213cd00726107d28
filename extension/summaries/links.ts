import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { openQuery } from '../files/openUri.js';
import type { DocumentStyle } from './documentText.js';

/**
 * Links of summaries. Times are `vscode://…/open` URIs: they are the only links that run something of ours both from
 * an editor and from VS Code's Markdown preview, which opens a relative `clip.mp4#t=3,7` without the time and refuses
 * commands. (The preview of a browser window refuses schemes other than `vscode:`; its editor does not.) They name
 * clips by their path in the workspace, so that a document can be shared without telling where somebody's files are.
 * Headings are plain relative links, which work anywhere.
 *
 * @param uriOf the clip of a name
 * @param base folder the document lies in; undefined for an untitled one, which has none
 */
export function documentStyle(uriOf: (name: string) => vscode.Uri, base: vscode.Uri | undefined): DocumentStyle {
  return {
    t: vscode.l10n.t,
    fileLink: (name) => (base ? encodePath(name) : encodeTarget(uriOf(name).toString())),
    timeLink: (name, segment) => {
      const uri = uriOf(name);
      const relative = vscode.workspace.asRelativePath(uri, false);
      const file = isAbsolute(relative) ? uri.fsPath : relative;
      return encodeTarget(`${vscode.env.uriScheme}://videochat.videochat/open?${openQuery({ file, segment })}`);
    },
  };
}

const encodePath = (path: string): string => encodeTarget(path.split('/').map(encodeURIComponent).join('/'));

/** Brackets would end a Markdown link. */
const encodeTarget = (target: string): string => target.replace(/\(/g, '%28').replace(/\)/g, '%29');
