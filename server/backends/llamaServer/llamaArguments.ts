import type { LlamaServerRules } from '../../models/llamaServerRules.js';

/** Tokens of one question where nobody says: models of today could take more than a machine has memory for. */
const usualContextLength = 8_192;

/** Only what every version of the last years knows. */
export function llamaArguments({ file, projector, contextLength = usualContextLength, concurrency, gpuLayers }: LlamaServerRules): string[] {
  return [
    ...['--model', file],
    ...(projector === undefined ? [] : ['--mmproj', projector]),
    ...['--host', '127.0.0.1', '--port', '0'],
    // What there is, is shared by all that ask.
    ...['--ctx-size', String(contextLength * concurrency), '--parallel', String(concurrency)],
    ...(gpuLayers === undefined ? [] : ['--n-gpu-layers', String(gpuLayers)]),
    '--no-webui',
  ];
}

/** Our environment without what tells llama.cpp something else, and without the secrets of others. The key is in no argument: those everybody sees. */
export function llamaEnvironment(env: NodeJS.ProcessEnv, apiKey: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !/^LLAMA_|_API_KEY$|TOKEN$|^NODE_OPTIONS$/.test(name));
  return { ...Object.fromEntries(kept), LLAMA_API_KEY: apiKey, ELECTRON_RUN_AS_NODE: '1' };
}
