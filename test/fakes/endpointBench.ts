import { openBackend } from '../../server/backends/openBackend.js';
import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import { createEngineParts } from '../../server/engine/createEngineParts.js';
import { type ChatAnswer, ChatCreateRequest, type ChatProgress, ChatSendRequest, type EndpointBackend, RemoteDeclareRequest, VideoChatError, VideoOpenRequest } from '../../server/protocol/index.js';
import { temporaryFolder } from '../fixtures/tinyEncoder.js';
import { ColourEyes } from './colourEyes.js';
import { ServerInProcess } from './connectedPair.js';
import { GatedParts } from './gatedParts.js';
import { namedFrames } from './namedFrames.js';
import { OpenAiServer } from './openAiServer.js';

/** A server with a client, and an endpoint that it asks; frames are their own names. */
export class EndpointBench {
  private constructor(
    readonly env: NodeJS.ProcessEnv,
    public endpoint: OpenAiServer,
    readonly fake: GatedParts,
    public host: ServerInProcess,
    public client: VideoChatClient,
  ) {}

  static async start(timeouts = { connect: 1_000, firstText: 400, idle: 400 }): Promise<EndpointBench> {
    const fake = new GatedParts();
    const folder = await temporaryFolder();
    fake.parts.video.write = namedFrames(folder);
    const env: NodeJS.ProcessEnv = {};
    fake.parts.models.openBackend = (options) => openBackend(options, { editors: fake.parts.editors, env, timeouts, firstWaitMs: 5 });
    const host = new ServerInProcess(fake.parts, folder);
    return new EndpointBench(env, await OpenAiServer.start(), fake, host, await host.connect());
  }

  /** With real clips and eyes instead of gates. */
  async withEyes(): Promise<void> {
    await this.host.dispose();
    const real = createEngineParts();
    const eyes = new ColourEyes();
    eyes.gate.open();
    const { video, models } = this.fake.parts;
    this.host = new ServerInProcess({ ...real, video: { ...real.video, write: video.write }, models, perception: { open: async () => eyes } }, await temporaryFolder());
    this.client = await this.host.connect();
  }

  async declare(backend: Partial<EndpointBackend> = {}, apiKey?: string): Promise<void> {
    await this.client.request(RemoteDeclareRequest, {
      models: [{ id: 'far', name: 'Far', backend: { kind: 'openai', endpoint: this.endpoint.url, images: 'frames', ...backend }, ...(apiKey === undefined ? {} : { apiKey }) }],
    });
  }

  async openChat(file = '/clips/ball.mp4', options: { plan?: string } = { plan: 'videochat:2' }): Promise<string> {
    const { videoId } = await this.client.request(VideoOpenRequest, { path: file });
    return (await this.client.request(ChatCreateRequest, { videoId, modelId: 'far', options })).chatId;
  }

  send(chatId: string, text = 'What is it?', progress: ChatProgress[] = []): Promise<ChatAnswer> {
    return this.client.request(ChatSendRequest, { chatId, text }, { onProgress: (value) => progress.push(value) });
  }

  /** One question of a conversation of its own. */
  async ask(): Promise<ChatAnswer> {
    return this.send(await this.openChat());
  }

  async dispose(): Promise<void> {
    await this.host.dispose();
    await this.endpoint.stop();
  }
}

/** What something was refused with. */
export async function failureOf(work: Promise<unknown>): Promise<VideoChatError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof VideoChatError) {
      return error;
    }
    throw error;
  }
  throw new Error('It did not fail.');
}
