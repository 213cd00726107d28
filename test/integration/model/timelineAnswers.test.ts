import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { type ChatAnswer, ChatCreateRequest, ChatForeseeRequest, ChatSendRequest, type ModelInfo, ModelListRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { buildOutput } from '../../../server/setup/buildOutput.mjs';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { makeSignClip } from '../../media/makeSignClip.js';
import { modelFolder, modelMissing } from './modelGoldens.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The shipped weights, the shipped perception models, and ffmpeg: what a fresh machine answers with. */
describe.skipIf(modelMissing)(`videochat-mini about what it was not trained on (${modelMissing ?? 'shipped weights'})`, () => {
  let server: ServerInProcess;
  let client: VideoChatClient;
  let sign: string | undefined;
  let model: ModelInfo | undefined;

  beforeAll(async () => {
    await buildOutput(repository);
    sign = await makeSignClip(await temporaryFolder());
    server = new ServerInProcess(createEngineParts(), await temporaryFolder());
    client = await server.connect();
    model = (await client.request(ModelListRequest, {})).models.find(({ id }) => id === 'videochat-mini');
  });
  afterAll(async () => {
    await server.dispose();
    removeTemporaryFolders();
  });

  async function ask(path: string, ...questions: string[]): Promise<ChatAnswer[]> {
    const { videoId } = await client.request(VideoOpenRequest, { path });
    const { chatId } = await client.request(ChatCreateRequest, { videoId, modelId: 'videochat-mini' });
    const answers: ChatAnswer[] = [];
    for (const text of questions) {
      answers.push(await client.request(ChatSendRequest, { chatId, text }));
    }
    return answers;
  }

  async function foresee(path: string): Promise<string> {
    const { videoId } = await client.request(VideoOpenRequest, { path });
    return (await client.request(ChatForeseeRequest, { videoId, modelId: 'videochat-mini' })).half;
  }

  it('looks at its own sample itself', async () => {
    const [answer] = await ask(join(modelFolder, 'sample.mp4'), 'How many objects are there?');
    expect(answer?.from).toBe('embeddings');
  });

  // What nothing can be seen in is told of as such, not as a scene of the toybox.
  it.each([
    ['red', 'color=red:s=320x240:r=25'],
    ['black', 'color=black:s=320x240:r=25'],
    ['grey noise', 'color=gray:s=320x240:r=25,noise=alls=30:allf=t'],
    ['noise', 'nullsrc=s=320x240:r=25,geq=random(1)*255:random(2)*255:random(3)*255'],
    ['a test chart', 'testsrc=s=320x240:r=25'],
  ])('leaves a clip of %s to the timeline', async (_name, source) => {
    const path = join(await temporaryFolder(), 'clip.mp4');
    await promisify(execFile)((await findFfmpeg()).ffmpeg, ['-v', 'error', '-f', 'lavfi', '-i', source, '-t', '3', '-c:v', 'libx264', '-pix_fmt', 'yuv420p', path]);
    expect(await foresee(path)).toBe('timeline');
  });

  it('knows its world in other files too', async () => {
    const path = join(await temporaryFolder(), 'clip.webm');
    const worse = ['-vf', 'scale=240:-2,eq=brightness=0.05', '-c:v', 'libvpx-vp9', '-b:v', '100k', '-deadline', 'realtime', '-cpu-used', '8'];
    await promisify(execFile)((await findFfmpeg()).ffmpeg, ['-v', 'error', '-i', join(modelFolder, 'sample.mp4'), ...worse, path]);
    expect(await foresee(path)).toBe('embeddings');
  });

  it('reads a sign off the timeline, says when, and what it cannot know', async ({ skip }) => {
    if (sign === undefined) return skip('this ffmpeg writes no text');
    if (!model?.halves?.includes('timeline')) skip('the model has no weights for timelines');
    const [says, colour] = await ask(sign, 'What does the sign say?', 'What colour is the car?');
    expect(says?.from).toBe('timeline');
    expect(says?.text).toContain('EXIT 12');
    expect(says?.evidence).toMatchObject([{ track: 'text', label: 'EXIT 12' }]);
    expect(says?.plan.seconds).toHaveLength(1);
    expect(colour).toMatchObject({ text: 'The timeline does not show that.', evidence: [] });
    // The second question costs its own tokens.
    expect(colour?.tokens.reused).toBeGreaterThan(50);
    expect(colour?.tokens.prefilled).toBeLessThan(40);
  });
});
