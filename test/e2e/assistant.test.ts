import { access } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { describeInBrowser } from './support/browserTests.js';
import { ChatPanel } from './support/chatPanel.js';
import { useEditor } from './support/editor.js';
import { EditorChat } from './support/editorChat.js';

const agentModel = path.join(path.dirname(fileURLToPath(import.meta.url)), 'support', 'agentModel');

describeInBrowser("the editor's own chat", () => {
  const editor = useEditor('assistant', () => ({
    settings: { 'chat.disableAIFeatures': false, 'chat.agent.enabled': true, 'chat.tools.global.autoApprove': false },
    extensions: [agentModel],
    width: 1600,
  }));
  const chat = (): EditorChat => new EditorChat(editor().workbench);
  const session = (): Locator => chat().session;
  const responses = (): Locator => chat().responses;
  const answer = (text: string | RegExp): Locator => chat().answer(text);
  const send = (text: string): Promise<void> => chat().send(text);

  it('is answered by @video as the first thing that anybody does, with links to moments', async () => {
    const { workbench } = editor();
    await chat().open();
    // Nobody else has a model yet, and nobody has signed in.
    await session().getByText('VideoChat mini').first().waitFor();
    await send('@video /timeline');
    await answer(/Shots|Motion/).waitFor({ timeout: 120_000 });
    await workbench.screenshot('timeline');
    await answer(/Shots|Motion/).locator('a', { hasText: '0:00' }).first().click();
    await new ChatPanel(workbench).input.waitFor();
    await workbench.screenshot('moment');
  });

  it('is asked a question, and offers what may come next', async () => {
    const { workbench } = editor();
    await chat().open();
    await send('@video What moves?');
    await answer(/circle/).waitFor({ timeout: 120_000 });
    await session().getByText('Summarize this clip').last().waitFor({ timeout: 120_000 });
    await session().getByText('What happens when?').last().waitFor();
    await workbench.screenshot('question');
  });

  it('shows frames with a summary', async () => {
    const { workbench } = editor();
    await send('@video /summarize');
    const pictures = session().locator('.interactive-response img[src^="data:image/jpeg"]');
    await expect.poll(() => pictures.count(), { timeout: 120_000 }).toBe(3);
    await answer(/circle|square/).waitFor();
    // Beside each is what opens the clip at its moment.
    await answer(/circle|square/).locator('a', { hasText: '0:03.9' }).waitFor();
    await workbench.screenshot('summary');
  });

  it('can have a clip looked at by a tool, with pictures', async () => {
    const { workbench } = editor();
    await workbench.runCommand('Agent Model: Call the Frames Tool');
    await workbench.notification('2 pictures, at the times asked for').waitFor();
  });

  it('has our model for plain text', async () => {
    const { workbench } = editor();
    await workbench.runCommand('Agent Model: Ask the Models of VideoChat');
    // Some editors ask the person, since it is another extension that wants it.
    const said = workbench.notification(/videochat-mini said something/);
    const allow = workbench.dialog(/language model/i).getByRole('button', { name: 'Allow', exact: true });
    await said.or(allow).first().waitFor();
    if (await allow.isVisible()) {
      await allow.click();
    }
    await said.waitFor();
  });

  it('has each tool once', async () => {
    const { workbench } = editor();
    await workbench.runCommand('Agent Model: Count the Tools');
    await workbench.notification('6 tools of the extension, 0 over MCP').waitFor();
  });

  it('has an agent that calls our tools, with our own model', async () => {
    const { workbench } = editor();
    await workbench.runCommand('Extensions: Enable All Extensions');
    await workbench.runCommand('Agent Model: Wait for the Agent');
    await workbench.notification('The agent is there').waitFor();
    await sleep(2_000);
    await workbench.runCommand('Agent Model: Begin a New Chat');
    await expect.poll(() => responses().count()).toBe(0);
    await send('What moves in sample.mp4?');
    // What the tool has found stands in the answer of the model.
    await answer(/red circle[^]*Frames looked at/).waitFor({ timeout: 120_000 });
    await workbench.screenshot('agent');
  });

  it('is answered in plain text by our own model', async () => {
    const { workbench } = editor();
    await workbench.runCommand('Agent Model: Begin a New Chat');
    await expect.poll(() => responses().count()).toBe(0);
    await send('What is red?');
    await responses().locator('.chat-markdown-part').filter({ hasText: /\w/ }).first().waitFor({ timeout: 120_000 });
    await workbench.screenshot('plain');
  });

  it('has an agent that calls our tools, with the model of somebody else, and writes nothing before a person has allowed it', async () => {
    const { workbench, workspace } = editor();
    const document = path.join(workspace, 'sample.mp4.videochat.json');
    const isThere = (): Promise<boolean> => access(document).then(() => true, () => false);
    await workbench.runCommand('Agent Model: Offer the Model');
    await workbench.notification('The model is there').waitFor();
    await expect.poll(() => responses().count()).toBe(0);
    await send('please look at the clip');
    await answer(/TOLD .*sample\.mp4/).waitFor({ timeout: 60_000 });
    await send('please annotate the clip');
    await session().getByText('Write annotations?').filter({ visible: true }).first().waitFor({ timeout: 60_000 });
    await workbench.screenshot('confirmation');
    expect(await isThere()).toBe(false);
    await session().getByRole('button', { name: /^Allow/ }).filter({ visible: true }).first().click();
    await expect.poll(isThere, { timeout: 60_000 }).toBe(true);
    await answer(/TOLD .*suggestions were written/).waitFor({ timeout: 60_000 });
  });

  it('is a client of our tools over the Model Context Protocol, where that is wanted', async () => {
    const { workbench } = editor();
    await workbench.runCommand('Agent Model: Call the Frames Tool over MCP');
    await workbench.runCommand('MCP: List Servers');
    await workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'VideoChat' }).first().click();
    await workbench.screenshot('mcp');
    await workbench.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Start Server' }).first().click();
    await sleep(5_000);
    await workbench.screenshot('mcp-started');
    await workbench.notification('Over MCP: text').waitFor({ timeout: 60_000 });
    await workbench.screenshot('mcp-called');
  });

  it('shows no error of ours', () => {
    expect(editor().workbench.errors.filter((error) => /videochat/i.test(error) && /assistant|participant/i.test(error))).toEqual([]);
  });
});
