import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toolNames } from '../../../../extension/assistant/assistantNames.js';
import type { ChatModel } from '../../../../extension/assistant/laterApi.js';
import { textModels } from '../../../../extension/assistant/textModels.js';
import type { ExtensionParts } from '../../../../extension/context.js';
import { ErrorCode, VideoChatError } from '../../../../server/protocol/index.js';
import { FakeTextPart, type FakeToolCallPart, FakeToolResultPart } from '../../../fakes/editorApi.js';
import { ScriptedServer } from '../../../fakes/scriptedServer.js';

vi.mock('vscode', async () => (await import('../../../fakes/editorApi.js')).editorApi());

let server: ScriptedServer;
let parts: ExtensionParts;
let stop: () => Promise<void>;

beforeEach(async () => {
  server = new ScriptedServer();
  const client = await server.connect();
  stop = () => client.dispose();
  const globalState = { get: () => undefined, update: () => Promise.resolve() };
  parts = { context: { globalState }, server: { client: () => Promise.resolve({ client, session: 1 }) }, log: { warn: () => undefined } } as unknown as ExtensionParts;
});
afterEach(() => stop());

const person = (...content: unknown[]) => ({ role: 1, content: content.map((part) => (typeof part === 'string' ? new FakeTextPart(part) : part)) });
const model = (text: string) => ({ role: 2, content: [new FakeTextPart(text)] });

async function respond(messages: { role: number; content: unknown[] }[], tools: readonly string[] = []): Promise<unknown[]> {
  const said: unknown[] = [];
  const options = { tools: tools.map((name) => ({ name })) };
  await textModels(parts).provideLanguageModelChatResponse({ id: 'tiny' } as ChatModel, messages, options, { report: (part) => said.push(part) }, new CancellationTokenSource().token);
  return said;
}

describe('our models in the editor’s chat', () => {
  it('may be chosen for agents too, which is where the editor’s chat begins', async () => {
    const models = await textModels(parts).provideLanguageModelChatInformation({ silent: false }, new CancellationTokenSource().token);
    expect(models).toMatchObject([{ id: 'tiny', capabilities: { toolCalling: true, imageInput: false } }]);
  });

  it('answer plain text as it is made', async () => {
    server.scripts['text/complete'] = (_params: never, { progress }) => {
      progress({ kind: 'delta', text: 'Red ' });
      progress({ kind: 'delta', text: 'is red.' });
      return { text: 'Red is red.' };
    };
    expect(await respond([person('What is red?')])).toEqual([new FakeTextPart('Red '), new FakeTextPart('is red.')]);
    expect(server.asked('text/complete')).toMatchObject([{ modelId: 'tiny', turns: [], question: 'What is red?' }]);
  });

  it('leave out the oldest of what does not fit, and say when the question itself does not', async () => {
    server.scripts['text/complete'] = ({ turns, question }: { turns: unknown[]; question: string }) => {
      if (turns.length > 1 || question === 'long') {
        throw new VideoChatError(ErrorCode.ContextOverflow, 'It does not fit.');
      }
      return { text: 'Yes.' };
    };
    const before = ['1', '2', '3', '4'].flatMap((text) => [person(text), model(`answer ${text}`)]);
    expect(await respond([...before, person('Well?')])).toEqual([new FakeTextPart('Yes.')]);
    expect(server.asked('text/complete').at(-1)).toMatchObject({ turns: [{ question: '4', answer: 'answer 4' }] });
    await expect(respond([person('long')])).rejects.toThrow('It does not fit. (ContextOverflow)');
  });

  it('call a tool for a clip, and say what it has answered', async () => {
    const asked = person('What happens in a.mp4?');
    const [call] = (await respond([asked], toolNames)) as FakeToolCallPart[];
    expect(call).toMatchObject({ name: 'videochat_ask', input: { video: 'a.mp4', question: 'What happens in a.mp4?' } });
    const told = person(new FakeToolResultPart(call?.callId ?? '', [new FakeTextPart('A ball rolls.')]));
    expect(await respond([asked, told], toolNames)).toEqual([new FakeTextPart('A ball rolls.')]);
    expect(server.asked('text/complete')).toEqual([]);
  });
});
