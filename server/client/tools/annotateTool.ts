import { basename } from 'node:path';
import { documentPlace } from '../../common/annotations/clipPlaces.js';
import { DatasetFinder } from '../../common/annotations/datasetFinder.js';
import { mediaIdentity } from '../../common/annotations/mediaIdentity.js';
import { readAnnotations } from '../../common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../common/annotations/writeAnnotations.js';
import {
  AnnotateSuggestRequest,
  type AnnotationDocument,
  type AnnotationEdit,
  applyAnnotationEdits,
  asksModel,
  emptyAnnotations,
  ErrorCode,
  phrase,
  VideoChatError,
} from '../../protocol/index.js';
import { defineTool } from './tool.js';
import { partOf, toolInputs } from './toolInputs.js';
import { spanText } from './toolText.js';
import { withClip } from './withClip.js';

const mostShown = 50;

/** Suggestions of a model, written into the annotation document of a clip once somebody has allowed it. */
export const annotateTool = defineTool({
  name: 'video_annotate',
  title: 'Write annotations of a video',
  description:
    'Makes annotations of a video on this machine and writes them, marked as suggestions, into its annotation document (VIDEO.videochat.json). What people have written there is not touched. A person is asked before anything is written.',
  input: toolInputs.annotate,
  writes: true,
  run: ({ video, task, labels, ...part }, context) =>
    withClip(context, video, async ({ facts }) => {
      const { client, signal, documents } = context;
      const place = documentPlace(facts.path, await new DatasetFinder().find(facts.path));
      await context.confirm(`Suggestions (${task}) for ${basename(facts.path)} are written into ${place.path}.`);
      const before = await documents.read(place.path);
      const params = {
        ...{ videoPath: facts.path, task },
        ...(before === undefined ? {} : { document: before }),
        ...(asksModel(task) ? { modelId: (await context.model()).id } : {}),
        ...(labels ? { labels } : {}),
        ...partOf(part, facts.durationSeconds),
      };
      const { edits, note } = await client.request(AnnotateSuggestRequest, params, {
        signal,
        onProgress: (value) => value.kind === 'step' && context.report({ what: { text: value.what }, done: value.done, total: value.total }),
      });
      if (edits.length === 0) {
        return { text: note || 'There was nothing to suggest; nothing was written.' };
      }
      // A person may have gone on meanwhile: what is there now is what is changed.
      const now = await documents.read(place.path);
      const document = now === undefined ? emptyAnnotations(mediaIdentity(place.mediaPath, facts)) : known(now, place.path);
      const changed = applyAnnotationEdits(document, edits).document;
      if (!changed) {
        throw new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`The document ${place.path} was changed by somebody else meanwhile.`, { hint: 'Do it again.', subject: place.path });
      }
      await documents.write(place.path, writeAnnotations(changed));
      const lines = edits.flatMap(lineOf);
      const left = lines.length > mostShown ? [`… and ${lines.length - mostShown} more.`] : [];
      return { text: [`${edits.length} suggestions were written into ${place.path}:`, ...lines.slice(0, mostShown), ...left, ...(note ? [note] : [])].join('\n') };
    }),
});

function known(text: string, path: string): AnnotationDocument {
  const { document } = readAnnotations(text);
  if (!document) {
    throw new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`The document ${path} cannot be read.`, { hint: 'Open it in the editor to see what is wrong with it.', subject: path });
  }
  return document;
}

/** What a suggestion says, in a line. */
function lineOf(edit: AnnotationEdit): string[] {
  const line = (text: string | undefined): string[] => (text === undefined ? [] : [`- ${text.replace(/\s+/g, ' ').slice(0, 300)}`]);
  switch (edit.op) {
    case 'add':
      switch (edit.list) {
        case 'segments': {
          const { start, end, label, caption } = edit.item;
          return line(`${spanText({ startSeconds: start, endSeconds: end })}: ${[label, caption].filter((words) => words !== undefined).join(': ')}`);
        }
        case 'questions':
          return line(`${edit.item.question} ${edit.item.answer ?? ''}`);
        case 'conversations':
          return line(`a conversation of ${edit.item.turns.length} turns`);
      }
      return [];
    case 'patch':
      return line(Object.entries(edit.set).flatMap(([field, value]) => (typeof value === 'string' ? [`${field}: ${value}`] : [])).join('; ') || undefined);
    case 'clip':
      return line(edit.set.description ?? undefined);
    case 'remove':
      return [];
  }
}
