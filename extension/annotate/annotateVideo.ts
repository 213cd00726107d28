import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { ErrorCode, type Segment, type VideoFacts, VideoChatError, VideoOpenRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { clipsToOpen } from '../files/clipsToOpen.js';
import { isCancelled, showProblem } from '../showProblem.js';
import type { AnnotateEditors } from './annotateEditors.js';
import { documentPlace } from '../../server/common/annotations/clipPlaces.js';
import type { NewDocuments } from './newDocument.js';
import type { OpenDocuments } from './openDocuments.js';

export interface AnnotateVideoParts extends Pick<ExtensionParts, 'server' | 'log'> {
  documents: OpenDocuments;
  editors: AnnotateEditors;
  created: NewDocuments;
}

/**
 * Opens the annotations of each clip, and makes a document for one that has none.
 *
 * @param moment what to show first
 */
export async function annotateVideos(uris: readonly vscode.Uri[], parts: AnnotateVideoParts, moment?: Segment): Promise<void> {
  for (const path of await clipsToOpen(uris, { title: vscode.l10n.t('Annotate Video'), images: true })) {
    try {
      await annotateVideo(path, parts, moment);
    } catch (error) {
      await showProblem(error);
    }
  }
}

async function annotateVideo(videoPath: string, parts: AnnotateVideoParts, moment: Segment | undefined): Promise<void> {
  const { documents, editors, created } = parts;
  const place = documentPlace(videoPath, await documents.finder.find(videoPath));
  if (!(await stat(place.path).then(() => true, () => false))) {
    const facts = await lookAt(videoPath, parts);
    if (facts === 'cancelled') {
      return;
    }
    try {
      await created.create(place, facts);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
        throw new VideoChatError(ErrorCode.DiskFull, vscode.l10n.t('There is no room left on the disk for {0}.', place.path), {
          hint: vscode.l10n.t('Make room on the disk, then do it again: nothing is done twice.'),
        });
      }
      throw new VideoChatError(ErrorCode.AnnotationsNotWritten, vscode.l10n.t('The document "{0}" could not be made: {1}', basename(place.path), reason), {
        hint: vscode.l10n.t('A dataset can keep its documents in a folder of its own: see "annotations" in videochat.dataset.json.'),
      });
    }
  }
  await editors.show(vscode.Uri.file(place.path), moment && { type: 'seek', segment: moment, play: false });
}

/** Facts to note in the document. Without a server it is made all the same; they are noted later. */
async function lookAt(path: string, { server, log }: Pick<AnnotateVideoParts, 'server' | 'log'>): Promise<VideoFacts | undefined | 'cancelled'> {
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Reading {0}', basename(path)), cancellable: true };
  return vscode.window.withProgress(options, async (_progress, token) => {
    try {
      const { client } = await server.client();
      return (await client.request(VideoOpenRequest, { path }, { token })).facts;
    } catch (error) {
      if (isCancelled(error) || token.isCancellationRequested) {
        return 'cancelled';
      }
      log.warn(`${path} is annotated without facts about it: ${String(error)}`);
      return undefined;
    }
  });
}
