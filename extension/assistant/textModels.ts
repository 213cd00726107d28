import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { answersQuestions, errorName, type ModelInfo, ModelListRequest, TextCompleteRequest } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { trustRefusal } from '../server/trust.js';
import { isCancelled, toProblem } from '../showProblem.js';
import type { ChatModel, ChatModelMessage, ChatModelProvider } from './laterApi.js';
import { textTurns } from './textTurns.js';

const keptModels = 'assistant.textModels';
/** Manifests say how much fits; the editor must be told something before a model is loaded. */
const usualTokens = { maxInputTokens: 2048, maxOutputTokens: 512 };
/** A little too many: what does not fit is refused by the server. */
const charactersPerToken = 3;

const kept = z.array(z.object({ id: z.string(), name: z.string(), version: z.string(), demonstration: z.boolean() }));
type KeptModel = z.infer<typeof kept>[number];

/** Our local models as models of plain text in the editor's chat. */
export function textModels(parts: ExtensionParts): ChatModelProvider {
  return {
    provideLanguageModelChatInformation: async ({ silent }) => (trustRefusal() ? [] : (await knownModels(parts, silent)).map(toChatModel)),
    provideLanguageModelChatResponse: (model, messages, _options, progress, token) => respond(parts, model, messages, progress, token),
    provideTokenCount: (_model, text) => Promise.resolve(Math.ceil((typeof text === 'string' ? text : textOf(text)).length / charactersPerToken)),
  };
}

/** A server is not started for a list that was made before, unless somebody looks at it. */
async function knownModels({ server, context, log }: ExtensionParts, silent: boolean): Promise<KeptModel[]> {
  const before = kept.safeParse(context.globalState.get(keptModels));
  if (silent && !server.running() && before.success) {
    return before.data;
  }
  try {
    const { client } = await server.client();
    const { models } = await client.request(ModelListRequest, {});
    const usable = models.filter(isTextModel).map(({ id, name, version, demonstration }) => ({ id, name, version, demonstration }));
    await context.globalState.update(keptModels, usable);
    return usable;
  } catch (error) {
    log.warn(`Models of the editor's chat: ${toProblem(error).message}`);
    return before.success ? before.data : [];
  }
}

/** The editor's own models, and those behind endpoints, have doors of their own. */
function isTextModel(model: ModelInfo): boolean {
  return model.problem === undefined && model.remote === undefined && answersQuestions(model);
}

function toChatModel({ id, name, version, demonstration }: KeptModel): ChatModel {
  const { t } = vscode.l10n;
  return {
    ...{ id, name, version, family: id },
    ...usualTokens,
    detail: 'VideoChat',
    tooltip: demonstration ? t('A demonstration on this machine: it answers in the words it was trained on.') : t('Runs on this machine. Ask @video about videos.'),
    capabilities: { imageInput: false, toolCalling: false },
  };
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
