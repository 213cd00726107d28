import * as vscode from 'vscode';

export interface Contributions {
  commands: { command: string }[];
  configuration: { properties: Record<string, { default: unknown }> }[];
  views: Record<string, { id: string }[]>;
}

export function extensionUnderTest(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('videochat.videochat');
  if (!extension) {
    throw new Error('The extension is not there.');
  }
  return extension;
}

/** What its manifest adds to the editor. */
export function contributions(): Contributions {
  return (extensionUnderTest().packageJSON as { contributes: Contributions }).contributes;
}

/** The clip in the workspace of the tests. */
export function sampleUri(name = 'sample.mp4'): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) {
    throw new Error('No folder is open.');
  }
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Waits until `look` finds something. */
export async function eventually<T>(look: () => T | undefined | false, what: string, milliseconds = 60_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = look();
    if (found) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`Waited ${milliseconds / 1000} s for ${what}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
