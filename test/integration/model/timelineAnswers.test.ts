import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VideoChatClient } from '../../../server/client/videoChatClient.js';
import { createEngineParts } from '../../../server/engine/createEngineParts.js';
import { type ChatAnswer, ChatCreateRequest, ChatSendRequest, type ModelInfo, ModelListRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { buildOutput } from '../../../server/setup/buildOutput.mjs';
import { findFfmpeg } from '../../../server/video/findFfmpeg.js';
import { ServerInProcess } from '../../fakes/connectedPair.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { modelFolder, modelMissing } from './modelGoldens.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The shipped weights, the shipped perception models, and ffmpeg: what a fresh machine answers with. */
describe.skipIf(modelMissing)(`videochat-mini about what it was not trained on (${modelMissing ?? 'shipped weights'})`, () => {
  let server: ServerInProcess;
  let client: VideoChatClient;
  let sign: string;
  let canWrite = true;
  let model: ModelInfo | undefined;

  beforeAll(async () => {
    await buildOutput(repository);
    const folder = await temporaryFolder();
    sign = join(folder, 'sign.mp4');
    const { ffmpeg } = await findFfmpeg();
    const text = "drawtext=text='EXIT 12':fontsize=64:fontcolor=white:box=1:boxcolor=black:x=180:y=140:enable='between(t,1,3.99)'";
    // Colour bars are nothing of the toybox.
    const args = ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'smptehdbars=size=640x360:rate=10:duration=5', '-vf', text, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', sign];
    await promisify(execFile)(ffmpeg, args).catch(() => (canWrite = false));
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

  it('looks at its own sample itself', async () => {
    const [answer] = await ask(join(modelFolder, 'sample.mp4'), 'How many objects are there?');
    expect(answer?.from).toBe('embeddings');
  });

  it('reads a sign off the timeline, says when, and what it cannot know', async ({ skip }) => {
    if (!canWrite) skip('this ffmpeg writes no text');
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
