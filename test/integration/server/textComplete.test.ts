import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { ErrorCode, TextCompleteRequest } from '../../../server/protocol/index.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { buildServer, serverPath } from './serverProcess.js';
import { tinyModelFolder } from './tinyModelFolder.js';

let client: VideoChatClient;

beforeAll(async () => {
  await buildServer();
  const settings = { cacheFolder: await temporaryFolder(), modelFolders: [await tinyModelFolder()], executionProvider: 'cpu', languageDevice: 'cpu', threads: 1 };
  client = await VideoChatClient.spawn({ serverPath, graceMs: 30_000, initialize: { settings } });
});
afterAll(async () => {
  await client.dispose();
  removeTemporaryFolders();
});

describe('text/complete', () => {
  const question = 'What is red?';

  it('answers without a clip, as a stream, the same each time', async () => {
    expect(client.server.capabilities.texts).toBe(true);
    let streamed = '';
    const first = await client.request(TextCompleteRequest, { modelId: 'tiny', question }, { onProgress: ({ text }) => (streamed += text) });
    expect(streamed).toBe(first.text);
    expect(first).toMatchObject({ stopReason: expect.stringMatching(/^(stop|length)$/), model: { id: 'tiny' } });
    expect(first.tokens.generated).toBeGreaterThan(0);
    expect((await client.request(TextCompleteRequest, { modelId: 'tiny', question })).text).toBe(first.text);
  });

  it('knows what was said before', async () => {
    const alone = await client.request(TextCompleteRequest, { modelId: 'tiny', question });
    const turns = [{ question: 'Hi', answer: 'Hello there' }];
    const after = await client.request(TextCompleteRequest, { modelId: 'tiny', question, turns });
    expect(after.tokens.prompt).toBeGreaterThan(alone.tokens.prompt);
  });

  it('says what it cannot do', async () => {
    await expect(client.request(TextCompleteRequest, { modelId: 'none', question })).rejects.toMatchObject({ code: ErrorCode.ModelUnknown });
    await expect(client.request(TextCompleteRequest, { modelId: 'tiny', question: ' ' })).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    await expect(client.request(TextCompleteRequest, { modelId: 'tiny', question: 'z'.repeat(50_000) })).rejects.toMatchObject({ code: ErrorCode.ContextOverflow });
  });

  it('can be stopped', async () => {
    const stop = new AbortController();
    const asked = client.request(TextCompleteRequest, { modelId: 'tiny', question: 'Tell. '.repeat(100), sampling: { maxTokens: 1000 } }, { signal: stop.signal });
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: ErrorCode.RequestCancelled });
  });
});
