import { type ChildProcess, spawn } from 'node:child_process';
import { type Phrase, phrase } from '../protocol/index.js';
import type { Disposable } from './dispose.js';
import type { Logger } from './logger.js';
import { PhraseError } from './phraseError.js';

/** The program answered with an error (`refused`), or its process is gone or was ended (`died`). */
export class ChildWorkerError extends PhraseError {
  constructor(
    readonly kind: 'refused' | 'died',
    reason: string | Phrase,
  ) {
    super(reason);
  }
}

/** What travels to the program, besides the parameters. */
export interface WorkerRequest {
  id: number;
  kind: string;
}
/** What it answers: either of both. */
export interface WorkerAnswer {
  id: number;
  result?: unknown;
  error?: string;
}

export interface ChildWorkerOptions {
  /** For Node: a program and its arguments. */
  args: readonly string[];
  /** Added to the environment. */
  env?: NodeJS.ProcessEnv;
  logger: Logger;
  /** Before what the program prints, in the log. */
  name: string;
  /** Says whose process it is that `reason`, e.g. "was ended by SIGKILL". */
  describe(reason: Phrase | ''): Phrase;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const noiseLimit = 4_096;
const alive = new Set<ChildProcess>();
process.once('exit', () => alive.forEach((child) => child.kill('SIGKILL')));

/**
 * A child process that runs native code: because that runs on the event loop's thread, because it can kill the process it
 * lives in, and because a native call can only be ended together with its process. It speaks over Node's IPC channel.
 */
export class ChildWorker<Requests extends { [Name in keyof Requests]: { params: object; result: unknown } }> implements Disposable {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly gone: Promise<void>;
  private nextId = 0;
  private noise = '';
  private deathReason?: Phrase;

  constructor(private readonly options: ChildWorkerOptions) {
    const environment: NodeJS.ProcessEnv = { ...process.env, ...options.env, ELECTRON_RUN_AS_NODE: '1' };
    delete environment['NODE_OPTIONS'];
    this.child = spawn(process.execPath, options.args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: environment,
      windowsHide: true,
    });
    alive.add(this.child);
    this.child.stdout?.on('data', (data: Buffer) => this.hear(data));
    this.child.stderr?.on('data', (data: Buffer) => this.hear(data));
    this.child.on('message', (message) => this.answer(message as WorkerAnswer));
    this.gone = new Promise((resolve) => {
      this.child.once('error', (error) => {
        this.bury(phrase`could not be started: ${error.message}`);
        resolve();
      });
      this.child.once('exit', (code, signal) => {
        this.bury(signal ? phrase`was ended by ${signal}` : phrase`ended with code ${code ?? 0}`);
        resolve();
      });
    });
    this.keepProcessAlive(false);
  }

  get isAlive(): boolean {
    return this.deathReason === undefined;
  }

  get processId(): number | undefined {
    return this.isAlive ? this.child.pid : undefined;
  }

  /** The end of what the native library printed. */
  get output(): string {
    return this.noise.trim();
  }

  /**
   * Sends one request. The child works on one at a time, in order. When `timeoutMs` is over the child
   * is killed.
   *
   * @throws ChildWorkerError
   */
  async request<K extends keyof Requests & string>(kind: K, params: Requests[K]['params'], timeoutMs: number): Promise<Requests[K]['result']> {
    const id = this.nextId++;
    const timer = setTimeout(() => this.kill(phrase`gave no answer for ${Math.round(timeoutMs / 1000)} s`), timeoutMs);
    try {
      return await new Promise<Requests[K]['result']>((resolve, reject) => {
        if (this.deathReason !== undefined) {
          throw this.death();
        }
        this.pending.set(id, { resolve, reject });
        this.keepProcessAlive(true);
        this.child.send({ id, kind, ...params }, (error) => error && this.kill(phrase`does not listen: ${error.message}`));
      });
    } finally {
      clearTimeout(timer);
      this.pending.delete(id);
      this.keepProcessAlive(this.pending.size > 0);
    }
  }

  /** Ends the child now, whatever it is doing. Pending requests are rejected with `died`. */
  kill(reason: Phrase): void {
    this.bury(reason);
    this.child.kill('SIGKILL');
  }

  async dispose(): Promise<void> {
    this.keepProcessAlive(this.isAlive || this.child.exitCode === null);
    this.kill(phrase`was closed`);
    await this.gone;
    this.keepProcessAlive(false);
  }

  private answer(message: WorkerAnswer): void {
    const pending = this.pending.get(message.id);
    if (message.error !== undefined) {
      pending?.reject(new ChildWorkerError('refused', message.error));
    } else {
      pending?.resolve(message.result);
    }
  }

  private hear(data: Buffer): void {
    const text = data.toString().replace(/\u001b\[[0-9;]*m/g, '');
    this.noise = (this.noise + text).slice(-noiseLimit);
    this.options.logger.log('debug', `${this.options.name}: ${text.trim()}`);
  }

  private bury(reason: Phrase): void {
    this.deathReason ??= reason;
    alive.delete(this.child);
    for (const pending of this.pending.values()) {
      pending.reject(this.death());
    }
    this.pending.clear();
  }

  private death(): ChildWorkerError {
    return new ChildWorkerError('died', this.options.describe(this.deathReason ?? ''));
  }

  /** An idle child must not keep a program from ending; one that works must. */
  private keepProcessAlive(keep: boolean): void {
    const pipes = [this.child.stdout, this.child.stderr] as ({ ref?(): void; unref?(): void } | null)[];
    for (const part of [this.child, this.child.channel, ...pipes]) {
      if (keep) {
        part?.ref?.();
      } else {
        part?.unref?.();
      }
    }
  }
}
