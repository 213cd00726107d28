import { type AnnotationDocument, emptyAnnotations, type Provenance } from '../../../../server/protocol/annotation.js';
import type { AnnotateCommand, AnnotateState } from '../../../../server/protocol/annotatePanel.js';
import { exampleClip } from './examples.js';

const suggested: Provenance = {
  author: 'model',
  model: { id: 'SmolVLM2-500M', plan: 'videochat:8', prompt: 'Describe this part.' },
  at: '2026-01-02T03:04:05Z',
  status: 'suggested',
  confidence: 0.71,
};

/** Annotations of a clip of four seconds, of every kind and status. */
export function exampleDocument(): AnnotationDocument {
  return {
    ...emptyAnnotations({ path: 'clip_0042.mp4', duration: 4, fps: 25, frameCount: 100 }),
    description: 'A man opens a box and takes a ball out of it.',
    descriptionProvenance: { author: 'ada', at: '2026-01-02T03:04:05Z' },
    tags: ['kitchen', 'box'],
    segments: [
      { id: 's1', start: 0.2, end: 1.2, track: 'action', label: 'opens door', caption: 'A man opens the box with his left hand.', attributes: { hand: 'left' }, provenance: { author: 'ada', at: '2026-01-02T03:04:05Z' } },
      { id: 's2', start: 1.4, end: 2.2, track: 'action', label: 'takes', caption: 'He takes the ball out.', provenance: suggested },
      { id: 's3', start: 2, end: 2.8, track: 'action', label: 'closes', caption: 'The lid falls shut.', provenance: { ...suggested, status: 'rejected', reviewer: 'ada' } },
      { id: 's4', start: 0.6, end: 1.6, track: 'speech', label: 'hello', caption: 'Hello there!', provenance: { ...suggested, status: 'accepted', reviewer: 'ada' } },
      { id: 's5', start: 3, end: 3.8, track: 'action', caption: 'He leaves.', provenance: { ...suggested, status: 'edited', reviewer: 'grace' } },
    ],
    questions: [
      { id: 'q1', question: 'What does the man take out of the box?', answer: 'A ball', options: ['A ball', 'A cup', 'A shoe'], correct: 0, type: 'choice', span: { start: 1.4, end: 2.2 }, provenance: suggested },
      { id: 'q2', question: 'Where is he?', answer: 'In a kitchen', type: 'open' },
    ],
    conversations: [
      {
        id: 'c1',
        turns: [
          { role: 'user', text: 'What happens at the end?', span: { start: 3, end: 4 } },
          { role: 'assistant', text: 'He leaves the room with the ball.', rating: 'up' },
        ],
        provenance: suggested,
      },
    ],
  };
}

export function exampleAnnotateState(origin: string, more: Partial<AnnotateState> = {}): AnnotateState {
  const { name: _name, clipId: _clipId, ...clip } = exampleClip(origin);
  const facts = clip.facts && { ...clip.facts, streams: [...clip.facts.streams, { index: 1, kind: 'audio' as const, codec: 'mp3' }] };
  return {
    revision: 0,
    document: exampleDocument(),
    problems: [],
    dataset: {
      format: 'videochat-dataset',
      version: 1,
      tracks: [{ id: 'action', overlap: false }, { id: 'speech' }],
      labels: [
        { name: 'opens door', key: '3', attributes: [{ name: 'hand', type: 'choice', options: ['left', 'right'], required: true }, { name: 'careful', type: 'boolean' }] },
        { name: 'takes', color: '#d16d9e' },
        { name: 'closes' },
        { name: 'hello', tracks: ['speech'] },
      ],
      instructions: 'Label what hands do.\nSkip what cannot be seen.',
    },
    readOnly: false,
    dirty: false,
    clip: { name: 'clip_0042.mp4', facts, media: clip.media },
    server: { state: 'ready' },
    annotator: 'ada',
    ...more,
  };
}

export const exampleKeys: { command: AnnotateCommand; title: string; key: string }[] = [
  { command: 'playPause', title: 'Play or pause', key: 'Space' },
  { command: 'previousFrame', title: 'Previous frame', key: ',' },
  { command: 'nextFrame', title: 'Next frame', key: '.' },
  { command: 'markIn', title: 'Mark the start', key: '[' },
  { command: 'markOut', title: 'Mark the end', key: ']' },
  { command: 'accept', title: 'Accept', key: 'Enter' },
  { command: 'reject', title: 'Reject', key: 'Backspace' },
  { command: 'label1', title: 'First label', key: '1' },
  { command: 'showKeys', title: 'Show keys', key: '?' },
  { command: 'holdLabel', title: 'Label while held', key: '' },
];
