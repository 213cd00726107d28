import type { Summary, VideoFacts } from '../../server/protocol/index.js';

/** A summary as the server makes them. */
export function clipSummary(facts: Partial<VideoFacts> = {}, text = 'A red ball moves.', moments: Summary['moments'] = []): Summary {
  return {
    facts: {
      ...{ path: '/clips/ball.mp4', contentHash: 'a'.repeat(64), bytes: 1000, kind: 'video', container: 'mov', codec: 'h264' },
      ...{ width: 64, height: 48, rotationDegrees: 0, durationSeconds: 4, fps: 25, frameCount: 100, variableFrameRate: false },
      streams: [
        { index: 0, kind: 'video', codec: 'h264' },
        { index: 1, kind: 'audio', codec: 'aac' },
      ],
      ...facts,
    },
    text,
    moments,
    plan: { spec: 'videochat:2', span: { startSeconds: 0, endSeconds: 4 }, indices: [6, 18, 18], seconds: [0.25, 0.75, 0.75], reason: '' },
    model: { id: 'mini', name: 'Mini', demonstration: true },
    totalMs: 1200,
  };
}
