import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { request } from 'undici';
import { builtProgram } from '../../common/builtProgram.js';
import { type CancellationToken, cancellationSource, throwIfCancelled } from '../../common/cancellation.js';
import type { Disposable } from '../../common/dispose.js';
import type { Logger } from '../../common/logger.js';
import { untilCancelled } from '../../common/untilCancelled.js';
import type { LlamaServerRules } from '../../models/llamaServerRules.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../../protocol/index.js';
import { llamaArguments, llamaEnvironment } from './llamaArguments.js';

export interface LlamaProcessOptions {
  rules: LlamaServerRules;
  program: string;
  logger: Logger;
  env: NodeJS.ProcessEnv;
  /** Large models are read from disk for minutes; in milliseconds. */
  startMs?: number;
}

const usualStartMs = 15 * 60_000;
const pollMs = 100;
/** Of what it prints, so many lines are told when it fails. */
const keptLines = 6;

const alive = new Set<LlamaProcess>();
process.once('exit', () => alive.forEach((each) => each.kill()));

/** One `llama-server` that runs, for this process alone: on 127.0.0.1, with a key of its own, and ended with this process. */
export class LlamaProcess implements Disposable {
  readonly apiKey = randomBytes(32).toString('hex');
  /** Settles when the program has ended. */
  readonly gone: Promise<void>;
  private readonly guard: ChildProcess;
  private readonly ending = cancellationSource();
  private readonly lines: string[] = [];
  private pid: number | undefined;
  private port: number | undefined;
  private reason: Phrase | undefined;

  private constructor(private readonly options: LlamaProcessOptions) {
    const { rules, program, env } = options;
    this.guard = spawn(process.execPath, [builtProgram('llamaServerGuard.mjs'), program, ...llamaArguments(rules)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: llamaEnvironment(env, this.apiKey),
      windowsHide: true,
    });
    alive.add(this);
    this.guard.stdin?.on('error', () => undefined);
    for (const stream of [this.guard.stdout, this.guard.stderr]) {
      if (stream) {
        createInterface({ input: stream }).on('line', (line) => this.hear(line));
      }
    }
    this.gone = new Promise((resolve) => {
      this.guard.once('error', ({ message }) => this.bury(phrase`could not be started: ${message}`, resolve));
      // When its pipes are closed too, and all that it printed is known.
      this.guard.once('close', (code, signal) => this.bury(signal ? phrase`was ended by ${signal}` : phrase`ended with code ${code ?? 0}`, resolve));
    });
  }

  /**
   * Starts the program and waits until its model is loaded.
   *
   * @throws VideoChatError LlamaServerFailed, RequestCancelled
   */
  static async start(options: LlamaProcessOptions, token: CancellationToken): Promise<LlamaProcess> {
    throwIfCancelled(token);
    const started = new LlamaProcess(options);
    try {
      await started.untilHealthy(token);
      return started;
    } catch (error) {
      await started.dispose();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port ?? 0}`;
  }

  get hasEnded(): boolean {
    return this.reason !== undefined;
  }

  /** Is cancelled when the program has ended. */
  get ended(): CancellationToken {
    return this.ending.token;
  }

  /** What is told of a program that has ended. */
  failure(): VideoChatError {
    const said = this.lines.slice(-keptLines).join(' | ').slice(-600);
    return new VideoChatError(ErrorCode.LlamaServerFailed, said === '' ? phrase`llama-server ${this.reason ?? ''}.` : phrase`llama-server ${this.reason ?? ''}. It said: ${said}`, {
      hint: 'Its log is in the log of VideoChat. A newer version may know the model, a smaller model may fit the memory.',
      subject: this.options.rules.file,
    });
  }

  /** Ends it at once. */
  kill(): void {
    this.guard.kill('SIGKILL');
    this.killProgram();
  }

  async dispose(): Promise<void> {
    // The guard ends the program, gently at first.
    this.guard.stdin?.destroy();
    await this.gone;
  }

  private async untilHealthy(token: CancellationToken): Promise<void> {
    const { startMs = usualStartMs } = this.options;
    const lastMs = performance.now() + startMs;
    while (!(await this.isHealthy())) {
      if (this.hasEnded) {
        throw this.failure();
      }
      if (performance.now() > lastMs) {
        throw new VideoChatError(ErrorCode.LlamaServerFailed, phrase`llama-server has not loaded its model within ${Math.round(startMs / 1000)} seconds.`, {
          hint: 'Its log is in the log of VideoChat. A newer version may know the model, a smaller model may fit the memory.',
          subject: this.options.rules.file,
        });
      }
      await untilCancelled(Promise.race([this.gone, new Promise((resolve) => setTimeout(resolve, pollMs))]), token);
    }
  }

  private async isHealthy(): Promise<boolean> {
    if (this.port === undefined || this.hasEnded) {
      return false;
    }
    try {
      const { statusCode, body } = await request(`${this.url}/health`, { headersTimeout: 5_000, bodyTimeout: 5_000, headers: { authorization: `Bearer ${this.apiKey}` } });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }

  private hear(line: string): void {
    const [, pid] = this.pid === undefined ? (/^process (\d+)$/.exec(line) ?? []) : [];
    if (pid !== undefined) {
      this.pid = Number(pid);
      return;
    }
    // It takes a free port and says which: one that we looked for could be somebody else's by then.
    const [, port] = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    this.port ??= port === undefined ? undefined : Number(port);
    const plain = line.replaceAll(this.apiKey, '…').replace(/\u001b\[[0-9;]*m/g, '').trim();
    if (plain !== '') {
      this.lines.push(plain);
      this.lines.splice(0, this.lines.length - 40);
      this.options.logger.log('debug', `llama-server: ${plain}`);
    }
  }

  private bury(reason: Phrase, resolve: () => void): void {
    this.reason ??= reason;
    alive.delete(this);
    // A guard that was killed has ended nothing.
    if (this.guard.signalCode) {
      this.killProgram();
    }
    this.ending.cancel();
    resolve();
  }

  private killProgram(): void {
    if (this.pid) {
      try {
        process.kill(this.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  }
}
