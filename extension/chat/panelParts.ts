import type { PanelServer } from '../../server/protocol/index.js';
import type { ServerState } from '../server/serverController.js';

/** The server's state as the page shows it. */
export function panelServer(state: ServerState): PanelServer {
  if (state.state !== 'failed') {
    return state;
  }
  const { error, offerCpuOnly } = state;
  return {
    state: 'failed',
    problem: {
      message: error.message,
      ...(error.data.hint ? { hint: error.data.hint } : {}),
      actions: offerCpuOnly ? ['restartServer', 'useCpuOnly', 'showLog'] : ['restartServer', 'showLog'],
    },
  };
}
