import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import { describeExit, type ServerExit } from '../../server/client/serverProcess.js';
import type { Disposable } from '../../server/common/dispose.js';
import { afterCrash, crashBudget } from '../../server/common/restartPolicy.js';
import { ErrorCode, type LogLevel, ServerStatusRequest, VideoChatError } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import { type Clock, systemClock } from './clock.js';
import { Heartbeat } from './heartbeat.js';
import type { RunningServer, ServerController, ServerState } from './serverController.js';

/** How long a server may take from its start to its answer to `initialize`, in milliseconds. */
const startLimitMs = 60_000;

export interface SupervisorOptions {
  /** Starts a server and shakes hands with it; must kill it when the signal aborts. */
  start(options: { cpuOnly: boolean; signal: AbortSignal }): Promise<VideoChatClient>;
  /** Why the server may not be started now, e.g. in a workspace that is not trusted. */
  refusal?(): VideoChatError | undefined;
  log(level: LogLevel, message: string): void;
  t: Translate;
  clock?: Clock;
}

interface Waiter {
  resolve(server: RunningServer): void;
  reject(error: VideoChatError): void;
}

/** Starts the server when first needed, watches it, and starts it again when it dies. */
export class ServerSupervisor implements ServerController {
  private readonly clock: Clock;
  private readonly listeners = new Set<(state: ServerState) => void>();
  private waiters: Waiter[] = [];
  private current: ServerState = { state: 'stopped' };
  /** What callers get; gone as soon as the connection is. */
  private live: RunningServer | undefined;
  /** The server of `live`, until its process has ended. */
  private watched: VideoChatClient | undefined;
  private session = 0;
  /** Counts starts; one that is not the latest any more has been given up. */
  private starts = 0;
  private cpuOnly = false;
  private crashes: number[] = [];
  /** Why the server is about to end, where we know better than its exit code. */
  private causeOfDeath: string | undefined;
  /** What the current state has going: a timer, a start, a heartbeat. Ended by the next state. */
  private activity: Disposable | undefined;
  /** Servers that are being started or ended. */
  private readonly ending = new Set<Promise<void>>();
  private disposed = false;

  constructor(private readonly options: SupervisorOptions) {
    this.clock = options.clock ?? systemClock;
  }

  get state(): ServerState {
    return this.current;
  }

  onDidChangeState(listener: (state: ServerState) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  running(): RunningServer | undefined {
    return this.live;
  }

  async client(): Promise<RunningServer> {
    const refusal = this.disposed ? this.ended() : this.options.refusal?.();
    if (refusal) {
      throw refusal;
    }
    if (this.live) {
      return this.live;
    }
    if (this.current.state === 'failed') {
      throw this.current.error;
    }
    const server = new Promise<RunningServer>((resolve, reject) => this.waiters.push({ resolve, reject }));
    if (this.current.state === 'stopped') {
      this.begin();
    }
    return server;
  }

  async restart({ cpuOnly = false }: { cpuOnly?: boolean } = {}): Promise<void> {
    this.cpuOnly = cpuOnly;
    this.crashes = [];
    await this.stop();
    await this.client();
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    const stopped = this.stop();
    this.settle((waiter) => waiter.reject(this.ended()));
    await stopped;
    this.listeners.clear();
  }

  private begin(): void {
    const controller = new AbortController();
    const limit = this.clock.after(startLimitMs, () => controller.abort(this.tooSlow()));
    const giveUp = (): void => {
      void limit.dispose();
      controller.abort(this.ended());
    };
    this.enter({ state: 'starting' }, { dispose: giveUp });
    const start = this.start(controller.signal).finally(() => this.ending.delete(start));
    // A start that is given up has a process to kill.
    this.ending.add(start);
  }

  private async start(signal: AbortSignal): Promise<void> {
    const start = ++this.starts;
    const { cpuOnly } = this;
    this.options.log('info', `Starting the server${cpuOnly ? ' in CPU-only mode' : ''}.`);
    try {
      const client = await this.options.start({ cpuOnly, signal });
      if (this.starts === start) {
        this.ready(client);
      } else {
        await client.dispose();
      }
    } catch (error) {
      if (this.starts === start) {
        this.startFailed(asVideoChatError(error));
      }
    }
  }

  private ready(client: VideoChatClient): void {
    const { server, protocolVersion } = client.server;
    this.session++;
    this.live = { client, session: this.session };
    this.watched = client;
    this.options.log('info', `Server ${server.version} is ready (process ${client.processId ?? '?'}, protocol ${protocolVersion}).`);
    const heartbeat = new Heartbeat({
      clock: this.clock,
      isBusy: () => client.openRequests > 0,
      ask: () => client.request(ServerStatusRequest, {}),
      onHung: () => {
        this.causeOfDeath = 'it did not answer any more and was killed';
        client.kill();
      },
    });
    const { live } = this;
    void client.disconnected.then(() => (this.live = this.live === live ? undefined : this.live));
    void client.exited.then((exit) => this.exited(client, exit));
    this.enter({ state: 'ready' }, heartbeat);
    this.settle((waiter) => waiter.resolve(live));
  }

  private exited(client: VideoChatClient, exit: ServerExit): void {
    if (this.watched === client) {
      // Frees what the dead connection holds.
      this.end(client);
      this.crashed(this.causeOfDeath ?? describeExit(exit));
    }
  }

  private startFailed(error: VideoChatError): void {
    if (error.code === ErrorCode.ProtocolVersionMismatch) {
      // The next start would say the same.
      this.fail(error, false);
      return;
    }
    this.crashed(error.message);
  }

  private crashed(cause: string): void {
    this.live = undefined;
    this.watched = undefined;
    this.causeOfDeath = undefined;
    const { crashes, step } = afterCrash(this.crashes, this.clock.now());
    this.crashes = crashes;
    this.options.log('error', `The server ended unexpectedly: ${cause}.`);
    if (step.kind === 'giveUp') {
      const { t } = this.options;
      const message = t('The VideoChat server crashed {0} times within 3 minutes and is not started again by itself.', crashBudget);
      const hint = this.cpuOnly
        ? t('The log says why. It can be started again.')
        : t('The log says why. It can be started again, or without the graphics card (CPU-only mode).');
      this.fail(new VideoChatError(ErrorCode.ConnectionLost, message, { hint }), !this.cpuOnly);
      return;
    }
    const { attempt, delayMs } = step;
    this.enter({ state: 'restarting', attempt, delayMs }, this.clock.after(delayMs, () => this.begin()));
  }

  private fail(error: VideoChatError, offerCpuOnly: boolean): void {
    this.crashes = [];
    this.options.log('error', error.message);
    this.enter({ state: 'failed', error, offerCpuOnly });
    this.settle((waiter) => waiter.reject(error));
  }

  /** Those who wait for a server keep waiting: for the next one. */
  private async stop(): Promise<void> {
    const { watched } = this;
    this.live = undefined;
    this.watched = undefined;
    this.starts++;
    this.enter({ state: 'stopped' });
    if (watched) {
      this.end(watched);
    }
    await Promise.all(this.ending);
  }

  private end(client: VideoChatClient): void {
    const end = client.dispose().finally(() => this.ending.delete(end));
    this.ending.add(end);
  }

  private enter(state: ServerState, activity?: Disposable): void {
    const before = this.activity;
    this.activity = activity;
    this.current = state;
    void before?.dispose();
    this.listeners.forEach((listener) => listener(state));
  }

  private settle(tell: (waiter: Waiter) => void): void {
    const { waiters } = this;
    this.waiters = [];
    waiters.forEach(tell);
  }

  private ended(): VideoChatError {
    return new VideoChatError(ErrorCode.ShuttingDown, this.options.t('VideoChat is shutting down.'));
  }

  private tooSlow(): VideoChatError {
    return new VideoChatError(ErrorCode.ConnectionLost, `it was not ready within ${startLimitMs / 1000} s`);
  }
}

function asVideoChatError(error: unknown): VideoChatError {
  if (error instanceof VideoChatError) {
    return error;
  }
  return new VideoChatError(ErrorCode.InternalError, error instanceof Error ? error.message : String(error));
}
