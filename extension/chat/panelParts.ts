import type { ModelInfo, PanelServer, VideoFacts } from '../../server/protocol/index.js';
import type { ServerState } from '../server/serverController.js';
import type { Translate } from '../translate.js';

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

/** Questions to begin with. Those for the demonstration model are in the only language it was taught. */
export function suggestionsFor(model: ModelInfo | undefined, kind: VideoFacts['kind'] | undefined, t: Translate): string[] {
  if (!model) {
    return [];
  }
  if (kind === 'image') {
    return model.demonstration
      ? ['Describe the picture.', 'How many objects are there?']
      : [t('What can be seen in this picture?'), t('Describe it in detail, step by step.')];
  }
  return model.demonstration
    ? ['Describe the video.', 'How many objects are there?', 'Which object appears first?']
    : [t('What happens in this video?'), t('Which objects can be seen?'), t('Describe it in detail, step by step.')];
}
