import type { PanelClip, PanelState, PanelTimeline, PanelTimelineEvent, PanelTurn } from '../../../../server/protocol/panel.js';
import { panelResult } from '../../../fixtures/panelResult.js';

/** States of a conversation about a clip of four seconds. */
export function exampleClip(origin: string, more: Partial<PanelClip> = {}): PanelClip {
  return {
    clipId: 'clip1',
    name: 'skateboarding.mp4',
    facts: {
      path: '/videos/skateboarding.mp4',
      contentHash: '0',
      bytes: 1_000_000,
      kind: 'video',
      container: 'mov,mp4,m4a,3gp,3g2,mj2',
      codec: 'h264',
      width: 160,
      height: 120,
      rotationDegrees: 0,
      durationSeconds: 4,
      fps: 25,
      frameCount: 100,
      variableFrameRate: false,
      streams: [{ index: 0, kind: 'video', codec: 'h264' }],
    },
    media: { mediaId: 'm1', mode: 'file', reason: '', url: `${origin}/media/1`, mimeType: 'video/mp4', bytes: 1_000_000 },
    ...more,
  };
}

export const examplePlan = {
  spec: 'videochat:8',
  span: { startSeconds: 0, endSeconds: 4 },
  indices: [6, 18, 31, 43, 56, 68, 81, 93],
  seconds: [0.24, 0.72, 1.24, 1.72, 2.24, 2.72, 3.24, 3.72],
  reason: '8 frames, one from the middle of each eighth of the clip',
};

const event = (label: string, startSeconds: number, endSeconds: number, more: Partial<PanelTimelineEvent> = {}): PanelTimelineEvent => ({
  ...{ id: `${label}-${startSeconds}`, label, startSeconds, endSeconds, confidence: 0.8, source: 'nanodet' },
  ...more,
});

/** Of a skateboarding dog. */
export const exampleTimeline: PanelTimeline = {
  state: 'ready',
  tracks: [
    { track: 'shots', state: 'complete', events: [event('shot', 0, 2), event('shot', 2, 4)], omitted: 0 },
    { track: 'objects', state: 'complete', events: [event('person', 0, 3.6, { count: 2, bestSeconds: 3 }), event('dog', 1, 2, { bestSeconds: 1.52 }), event('skateboard', 1.2, 1.3)], omitted: 0 },
    { track: 'text', state: 'complete', events: [event('EXIT', 3, 4)], omitted: 0 },
    { track: 'speech', state: 'unavailable', note: 'The clip has no sound.', events: [], omitted: 0 },
  ],
};

export function finishedTurn(more: Partial<PanelTurn> = {}): PanelTurn {
  return {
    turnId: 't1',
    question: 'When does the dog jump?',
    answer:
      'The dog jumps onto the board at 0:01 and rides it **until 3.2 s**. Between 1 and 2 seconds a man runs beside it.\n\n- a dog, brown\n- a skateboard\n\n```json\n{ "jump": 1.0 }\n```\n\nSee [the rules](https://example.org/rules).',
    state: 'complete',
    plan: examplePlan,
    result: panelResult(),
    ...more,
  };
}

export function exampleState(origin: string, more: Partial<PanelState> = {}): PanelState {
  return {
    conversationId: 'c1',
    title: 'skateboarding.mp4',
    clips: [exampleClip(origin)],
    turns: [],
    model: { id: 'smol', name: 'SmolVLM2-500M', demonstration: false, plan: 'videochat:8' },
    server: { state: 'ready' },
    busy: false,
    suggestions: ['Summarize this clip', 'What objects are there?', 'What happens at the end?'],
    ...more,
  };
}
