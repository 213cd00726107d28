import type { PanelAction, PanelProblem, PanelServer } from '../../../server/protocol/panel.js';
import type { AnnotateSession } from './annotateSession.js';

/** The annotator's host knows fewer actions than the chat's; what restarts the server also tries again what failed. */
const known: Partial<Record<PanelAction, 'restartServer' | 'showLog' | 'locateMedia'>> = {
  restartServer: 'restartServer',
  retry: 'restartServer',
  manageTrust: 'restartServer',
  showLog: 'showLog',
  locateFile: 'locateMedia',
};

/** Asks the host for what a problem's button says. */
export function hostAction(session: AnnotateSession, wanted: PanelAction): void {
  const action = known[wanted];
  if (action) {
    session.request({ type: 'action', action });
  }
}

/** A problem with those buttons only that do something here. */
export function withKnownActions(problem: PanelProblem): PanelProblem {
  return { ...problem, actions: problem.actions?.filter((action) => known[action] !== undefined) };
}

export function serverWithKnownActions(server: PanelServer): PanelServer {
  return server.state === 'failed' ? { ...server, problem: withKnownActions(server.problem) } : server;
}
