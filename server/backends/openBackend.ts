import type { BackendOptions, LanguageRuntime } from '../engine/engineParts.js';
import type { OpenAiRules } from '../models/backendRules.js';
import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { BackendLanguage } from './backendLanguage.js';
import { EditorBackend } from './editor/editorBackend.js';
import type { EditorClients } from './editor/editorClients.js';
import { LlamaServerBackend } from './llamaServer/llamaServerBackend.js';
import type { EndpointTimeouts } from './openai/endpointClient.js';
import { OpenAiBackend } from './openai/openAiBackend.js';

export interface BackendSurroundings {
  editors: EditorClients;
  env: NodeJS.ProcessEnv;
  /** For tests: usual ones where left out. */
  timeouts?: EndpointTimeouts;
  firstWaitMs?: number;
}

/** Gets in touch with who answers instead of weights. @throws VideoChatError with a code of an endpoint or of llama-server */
export async function openBackend({ manifest, apiKey, logger, token }: BackendOptions, { editors, env, timeouts, firstWaitMs }: BackendSurroundings): Promise<LanguageRuntime> {
  const { backend } = manifest;
  if (backend.kind === 'editor') {
    return new BackendLanguage(new EditorBackend(backend, editors), backend);
  }
  const usual = { logger, ...(timeouts ? { timeouts } : {}), ...(firstWaitMs === undefined ? {} : { firstWaitMs }) };
  if (backend.kind === 'llama-server') {
    return new BackendLanguage(await LlamaServerBackend.open(backend, { ...usual, env }, token), backend);
  }
  const key = apiKey ?? keyFrom(backend, env);
  const options = { ...usual, ...(key === undefined ? {} : { apiKey: key }) };
  return new BackendLanguage(await OpenAiBackend.open(backend, options, token), backend);
}

/** The key that a manifest names. @throws EndpointRefused if there is no such variable */
export function keyFrom({ apiKeyVariable, endpoint }: Pick<OpenAiRules, 'apiKeyVariable' | 'endpoint'>, env: NodeJS.ProcessEnv): string | undefined {
  if (apiKeyVariable === undefined) {
    return undefined;
  }
  const key = env[apiKeyVariable];
  if (!key) {
    throw new VideoChatError(ErrorCode.EndpointRefused, phrase`The key for ${new URL(endpoint).host} is not there: the environment has no ${apiKeyVariable}.`, {
      hint: 'Set it before the server starts, or give the key in the editor.',
      subject: apiKeyVariable,
    });
  }
  return key;
}
