import type { PanelState, PanelTurn } from '../../../server/protocol/panel.js';

export function turn(more: Partial<PanelTurn> = {}): PanelTurn {
  return { turnId: 't1', question: 'What is it?', answer: '', state: 'waiting', ...more };
}

export function panel(more: Partial<PanelState> = {}): PanelState {
  return {
    conversationId: 'c1',
    title: 'A clip',
    clips: [{ clipId: 'v1', name: 'a.mp4' }],
    turns: [],
    model: { id: 'm', name: 'Model', demonstration: false, plan: 'videochat:8' },
    server: { state: 'ready' },
    busy: false,
    suggestions: [],
    ...more,
  };
}
