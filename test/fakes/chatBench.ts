import { afterEach, beforeEach } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import {
  type ChatAnswer,
  ChatCreateRequest,
  type ChatOptions,
  type ChatProgress,
  ChatSendRequest,
  VideoOpenRequest,
} from '../../server/protocol/index.js';
import { ServerInProcess } from './connectedPair.js';
import { GatedParts } from './gatedParts.js';

export const videoPath = process.platform === 'win32' ? 'C:\\nowhere\\clip.mp4' : '/nowhere/clip.mp4';

/** A question on its way. */
export interface Asked {
  answer: Promise<ChatAnswer>;
  progress: ChatProgress[];
  cancel(): void;
}

/** A server of gated parts in this process, with one client. */
export class ChatBench {
  private constructor(
    readonly fake: GatedParts,
    readonly host: ServerInProcess,
    readonly client: VideoChatClient,
  ) {}

  static async start(): Promise<ChatBench> {
    const fake = new GatedParts();
    const host = new ServerInProcess(fake.parts);
    return new ChatBench(fake, host, await host.connect());
  }

  async dispose(): Promise<void> {
    Object.values(this.fake.gates).forEach((gate) => gate.open());
    await this.host.dispose();
  }

  async createChat(options?: ChatOptions, from = this.client, path = videoPath): Promise<string> {
    const { videoId } = await from.request(VideoOpenRequest, { path });
    const { chatId } = await from.request(ChatCreateRequest, { videoId, modelId: 'tiny', options });
    return chatId;
  }

  ask(chatId: string, text: string, from = this.client): Asked {
    const source = new CancellationTokenSource();
    const progress: ChatProgress[] = [];
    const onProgress = (value: ChatProgress): void => void progress.push(value);
    const answer = from.request(ChatSendRequest, { chatId, text }, { token: source.token, onProgress });
    answer.catch(() => undefined);
    return { answer, progress, cancel: () => source.cancel() };
  }
}

/** What a test of the server works with. */
export interface ChatSetUp {
  bench: ChatBench;
  fake: GatedParts;
  client: VideoChatClient;
}

/** Starts a bench before each test of a file and hands it over; ends it after the test. */
export function beforeEachChatBench(use: (setUp: ChatSetUp) => void | Promise<void>): void {
  let bench: ChatBench | undefined;
  beforeEach(async () => {
    bench = await ChatBench.start();
    await use({ bench, fake: bench.fake, client: bench.client });
  });
  afterEach(() => bench?.dispose());
}

/** The stages of an answer, each once. */
export function stages(progress: ChatProgress[]): string[] {
  const all = progress.flatMap((value) => (value.kind === 'stage' ? [value.stage] : []));
  return all.filter((stage, i) => stage !== all[i - 1]);
}

/** The text of an answer as it was streamed. */
export function said(progress: ChatProgress[]): string {
  return progress.map((value) => (value.kind === 'delta' ? value.text : '')).join('');
}
