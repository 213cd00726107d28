import type { CancellationToken } from '../../common/cancellation.js';
import type { Logger } from '../../common/logger.js';
import type { OpenAiRules } from '../../models/backendRules.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import type { Backend, BackendAnswer, BackendRequest } from '../backend.js';
import { askAgain, type AskAgainOptions, Pause } from './askAgain.js';
import { EndpointClient, type EndpointTimeouts } from './endpointClient.js';
import { EndpointFailure, messageOf, toFailure } from './endpointFailure.js';
import { type EndpointModel, endpointModels } from './endpointModels.js';
import { BrokenAnswer, readAnswer, type ReadAnswer } from './readAnswer.js';
import { isClip, type OptionalMember, refusedMember, requestBody, type VideoForm } from './requestBody.js';

export interface OpenAiOptions {
  apiKey?: string;
  logger: Logger;
  timeouts?: EndpointTimeouts;
  /** Wait before a request is sent again for the first time, in milliseconds. */
  firstWaitMs?: number;
}

interface AboutRequest {
  withImages: boolean;
  withVideo: boolean;
}

const attempts = 5;
const usualFirstWaitMs = 500;
const longestWaitMs = 120_000;

/** A model on an OpenAI-compatible server. */
export class OpenAiBackend implements Backend {
  readonly device: string;
  refusesImages: boolean;
  takesVideo: boolean;
  private readonly pause = new Pause();
  private readonly refused = new Set<OptionalMember>();

  private constructor(
    private readonly client: EndpointClient,
    private readonly model: string,
    readonly contextLength: number | undefined,
    takesImages: boolean | undefined,
    private readonly video: VideoForm | undefined,
    private readonly options: OpenAiOptions,
  ) {
    this.device = `openai ${client.host}`;
    this.refusesImages = takesImages === false;
    this.takesVideo = video !== undefined;
  }

  /**
   * Asks the server what it has.
   *
   * @throws EndpointUnreachable, EndpointTimedOut, EndpointRefused, EndpointBusy, EndpointFailed, EndpointInsecure;
   *   EndpointModelUnknown if no model is named and it lists none
   */
  static async open({ endpoint, model, video, allowHttp = false }: OpenAiRules, options: OpenAiOptions, token: CancellationToken): Promise<OpenAiBackend> {
    const { apiKey, timeouts, logger } = options;
    const client = new EndpointClient({ endpoint: new URL(endpoint), allowHttp, ...(apiKey === undefined ? {} : { apiKey }), ...(timeouts ? { timeouts } : {}) });
    try {
      const known = await askAgain(() => endpointModels(client, token), { ...waits(options, token), attempts: 2, pause: new Pause() }).catch((error: unknown) => {
        // Some servers answer and do not list.
        if (model !== undefined && error instanceof VideoChatError && error.code === ErrorCode.EndpointFailed) {
          logger.log('info', `${client.host} does not list its models: ${error.message}`);
          return [];
        }
        throw error;
      });
      const facts = known.find(({ name }) => name === model) ?? (model === undefined || known.length === 1 ? known[0] : undefined);
      const name = model ?? facts?.name;
      if (name === undefined) {
        throw new VideoChatError(ErrorCode.EndpointModelUnknown, phrase`${client.host} lists no model.`, { hint: 'Load one there, or name one.', subject: client.host });
      }
      if (known.length > 0 && !facts) {
        logger.log('warn', `${client.host} does not list the model "${name}".`);
      }
      return new OpenAiBackend(client, name, facts?.contextLength, facts?.images, videoForm(video, facts), options);
    } catch (error) {
      await client.dispose();
      throw error;
    }
  }

  async complete(request: BackendRequest): Promise<BackendAnswer> {
    const { token } = request;
    const pictures = request.messages.flatMap(({ parts }) => parts.filter((part) => typeof part !== 'string'));
    const about = { withImages: pictures.length > 0, withVideo: pictures.some(isClip) };
    const { withImages } = about;
    if (withImages && this.refusesImages) {
      throw toFailure({ host: this.client.host, status: 400, text: 'image input is not supported', withImages }) as VideoChatError;
    }
    try {
      const read = await askAgain(() => this.ask(request, about), { ...waits(this.options, token), attempts, pause: this.pause });
      const { finish, promptTokens, cachedTokens, generatedTokens, tokens } = read;
      if (finish === 'content_filter') {
        throw new VideoChatError(ErrorCode.EndpointFailed, phrase`${this.client.host} does not answer this question: its content filter is in the way.`, { hint: 'Ask otherwise.', subject: this.client.host });
      }
      return {
        stopReason: finish === 'length' ? 'length' : 'stop',
        ...(promptTokens === undefined ? {} : { promptTokens }),
        ...(cachedTokens === undefined ? {} : { cachedTokens }),
        ...(generatedTokens === undefined ? {} : { generatedTokens }),
        ...(tokens ? { tokens } : {}),
      };
    } catch (error) {
      if (error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled) {
        return { stopReason: 'cancelled' };
      }
      const code = error instanceof VideoChatError ? error.code : undefined;
      this.refusesImages ||= code === ErrorCode.ImagesRefused;
      this.takesVideo &&= code !== ErrorCode.VideosRefused;
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }

  /** Asks once; once more without what the server says it does not know. */
  private async ask(request: BackendRequest, about: AboutRequest): Promise<ReadAnswer> {
    for (;;) {
      const body = requestBody(this.model, request, this.refused, this.video);
      try {
        return await this.askOnce(body, request, about);
      } catch (error) {
        const isRefusal = error instanceof VideoChatError && error.code === ErrorCode.EndpointFailed;
        const member = isRefusal ? refusedMember(error.message, body) : undefined;
        if (member === undefined) {
          throw error;
        }
        this.options.logger.log('info', `${this.client.host} takes no "${member}"; it is left out.`);
        this.refused.add(member);
      }
    }
  }

  private async askOnce(body: Record<string, unknown>, { token, onText }: BackendRequest, about: AboutRequest): Promise<ReadAnswer> {
    const { client } = this;
    const answer = await client.post('chat/completions', body, { model: this.model, ...about }, token);
    const { watchdog } = answer;
    let hasBegun = false;
    try {
      return await readAnswer(answer.body, answer.contentType, {
        onText: (delta) => {
          hasBegun ||= delta !== '';
          if (hasBegun) {
            watchdog.expect(client.timeouts.idle);
          }
          return delta === '' || onText(delta);
        },
      });
    } catch (error) {
      const failure = error instanceof BrokenAnswer ? this.explainBroken(error, about) : client.explain(error, watchdog, token);
      if (!hasBegun || !(failure instanceof EndpointFailure)) {
        throw failure;
      }
      // What was said cannot be taken back: it is not asked again. The server is there.
      throw failure.error.code === ErrorCode.EndpointUnreachable ? this.broken('the connection ended in the middle') : failure.error;
    } finally {
      watchdog.dispose();
      answer.body.destroy();
    }
  }

  private explainBroken({ message, told }: BrokenAnswer, about: AboutRequest): Error {
    const { host } = this.client;
    const { apiKey } = this.options;
    if (told) {
      return toFailure({ host, status: told.status, text: messageOf({ text: told.text, apiKey }), ...about, model: this.model, apiKey });
    }
    return new EndpointFailure(this.broken(message));
  }

  private broken(why: string): VideoChatError {
    const { host } = this.client;
    return new VideoChatError(ErrorCode.EndpointFailed, phrase`The answer of ${host} is broken: ${why}.`, { hint: 'Ask again; if it goes on, look into the log of that server.', subject: host });
  }
}

/** Undefined: clips are sent as frames. */
function videoForm(rules: OpenAiRules['video'], facts: EndpointModel | undefined): VideoForm | undefined {
  if (!rules || (rules.part === 'auto' && !facts?.video)) {
    return undefined;
  }
  const { part, processor, reader } = rules;
  return { part: part === 'auto' ? (facts?.videoPart ?? 'video_url') : part, processor, reader };
}

function waits({ firstWaitMs = usualFirstWaitMs }: OpenAiOptions, token: CancellationToken): Omit<AskAgainOptions, 'attempts' | 'pause'> {
  return { firstWaitMs, longestWaitMs, token, random: Math.random };
}
