import type { PanelAction } from '../../../server/protocol/panel.js';
import type { AnnotateSession } from './annotateSession.js';

/** What a problem's button asks for, in the words that the annotator's host knows. */
export function hostAction(session: AnnotateSession, action: PanelAction): void {
  switch (action) {
    case 'restartServer':
    case 'showLog':
      return session.request({ type: 'action', action });
    case 'locateFile':
      return session.request({ type: 'action', action: 'locateMedia' });
    case 'retry':
    case 'openSettings':
    case 'chooseModel':
    case 'useCpuOnly':
    case 'addClip':
    case 'exportTranscript':
    case 'copyTranscript':
    case 'newConversation':
    case 'manageTrust':
      return session.request({ type: 'action', action: 'restartServer' });
  }
}
