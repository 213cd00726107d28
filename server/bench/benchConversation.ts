import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { VideoChatClient } from '../client/videoChatClient.js';
import {
  type ChatAnswer,
  ChatCreateRequest,
  type ChatProgress,
  ChatSendRequest,
  ModelLoadRequest,
  VideoOpenRequest,
} from '../protocol/index.js';
import type { BenchResult } from './benchResult.js';
import { median } from './measure.js';

const runs = 3;
const question = 'Describe the video.';
const followUp = 'What color is it?';

interface Opening {
  /** `video/open`: index, facts and hash of the file. */
  openMs: number;
  /** From the request to open the clip to the first words of the answer. */
  openToFirstMs: number;
  /** From the question to its first words. */
  coldFirstMs: number;
  followUpFirstMs: number;
  cold: ChatAnswer;
  followUp: ChatAnswer;
}

/**
 * What a person waits for, through the protocol and a server of its own for each opening: a first question
 * against a follow-up, and a clip that was never seen against one whose embeddings are on disk.
 */
export async function benchConversation(folder: string, serverPath: string, clip: string, modelId: string): Promise<BenchResult[]> {
  const first: Opening[] = [];
  const second: Opening[] = [];
  for (let run = 0; run < runs; run++) {
    const cache = await mkdtemp(path.join(folder, 'cache-'));
    first.push(await converse(serverPath, cache, clip, modelId));
    second.push(await converse(serverPath, cache, clip, modelId));
    await rm(cache, { recursive: true, force: true });
  }
  const middle = (openings: Opening[], pick: (opening: Opening) => number): number => median(openings.map(pick));
  const cold = middle(first, (each) => each.coldFirstMs);
  const follow = middle(first, (each) => each.followUpFirstMs);
  const unknown = middle(first, (each) => each.openToFirstMs);
  const known = middle(second, (each) => each.openToFirstMs);
  const [sample] = first;
  return [
    {
      name: 'first words of a follow-up, against those of the first question about a clip',
      ratio: cold / follow,
      numbers: [
        { label: 'follow-up', value: follow, unit: 'ms' },
        { label: 'first question', value: cold, unit: 'ms' },
        { label: 'prompt of the follow-up', value: sample?.followUp.tokens.prompt ?? 0, unit: 'tokens' },
        { label: 'of those read anew', value: sample?.followUp.tokens.prefilled ?? 0, unit: 'tokens' },
      ],
    },
    {
      name: 'second opening of a known clip (server restarted), against the first: from opening to first words',
      ratio: unknown / known,
      numbers: [
        { label: 'known', value: known, unit: 'ms' },
        { label: 'unknown', value: unknown, unit: 'ms' },
        { label: 'of both, probing the file', value: middle(second, (each) => each.openMs), unit: 'ms' },
        { label: 'only of the unknown, decoding', value: middle(first, (each) => each.cold.timings.decode), unit: 'ms' },
        { label: 'encoding', value: middle(first, (each) => each.cold.timings.encode), unit: 'ms' },
      ],
    },
  ];
}

async function converse(serverPath: string, cacheFolder: string, clip: string, modelId: string): Promise<Opening> {
  const client = await VideoChatClient.spawn({ serverPath, initialize: { settings: { cacheFolder } } });
  try {
    await client.request(ModelLoadRequest, { modelId });
    const start = performance.now();
    const { videoId } = await client.request(VideoOpenRequest, { path: clip });
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId });
    const asked = performance.now();
    const cold = await ask(client, chatId, question);
    const next = await ask(client, chatId, followUp);
    return {
      openMs: asked - start,
      openToFirstMs: asked - start + cold.firstMs,
      coldFirstMs: cold.firstMs,
      followUpFirstMs: next.firstMs,
      cold: cold.answer,
      followUp: next.answer,
    };
  } finally {
    await client.dispose();
  }
}

async function ask(client: VideoChatClient, chatId: string, text: string): Promise<{ answer: ChatAnswer; firstMs: number }> {
  const start = performance.now();
  let firstMs: number | undefined;
  const onProgress = (progress: ChatProgress): void => {
    if (progress.kind === 'delta') {
      firstMs ??= performance.now() - start;
    }
  };
  const answer = await client.request(ChatSendRequest, { chatId, text, sampling: { temperature: 0 } }, { onProgress });
  return { answer, firstMs: firstMs ?? performance.now() - start };
}
