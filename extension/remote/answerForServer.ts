import { type EditorCompleteParams, type EditorCompleteProgress, type EditorCompleteResult, ErrorCode, VideoChatError } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import { type EditorApi, type EditorModel, type EditorToken, ownVendor } from './editorApi.js';
import { editorFailure } from './editorFailure.js';

/** Has a language model of the editor answer what the server asks. @throws VideoChatError with a code that `editor/complete` names */
export async function answerForServer(
  api: EditorApi,
  { model: selector, messages, sampling }: EditorCompleteParams,
  token: EditorToken,
  onProgress: (progress: EditorCompleteProgress) => void,
  t: Translate,
): Promise<EditorCompleteResult> {
  try {
    const model = await chosenModel(api, selector, t);
    if (messages.some(({ parts }) => parts.some((part) => 'image' in part)) && !api.imagePart) {
      throw new VideoChatError(ErrorCode.ImagesRefused, t('This version of the editor cannot hand pictures to its language models.'), {
        hint: t('Update the editor, or answer from the timeline.'),
      });
    }
    const said = await Promise.all(messages.map(async ({ role, parts }) => api.message(role, await Promise.all(parts.map((part) => toPart(api, part))))));
    const options = { ...(sampling?.temperature === undefined ? {} : { temperature: sampling.temperature }), ...(sampling?.maxTokens === undefined ? {} : { max_tokens: sampling.maxTokens }) };
    const response = await model.sendRequest(said, { justification: t('VideoChat answers questions about videos with it.'), modelOptions: options }, token);
    let text = '';
    for await (const piece of response.text) {
      if (token.isCancellationRequested) {
        break;
      }
      text += piece;
      onProgress({ text: piece });
    }
    if (token.isCancellationRequested) {
      throw new VideoChatError(ErrorCode.RequestCancelled, t('The request was cancelled.'));
    }
    return { text, stopReason: 'stop' };
  } catch (error) {
    throw editorFailure(error, token, t);
  }
}

async function chosenModel(api: EditorApi, selector: EditorCompleteParams['model'], t: Translate): Promise<EditorModel> {
  const model = (await api.selectModels(selector)).find(({ vendor }) => vendor !== ownVendor);
  if (!model) {
    const name = selector.id ?? selector.family ?? selector.vendor ?? '';
    throw new VideoChatError(ErrorCode.EndpointModelUnknown, name === '' ? t('The editor has no language model.') : t('The editor has no language model "{0}" now.', name), {
      hint: t('Sign in or install what provides it, or choose another with "VideoChat: Use a Language Model of the Editor…".'),
    });
  }
  // The editor asks a person only after they did something; the command that chooses a model is that.
  if (api.mayUse(model) !== true) {
    throw new VideoChatError(ErrorCode.EditorRefused, t('VideoChat may not use the language model "{0}".', model.name), {
      hint: t('Choose it again with "VideoChat: Use a Language Model of the Editor…" and allow it.'),
    });
  }
  return model;
}

async function toPart(api: EditorApi, part: EditorCompleteParams['messages'][number]['parts'][number]): Promise<unknown> {
  return 'text' in part ? api.textPart(part.text) : api.imagePart?.(await api.readFile(part.image.path), part.image.mimeType);
}
