import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Disposable } from '../common/dispose.js';
import type { Logger } from '../common/logger.js';
import { PhraseError } from '../common/phraseError.js';
import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import { sessionHostSource } from './sessionHostSource.js';

/** An input or output of a graph as ONNX Runtime tells it; a name in `shape` is a free dimension. */
export interface TensorFacts {
  name: string;
  isTensor: boolean;
  type?: string;
  shape?: (number | string)[];
}

export interface GraphFacts {
  inputs: TensorFacts[];
  outputs: TensorFacts[];
}

export interface RunResult {
  data: unknown;
  dims: readonly number[];
  type: string;
  milliseconds: number;
}

interface HostRequests {
  backends: { params: Record<string, never>; result: { name: string; bundled: boolean }[] };
  load: { params: { model: string | Uint8Array; provider: string; threads: number; frugal?: boolean }; result: GraphFacts };
  run: {
    params: { input: string; data: Float32Array; dims: readonly number[]; output: string };
    result: RunResult;
  };
}

/** The runtime answered with an error (`refused`), or its process is gone or was ended (`died`). */
export class SessionHostError extends PhraseError {
  constructor(
    readonly kind: 'refused' | 'died',
    reason: string | Phrase,
  ) {
    super(reason);
  }
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const noiseLimit = 4_096;
const alive = new Set<ChildProcess>();
process.once('exit', () => alive.forEach((child) => child.kill('SIGKILL')));

/**
 * A child process with one ONNX Runtime session. A process of its own, because onnxruntime-node loads
 * and runs on the event loop's thread, because a bad execution provider or driver kills the process it
 * lives in, and because a native call can only be ended together with its process.
 */
export class SessionHost implements Disposable {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, Pending>();
  private readonly gone: Promise<void>;
  private nextId = 0;
  private noise = '';
  private deathReason?: Phrase;

  constructor(private readonly logger: Logger) {
    const environment: NodeJS.ProcessEnv = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    delete environment['NODE_OPTIONS'];
    this.child = spawn(process.execPath, ['-e', sessionHostSource, runtimePath()], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: environment,
      windowsHide: true,
    });
    alive.add(this.child);
    this.child.stdout?.on('data', (data: Buffer) => this.hear(data));
    this.child.stderr?.on('data', (data: Buffer) => this.hear(data));
    this.child.on('message', (message) => this.answer(message as { id: number; result?: unknown; error?: string }));
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
   * @throws SessionHostError
   */
  async request<K extends keyof HostRequests>(
    kind: K,
    params: HostRequests[K]['params'],
    timeoutMs: number,
  ): Promise<HostRequests[K]['result']> {
    const id = this.nextId++;
    const timer = setTimeout(() => this.kill(phrase`gave no answer for ${Math.round(timeoutMs / 1000)} s`), timeoutMs);
    try {
      return await new Promise<HostRequests[K]['result']>((resolve, reject) => {
        if (this.deathReason !== undefined) {
          throw this.death();
        }
        this.pending.set(id, { resolve: (result) => resolve(result as HostRequests[K]['result']), reject });
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

  private answer(message: { id: number; result?: unknown; error?: string }): void {
    const pending = this.pending.get(message.id);
    if (message.error !== undefined) {
      pending?.reject(new SessionHostError('refused', message.error));
    } else {
      pending?.resolve(message.result);
    }
  }

  private hear(data: Buffer): void {
    const text = data.toString().replace(/\u001b\[[0-9;]*m/g, '');
    this.noise = (this.noise + text).slice(-noiseLimit);
    this.logger.log('debug', `onnxruntime: ${text.trim()}`);
  }

  private bury(reason: Phrase): void {
    this.deathReason ??= reason;
    alive.delete(this.child);
    for (const pending of this.pending.values()) {
      pending.reject(this.death());
    }
    this.pending.clear();
  }

  private death(): SessionHostError {
    return new SessionHostError('died', phrase`the encoder's process ${this.deathReason ?? ''}`);
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

function runtimePath(): string {
  try {
    return createRequire(import.meta.url).resolve('onnxruntime-node');
  } catch {
    throw new VideoChatError(ErrorCode.RuntimeMismatch, 'ONNX Runtime (onnxruntime-node) is not installed.', {
      hint: 'Run the set-up again (npm ci).',
    });
  }
}
