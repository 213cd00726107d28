import type { VideoChatClient } from '../../client/videoChatClient.js';
import {
  type ChatAnswer,
  ChatCloseRequest,
  ChatCreateRequest,
  ChatSendRequest,
  elsewhereCodes,
  ErrorCode,
  VideoChatError,
  VideoCloseRequest,
  VideoOpenRequest,
  type VideoOpenResult,
} from '../../protocol/index.js';
import { type ChatCommandOptions, toChatOptions } from '../chatOptions.js';
import { isCancelled, toErrorRecord } from '../reportError.js';
import type { BatchItem } from './readBatchInput.js';

/**
 * Answers items one after the other. A clip stays open until its last item is done, so that it is probed and
 * encoded once; the next clip is probed while the present one is answered.
 */
export class BatchWorker {
  private readonly opened = new Map<string, Promise<VideoOpenResult>>();
  private readonly left = new Map<string, number>();

  constructor(
    private readonly client: VideoChatClient,
    private readonly modelId: string,
    private readonly options: ChatCommandOptions,
    items: readonly BatchItem[],
  ) {
    for (const item of items) {
      if ('video' in item) {
        this.left.set(item.video, (this.left.get(item.video) ?? 0) + 1);
      }
    }
  }

  /**
   * The result line of one item; an error is a result too.
   *
   * @throws VideoChatError `RequestCancelled`, `ConnectionLost`, and what no line is to blame for of a model that answers
   *   elsewhere
   */
  async answer(item: BatchItem, next: BatchItem | undefined, signal: AbortSignal): Promise<object> {
    if ('problem' in item) {
      return { id: item.id, error: toErrorRecord(item.problem) };
    }
    const answers: ChatAnswer[] = [];
    try {
      const { videoId, facts } = await this.open(item.video, signal);
      if (next && 'video' in next) {
        // Fails again, and is reported, when its turn comes.
        this.open(next.video, signal).catch(() => undefined);
      }
      await this.converse(item.turns, { videoId, options: toChatOptions(this.options, facts) }, answers, signal);
      return toRecord(item, answers);
    } catch (error) {
      if (isCancelled(error) || isConnectionLost(error) || isElsewhere(error)) {
        throw error;
      }
      return { id: item.id, ...(answers.length > 0 ? toRecord(item, answers) : {}), error: toErrorRecord(error) };
    } finally {
      this.release(item.video);
    }
  }

  private async converse(
    turns: readonly string[],
    about: { videoId: string; options: ReturnType<typeof toChatOptions> },
    answers: ChatAnswer[],
    signal: AbortSignal,
  ): Promise<void> {
    const { chatId } = await this.client.request(ChatCreateRequest, { modelId: this.modelId, ...about }, { signal });
    try {
      for (const text of turns) {
        answers.push(await this.client.request(ChatSendRequest, { chatId, text }, { signal }));
      }
    } finally {
      this.client.request(ChatCloseRequest, { chatId }).catch(() => undefined);
    }
  }

  private open(video: string, signal: AbortSignal): Promise<VideoOpenResult> {
    const known = this.opened.get(video);
    if (known) {
      return known;
    }
    const opening = this.client.request(VideoOpenRequest, { path: video }, { signal });
    this.opened.set(video, opening);
    return opening;
  }

  private release(video: string): void {
    const left = (this.left.get(video) ?? 1) - 1;
    this.left.set(video, left);
    const opened = this.opened.get(video);
    if (left === 0 && opened) {
      this.opened.delete(video);
      opened.then(({ videoId }) => this.client.request(VideoCloseRequest, { videoId })).catch(() => undefined);
    }
  }
}

export function isConnectionLost(error: unknown): boolean {
  return error instanceof VideoChatError && error.code === ErrorCode.ConnectionLost;
}

/** The model's server is gone, full, or wants another key: the line is not to blame, and can be answered another time. */
function isElsewhere(error: unknown): boolean {
  return error instanceof VideoChatError && elsewhereCodes.includes(error.code);
}

/** `answer`, `timings`, … of a question; lists of them, one entry per turn, of a conversation. */
function toRecord(item: Extract<BatchItem, { video: string }>, answers: readonly ChatAnswer[]): object {
  const details = answers.map(({ timings, tokens, stopReason }) => ({ timings, tokens, stopReason }));
  const { plan, model } = answers[0] ?? {};
  const shared = { plan, model };
  return item.single
    ? { id: item.id, answer: answers[0]?.text, ...details[0], ...shared }
    : {
        id: item.id,
        answers: answers.map((each) => each.text),
        timings: details.map((each) => each.timings),
        tokens: details.map((each) => each.tokens),
        stopReasons: details.map((each) => each.stopReason),
        ...shared,
      };
}
