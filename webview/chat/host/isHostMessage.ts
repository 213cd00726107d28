import type { HostMessage, PanelAction } from '../../../server/protocol/panel.js';
import { type Guard, isCount, isFlag, isNumber, isText, listOf, oneOf, optional, shape } from './guards.js';

const isSegment = shape({ startSeconds: isNumber, endSeconds: isNumber });
const isAction: Guard<PanelAction> = oneOf(
  'retry',
  'restartServer',
  'showLog',
  'openSettings',
  'chooseModel',
  'useCpuOnly',
  'locateFile',
  'addClip',
  'exportTranscript',
  'copyTranscript',
  'newConversation',
  'manageTrust',
);
const isProblem = shape({ message: isText, hint: optional(isText), actions: optional(listOf(isAction)) });

const isFacts = shape({
  kind: oneOf('video', 'image'),
  width: isNumber,
  height: isNumber,
  durationSeconds: isNumber,
  fps: isNumber,
  frameCount: isNumber,
  streams: listOf(shape({ kind: isText, codec: isText })),
});

/** Media come from this machine's own server, or through the editor's tunnel to it. */
const isMediaUrl: Guard<string> = (value): value is string => isText(value) && /^https?:\/\//i.test(value);
const isMedia = shape({
  mediaId: isText,
  mode: oneOf('file', 'remux', 'transcode', 'image'),
  reason: isText,
  url: isMediaUrl,
});
const isClip = shape({
  clipId: isText,
  name: isText,
  facts: optional(isFacts),
  media: optional(isMedia),
  problem: optional(isProblem),
  unplayable: optional(isProblem),
});

const isPlan = shape({
  spec: isText,
  span: isSegment,
  indices: listOf(isNumber),
  seconds: listOf(isNumber),
  reason: isText,
});
const isPlans = listOf(shape({ clipId: isText, name: isText, plan: isPlan }));
const isHalf = oneOf('embeddings', 'timeline', 'both');
const isTrackName = oneOf('shots', 'objects', 'text', 'speech', 'people', 'motion');
const isEvidence = shape({ id: isText, track: isTrackName, label: isText, clipId: isText, startSeconds: isNumber, endSeconds: isNumber });
const isResult = shape({
  tokens: shape({ prompt: isNumber, reused: isNumber, generated: isNumber }),
  timings: shape({ decode: isNumber, encode: isNumber, prefill: isNumber, generate: isNumber, total: isNumber }),
  stopReason: oneOf('stop', 'length', 'cancelled'),
  model: shape({ id: isText, demonstration: isFlag }),
  embeddingsCached: isFlag,
  droppedTurns: isNumber,
  device: isText,
  modelName: optional(isText),
  from: optional(isHalf),
  fromReason: optional(isText),
});
const isTurn = shape({
  turnId: isText,
  question: isText,
  span: optional(isSegment),
  spanClipId: optional(isText),
  answer: isText,
  nextSequence: optional(isCount),
  state: oneOf('waiting', 'streaming', 'complete', 'stopped', 'interrupted', 'failed'),
  problem: optional(isProblem),
  plan: optional(isPlan),
  plans: optional(isPlans),
  result: optional(isResult),
  evidence: optional(listOf(isEvidence)),
  rating: optional(shape({ value: oneOf('up', 'down'), note: optional(isText) })),
});

const isServer: Guard<unknown> = (value): value is unknown =>
  shape({ state: oneOf('stopped', 'starting', 'ready') })(value) ||
  shape({ state: oneOf('restarting'), attempt: isNumber, delayMs: isNumber })(value) ||
  shape({ state: oneOf('failed'), problem: isProblem })(value);

const isTimelineTrack = shape({
  track: isTrackName,
  state: optional(oneOf('complete', 'partial', 'unavailable')),
  note: optional(isText),
  events: listOf(
    shape({
      id: isText,
      label: isText,
      count: optional(isCount),
      confidence: isNumber,
      source: isText,
      startSeconds: isNumber,
      endSeconds: isNumber,
      bestSeconds: optional(isNumber),
    }),
  ),
  omitted: isCount,
});
const isTimeline = shape({
  state: oneOf('creating', 'ready', 'stopped', 'failed'),
  step: optional(shape({ what: oneOf('shots', 'frames', 'speech', 'words'), done: isNumber, total: isNumber })),
  problem: optional(isProblem),
  tracks: listOf(isTimelineTrack),
});

const isLimits = shape({ most: isCount, videos: isCount, images: isCount });
const isState = shape({
  conversationId: isText,
  title: isText,
  clips: listOf(isClip),
  turns: listOf(isTurn),
  model: optional(shape({ id: isText, name: isText, demonstration: isFlag, plan: isText, media: optional(isLimits), halves: optional(listOf(isHalf)), leavesTo: optional(isText) })),
  server: isServer,
  busy: isFlag,
  frames: optional(isCount),
  answersFrom: optional(oneOf('auto', 'embeddings', 'timeline', 'both')),
  suggestions: listOf(isText),
  timelines: optional(listOf(shape({ clipId: isText, timeline: isTimeline }))),
});

/** One guard per type: the compiler complains when the contract gets a message that is missing here. */
const guards: Record<HostMessage['type'], Guard<unknown>> = {
  state: shape({ state: isState }),
  server: shape({ server: isServer }),
  clip: shape({ clip: isClip }),
  mediaProgress: shape({ clipId: isText, fraction: isNumber }),
  timeline: shape({ clipId: isText, timeline: optional(isTimeline) }),
  stage: shape({
    turnId: isText,
    stage: oneOf('queued', 'loading', 'decoding', 'encoding', 'looking', 'prefill', 'generating'),
    done: optional(isNumber),
    total: optional(isNumber),
  }),
  plan: shape({ turnId: isText, plan: isPlan, plans: optional(isPlans) }),
  delta: shape({ turnId: isText, sequence: isCount, text: isText }),
  turn: shape({ turn: isTurn, busy: isFlag }),
  focus: shape({ target: oneOf('input', 'lastAnswer', 'player') }),
  seek: shape({ clipId: isText, segment: isSegment, play: isFlag, mark: optional(isFlag) }),
  reply: shape({ id: isCount, problem: optional(isProblem) }),
};

/** Whether the page may act on it. The rest of a refused message is not looked at. */
export function isHostMessage(value: unknown): value is HostMessage {
  return (
    shape({ type: isText })(value) && Object.hasOwn(guards, value.type) && guards[value.type as HostMessage['type']](value)
  );
}
