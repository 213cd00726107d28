'use strict';
const path = require('path');
const vscode = require('vscode');

/** A model that calls one tool, and then says what it was told. */
const provider = {
  provideLanguageModelChatInformation: async () => [
    { id: 'agent-model', name: 'Agent Model', family: 'agent', version: '1', maxInputTokens: 64000, maxOutputTokens: 4000, isUserSelectable: true, isDefault: true, capabilities: { toolCalling: true } },
  ],
  provideLanguageModelChatResponse: async (_model, messages, options, progress) => {
    const results = messages.flatMap(({ content }) => content.filter((part) => part instanceof vscode.LanguageModelToolResultPart));
    const told = results.flatMap(({ content }) => content.map((part) => part.value ?? '')).join(' ');
    const tool = (options.tools ?? []).find(({ name }) => name === 'videochat_timeline');
    if (tool && told === '') {
      progress.report(new vscode.LanguageModelToolCallPart('call-1', tool.name, { video: clip(), tracks: ['shots', 'motion'] }));
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

module.exports = {
  activate: async ({ subscriptions }) => {
    subscriptions.push(
      vscode.lm.registerLanguageModelChatProvider('agentmodel', provider),
      vscode.commands.registerCommand('agentModel.askVideoChat', askVideoChat),
      vscode.commands.registerCommand('agentModel.callFrames', callFrames),
      vscode.commands.registerCommand('agentModel.enableCopilot', waitForAgent),
    );
    // A model that nobody has asked for is not there for the chat.
    await vscode.lm.selectChatModels({ vendor: 'agentmodel' });
  },
};
