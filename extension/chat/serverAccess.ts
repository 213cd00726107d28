import { ErrorCode, type PanelServer } from '../../server/protocol/index.js';
import type { RunningServer, ServerController } from '../server/serverController.js';
import type { Translate } from '../translate.js';
import { panelServer } from './panelParts.js';
import { hasCode, problemOf } from './problems.js';

/** The server as one panel sees it: where none may be started, the page says so at once, not only when it is asked. */
export class ServerAccess {
  private refusal: unknown;

  constructor(
    private readonly ports: { server: ServerController; t: Translate },
    private readonly changed: () => void,
  ) {}

  view(): PanelServer {
    const { refusal, ports } = this;
    const { state } = ports.server;
    return refusal !== undefined && state.state === 'stopped' ? { state: 'failed', problem: problemOf(refusal, ports.t) } : panelServer(state);
  }

  /** @throws VideoChatError as `ServerController.client` */
  async client(): Promise<RunningServer> {
    const before = this.refusal;
    try {
      const running = await this.ports.server.client();
      this.refusal = undefined;
      return running;
    } catch (error) {
      this.refusal = hasCode(error, ErrorCode.NotTrusted) ? error : undefined;
      throw error;
    } finally {
      if (before !== this.refusal) {
        this.changed();
      }
    }
  }
}
