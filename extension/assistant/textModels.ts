import * as vscode from 'vscode';
import { answersQuestions, errorName, type ModelInfo, ModelListRequest, TextCompleteRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { isCancelled, toProblem } from '../showProblem.js';
import { keepTextModels, knownTextModels, type TextModel, toChatModel } from './knownTextModels.js';
import type { ChatModel, ChatModelMessage, ChatModelProvider } from './laterApi.js';
import { textTurns } from './textTurns.js';

/** A little too many: what does not fit is refused by the server. */
const charactersPerToken = 3;

/** Our local models as models of plain text in the editor's chat. */
export function textModels(parts: ExtensionParts): ChatModelProvider {
  return {
    provideLanguageModelChatInformation: async () => (await currentModels(parts)).map(toChatModel),
    provideLanguageModelChatResponse: (model, messages, _options, progress, token) => respond(parts, model, messages, progress, token),
    provideTokenCount: (_model, text) => Promise.resolve(Math.ceil((typeof text === 'string' ? text : textOf(text)).length / charactersPerToken)),
  };
}

/** Asks the server, which is started for it. */
async function currentModels(parts: ExtensionParts): Promise<TextModel[]> {
  try {
    const { client } = await parts.server.client();
    const { models } = await client.request(ModelListRequest, {});
    const usable = models.filter(isTextModel).map(({ id, name, version, demonstration }) => ({ id, name, version, demonstration }));
    await keepTextModels(parts, usable);
    return usable;
  } catch (error) {
    parts.log.warn(`Models of the editor's chat: ${toProblem(error).message}`);
    return knownTextModels(parts);
  }
}

/** The editor's own models, and those behind endpoints, have doors of their own. */
function isTextModel(model: ModelInfo): boolean {
  return model.problem === undefined && model.remote === undefined && answersQuestions(model);
}

async function respond({ server, log }: ExtensionParts, { id }: ChatModel, messages: readonly ChatModelMessage[], progress: vscode.Progress<unknown>, token: vscode.CancellationToken): Promise<void> {
  const { turns, question } = textTurns(messages.map((message) => ({ fromPerson: message.role !== 2, text: textOf(message) })));
  try {
    const { client } = await server.client();
    let streamed = false;
    const answer = await client.request(TextCompleteRequest, { modelId: id, turns, question }, {
      token,
      onProgress: ({ text }) => {
        streamed = true;
        progress.report(new vscode.LanguageModelTextPart(text));
      },
    });
    if (!streamed && answer.text !== '') {
      progress.report(new vscode.LanguageModelTextPart(answer.text));
    }
  } catch (error) {
    if (isCancelled(error)) {
      throw new vscode.CancellationError();
    }
    const { code, message, data } = toProblem(error);
    log.warn(`${id}: ${data.english ?? message}`);
    throw new Error(`${message}${data.hint === undefined ? '' : ` ${data.hint}`} (${errorName(code)})`, { cause: error });
  }
}

function textOf({ content }: ChatModelMessage): string {
  return content.flatMap((part) => (part instanceof vscode.LanguageModelTextPart ? [part.value] : [])).join('');
}
