import type { AnnotationEdit } from '../../../server/protocol/annotationEdit.js';
import type { AnnotatedSegment } from '../../../server/protocol/annotation.js';
import type { AnnotateCommand } from '../../../server/protocol/annotatePanel.js';
import { edgeIndex, edgeTime } from '../../../server/protocol/clipGrid.js';
import { duplicateSegment, mergeSegments, moveEnd, moveSegment, moveStart, splitSegment } from '../../../server/protocol/segmentEdits.js';
import type { PaneName } from '../host/savedView.js';
import { texts } from '../texts.js';
import type { AnnotateSession } from './annotateSession.js';
import { holdLabel, useDigit, useLabel } from './labelling.js';
import { trackOf, tracksOf } from './labels.js';
import { create, endOfFrame, markedSpan, markEnd, markStart, toggleEvent } from './marking.js';
import { decideSelected, goToUnreviewed } from './reviewing.js';
import { byTime, neighbour, nothingSelected } from './selection.js';

type Run = (session: AnnotateSession) => void;

/** Seconds that a new segment lasts where nothing says how long. */
const newSegmentSeconds = 1;
const jumpSeconds = 1;

/** What the editor's commands, and so its keys, do on the page. */
const commands: Record<AnnotateCommand, Run> = {
  playPause: ({ controller }) => controller.toggle(),
  nextFrame: ({ controller }) => controller.step(1),
  previousFrame: ({ controller }) => controller.step(-1),
  jumpForward: ({ controller }) => controller.seekSeconds(controller.seconds + jumpSeconds),
  jumpBackward: ({ controller }) => controller.seekSeconds(controller.seconds - jumpSeconds),
  shuttleBack: ({ controller }) => controller.shift(-1),
  shuttleStop: ({ controller }) => controller.pause(),
  shuttleForward: ({ controller }) => controller.shift(1),
  slower: ({ controller }) => controller.speedUp(-1),
  faster: ({ controller }) => controller.speedUp(1),
  loopSegment: ({ controller }) => controller.setLoop(!controller.loop),
  playSegment: (session) => withSegment(session, (segment) => session.controller.play(segment)),

  markIn: markStart,
  markOut: markEnd,
  addSegment: addHere,
  toggleEvent: (session) => toggleEvent(session, session.events.keys().next().value ?? session.lastLabel ?? ''),
  cancel,
  splitSegment: (session) => withSegment(session, (segment) => split(session, segment)),
  mergeSegments: merge,
  duplicateSegment: (session) => withSegment(session, (segment) => {
    const id = session.newId();
    if (session.edit(texts().didDuplicate, duplicateSegment(session.grid, segment, id, session.hand))) {
      session.reveal('segments', id);
    }
  }),
  deleteItem: remove,
  undo: (session) => session.request({ type: 'action', action: 'undo' }),
  redo: (session) => session.request({ type: 'action', action: 'redo' }),
  startToPlayhead: (session) => resize(session, (segment) => moveStart(session.grid, segment, session.controller.seconds, session.hand)),
  endToPlayhead: (session) => resize(session, (segment) => moveEnd(session.grid, segment, endOfFrame(session), session.hand)),
  moveEarlier: (session) => move(session, -1),
  moveLater: (session) => move(session, 1),
  startEarlier: (session) => resize(session, (segment) => moveStart(session.grid, segment, nextEdge(session, segment.start, -1), session.hand)),
  startLater: (session) => resize(session, (segment) => moveStart(session.grid, segment, nextEdge(session, segment.start, 1), session.hand)),
  endEarlier: (session) => resize(session, (segment) => moveEnd(session.grid, segment, nextEdge(session, segment.end, -1), session.hand)),
  endLater: (session) => resize(session, (segment) => moveEnd(session.grid, segment, nextEdge(session, segment.end, 1), session.hand)),

  label1: (session) => useDigit(session, 1),
  label2: (session) => useDigit(session, 2),
  label3: (session) => useDigit(session, 3),
  label4: (session) => useDigit(session, 4),
  label5: (session) => useDigit(session, 5),
  label6: (session) => useDigit(session, 6),
  label7: (session) => useDigit(session, 7),
  label8: (session) => useDigit(session, 8),
  label9: (session) => useDigit(session, 9),
  repeatLabel: (session) => (session.lastLabel === undefined ? session.announce(texts().saidNoLabel) : useLabel(session, session.lastLabel)),
  holdLabel: (session) => holdLabel(session, window),

  nextSegment: (session) => go(session, 1),
  previousSegment: (session) => go(session, -1),
  nextUnreviewed: (session) => goToUnreviewed(session, 1),
  previousUnreviewed: (session) => goToUnreviewed(session, -1),
  nextTrack: (session) => changeTrack(session, 1),
  previousTrack: (session) => changeTrack(session, -1),
  accept: (session) => decideSelected(session, 'accepted'),
  reject: (session) => decideSelected(session, 'rejected'),
  editCaption: (session) => session.view?.focus('caption'),

  zoomIn: ({ view }) => view?.zoom('in'),
  zoomOut: ({ view }) => view?.zoom('out'),
  zoomToFit: ({ view }) => view?.zoom('fit'),
  zoomToSegment: ({ view }) => view?.zoom('segment'),
  toggleSnapping: (session) => {
    session.snapping = !session.snapping;
    session.announce(session.snapping ? texts().saidSnappingOn : texts().saidSnappingOff);
  },
  focusTimeline: ({ view }) => view?.focus('timeline'),
  focusList: ({ view }) => view?.focus('list'),
  search: ({ view }) => view?.focus('search'),
  showKeys: (session) => {
    session.keysShown = !session.keysShown;
    session.changed();
  },
  showSegments: (session) => showPane(session, 'segments'),
  showQuestions: (session) => showPane(session, 'questions'),
  showConversations: (session) => showPane(session, 'conversations'),
  showClip: (session) => showPane(session, 'clip'),
};

/** What a picture has no use for. */
const needTime: ReadonlySet<AnnotateCommand> = new Set([
  ...(['playPause', 'nextFrame', 'previousFrame', 'jumpForward', 'jumpBackward', 'shuttleBack', 'shuttleStop', 'shuttleForward'] as const),
  ...(['slower', 'faster', 'loopSegment', 'playSegment', 'markIn', 'markOut', 'addSegment', 'toggleEvent', 'holdLabel'] as const),
  ...(['splitSegment', 'mergeSegments', 'duplicateSegment', 'startToPlayhead', 'endToPlayhead', 'moveEarlier', 'moveLater'] as const),
  ...(['startEarlier', 'startLater', 'endEarlier', 'endLater', 'nextTrack', 'previousTrack', 'zoomIn', 'zoomOut', 'zoomToFit'] as const),
  ...(['zoomToSegment', 'toggleSnapping', 'focusTimeline'] as const),
]);

/** Whether a command does anything for what is shown. */
export function isUseful(session: AnnotateSession, command: AnnotateCommand): boolean {
  return !session.isPicture || !needTime.has(command);
}

export function runCommand(session: AnnotateSession, command: AnnotateCommand): void {
  if (isUseful(session, command)) {
    commands[command](session);
  } else {
    session.announce(texts().saidPicture);
  }
}

function withSegment(session: AnnotateSession, run: (segment: AnnotatedSegment) => void): void {
  const { segment } = session;
  if (segment) {
    run(segment);
  } else {
    session.announce(texts().saidNoSegment);
  }
}

function addHere(session: AnnotateSession): void {
  const marked = markedSpan(session);
  session.marks = {};
  const start = marked?.start ?? session.controller.seconds;
  create(session, start, marked?.end ?? start + newSegmentSeconds, session.lastLabel);
}

function split(session: AnnotateSession, segment: AnnotatedSegment): void {
  const id = session.newId();
  if (session.edit(texts().didSplit, splitSegment(session.grid, segment, session.controller.seconds, id, session.hand))) {
    session.select('segments', [id]);
    session.announce(texts().saidSplit);
  } else if (session.canEdit) {
    session.announce(texts().saidNoRoomToSplit);
  }
}

/** Several selected ones, or the selected one and the next of its track. */
function merge(session: AnnotateSession): void {
  const { dataset } = session.page ?? {};
  const chosen = session.segments;
  const [only] = chosen;
  const track = only && trackOf(only, dataset);
  const next = chosen.length === 1 && only ? byTime(session.document?.segments ?? []).find((each) => each.id !== only.id && each.start >= only.start && trackOf(each, dataset) === track) : undefined;
  const all = next ? [...chosen, next] : chosen;
  if (all.length < 2 || all.some((each) => trackOf(each, dataset) !== track)) {
    return session.announce(texts().saidSelectTwo);
  }
  const edits = mergeSegments(all, session.hand);
  if (session.edit(texts().didMerge, edits)) {
    const gone = new Set(edits.flatMap((edit) => (edit.op === 'remove' ? [edit.id] : [])));
    session.select('segments', all.map(({ id }) => id).filter((id) => !gone.has(id)));
    session.announce(texts().saidMerged);
  }
}

/** Deletes what is selected, and selects what comes next. */
function remove(session: AnnotateSession): void {
  const { selection, document } = session;
  if (!document || selection.ids.length === 0) {
    return session.announce(texts().saidNoSegment);
  }
  const going = new Set(selection.ids);
  const stays = ({ id }: { id: string }): boolean => !going.has(id);
  const next = neighbour(document, selection, 1, 0, stays) ?? neighbour(document, selection, -1, 0, stays);
  const edits = document[selection.list].flatMap(({ id }): AnnotationEdit[] => (going.has(id) ? [{ op: 'remove', list: selection.list, id }] : []));
  if (session.edit(texts().didDelete, edits)) {
    session.select(selection.list, next === undefined ? [] : [next]);
    session.announce(texts().saidDeleted);
  }
}

/** Takes back what was begun, one thing at a time. */
function cancel(session: AnnotateSession): void {
  if (session.keysShown) {
    session.keysShown = false;
  } else if (session.view?.cancelDrag()) {
    return;
  } else if (session.events.size > 0) {
    session.events = new Map();
  } else if (session.marks.start !== undefined || session.marks.end !== undefined) {
    session.marks = {};
  } else {
    session.selection = { ...nothingSelected, list: session.selection.list };
  }
  session.changed();
}

function resize(session: AnnotateSession, edits: (segment: AnnotatedSegment) => AnnotationEdit[]): void {
  withSegment(session, (segment) => session.edit(texts().didResize, edits(segment)));
}

/** By a frame; without frames, by a tenth of a second. */
function nextEdge({ clock, grid }: AnnotateSession, seconds: number, by: 1 | -1): number {
  return clock.isExact ? edgeTime(grid, Math.min(clock.times.length, Math.max(0, edgeIndex(grid, seconds) + by))) : seconds + by * 0.1;
}

function move(session: AnnotateSession, by: 1 | -1): void {
  withSegment(session, () =>
    session.edit(texts().didMove, session.segments.flatMap((each) => moveSegment(session.grid, each, nextEdge(session, each.start, by), session.hand))),
  );
}

function go(session: AnnotateSession, by: 1 | -1): void {
  const id = session.document && neighbour(session.document, session.selection, by, session.controller.seconds);
  if (id === undefined) {
    session.announce(texts().saidNothingMore);
  } else {
    session.reveal(session.selection.list, id);
  }
}

function changeTrack(session: AnnotateSession, by: 1 | -1): void {
  const tracks = tracksOf(session.document?.segments ?? [], session.page?.dataset);
  const at = tracks.findIndex(({ id }) => id === session.activeTrack);
  const track = tracks[Math.min(tracks.length - 1, Math.max(0, at + by))];
  session.track = track?.id;
  session.announce(track?.title ?? session.activeTrack);
}

function showPane(session: AnnotateSession, pane: PaneName): void {
  session.pane = pane;
  session.changed();
  session.view?.focus('list');
}
