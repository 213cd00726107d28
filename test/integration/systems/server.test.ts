import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import {
  type ChatAnswer,
  ChatCreateRequest,
  ChatSendRequest,
  DenseCaptionCreateRequest,
  LocateCreateRequest,
  ModelListRequest,
  VideoOpenRequest,
} from '../../../server/protocol/index.js';
import { planTiles } from '../../../server/video/planTiles.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { makeClip } from '../../media/makeClip.js';
import { systems, unpackSystem } from './golden.js';

/** The companion systems through a real server: real decoding, their frame plans, their prompts. */
describe('the companion systems in a server', () => {
  let server: ServerInProcess;
  let client: VideoChatClient;
  let clip: string;
  /** Of which models graphs were opened, in order. */
  const opened: string[] = [];

  beforeAll(async () => {
    const models = await temporaryFolder();
    for (const name of systems) {
      const { folder } = await unpackSystem(name);
      await cp(folder, join(models, name), { recursive: true });
    }
    const narrow = join(models, 'smolvlm2-narrow');
    await cp(join(models, 'smolvlm2'), narrow, { recursive: true });
    const { language, ...rest } = JSON.parse(await readFile(join(narrow, 'manifest.json'), 'utf8')) as { language: object };
    await writeFile(join(narrow, 'manifest.json'), JSON.stringify({ ...rest, id: 'smolvlm2-narrow', language: { ...language, contextLength: 1_024 } }));
    const env = { VIDEOCHAT_MODELS: models, VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1' };
    const parts = createEngineParts();
    const { loadVision } = parts.models;
    parts.models.loadVision = (options) => {
      opened.push(options.manifest.id);
      return loadVision(options);
    };
    server = new ServerInProcess(parts, await temporaryFolder(), env);
    client = await server.connect();
    clip = (await client.request(VideoOpenRequest, { path: await makeClip({ name: 'withSound' }) })).videoId;
  });
  afterAll(async () => {
    await server?.dispose();
    removeTemporaryFolders();
  });

  async function ask(modelId: string, videoIds: string[], text = 'What is shown?'): Promise<ChatAnswer> {
    const { chatId } = await client.request(ChatCreateRequest, { videoIds, modelId, options: { answersFrom: 'embeddings' } });
    return client.request(ChatSendRequest, { chatId, text, sampling: { temperature: 0, maxTokens: 4 } });
  }

  it('lists them all as usable', async () => {
    const { models } = await client.request(ModelListRequest, {});
    const small = models.filter(({ id }) => id.endsWith('-small'));
    expect(small).toHaveLength(systems.length);
    expect(small.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });

  it('shows each the frames of its plan, and as many rows as it was taught', async () => {
    const { facts } = await client.request(VideoOpenRequest, { path: await makeClip({ name: 'withSound' }) });
    const all = Math.min(100, facts.frameCount);
    const expected = {
      'video-chatgpt-small': { frames: all, rows: 356 },
      'vtimellm-small': { frames: 100, rows: 100 },
      'video-llava-small': { frames: 8, rows: 8 * 257 },
      'video-llama-small': { frames: Math.min(8, facts.frameCount), rows: 40 },
      'smolvlm2-small': { frames: Math.max(1, Math.round(facts.durationSeconds)), rows: 64 * Math.max(1, Math.round(facts.durationSeconds)) },
    };
    for (const [modelId, { frames, rows }] of Object.entries(expected)) {
      const { plan, tokens } = await ask(modelId, [clip]);
      expect({ modelId, frames: plan?.indices.length }).toEqual({ modelId, frames });
      // Words around them are fewer than 400 tokens in these vocabularies.
      expect({ modelId, fits: tokens.prompt > rows && tokens.prompt < rows + 600 }).toEqual({ modelId, fits: true });
    }
  });

  it('takes a picture through its own graph, and a clip beside it', async () => {
    const picture = (await client.request(VideoOpenRequest, { path: await makeClip({ name: 'png' }) })).videoId;
    const alone = await ask('video-llava-small', [picture]);
    const both = await ask('video-llava-small', [clip, picture]);
    const more = both.tokens.prompt - alone.tokens.prompt;
    expect(alone.tokens.prompt).toBeGreaterThan(256);
    expect(more).toBe(2056);
    const other = (await client.request(VideoOpenRequest, { path: await makeClip({ name: 'jpeg' }) })).videoId;
    expect((await ask('video-llava-small', [other])).tokens.prompt).toBe(alone.tokens.prompt);
    expect(opened.filter((id) => id === 'video-llava-small')).toHaveLength(2);
    await expect(ask('video-llava-small', [clip, clip])).rejects.toThrow(/one video/);
    await expect(ask('video-chatgpt-small', [picture])).rejects.toThrow(/images/);
  });

  it('shows SmolVLM2 a picture in tiles and whole, as many as its context has room for', async () => {
    const picture = await client.request(VideoOpenRequest, { path: await makeClip({ name: 'png' }) });
    const strip = await client.request(VideoOpenRequest, { path: await makeClip({ name: 'strip' }) });
    const { plan, tokens } = await ask('smolvlm2-small', [picture.videoId]);
    const { rows, columns } = planTiles(picture.facts, 64, 256, 64);
    const shown = 64 * (rows * columns + 1);
    expect(plan?.reason).toBe(`The picture itself, in ${rows} × ${columns} tiles and whole`);
    expect(tokens.prompt).toBeGreaterThan(shown);
    expect(tokens.prompt).toBeLessThan(shown + 5 * rows * columns + 60);
    const long = await ask('smolvlm2-small', [strip.videoId]);
    expect(strip.facts).toMatchObject({ width: 30_000, height: 10 });
    expect(long.plan?.reason).toContain('1 × 4 tiles');
    // Half of 1024 tokens has room for eight times 64 rows.
    const narrow = await ask('smolvlm2-narrow', [picture.videoId]);
    expect(narrow.plan?.reason).toContain(`${planTiles(picture.facts, 64, 256, 8).rows} × ${planTiles(picture.facts, 64, 256, 8).columns} tiles`);
    expect(narrow.tokens.prompt).toBeLessThan(512 + 100);
    const again = await ask('smolvlm2-small', [picture.videoId]);
    expect(again.timings.encode).toBe(0);
    expect(again.text).toBe((await ask('smolvlm2-small', [picture.videoId])).text);
  });

  it('shows ImageBind-LLM all media as one prefix, which takes no place in the prompt and is not mixed up with another', async () => {
    const picture = (await client.request(VideoOpenRequest, { path: await makeClip({ name: 'png' }) })).videoId;
    const silent = (await client.request(VideoOpenRequest, { path: await makeClip({ name: 'plain' }) })).videoId;
    const media = { clip: [clip], picture: [picture], both: [clip, picture], silent: [silent] };
    const answers = new Map<string, ChatAnswer>();
    for (const [name, videoIds] of Object.entries(media)) answers.set(name, await ask('imagebind-llm-small', videoIds));
    expect(answers.get('clip')?.plan?.indices).toHaveLength(10);
    expect(new Set([...answers.values()].map(({ tokens }) => tokens.prompt)).size).toBe(1);
    expect(new Set([...answers.values()].map(({ text }) => text)).size).toBeGreaterThan(2);
    for (const [name, videoIds] of Object.entries(media).reverse()) {
      const again = await ask('imagebind-llm-small', videoIds);
      expect({ name, text: again.text, encode: again.timings.encode }).toEqual({ name, text: answers.get(name)?.text, encode: 0 });
    }
  });

  it('hears a clip that has sound, and says nothing of sound where there is none', async () => {
    const silent = (await client.request(VideoOpenRequest, { path: await makeClip({ name: 'plain' }) })).videoId;
    const [loud, quiet] = [await ask('video-llama-small', [clip]), await ask('video-llama-small', [silent])];
    // 8 rows more, and the original's words around them, of 200 letters that are tokens by themselves here; less its system line.
    expect(loud.tokens.prompt - quiet.tokens.prompt).not.toBe(0);
    const again = await ask('video-llama-small', [clip]);
    expect(again.text).toBe(loud.text);
    expect(again.timings.encode).toBe(0);
  });

  it('has VTimeLLM say when something is to be seen, and tell all events, in hundredths of the clip', async () => {
    const { spans, model, facts } = await client.request(LocateCreateRequest, { videoId: clip, query: 'A Red Ball', modelId: 'vtimellm-small', answersFrom: 'embeddings' });
    expect(model?.answer.trim()).toMatch(/^From \d\d to \d\d\.$/);
    const [, from = '', to = ''] = /From (\d\d) to (\d\d)/.exec(model?.answer ?? '') ?? [];
    const [start, end] = [Number(from), Number(to) + (from === to ? 1 : 0)].map((n) => (n * facts.durationSeconds) / 100) as [number, number];
    expect(spans.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds].map((s) => s.toFixed(2)))).toEqual(
      end > start ? [[start, Math.min(end, facts.durationSeconds)].map((s) => s.toFixed(2))] : [],
    );
    const { captions } = await client.request(DenseCaptionCreateRequest, { videoId: clip, modelId: 'vtimellm-small', answersFrom: 'embeddings' });
    for (const { startSeconds, endSeconds } of captions) {
      expect(startSeconds).toBeGreaterThanOrEqual(0);
      expect(endSeconds).toBeLessThanOrEqual(facts.durationSeconds + 0.01);
    }
  });
});
