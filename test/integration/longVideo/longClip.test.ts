import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import type { EngineParts } from '../../../server/engine/engineParts.js';
import { noPerception } from '../../../server/perception/noPerception.js';
import { ChatCreateRequest, ChatSendRequest, NarrationCreateRequest, SummaryCreateRequest, type SummaryProgress, VideoOpenRequest } from '../../../server/protocol/index.js';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { GatedParts } from '../../fakes/gatedParts.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

const seconds = 600;
const windows = seconds / 4;

let clip: string;
let server: ServerInProcess;
let client: VideoChatClient;
let cache: string;
/** Prompts as they reached the model, and what it says to them. */
let prompts: string[];
let answer: (prompt: string) => string;

/** Server and disk, clip and ffmpeg are real; the model sees and reads, and says what the test wants. */
async function start(): Promise<void> {
  const fake = new GatedParts();
  Object.assign(fake.manifest, { abilities: ['chat', 'timeline'], demonstration: false });
  const real = createEngineParts();
  const parts: EngineParts = { ...real, video: { ...real.video, decodePixels: fake.parts.video.decodePixels }, models: fake.parts.models, perception: { open: async () => noPerception } };
  parts.models.loadLanguage = async () => ({
    device: 'cpu',
    gpuLayers: 0,
    contextLength: 1000,
    countTokens: (text) => Math.ceil(text.length / 4),
    createSession: () => ({
      countPrompt: (pieces) => pieces.reduce((sum, piece) => sum + (piece.kind === 'text' ? Math.ceil(piece.text.length / 4) : 96), 0),
      generate: async ({ pieces, onText }) => {
        const prompt = pieces.map((piece) => (piece.kind === 'text' ? piece.text : '[video]')).join('');
        prompts.push(prompt);
        const text = answer(prompt);
        onText?.(text);
        return { text, stopReason: 'stop', promptTokens: 1, reusedTokens: 0, prefilledTokens: 1, generatedTokens: 1, prefillMs: 0, generateMs: 0 };
      },
      dispose: async () => undefined,
    }),
    dispose: async () => undefined,
  });
  server = new ServerInProcess(parts, cache);
  client = await server.connect();
}

beforeAll(async () => {
  const { ffmpeg } = await findFfmpeg();
  clip = join(await temporaryFolder(), 'long.mp4');
  // A frame every five seconds.
  await promisify(execFile)(ffmpeg, ['-loglevel', 'error', '-f', 'lavfi', '-i', `color=gray:size=64x36:rate=1/5:duration=${seconds}`, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', '10', clip]);
});
beforeEach(async () => {
  cache = await temporaryFolder();
  prompts = [];
  let scene = 0;
  answer = (prompt) => (prompt.includes('[video]') ? `Scene ${++scene}: somebody walks along a street and looks around.` : /Write down|Sum them up/.test(prompt) ? 'Somebody walks.' : 'They walk at 0:05.');
  await start();
});
afterEach(() => server.dispose());
afterAll(removeTemporaryFolders);

const open = async (): Promise<string> => (await client.request(VideoOpenRequest, { path: clip })).videoId;
const captioned = (): number => prompts.filter((prompt) => prompt.includes('[video]')).length;

describe('a long clip', () => {
  it('is told of from captions of its windows, condensed with the question in mind; a first answer comes early', async () => {
    const progress: SummaryProgress[] = [];
    const summary = await client.request(SummaryCreateRequest, { videoId: await open(), modelId: 'tiny' }, { onProgress: (value) => void progress.push(value) });
    expect(summary).toMatchObject({ text: 'They walk at 0:05.', from: 'embeddings', moments: [{ text: '0:05' }] });
    expect(captioned()).toBe(windows);
    const at = progress.findIndex(({ kind }) => kind === 'draft');
    expect(progress[at]).toEqual({ kind: 'draft', text: 'They walk at 0:05.', windows: 8, total: windows });
    expect(progress.slice(0, at).filter((value) => value.kind === 'step' && value.what === 'captions').length).toBeLessThanOrEqual(9);
    const condensed = prompts.filter((prompt) => prompt.includes('Somebody asks about the whole video: "Describe the video."'));
    expect(condensed.length).toBeGreaterThan(3);
    // The last prompt holds what was condensed of the whole.
    expect(prompts.at(-1)).toContain('Somebody walks.');
    expect(progress.map((value) => (value.kind === 'delta' ? value.text : '')).join('')).toBe(summary.text);
  });

  it('is not captioned again: by another summary, by a server that starts anew', async () => {
    await client.request(SummaryCreateRequest, { videoId: await open(), modelId: 'tiny' });
    await server.dispose();
    await start();
    const progress: SummaryProgress[] = [];
    const again = await client.request(SummaryCreateRequest, { videoId: await open(), modelId: 'tiny' }, { onProgress: (value) => void progress.push(value) });
    expect(captioned()).toBe(windows);
    expect(again.text).toBe('They walk at 0:05.');
    // What is known needs no draft.
    expect(progress.some(({ kind }) => kind === 'draft')).toBe(false);
  });

  it('is chatted about from some of its windows, and from more with each question', async () => {
    const { chatId } = await client.request(ChatCreateRequest, { videoId: await open(), modelId: 'tiny' });
    const first = await client.request(ChatSendRequest, { chatId, text: 'Who walks?' });
    expect(first).toMatchObject({ text: 'They walk at 0:05.', from: 'timeline' });
    expect(first.fromReason).toContain(`Of ${windows} windows it has looked at 48; another question looks at more.`);
    expect(captioned()).toBe(48);
    expect(prompts.at(-1)).toContain('Who walks?');
    await client.request(ChatSendRequest, { chatId, text: 'Who runs?' });
    expect(captioned()).toBe(96);
    await client.request(ChatSendRequest, { chatId, text: 'Who sits?' });
    const last = await client.request(ChatSendRequest, { chatId, text: 'Who stands?' });
    expect(captioned()).toBe(windows);
    expect(last.fromReason).not.toContain('another question');
    // A part that is short is looked at itself.
    const part = await client.request(ChatSendRequest, { chatId, text: 'Who is it?', span: { startSeconds: 10, endSeconds: 30 } });
    expect(part.from).toBe('embeddings');
  });

  it('is narrated with other wordings where the model has some', async () => {
    let asked = 0;
    const before = answer;
    answer = (prompt) => (prompt.includes('in other words') ? ['Someone is walking.', 'Someone is walking.', 'A person walks.'][asked++ % 3] ?? '' : before(prompt));
    const narration = await client.request(NarrationCreateRequest, { videoId: await open(), modelId: 'tiny', everySeconds: 60, variants: 3, span: { startSeconds: 0, endSeconds: 120 } });
    expect(narration.lines.map(({ startSeconds, variants }) => [startSeconds, variants])).toEqual([
      [0, ['Someone is walking.', 'A person walks.']],
      [60, ['Someone is walking.', 'A person walks.']],
    ]);
    expect(narration.note).toBe('The model found fewer other wordings than were asked for.');
  });
});
