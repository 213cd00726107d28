import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';

/**
 * The commands that find moments of a clip and caption it event by event. Nothing of them is loaded before it is used.
 *
 * @param currentClips of the conversation in front
 */
export function registerMoments(parts: ExtensionParts, currentClips: () => string[]): vscode.Disposable {
  const clip = (uri: unknown): vscode.Uri | undefined => (uri instanceof vscode.Uri ? uri : undefined);
  return vscode.Disposable.from(
    vscode.commands.registerCommand('videochat.findMoment', async (uri?: unknown) => {
      const { findMoment } = await import('../onDemand.js');
      await findMoment(parts, clip(uri), currentClips());
    }),
    vscode.commands.registerCommand('videochat.denseCaption', async (uri?: unknown) => {
      const { denseCaptionVideo } = await import('../onDemand.js');
      await denseCaptionVideo(parts, clip(uri), currentClips());
    }),
  );
}
