import { ErrorCode, VideoChatError } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import type { EditorToken } from './editorApi.js';

/** What the editor's language models fail with, as an error with a code. */
export function editorFailure(error: unknown, token: EditorToken, t: Translate): VideoChatError {
  if (error instanceof VideoChatError) {
    return error;
  }
  const { message, code, cause } = toFailed(error);
  const said = [message, toFailed(cause).message].filter((each) => each !== '').join(' ');
  if (token.isCancellationRequested) {
    return new VideoChatError(ErrorCode.RequestCancelled, t('The request was cancelled.'));
  }
  const fail = (errorCode: ErrorCode, text: string, hint: string): VideoChatError => new VideoChatError(errorCode, text, { hint });
  if (/quota|rate.?limit|too many requests|\b429\b/i.test(`${code} ${said}`)) {
    return fail(ErrorCode.EndpointBusy, t('The language model of the editor takes no more requests for now: {0}', said), t('Ask again later, or choose another model.'));
  }
  if (code === 'NoPermissions') {
    return fail(ErrorCode.EditorRefused, t('VideoChat may not use the language model of the editor: {0}', said), t('Choose it again with "VideoChat: Use a Language Model of the Editor…" and allow it.'));
  }
  if (code === 'Blocked' || /off.?topic|content filter|filtered/i.test(said)) {
    return fail(ErrorCode.EditorBlocked, t('The language model of the editor does not answer this: {0}', said), t('Ask otherwise, or choose another model.'));
  }
  if (code === 'NotFound') {
    return fail(ErrorCode.EndpointModelUnknown, t('The language model of the editor is not there any more: {0}', said), t('Choose another with "VideoChat: Use a Language Model of the Editor…".'));
  }
  if (/\b(?:image|vision|multimodal|data part)/i.test(said) && /support|accept|invalid|unknown|cannot/i.test(said)) {
    return fail(ErrorCode.ImagesRefused, t('The language model of the editor takes no pictures: {0}', said), t('Answer from the timeline, or choose a model that takes pictures.'));
  }
  if (/context|too long|token limit|max.{0,10}tokens|exceed/i.test(said)) {
    return fail(ErrorCode.ContextOverflow, t('The question is longer than the language model of the editor reads: {0}', said), t('Ask with fewer frames or a shorter question.'));
  }
  return fail(ErrorCode.EndpointFailed, t('The language model of the editor has failed: {0}', said === '' ? t('it does not say why') : said), t('Ask again, or choose another model.'));
}

function toFailed(error: unknown): { message: string; code: string; cause: unknown } {
  if (!(error instanceof Error)) {
    return { message: typeof error === 'string' ? error : '', code: '', cause: undefined };
  }
  const { code } = error as { code?: unknown };
  return { message: error.message.slice(0, 300), code: typeof code === 'string' ? code : '', cause: error.cause };
}
