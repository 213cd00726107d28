import * as vscode from 'vscode';
import type { ExtensionParts } from '../context.js';
import { trustRefusal } from '../server/trust.js';
import { mcpProviderId, modelVendor, momentCommand, participantId, toolNames } from './assistantNames.js';
import { knownTextModels, toChatModel } from './knownTextModels.js';
import { type ChatModelProvider, laterApi, type ToolProgress } from './laterApi.js';
import { mcpArguments } from './mcpArguments.js';

/**
 * What the editor's own chat and agents can do with clips: the participant `@video`, the tools, our text model, and the
 * same tools for other agents. Nothing of it is loaded before it is used.
 *
 * @param currentClips of the conversation in front
 */
export function registerAssistant(parts: ExtensionParts, currentClips: () => string[]): vscode.Disposable {
  return vscode.Disposable.from(
    registerParticipant(parts, currentClips),
    vscode.commands.registerCommand(momentCommand, async (moment: unknown) => {
      const { showMoment } = await import('../onDemand.js');
      await showMoment(moment);
    }),
    ...toolNames.map((name) =>
      vscode.lm.registerTool(name, {
        prepareInvocation: async ({ input }) => (await import('../onDemand.js')).prepareTool(name, input),
        // The typings of the oldest editor know nothing of progress.
        invoke: async ({ input }, token, progress?: ToolProgress) => (await import('../onDemand.js')).invokeTool(parts, name, input, token, progress),
      }),
    ),
    registerModels(parts),
    registerMcp(parts),
  );
}

function registerParticipant(parts: ExtensionParts, currentClips: () => string[]): vscode.Disposable {
  const participant = vscode.chat.createChatParticipant(participantId, async (request, context, stream, token) => {
    const { answerInChat } = await import('../onDemand.js');
    return answerInChat(parts, currentClips(), { request, context, stream, token });
  });
  participant.iconPath = vscode.Uri.joinPath(parts.context.extensionUri, 'extension', 'media', 'icon.png');
  participant.followupProvider = { provideFollowups: async (result) => (await import('../onDemand.js')).followUps(result) };
  return participant;
}

function registerModels(parts: ExtensionParts): vscode.Disposable {
  const { lm } = laterApi();
  if (!lm.registerLanguageModelChatProvider) {
    return vscode.Disposable.from();
  }
  const changed = new vscode.EventEmitter<void>();
  const load = async (): Promise<ChatModelProvider> => (await import('../onDemand.js')).textModels(parts);
  const provider: ChatModelProvider = {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: async (options, token) => {
      // No server is started for a list that nobody looks at. Without a model `@video` could not even say why it does nothing.
      const quiet = trustRefusal() !== undefined || (options.silent && !parts.server.running());
      return quiet ? (await knownTextModels(parts)).map(toChatModel) : (await load()).provideLanguageModelChatInformation(options, token);
    },
    provideLanguageModelChatResponse: async (...given) => (await load()).provideLanguageModelChatResponse(...given),
    provideTokenCount: async (...given) => (await load()).provideTokenCount(...given),
  };
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire());
  const others = parts.modelsChanged.event(() => changed.fire());
  const registered = lm.registerLanguageModelChatProvider(modelVendor, provider);
  // Models that nobody has asked for are not there for the chat: without others, `@video` would not be answered.
  void vscode.lm.selectChatModels({ vendor: modelVendor }).then(undefined, () => undefined);
  return vscode.Disposable.from(registered, trusted, others, changed);
}

function registerMcp({ context, settings }: ExtensionParts): vscode.Disposable {
  const { lm, McpStdioServerDefinition: Definition } = laterApi();
  if (!lm.registerMcpServerDefinitionProvider || !Definition) {
    return vscode.Disposable.from();
  }
  const changed = new vscode.EventEmitter<void>();
  const fire = (): void => changed.fire();
  const { version } = context.extension.packageJSON as { version: string };
  const program = vscode.Uri.joinPath(context.extensionUri, 'dist', 'videochat.mjs').fsPath;
  const provider = {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: () => {
      const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
      // In the extension host `execPath` may be Electron.
      // Agents of the editor have the tools already: see `languageModelTools` in the manifest.
      return !settings.values.mcpServer || trustRefusal() || folders.length === 0 ? [] : [new Definition('VideoChat', process.execPath, [program, ...mcpArguments(folders, settings.values)], { ELECTRON_RUN_AS_NODE: '1' }, version)];
    },
  };
  const watched = settings.onDidChange(fire);
  return vscode.Disposable.from(
    lm.registerMcpServerDefinitionProvider(mcpProviderId, provider),
    new vscode.Disposable(() => void watched.dispose()),
    vscode.workspace.onDidChangeWorkspaceFolders(fire),
    vscode.workspace.onDidGrantWorkspaceTrust(fire),
    changed,
  );
}
