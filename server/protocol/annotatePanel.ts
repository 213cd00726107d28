/**
 * What the annotator (a page without any rights) and its host (the editor's extension) say to each other by
 * `postMessage`. Both sides check what arrives. The text document is the truth: the page shows it, proposes edits,
 * and learns what became of them.
 */
import type { AnnotationDocument, AnnotationList, AnnotationStatus } from './annotation.js';
import type { AnnotationEdit } from './annotationEdit.js';
import type { AnnotationProblem, DatasetManifest } from './dataset.js';
import type { MediaSource, PlayerAbilities } from './media.js';
import type { PanelProblem, PanelServer } from './panel.js';
import type { SuggestTask } from './suggest.js';
import type { Segment, VideoFacts } from './video.js';

export interface AnnotateState {
  /** Counts changes of the text; edits name the one they were made on. */
  revision: number;
  /** Left out: the text cannot be read as an annotation document, see `problems`. */
  document?: AnnotationDocument;
  problems: AnnotationProblem[];
  /** Label schema and tracks; an empty dataset where the document belongs to none. */
  dataset: DatasetManifest;
  readOnly: boolean;
  dirty: boolean;
  clip: AnnotateClip;
  server: PanelServer;
  /** Who reviews: written into provenance. */
  annotator: string;
  /** Position in a running review. */
  review?: { left: number };
}

export interface AnnotateClip {
  name: string;
  facts?: VideoFacts;
  /** `URL/times`, `URL/waveform` and `URL/shots` too; see `media.ts`. */
  media?: MediaSource;
  /** Gone, changed, not a video: annotations can be read and edited all the same. */
  problem?: PanelProblem;
}

/** Names of what commands (and so keys, which are the editor's) ask the page to do. */
export const annotateCommands = [
  'playPause', 'nextFrame', 'previousFrame', 'jumpForward', 'jumpBackward',
  'shuttleBack', 'shuttleStop', 'shuttleForward', 'slower', 'faster', 'loopSegment', 'playSegment',
  'markIn', 'markOut', 'addSegment', 'toggleEvent', 'cancel', 'splitSegment', 'mergeSegments', 'duplicateSegment',
  'deleteItem', 'undo', 'redo', 'startToPlayhead', 'endToPlayhead', 'moveEarlier', 'moveLater', 'startEarlier', 'startLater', 'endEarlier', 'endLater',
  'label1', 'label2', 'label3', 'label4', 'label5', 'label6', 'label7', 'label8', 'label9', 'repeatLabel', 'holdLabel',
  'nextSegment', 'previousSegment', 'nextUnreviewed', 'previousUnreviewed', 'nextTrack', 'previousTrack',
  'accept', 'reject', 'editCaption', 'zoomIn', 'zoomOut', 'zoomToFit', 'zoomToSegment', 'toggleSnapping',
  'focusTimeline', 'focusList', 'search', 'showKeys', 'showSegments', 'showQuestions', 'showConversations', 'showClip',
] as const;
export type AnnotateCommand = (typeof annotateCommands)[number];

/** From the host to the page. */
export type AnnotateHostMessage =
  | { type: 'state'; state: AnnotateState }
  /** The text changed by edits, this page's or another's. A page that is not at `revision - 1` asks for the state. */
  | { type: 'edited'; revision: number; edits: AnnotationEdit[]; problems: AnnotationProblem[]; dirty: boolean }
  | { type: 'dirty'; dirty: boolean }
  | { type: 'clip'; clip: AnnotateClip }
  | { type: 'server'; server: PanelServer }
  | { type: 'mediaProgress'; fraction: number }
  /** A model is at work for this clip; left out: no longer. */
  | { type: 'suggesting'; task?: SuggestTask; done?: number; total?: number; what?: string }
  | { type: 'command'; command: AnnotateCommand }
  /** Select an item and show its beginning. */
  | { type: 'reveal'; list: AnnotationList; itemId: string }
  | { type: 'seek'; segment: Segment; play: boolean }
  | { type: 'keys'; keys: { command: AnnotateCommand; title: string; key: string }[] }
  /** Answers the page's request of that id. */
  | { type: 'reply'; id: number; problem?: PanelProblem };

/** From the page to the host. Those with an `id` are answered by `reply`. */
export type AnnotatePageMessage =
  | { type: 'ready'; abilities: PlayerAbilities }
  /** One step of undo. `label` is the word for it, e.g. `Split segment`. */
  | { type: 'edit'; id: number; revision: number; label: string; edits: AnnotationEdit[] }
  | { type: 'suggest'; id: number; task: SuggestTask; span?: Segment; segmentIds?: string[] }
  | { type: 'cancelSuggest'; id: number }
  | { type: 'playbackFailed'; id: number; reason: 'error' | 'noPicture' | 'silent' | 'slow' }
  /** After a decision in a review: go to the next item, in another document perhaps. */
  | { type: 'nextReview'; id: number; decided?: { itemId: string; status: AnnotationStatus } }
  /** The person has reviewed enough; what was decided stays. */
  | { type: 'endReview'; id: number }
  | { type: 'action'; id: number; action: 'undo' | 'redo' | 'save' | 'makeWritable' | 'openAsText' | 'openInChat' | 'locateMedia' | 'restartServer' | 'showLog' | 'showKeys' | 'rebindKeys' }
  /** A link in the dataset's instructions was chosen; the host asks before it opens anything. */
  | { type: 'openLink'; id: number; url: string }
  /** What has the focus, for the `when` clauses of keys: none of them may fire while a person types. */
  | { type: 'focus'; place: 'timeline' | 'list' | 'text' | 'other' };
