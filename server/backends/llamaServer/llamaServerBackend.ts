import { type CancellationToken, cancellationSource } from '../../common/cancellation.js';
import { linkTokens } from '../../common/linkTokens.js';
import type { Logger } from '../../common/logger.js';
import { afterCrash } from '../../common/restartPolicy.js';
import { untilCancelled } from '../../common/untilCancelled.js';
import type { LlamaServerRules } from '../../models/llamaServerRules.js';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import type { Backend, BackendAnswer, BackendRequest } from '../backend.js';
import type { EndpointTimeouts } from '../openai/endpointClient.js';
import { OpenAiBackend } from '../openai/openAiBackend.js';
import { findLlamaServer } from './findLlamaServer.js';
import { isGguf } from './findModelFiles.js';
import { LlamaProcess } from './llamaProcess.js';

export interface LlamaServerOptions {
  logger: Logger;
  env: NodeJS.ProcessEnv;
  timeouts?: EndpointTimeouts;
  firstWaitMs?: number;
  startMs?: number;
}

/** Between giving up and trying again. */
const restMs = 60_000;

interface Running {
  process: LlamaProcess;
  backend: OpenAiBackend;
}

/**
 * A `llama-server` that is ours: started here, asked like any endpoint, ended when nobody asks for a while, started again by
 * the next question, and after a crash, up to a limit.
 */
export class LlamaServerBackend implements Backend {
  private running: Running | undefined;
  private starting: Promise<Running> | undefined;
  private readonly closing = cancellationSource();
  private crashes: number[] = [];
  /** It ended too often: for a while it is not started again. */
  private givenUp: { failure: VideoChatError; untilMs: number } | undefined;
  private busy = 0;
  private idle: NodeJS.Timeout | undefined;

  private constructor(
    private readonly program: string,
    private readonly rules: LlamaServerRules,
    private readonly options: LlamaServerOptions,
  ) {}

  /**
   * Finds the program, starts it, and waits until its model is loaded.
   *
   * @throws VideoChatError LlamaServerMissing, LlamaServerFailed, ModelFileMissing, RequestCancelled, and what asking an endpoint throws
   */
  static async open(rules: LlamaServerRules, options: LlamaServerOptions, token: CancellationToken): Promise<LlamaServerBackend> {
    for (const path of [rules.file, rules.projector]) {
      if (path !== undefined && !(await isGguf(path))) {
        throw new VideoChatError(ErrorCode.ModelFileMissing, phrase`${path} is not there, or is no GGUF.`, { hint: 'Choose another file.', subject: path });
      }
    }
    const backend = new LlamaServerBackend(await findLlamaServer(rules.program, options.env), rules, options);
    const subscription = token.onCancellationRequested(() => backend.closing.cancel());
    try {
      await backend.ready(token);
      return backend;
    } catch (error) {
      await backend.dispose();
      throw error;
    } finally {
      subscription.dispose();
    }
  }

  get device(): string {
    return `llama-server ${this.running?.process.url.replace('http://', '') ?? '-'}`;
  }

  get contextLength(): number | undefined {
    return this.running?.backend.contextLength;
  }

  get refusesImages(): boolean {
    return this.running?.backend.refusesImages ?? this.rules.projector === undefined;
  }

  get takesVideo(): boolean {
    return this.running?.backend.takesVideo ?? false;
  }

  async complete(request: BackendRequest): Promise<BackendAnswer> {
    clearTimeout(this.idle);
    this.busy++;
    try {
      for (;;) {
        const answer = await this.ask(request);
        if (answer) {
          return answer;
        }
      }
    } catch (error) {
      if (error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled) {
        return { stopReason: 'cancelled' };
      }
      throw error;
    } finally {
      this.busy--;
      this.restLater();
    }
  }

  async dispose(): Promise<void> {
    clearTimeout(this.idle);
    this.closing.cancel();
    await this.starting?.catch(() => undefined);
    await this.rest();
  }

  /** @returns undefined where the program has ended before a word was said: it is asked again */
  private async ask(request: BackendRequest): Promise<BackendAnswer | undefined> {
    const { process, backend } = await this.ready(request.token);
    const linked = linkTokens(request.token, process.ended);
    let hasBegun = false;
    const onText = (delta: string): boolean => {
      hasBegun ||= delta !== '';
      return request.onText(delta);
    };
    try {
      const answer = await backend.complete({ ...request, token: linked.token, onText });
      if (answer.stopReason !== 'cancelled' || request.token.isCancellationRequested) {
        return answer;
      }
    } catch (error) {
      if (!process.hasEnded) {
        throw error;
      }
    } finally {
      linked.dispose();
    }
    if (hasBegun) {
      // What was said cannot be taken back.
      throw process.failure();
    }
    return undefined;
  }

  private async ready(token: CancellationToken): Promise<Running> {
    if (this.running && !this.running.process.hasEnded) {
      return this.running;
    }
    this.starting ??= this.start().finally(() => (this.starting = undefined));
    return untilCancelled(this.starting, token);
  }

  private async start(): Promise<Running> {
    const { logger, env, timeouts, firstWaitMs, startMs } = this.options;
    const { token } = this.closing;
    const crashed = this.running;
    if (this.givenUp && performance.now() < this.givenUp.untilMs) {
      throw this.givenUp.failure;
    }
    if (crashed) {
      this.running = undefined;
      await crashed.backend.dispose();
      const { crashes, step } = afterCrash(this.crashes, Date.now());
      this.crashes = crashes;
      if (step.kind === 'giveUp') {
        this.crashes = [];
        this.givenUp = { failure: crashed.process.failure(), untilMs: performance.now() + restMs };
        throw this.givenUp.failure;
      }
      logger.log('warn', `${crashed.process.failure().message} It is started again in ${step.delayMs} ms (${step.attempt}).`);
      await untilCancelled(new Promise((resolve) => setTimeout(resolve, step.delayMs)), token);
    }
    const process = await LlamaProcess.start({ rules: this.rules, program: this.program, logger, env, ...(startMs === undefined ? {} : { startMs }) }, token);
    try {
      const access = { ...this.rules, kind: 'openai' as const, endpoint: `${process.url}/v1` };
      const backend = await OpenAiBackend.open(access, { logger, apiKey: process.apiKey, ...(timeouts ? { timeouts } : {}), ...(firstWaitMs === undefined ? {} : { firstWaitMs }) }, token);
      logger.log('info', `llama-server runs at ${process.url} with ${this.rules.file}.`);
      this.running = { process, backend };
      return this.running;
    } catch (error) {
      await process.dispose();
      throw error;
    }
  }

  private restLater(): void {
    const { idleSeconds } = this.rules;
    if (this.busy === 0 && idleSeconds > 0 && !this.closing.token.isCancellationRequested) {
      clearTimeout(this.idle);
      this.idle = setTimeout(() => {
        this.options.logger.log('info', `llama-server is ended: nobody has asked it for ${idleSeconds} s.`);
        void this.rest();
      }, idleSeconds * 1000).unref();
    }
  }

  private async rest(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.backend.dispose();
    await running?.process.dispose();
  }
}
