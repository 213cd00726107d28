'use strict';
const path = require('path');
const vscode = require('vscode');

/** A model that calls one tool, and then says what it was told. */
const provider = {
  provideLanguageModelChatInformation: async () => [
    { id: 'agent-model', name: 'Agent Model', family: 'agent', version: '1', maxInputTokens: 64000, maxOutputTokens: 4000, isUserSelectable: true, isDefault: true, capabilities: { toolCalling: true } },
  ],
  provideLanguageModelChatResponse: async (_model, messages, options, progress) => {
    const last = messages.findLastIndex(({ content }) => content.some((part) => /look at the clip|annotate the clip/.test(part.value ?? '')));
    const annotates = /annotate the clip/.test((messages[last]?.content ?? []).map((part) => part.value ?? '').join(''));
    const results = messages.slice(last).flatMap(({ content }) => content.filter((part) => part instanceof vscode.LanguageModelToolResultPart));
    const told = results.flatMap(({ content }) => content.map((part) => part.value ?? '')).join(' ');
    const wanted = annotates ? 'videochat_annotate' : 'videochat_timeline';
    const tool = (options.tools ?? []).find(({ name }) => name === wanted);
    if (tool && told === '') {
      progress.report(new vscode.LanguageModelToolCallPart(`call-${last}`, tool.name, annotates ? { video: clip(), task: 'shots' } : { video: clip(), tracks: ['shots', 'motion'] }));
      return;
    }
    progress.report(new vscode.LanguageModelTextPart(told === '' ? `NO TOOL among ${(options.tools ?? []).length}` : `TOLD ${told.slice(0, 400)}`));
  },
  provideTokenCount: async () => 1,
};

function clip() {
  return path.join(vscode.workspace.workspaceFolders[0].uri.fsPath, 'sample.mp4');
}

async function askVideoChat() {
  const [model] = await vscode.lm.selectChatModels({ vendor: 'videochat' });
  const answer = await model.sendRequest([vscode.LanguageModelChatMessage.User('What is red?')], { justification: 'A test.' });
  let text = '';
  for await (const part of answer.text) {
    text += part;
  }
  void vscode.window.showInformationMessage(`${model.id} said ${text.length > 0 ? 'something' : 'nothing'}`);
}

async function callFrames() {
  const { content } = await vscode.lm.invokeTool('videochat_frames', { input: { video: clip(), seconds: [1, 2] }, toolInvocationToken: undefined });
  const pictures = content.filter((part) => part.mimeType === 'image/jpeg');
  void vscode.window.showInformationMessage(`${pictures.length} pictures, ${content[0].value.includes('1.00 s') ? 'at the times asked for' : 'at other times'}`);
}

/** Names of tools that look at videos, whoever brings them. */
function ours() {
  return vscode.lm.tools.map(({ name }) => name).filter((name) => /video/i.test(name));
}

function countTools() {
  const over = ours().filter((name) => name.startsWith('mcp_'));
  void vscode.window.showInformationMessage(`${ours().length - over.length} tools of the extension, ${over.length} over MCP`);
}

/** As a client of the Model Context Protocol, which is what the editor is then. */
async function callFramesOverMcp() {
  await vscode.workspace.getConfiguration('videochat').update('mcpServer', true, vscode.ConfigurationTarget.Global);
  for (let tries = 0; tries < 120; tries++) {
    const name = ours().find((each) => /^mcp_.*video_frames$/.test(each));
    if (name) {
      const { content } = await vscode.lm.invokeTool(name, { input: { video: clip(), seconds: [1], height: 64 }, toolInvocationToken: undefined });
      const kinds = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? 'text' : (part.mimeType ?? 'other')));
      void vscode.window.showInformationMessage(`Over MCP: ${kinds.join(', ')}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  void vscode.window.showInformationMessage(`Over MCP there is nothing among ${ours().join(', ')}`);
}

/** The editor's own agent is part of it, but asleep. */
async function waitForAgent() {
  for (let tries = 0; tries < 60; tries++) {
    const agent = vscode.extensions.getExtension('GitHub.copilot-chat');
    if (agent) {
      await agent.activate();
      void vscode.window.showInformationMessage('The agent is there');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  void vscode.window.showInformationMessage('There is no agent');
}

/** Until then, the editor is one that knows no other model than those of the extension under test. */
async function offer(subscriptions) {
  subscriptions.push(vscode.lm.registerLanguageModelChatProvider('agentmodel', provider));
  // A model that nobody has asked for is not there for the chat.
  await vscode.lm.selectChatModels({ vendor: 'agentmodel' });
  await newChat({ vendor: 'agentmodel' });
  void vscode.window.showInformationMessage('The model is there');
}

/** @param modelSelector who answers; left out: whoever did */
async function newChat(modelSelector) {
  await vscode.commands.executeCommand('workbench.action.chat.newChat');
  await vscode.commands.executeCommand('workbench.action.chat.open', { mode: 'agent', ...(modelSelector ? { modelSelector } : {}) });
}

module.exports = {
  activate: async ({ subscriptions }) => {
    subscriptions.push(
      vscode.commands.registerCommand('agentModel.offer', () => offer(subscriptions)),
      vscode.commands.registerCommand('agentModel.newChat', () => newChat()),
      vscode.commands.registerCommand('agentModel.askVideoChat', askVideoChat),
      vscode.commands.registerCommand('agentModel.callFrames', callFrames),
      vscode.commands.registerCommand('agentModel.countTools', countTools),
      vscode.commands.registerCommand('agentModel.callFramesOverMcp', callFramesOverMcp),
      vscode.commands.registerCommand('agentModel.enableCopilot', waitForAgent),
    );
  },
};
