import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import type { Disposable } from '../../server/common/dispose.js';
import { ErrorCode, VideoChatError } from '../../server/protocol/index.js';
import type { RunningServer, ServerController, ServerState } from './serverController.js';

export interface SupervisorOptions {
  /** Starts a server and shakes hands with it. */
  start(options: { cpuOnly: boolean }): Promise<VideoChatClient>;
}

/** Skeleton: starts, hands out, restarts. */
export class ServerSupervisor implements ServerController {
  private current: ServerState = { state: 'stopped' };
  private starting: Promise<RunningServer> | undefined;
  private live: RunningServer | undefined;
  private session = 0;
  private cpuOnly = false;
  private readonly listeners = new Set<(state: ServerState) => void>();

  constructor(private readonly options: SupervisorOptions) {}

  get state(): ServerState {
    return this.current;
  }

  onDidChangeState(listener: (state: ServerState) => void): Disposable {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  client(): Promise<RunningServer> {
    this.starting ??= this.start();
    return this.starting;
  }

  running(): RunningServer | undefined {
    return this.live;
  }

  async restart(options: { cpuOnly?: boolean } = {}): Promise<void> {
    this.cpuOnly = options.cpuOnly ?? this.cpuOnly;
    await this.stop();
    await this.client();
  }

  async dispose(): Promise<void> {
    await this.stop();
    this.listeners.clear();
  }

  private async start(): Promise<RunningServer> {
    this.set({ state: 'starting' });
    try {
      const client = await this.options.start({ cpuOnly: this.cpuOnly });
      this.live = { client, session: ++this.session };
      void client.exited.then(() => this.gone(client));
      this.set({ state: 'ready' });
      return this.live;
    } catch (error) {
      this.starting = undefined;
      const problem = error instanceof VideoChatError ? error : new VideoChatError(ErrorCode.InternalError, String(error));
      this.set({ state: 'failed', error: problem, offerCpuOnly: !this.cpuOnly });
      throw problem;
    }
  }

  private gone(client: VideoChatClient): void {
    if (this.live?.client === client) {
      this.live = undefined;
      this.starting = undefined;
      this.set({ state: 'stopped' });
    }
  }

  private async stop(): Promise<void> {
    const { live } = this;
    this.live = undefined;
    this.starting = undefined;
    await live?.client.dispose();
    this.set({ state: 'stopped' });
  }

  private set(state: ServerState): void {
    this.current = state;
    this.listeners.forEach((listener) => listener(state));
  }
}
