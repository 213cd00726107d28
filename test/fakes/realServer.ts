import { Listeners } from '../../extension/chat/listeners.js';
import type { RunningServer, ServerController, ServerState } from '../../extension/server/serverController.js';
import { ServerInProcess } from './connectedPair.js';
import { GatedParts } from './gatedParts.js';

/** The real server of this project, in this process, with an engine of gates. */
export class RealServer implements ServerController {
  state: ServerState = { state: 'stopped' };
  fake = new GatedParts();
  private host = new ServerInProcess(this.fake.parts);
  private current: RunningServer | undefined;
  private session = 0;
  private readonly listeners = new Listeners<ServerState>();
  onDidChangeState = this.listeners.add;

  async client(): Promise<RunningServer> {
    this.current ??= { client: await this.host.connect(), session: ++this.session };
    this.state = { state: 'ready' };
    return this.current;
  }
  running(): RunningServer | undefined {
    return this.current;
  }
  async restart(): Promise<void> {
    await this.host.dispose();
    this.current = undefined;
    this.fake = new GatedParts();
    this.host = new ServerInProcess(this.fake.parts);
    this.state = { state: 'restarting', attempt: 1, delayMs: 0 };
    this.listeners.tell(this.state);
  }
  async dispose(): Promise<void> {
    Object.values(this.fake.gates).forEach((gate) => gate.open());
    await this.host.dispose();
  }
}
