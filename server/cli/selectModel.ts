import { chooseModel } from '../client/chooseModel.js';
import type { VideoChatClient } from '../client/videoChatClient.js';
import { answersQuestions, ErrorCode, type ModelInfo, ModelListRequest, phrase, VideoChatError } from '../protocol/index.js';
import { note, type Terminal } from './terminal.js';

/**
 * The model to ask: the one that was named; else the first usable one, real models before demonstrations.
 *
 * @throws VideoChatError `ModelUnknown` that lists what there is
 */
export async function selectModel(client: VideoChatClient, id: string | undefined): Promise<ModelInfo> {
  const { models } = await client.request(ModelListRequest, {});
  const chosen = chooseModel(models, id);
  if (!chosen) {
    const known = models.map((model) => model.id).join(', ');
    throw new VideoChatError(
      ErrorCode.ModelUnknown,
      id === undefined ? 'No usable model was found.' : phrase`There is no model "${id}".`,
      { hint: known ? phrase`Models here: ${known}.` : 'Add a folder of models with --models.', subject: id },
    );
  }
  if (chosen.problem !== undefined) {
    throw new VideoChatError(ErrorCode.ManifestInvalid, phrase`The model "${chosen.id}" cannot be used: ${chosen.problem}`, {
      hint: 'Correct its manifest, or choose another model with --model.',
      subject: chosen.id,
    });
  }
  if (!answersQuestions(chosen)) {
    throw new VideoChatError(ErrorCode.ModelCannotAnswer, phrase`The model "${chosen.id}" is there for searching; it answers no questions.`, {
      hint: 'Choose another model with --model.',
      subject: chosen.id,
    });
  }
  return chosen;
}

/** Says once what a person should know before they ask: what leaves their machine, and what a demonstration knows of clips. */
export function warnAboutModel(terminal: Terminal, model: ModelInfo): void {
  if (model.remote?.leavesMachine) {
    const what = model.halves?.includes('embeddings') ? 'questions and frames' : 'questions and what was noticed in the clip';
    note(terminal, `Note: ${what} leave this machine: ${model.remote.host || 'through the editor'}.`, 'yellow');
  }
  if (model.demonstration) {
    const others = model.halves?.includes('timeline') ? 'of other clips it reads what perception models noticed' : 'its answers about other clips mean nothing';
    note(terminal, `Note: ${model.id} is a demonstration model. It knows a world of simple moving shapes; ${others}.`, 'yellow');
  }
}
