import { readFile } from 'node:fs/promises';
import { readAnnotations } from '../../common/annotations/readAnnotations.js';
import { writeAnnotations } from '../../common/annotations/writeAnnotations.js';
import { replaceFile } from '../../dataset/atomicFile.js';
import { fileStamp } from '../../dataset/fileStamp.js';
import { type AnnotatedMedia, type AnnotationDocument, type AnnotationEdit, emptyAnnotations, ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { fittingEdits } from '../suggest/fittingEdits.js';

const attempts = 5;

/** The text of a clip's document; undefined where there is none. @throws VideoChatError AnnotationsInvalid */
export async function readDocument(path: string): Promise<{ text: string; document: AnnotationDocument } | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return undefined;
    }
    throw invalid(path, error.message);
  });
  if (text === undefined) {
    return undefined;
  }
  const { document, problems } = readAnnotations(text);
  if (!document) {
    throw invalid(path, String(problems[0]?.message ?? ''));
  }
  return { text, document };
}

/**
 * Writes suggestions into a document as it is by now, whole or not at all. What somebody has saved since the model was
 * asked stays, and suggestions that no longer fit are left out.
 *
 * @param media of a new document
 * @returns how many suggestions were written
 * @throws VideoChatError AnnotationsNotWritten, DiskFull, AnnotationsInvalid
 */
export async function writeSuggestions(path: string, media: AnnotatedMedia, edits: readonly AnnotationEdit[]): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await fileStamp(path);
    const found = await readDocument(path);
    const { document, fitting } = fittingEdits(found?.document ?? emptyAnnotations(media), edits);
    if (fitting.length === 0) {
      return 0;
    }
    const unchanged = async (): Promise<boolean> => (await fileStamp(path)) === before;
    if (await replaceFile(path, writeAnnotations(document), unchanged)) {
      return fitting.length;
    }
  }
  throw new VideoChatError(ErrorCode.AnnotationsNotWritten, phrase`${path} is being changed by somebody else.`, {
    hint: 'Run it again later: what is done is not done twice.',
    subject: path,
  });
}

function invalid(path: string, why: string): VideoChatError {
  return new VideoChatError(ErrorCode.AnnotationsInvalid, phrase`${path} cannot be read: ${why}`, {
    hint: 'Open it in the editor to see what is wrong.',
    subject: path,
  });
}
