import type { Disposable } from '../../server/common/dispose.js';
import { Listeners } from '../../extension/chat/listeners.js';
import type { RunningServer, ServerController, ServerState } from '../../extension/server/serverController.js';
import { ScriptedServer } from './scriptedServer.js';

/** A supervised server that dies and comes back when a test says so. */
export class DyingServer implements ServerController {
  state: ServerState = { state: 'stopped' };
  readonly script = new ScriptedServer();
  restarts: unknown[] = [];
  /** Why it may not be started, as in a workspace that is not trusted. */
  refusal: Error | undefined;
  private current: RunningServer | undefined;
  private sessions = 0;
  private starting: Promise<RunningServer> | undefined;
  private waiting: ((server: RunningServer) => void)[] = [];
  private readonly listeners = new Listeners<ServerState>();

  onDidChangeState = (listener: (state: ServerState) => void): Disposable => this.listeners.add(listener);

  client(): Promise<RunningServer> {
    if (this.refusal) {
      return Promise.reject(this.refusal);
    }
    if (this.current) {
      return Promise.resolve(this.current);
    }
    if (this.state.state === 'failed') {
      return Promise.reject(this.state.error);
    }
    if (this.state.state === 'restarting') {
      return new Promise((resolve) => this.waiting.push(resolve));
    }
    this.starting ??= this.comeBack();
    return this.starting;
  }

  running(): RunningServer | undefined {
    return this.current;
  }

  /** Ends in the middle of whatever it does; `comeBack` starts it again. */
  die(): void {
    this.current = undefined;
    this.starting = undefined;
    this.script.die();
    this.change({ state: 'restarting', attempt: 1, delayMs: 500 });
  }

  async comeBack(): Promise<RunningServer> {
    const running = { client: await this.script.connect(), session: ++this.sessions };
    this.current = running;
    this.change({ state: 'ready' });
    this.waiting.splice(0).forEach((resolve) => resolve(running));
    return running;
  }

  change(state: ServerState): void {
    this.state = state;
    this.listeners.tell(state);
  }

  async restart(options?: { cpuOnly?: boolean }): Promise<void> {
    this.restarts.push(options);
    await this.comeBack();
  }

  async dispose(): Promise<void> {
    await this.current?.client.dispose();
    this.script.die();
  }
}
