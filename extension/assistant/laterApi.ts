import * as vscode from 'vscode';

/**
 * Parts of the editor's API that are newer than the oldest editor this extension runs in, as far as it uses them. Each
 * may be missing: the editor is asked, not its version.
 */
export interface LaterApi {
  lm: {
    /** From 1.101 on. */
    registerMcpServerDefinitionProvider?(id: string, provider: McpServerDefinitionProvider): vscode.Disposable;
    /** From 1.104 on. */
    registerLanguageModelChatProvider?(vendor: string, provider: ChatModelProvider): vscode.Disposable;
  };
  McpStdioServerDefinition?: new (label: string, command: string, args?: string[], env?: Record<string, string | number | null>, version?: string) => object;
  /** From 1.106 on. */
  LanguageModelDataPart?: { image(data: Uint8Array, mimeType: string): object };
}

/** What a running tool may tell, where the editor listens. */
export type ToolProgress = vscode.Progress<{ message?: string }>;

export interface McpServerDefinitionProvider {
  onDidChangeMcpServerDefinitions?: vscode.Event<void>;
  provideMcpServerDefinitions(token: vscode.CancellationToken): object[];
}

/** A model that the editor offers its users. */
export interface ChatModel {
  id: string;
  name: string;
  family: string;
  version: string;
  tooltip?: string;
  detail?: string;
  maxInputTokens: number;
  maxOutputTokens: number;
  capabilities: { imageInput?: boolean; toolCalling?: boolean };
}

export interface ChatModelMessage {
  /** 1: a person, 2: the model; other numbers are other programs' words. */
  role: number;
  content: readonly unknown[];
}

export interface ChatModelOptions {
  /** What the model may call. */
  tools?: readonly { name: string }[];
}

export interface ChatModelProvider {
  onDidChangeLanguageModelChatInformation?: vscode.Event<void>;
  provideLanguageModelChatInformation(options: { silent: boolean }, token: vscode.CancellationToken): Promise<ChatModel[]>;
  provideLanguageModelChatResponse(
    model: ChatModel,
    messages: readonly ChatModelMessage[],
    options: ChatModelOptions,
    progress: vscode.Progress<unknown>,
    token: vscode.CancellationToken,
  ): Promise<void>;
  provideTokenCount(model: ChatModel, text: string | ChatModelMessage, token: vscode.CancellationToken): Promise<number>;
}

/** The API of the editor this runs in. */
export function laterApi(): LaterApi {
  return vscode as unknown as LaterApi;
}
