import { chooseModel } from '../../server/client/chooseModel.js';
import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import { answersQuestions, ErrorCode, type ModelInfo, ModelListRequest, VideoChatError } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';

/**
 * The model that answers: the one of the setting `videochat.model`, else the first usable one, real models before
 * demonstrations.
 *
 * @throws VideoChatError `ModelUnknown`, or `ManifestInvalid` for a model that cannot be used
 */
export async function modelFor(client: VideoChatClient, id: string | undefined, t: Translate): Promise<ModelInfo> {
  const { models } = await client.request(ModelListRequest, {});
  const model = chooseModel(models, id);
  if (!model) {
    throw new VideoChatError(
      ErrorCode.ModelUnknown,
      id === undefined ? t('No model was found that can be used.') : t('There is no model "{0}" here.', id),
      { hint: t('Choose another with "VideoChat: Select Model…", or add a folder of models in the settings.'), subject: id },
    );
  }
  if (model.problem !== undefined) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, t('The model "{0}" cannot be used: {1}', model.id, model.problem), {
      hint: t('Choose another with "VideoChat: Select Model…".'),
      subject: model.id,
    });
  }
  if (!answersQuestions(model)) {
    throw new VideoChatError(ErrorCode.ModelCannotAnswer, t('The model "{0}" is there for searching; it answers no questions.', model.id), {
      hint: t('Choose another with "VideoChat: Select Model…".'),
      subject: model.id,
    });
  }
  return model;
}
