import * as vscode from 'vscode';
import { RemoteProbeRequest, type RemoteProbeResult } from '../../server/protocol/index.js';
import type { ExtensionParts } from '../context.js';
import { keepModel } from '../models/selectModel.js';
import type { EndpointSetting } from '../settings/settingValues.js';
import { showProblem } from '../showProblem.js';
import { endpointKeys } from './registerRemote.js';
import { wordOf } from './remoteModels.js';

/** Asks for a server, its key and a model there, and makes that model the one that answers. */
export async function addEndpoint(parts: ExtensionParts): Promise<void> {
  const { context, settings, log } = parts;
  try {
    const url = await askUrl();
    if (url === undefined) return;
    const apiKey = await askKey(new URL(url).host);
    if (apiKey === undefined) return;
    const found = await probe(parts, url, apiKey);
    const model = await askModel(found);
    if (!model) return;
    const images = await askImages(found, model);
    if (!images || !(await agrees(found, images))) return;
    const id = wordOf(`${found.host}.${model.name}`);
    const endpoint: EndpointSetting = { id, name: model.name, url, model: model.name, images };
    await endpointKeys(context).store(id, apiKey);
    const others = settings.values.endpoints.filter((each) => each.id !== id);
    await vscode.workspace.getConfiguration('videochat').update('endpoints', [...others, endpoint], vscode.ConfigurationTarget.Global);
    await keepModel(id);
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} on {1} answers from now on.', model.name, found.host));
  } catch (error) {
    void showProblem(error, log);
  }
}

function askUrl(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Add Model Endpoint (1/4)'),
    prompt: vscode.l10n.t('URL of an OpenAI-compatible server: llama-server, vLLM, LM Studio, Ollama, or one in the cloud'),
    placeHolder: 'http://127.0.0.1:8080/v1',
    ignoreFocusOut: true,
    validateInput: (text) => (isUrl(text.trim()) ? undefined : vscode.l10n.t('It begins with http:// or https://, and holds no user name, query or fragment.')),
  }).then((text) => text?.trim());
}

function isUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

function askKey(host: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t('Add Model Endpoint (2/4)'),
    prompt: vscode.l10n.t('Key for {0}; empty where it wants none. It is kept in the secret storage of the editor.', host),
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/^[\x21-\x7e]*$/.test(text.trim()) ? undefined : vscode.l10n.t('A key holds no spaces.')),
  }).then((text) => text?.trim());
}

function probe({ server }: ExtensionParts, endpoint: string, apiKey: string): Thenable<RemoteProbeResult> {
  const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Asking {0} for its models', new URL(endpoint).host), cancellable: true };
  return vscode.window.withProgress(options, async (_, token) => {
    const { client } = await server.client();
    return client.request(RemoteProbeRequest, { endpoint, ...(apiKey === '' ? {} : { apiKey }) }, { token });
  });
}

type FoundModel = RemoteProbeResult['models'][number];

async function askModel({ models }: RemoteProbeResult): Promise<FoundModel | undefined> {
  const title = vscode.l10n.t('Add Model Endpoint (3/4)');
  if (models.length === 0) {
    const name = await vscode.window.showInputBox({ title, prompt: vscode.l10n.t('The server lists no models. Name of the model there'), ignoreFocusOut: true });
    return name?.trim() ? { name: name.trim() } : undefined;
  }
  const items = models.map((model) => ({ label: model.name, description: describe(model), model }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: vscode.l10n.t('The model that answers'), ignoreFocusOut: true }))?.model;
}

function describe({ contextLength, images }: FoundModel): string {
  const takes = images === undefined ? [] : [images ? vscode.l10n.t('takes pictures') : vscode.l10n.t('text only')];
  return [...takes, ...(contextLength === undefined ? [] : [vscode.l10n.t('{0} tokens', contextLength)])].join(' · ');
}

async function askImages({ host }: RemoteProbeResult, { images }: FoundModel): Promise<'frames' | 'none' | undefined> {
  if (images === false) {
    return 'none';
  }
  const frames = { label: vscode.l10n.t('Frames'), detail: vscode.l10n.t('Frames of a clip are sent to {0} as pictures.', host), images: 'frames' as const };
  const none = { label: vscode.l10n.t('Only Text'), detail: vscode.l10n.t('Perception models on this machine look through the clip; what they noticed is sent as text.'), images: 'none' as const };
  const chosen = await vscode.window.showQuickPick([frames, none], { title: vscode.l10n.t('Add Model Endpoint (4/4)'), placeHolder: vscode.l10n.t('What the model is sent of a clip'), ignoreFocusOut: true });
  return chosen?.images;
}

/** What leaves the machine does so only after a person has said yes. */
async function agrees({ host, leavesMachine }: RemoteProbeResult, images: 'frames' | 'none'): Promise<boolean> {
  if (!leavesMachine) {
    return true;
  }
  const yes = vscode.l10n.t('Send to {0}', host);
  const message =
    images === 'frames'
      ? vscode.l10n.t('What you ask, and frames of your videos, will leave this machine: {0}.', host)
      : vscode.l10n.t('What you ask, and what was noticed in your videos, will leave this machine: {0}.', host);
  return (await vscode.window.showWarningMessage(message, { modal: true }, yes)) === yes;
}
