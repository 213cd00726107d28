import { type Command, Option } from 'commander';
import path from 'node:path';
import type { VideoChatClient } from '../client/videoChatClient.js';
import { Limits, RemoteDeclareRequest, type RemoteModel } from '../protocol/index.js';
import { wholeNumber } from './optionParsers.js';

/** A model on an OpenAI-compatible server, for one run. */
export interface EndpointOptions {
  endpoint?: string;
  endpointModel?: string;
  endpointImages?: 'frames' | 'none';
  endpointVideo?: 'auto' | 'video_url' | 'input_video';
  endpointKey?: string;
  endpointConcurrency?: number;
  endpointContext?: number;
  endpointHttp?: boolean;
  llamaServer?: string;
  llamaServerProjector?: string;
  llamaServerPath?: string;
}

const group = 'A model on another server:';

/** With `--endpoint` or `--llama-server` and without `--model`, that model is asked. */
export function addEndpointOptions(command: Command): Command {
  const add = (option: Option): void => void command.addOption(option.helpGroup(group));
  add(new Option('--endpoint <url>', 'OpenAI-compatible server to ask, e.g. http://127.0.0.1:8080/v1'));
  add(new Option('--endpoint-model <name>', 'model there; left out: the first that it lists'));
  add(new Option('--endpoint-images <what>', 'send frames, or only what was noticed as text').choices(['frames', 'none']));
  add(new Option('--endpoint-video <form>', 'send short clips as they are: where the server says it takes them, or in this form').choices(['auto', 'video_url', 'input_video']));
  add(new Option('--endpoint-key <variable>', 'environment variable that holds its key; the name ends in _API_KEY'));
  add(new Option('--endpoint-concurrency <n>', 'requests in flight; 4').argParser(wholeNumber(1, Limits.backendConcurrency)));
  add(new Option('--endpoint-context <tokens>', 'context length, where the server does not say it').argParser(wholeNumber(512, 4_194_304)));
  add(new Option('--endpoint-http', 'plain http also to a public host: everyone on the way can read it'));
  add(new Option('--llama-server <gguf>', 'start llama-server with this model for this run, and ask it').conflicts('endpoint'));
  add(new Option('--llama-server-projector <gguf>', 'the file with which that model sees (mmproj); frames are shown to it then'));
  add(new Option('--llama-server-path <program>', 'the llama-server to start; else VIDEOCHAT_LLAMA_SERVER, else the one on PATH'));
  return command.hook('preAction', (_, action) => {
    const { endpoint, llamaServer, model } = action.opts<EndpointOptions & { model?: string }>();
    if ((endpoint ?? llamaServer) !== undefined && model === undefined) {
      action.setOptionValue('model', endpointModelId(action.opts()));
    }
  });
}

/** Makes the endpoint's model known to a server. @throws VideoChatError InvalidParams, ManifestInvalid */
export async function declareEndpoint(client: VideoChatClient, options: EndpointOptions): Promise<void> {
  const model = toRemoteModel(options);
  if (model) {
    await client.request(RemoteDeclareRequest, { models: [model] });
  }
}

function toRemoteModel(options: EndpointOptions): RemoteModel | undefined {
  const { endpoint, endpointModel: model, endpointImages: images = 'frames', endpointVideo: part, endpointKey, endpointConcurrency, endpointContext, endpointHttp } = options;
  if (endpoint === undefined) {
    return toLlamaServer(options);
  }
  return {
    id: endpointModelId(options),
    name: model ?? endpoint,
    backend: {
      kind: 'openai',
      endpoint,
      images,
      ...(model === undefined ? {} : { model }),
      ...(part === undefined ? {} : { video: { part } }),
      ...(endpointKey === undefined ? {} : { apiKeyVariable: endpointKey }),
      ...(endpointConcurrency === undefined ? {} : { concurrency: endpointConcurrency }),
      ...(endpointContext === undefined ? {} : { contextLength: endpointContext }),
      ...(endpointHttp ? { allowHttp: true } : {}),
    },
  };
}

function toLlamaServer(options: EndpointOptions): RemoteModel | undefined {
  const { llamaServer, llamaServerProjector: projector, llamaServerPath: program, endpointVideo: part, endpointConcurrency: concurrency, endpointContext: contextLength } = options;
  if (llamaServer === undefined) {
    return undefined;
  }
  return {
    id: endpointModelId(options),
    name: path.basename(llamaServer),
    backend: {
      kind: 'llama-server',
      file: path.resolve(llamaServer),
      images: options.endpointImages ?? (projector === undefined ? 'none' : 'frames'),
      ...(projector === undefined ? {} : { projector: path.resolve(projector) }),
      ...(program === undefined ? {} : { program: path.resolve(program) }),
      ...(part === undefined ? {} : { video: { part } }),
      ...(concurrency === undefined ? {} : { concurrency }),
      ...(contextLength === undefined ? {} : { contextLength }),
    },
  };
}

/** Ids are words; names of models and files may have anything in them. */
function endpointModelId({ endpointModel, llamaServer = '' }: EndpointOptions): string {
  const word = (endpointModel ?? path.basename(llamaServer, '.gguf')).replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 80);
  return word === '' ? 'endpoint' : `endpoint.${word}`;
}
