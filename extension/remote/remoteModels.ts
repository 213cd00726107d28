import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import { RemoteDeclareRequest, type RemoteModel } from '../../server/protocol/index.js';
import type { EditorModelSetting, EndpointSetting, SettingValues } from '../settings/settingValues.js';

export interface RemoteSettings {
  endpoints: readonly EndpointSetting[];
  editorModels: readonly EditorModelSetting[];
  llamaServer: SettingValues['llamaServer'];
}

/** Keys of endpoints; they are never in settings. */
export interface EndpointKeys {
  get(endpointId: string): PromiseLike<string | undefined>;
}

/** Tells a server which models answer elsewhere. @throws VideoChatError as `remote/declare` */
export async function declareRemoteModels(client: VideoChatClient, settings: RemoteSettings, keys: EndpointKeys): Promise<void> {
  const models = await toRemoteModels(settings, keys);
  await client.request(RemoteDeclareRequest, { models });
}

/** The models of the settings; of two with one id the first counts. */
export async function toRemoteModels({ endpoints, editorModels, llamaServer }: RemoteSettings, keys: EndpointKeys): Promise<RemoteModel[]> {
  const models: RemoteModel[] = [];
  for (const { id, name, url, ...backend } of endpoints) {
    const apiKey = await keys.get(id);
    models.push({ id, name: name ?? backend.model ?? url, backend: { kind: 'openai', endpoint: url, ...backend }, ...(apiKey ? { apiKey } : {}) });
  }
  for (const { vendor, family, id, name, images, contextLength } of editorModels) {
    models.push({
      id: editorModelId({ vendor, id }),
      name,
      backend: { kind: 'editor', vendor, family, model: id, ...(images ? { images } : {}), ...(contextLength === undefined ? {} : { contextLength }) },
    });
  }
  for (const { id, name, projector, images = projector === undefined ? 'none' : 'frames', ...backend } of llamaServer.models) {
    const program = llamaServer.path === undefined ? {} : { program: llamaServer.path };
    models.push({ id, name, backend: { kind: 'llama-server', ...backend, images, ...program, ...(projector === undefined ? {} : { projector }) } });
  }
  return models.filter(({ id }, index) => models.findIndex((other) => other.id === id) === index);
}

/** How the server names a model of the editor. */
export function editorModelId({ vendor, id }: Pick<EditorModelSetting, 'vendor' | 'id'>): string {
  return wordOf(`editor.${vendor}.${id}`);
}

/** Ids are words; names of models may have anything in them. */
export function wordOf(text: string): string {
  const word = text.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 100);
  return word === '' ? 'model' : word;
}
