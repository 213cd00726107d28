import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import { answersQuestions, ErrorCode, errorName, type ModelInfo, ModelListRequest, TextCompleteRequest, type TextTurn } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { isCancelled, toProblem } from '../showProblem.js';
import { type AgentMessage, agentTurn, callPrefix } from './agentTurn.js';
import { keepTextModels, knownTextModels, type TextModel, toChatModel } from './knownTextModels.js';
import type { ChatModel, ChatModelMessage, ChatModelOptions, ChatModelProvider } from './laterApi.js';

/** A little too many: what does not fit is refused by the server. */
const charactersPerToken = 3;

/** Our local models as models of plain text in the editor's chat. */
export function textModels(parts: ExtensionParts): ChatModelProvider {
  return {
    provideLanguageModelChatInformation: async () => (await currentModels(parts)).map(toChatModel),
    provideLanguageModelChatResponse: (model, messages, options, progress, token) => respond(parts, model, messages, options, progress, token),
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

/** Words of the model itself, or a call of one of our tools where a request names a clip. */
async function respond({ server, log }: ExtensionParts, { id }: ChatModel, messages: readonly ChatModelMessage[], { tools = [] }: ChatModelOptions, progress: vscode.Progress<unknown>, token: vscode.CancellationToken): Promise<void> {
  const turn = agentTurn(messages.map(toAgentMessage), tools.map(({ name }) => name));
  const say = (text: string): void => progress.report(new vscode.LanguageModelTextPart(text));
  try {
    switch (turn.kind) {
      case 'call':
        progress.report(new vscode.LanguageModelToolCallPart(`${callPrefix}${randomUUID()}`, turn.name, turn.input));
        return;
      case 'say':
        say(turn.text);
        return;
      case 'complete':
        await complete((await server.client()).client, id, turn, say, token);
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

/** What was said long ago is left out where not all of it fits. */
async function complete(client: VideoChatClient, modelId: string, { turns, question }: { turns: TextTurn[]; question: string }, say: (text: string) => void, token: vscode.CancellationToken): Promise<void> {
  let streamed = false;
  const onProgress = ({ text }: { text: string }): void => {
    streamed = true;
    say(text);
  };
  for (let kept = turns; ; kept = kept.slice(Math.ceil(kept.length / 2))) {
    try {
      const answer = await client.request(TextCompleteRequest, { modelId, turns: kept, question }, { token, onProgress });
      if (!streamed && answer.text !== '') {
        say(answer.text);
      }
      return;
    } catch (error) {
      if (kept.length === 0 || toProblem(error).code !== ErrorCode.ContextOverflow) {
        throw error;
      }
    }
  }
}

/** @param message role 2 is the model */
function toAgentMessage(message: ChatModelMessage): AgentMessage {
  const results = message.content.flatMap((part) => (part instanceof vscode.LanguageModelToolResultPart ? [{ callId: part.callId, text: textOf(part) }] : []));
  return { fromPerson: message.role !== 2, text: textOf(message), results };
}

function textOf({ content }: { content: readonly unknown[] }): string {
  return content.flatMap((part) => (part instanceof vscode.LanguageModelTextPart ? [part.value] : [])).join('');
}
