import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import type { EngineParts } from '../../../server/engine/engineParts.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import type { PromptPiece } from '../../../server/language/prompt.js';
import type { Manifest } from '../../../server/models/manifest.js';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import {
  ChatAddMediaRequest,
  type ChatAnswer,
  ChatCreateRequest,
  ChatHistoryRequest,
  ChatRemoveMediumRequest,
  ChatRestoreRequest,
  ChatSendRequest,
  type FramePlan,
  planTimeMessage,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import type { Embeddings } from '../../../server/vision/embeddings.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { changedModel } from '../../fixtures/changedModel.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { makeClip } from '../../media/makeClip.js';
import { largestDifference, modelFolder, modelMissing, readManifest } from './modelGoldens.js';

const modelId = 'several';
/** Clips of all kinds are shown to the model itself, also those that are nothing of its world. */
const options = { answersFrom: 'embeddings' as const };
const rows = 96;
let manifest: Manifest;
let models: string;
let cache: string;
let server: ServerInProcess;
let client: VideoChatClient;
/** The server's language model, and what its encoder answered, in order. */
let language: LanguageModel | undefined;
const encoded: Embeddings[] = [];

/** The real parts, watched. */
function watchedParts(): EngineParts {
  const parts = createEngineParts();
  const { loadVision, loadLanguage } = parts.models;
  return {
    ...parts,
    models: {
      ...parts.models,
      loadVision: async (options) => {
        const encoder = await loadVision(options);
        const encode = encoder.encode.bind(encoder);
        encoder.encode = async (...args) => {
          const made = await encode(...args);
          encoded.push(made);
          return made;
        };
        return encoder;
      },
      loadLanguage: async (options) => {
        const loaded = await loadLanguage(options);
        language = loaded instanceof LanguageModel ? loaded : undefined;
        return loaded;
      },
    },
  };
}

async function start(): Promise<void> {
  server = new ServerInProcess(watchedParts(), cache, { VIDEOCHAT_MODELS: models, VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1' });
  client = await server.connect();
}

const open = async (file: string): Promise<string> => (await client.request(VideoOpenRequest, { path: file })).videoId;
const ask = (chatId: string, text: string, maxTokens = 12): Promise<ChatAnswer> =>
  client.request(ChatSendRequest, { chatId, text, sampling: { temperature: 0, maxTokens } });

describe.skipIf(modelMissing)(`several media in a real model (${modelMissing ?? 'shipped weights'})`, () => {
  let clip: string;
  let other: string;
  let picture: string;

  beforeAll(async () => {
    [clip, other, picture] = await Promise.all([makeClip({ name: 'plain' }), makeClip({ name: 'withSound' }), makeClip({ name: 'png' })]);
    manifest = await readManifest();
    models = await temporaryFolder();
    await changedModel(models, { id: modelId, name: 'Several', media: { most: 3 } });
    cache = await temporaryFolder();
    await start();
  }, 120_000);
  afterAll(async () => {
    await server?.dispose();
    removeTemporaryFolders();
  });

  it('computes what a prompt put together by hand computes, row by row', async () => {
    const videoIds = [await open(clip), await open(picture), await open(other)];
    const { facts } = await client.request(VideoOpenRequest, { path: clip });
    const { facts: otherFacts } = await client.request(VideoOpenRequest, { path: other });
    const { chatId } = await client.request(ChatCreateRequest, { videoIds, modelId, options });
    const question = 'What is the colour?';
    const answer = await ask(chatId, question, 1);
    // One token: the newest scores are those after the prompt.
    const scores = Float32Array.from((await language?.lastLogits()) ?? []);
    expect(encoded).toHaveLength(3);
    const [first, second, third] = answer.plans as [FramePlan, FramePlan, FramePlan];
    expect([first, second, third].map(({ indices }) => indices.length)).toEqual([8, 1, 8]);

    const piece = (text: string): PromptPiece => ({ kind: 'text', text });
    const seen = (index: number, at = index): PromptPiece => ({ kind: 'embeddings', key: `by hand ${at}`, embeddings: encoded[index] as Embeddings });
    const written = (order: number[]): PromptPiece[] => [
      piece('###Human: <Video>'),
      seen(order[0] ?? 0),
      piece(`</Video> ${planTimeMessage(first, facts)}\n###Human: <Image>`),
      seen(order[1] ?? 1),
      piece('</Image>\n###Human: <Video>'),
      seen(order[2] ?? 2),
      piece(`</Video> ${planTimeMessage(third, otherFacts)}\n###Human: ${question}\n###Assistant:`),
    ];
    const byHand = await LanguageModel.load({
      path: path.join(modelFolder, manifest.files['language-f16']?.path ?? ''),
      device: 'cpu',
      gpuLayers: 0,
      threads: 1,
      contextLength: manifest.language.contextLength,
      logger: { log: () => undefined },
    });
    try {
      const compute = async (order: number[]): Promise<{ scores: Float32Array; tokens: number }> => {
        const session = byHand.createSession();
        const made = await session.generate({ pieces: written(order), sampling: { temperature: 0, maxTokens: 1 }, stop: { texts: [], ids: [] } });
        await session.dispose();
        return { scores: Float32Array.from(await byHand.lastLogits()), tokens: made.promptTokens };
      };
      const expected = await compute([0, 1, 2]);
      expect(answer.tokens.prompt).toBe(expected.tokens);
      expect(largestDifference(scores, expected.scores)).toBe(0);
      // The order is no accident: swapped rows give other scores.
      expect(largestDifference(scores, (await compute([2, 1, 0])).scores)).toBeGreaterThan(1e-3);
    } finally {
      await byHand.dispose();
    }
  }, 120_000);

  it('reads only what is new when a medium is added, asked about, and taken out; and goes on after a restart', async () => {
    const videoId = await open(clip);
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId, options });
    const first = await ask(chatId, 'What moves?');
    await client.request(ChatAddMediaRequest, { chatId, videoIds: [await open(other)] });
    const added = await ask(chatId, 'And here?');
    expect(added.tokens.reused).toBeGreaterThanOrEqual(first.tokens.prompt);
    expect(added.tokens.prefilled).toBeGreaterThan(rows);
    expect(added.tokens.prefilled).toBeLessThan(2 * rows);
    const both = await ask(chatId, 'In both?');
    expect(both).toMatchObject({ embeddingsCached: true, timings: { decode: 0, encode: 0 } });
    expect(both.tokens.reused).toBeGreaterThanOrEqual(added.tokens.prompt);
    expect(both.tokens.prefilled).toBeLessThan(rows / 2);

    const history = await client.request(ChatHistoryRequest, { chatId });
    expect(history.media).toEqual([{ path: clip }, { path: other, fromTurn: 1 }]);
    const next = await ask(chatId, 'Which is first?');

    await server.dispose();
    encoded.length = 0;
    await start();
    const restored = await client.request(ChatRestoreRequest, { history: JSON.parse(JSON.stringify(history)) as typeof history });
    const again = await ask(restored.chatId, 'Which is first?');
    expect(again).toMatchObject({ turn: 3, text: next.text, embeddingsCached: true });
    expect(again.tokens.prompt).toBe(next.tokens.prompt);
    expect(encoded).toHaveLength(0);

    await client.request(ChatRemoveMediumRequest, { chatId: restored.chatId, medium: 1 });
    const alone = await ask(restored.chatId, 'And now?');
    expect(alone.plans).toBeUndefined();
    expect(alone.tokens.prompt).toBeLessThan(again.tokens.prompt);
    expect(alone.tokens.reused).toBeGreaterThan(rows);
  }, 120_000);
});
