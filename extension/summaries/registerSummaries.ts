import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/** The commands that write summaries, chapters, narrations and comparisons. Nothing of them is loaded before it is used. */
export function registerSummaries(parts: ExtensionParts): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand('videochat.summarizeVideo', async (uri?: unknown, uris?: unknown) => {
      const { summarizeVideo } = await import('../onDemand.js');
      await summarizeVideo(parts, urisOf(uri, uris));
    }),
    vscode.commands.registerCommand('videochat.summarizeInDetail', async (uri?: unknown) => {
      const { summarizeVideo } = await import('../onDemand.js');
      await summarizeVideo(parts, urisOf(uri), 'detailed');
    }),
    vscode.commands.registerCommand('videochat.makeChapters', async (uri?: unknown) => {
      const { summarizeVideo } = await import('../onDemand.js');
      await summarizeVideo(parts, urisOf(uri), 'chapters');
    }),
    vscode.commands.registerCommand('videochat.narrateVideo', async (uri?: unknown) => {
      const { narrateVideo } = await import('../onDemand.js');
      await narrateVideo(parts, urisOf(uri)[0]);
    }),
    vscode.commands.registerCommand('videochat.compareVideos', async (uri?: unknown, uris?: unknown) => {
      const { compareVideos } = await import('../onDemand.js');
      await compareVideos(parts, urisOf(uri, uris));
    }),
    vscode.commands.registerCommand('videochat.summarizeFolder', async (uri?: unknown) => {
      const { summarizeFolder } = await import('../onDemand.js');
      await summarizeFolder(parts, urisOf(uri)[0]);
    }),
  );
}

/** Menus hand over what was clicked and all that is selected; keybindings and other extensions hand over anything. */
function urisOf(uri: unknown, uris?: unknown): vscode.Uri[] {
  const all: unknown[] = Array.isArray(uris) && uris.length > 0 ? uris : [uri];
  return all.filter((each) => each instanceof vscode.Uri);
}
