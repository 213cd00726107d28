/**
 * What the chat panel (a page without any rights) and its host (the editor's extension) say to each other by
 * `postMessage`. Both sides check what arrives. Paths never come from the page: it speaks of ids that the host gave.
 */
import type { AnswerEvidence, AnswerHalf, AnswersFrom } from './answersFrom.js';
import type { ChatAnswer, ChatStage, SamplingOptions } from './chat.js';
import type { MediaSource, PlayerAbilities } from './media.js';
import type { MediaLimits } from './mediaLimits.js';
import type { TimelineEvent, TimelineTrack, TimelineTrackState } from './timeline.js';
import type { FramePlan, Segment, VideoFacts } from './video.js';

/** A clip or picture of the conversation. */
export interface PanelClip {
  clipId: string;
  /** File name, for people. */
  name: string;
  /** Left out until the server has probed it. */
  facts?: VideoFacts;
  media?: MediaSource;
  /** Why it cannot be asked about: gone, changed, not a video. */
  problem?: PanelProblem;
  /** Why it cannot be shown here; questions about it are answered all the same. */
  unplayable?: PanelProblem;
}

/** An error as a person reads it. */
export interface PanelProblem {
  message: string;
  hint?: string;
  /** Offered as buttons, in this order. */
  actions?: PanelAction[];
}

/** What a button of the panel may ask the host to do. */
export type PanelAction = 'retry' | 'restartServer' | 'showLog' | 'openSettings' | 'chooseModel' | 'useCpuOnly' | 'locateFile' | 'addClip' | 'exportTranscript' | 'copyTranscript' | 'newConversation' | 'manageTrust';

export interface PanelTurn {
  turnId: string;
  question: string;
  /** The question concerned this part of the clip only. */
  span?: Segment;
  /** The clip that the span is of; left out: the first video. */
  spanClipId?: string;
  /** Markdown, as far as it has come. */
  answer: string;
  state: 'waiting' | 'streaming' | 'complete' | 'stopped' | 'interrupted' | 'failed';
  problem?: PanelProblem;
  /** While it streams: the number that the next delta will have. Left out: 0. */
  nextSequence?: number;
  /** The frames the answer rests on; of several clips: those of the first. */
  plan?: FramePlan;
  /** Those of all clips, where there are several. */
  plans?: PanelClipPlan[];
  /** Facts for the quiet line below a finished answer. */
  result?: Pick<ChatAnswer, 'tokens' | 'timings' | 'stopReason' | 'model' | 'embeddingsCached' | 'droppedTurns' | 'from' | 'fromReason'> & {
    device: string;
    /** The model's name; left out by older versions. */
    modelName?: string;
  };
  /** Events of timelines that the answer rests on. */
  evidence?: PanelEvidence[];
  rating?: { value: 'up' | 'down'; note?: string };
}

export interface PanelEvidence extends Omit<AnswerEvidence, 'medium'> {
  clipId: string;
}

/** What an answer rests on of one of several clips. */
export interface PanelClipPlan {
  clipId: string;
  /** As it was called then. */
  name: string;
  plan: FramePlan;
}

/** What the server is doing, for the line at the top of the panel. */
export type PanelServer =
  | { state: 'stopped' | 'starting' | 'ready' }
  | { state: 'restarting'; attempt: number; delayMs: number }
  | { state: 'failed'; problem: PanelProblem };

export interface PanelModel {
  id: string;
  name: string;
  demonstration: boolean;
  /** Its manifest's frame plan, e.g. `videochat:8`. */
  plan: string;
  /** Clips and pictures that a conversation may hold together; left out: one. */
  media?: MediaLimits;
  /** What its answers can be made from; left out: not known. */
  halves?: AnswerHalf[];
  /** Host that questions, and frames where it is shown any, are sent to; empty: through the editor. Left out: nothing leaves this machine. */
  leavesTo?: string;
}

/** Events of one track that a page is given: a page draws no more. */
export const mostPanelEvents = 300;

export type PanelTimelineEvent = Pick<TimelineEvent, 'id' | 'label' | 'count' | 'confidence' | 'source' | 'startSeconds' | 'endSeconds' | 'bestSeconds'>;

export interface PanelTimelineTrack {
  track: TimelineTrack;
  /** Left out while it is being made. */
  state?: TimelineTrackState['state'];
  note?: string;
  /** By start; at most {@link mostPanelEvents}, the surest ones. */
  events: PanelTimelineEvent[];
  /** Events that are left out. */
  omitted: number;
}

/** What was noticed in a clip, as far as it is known. Stopped and failed ones keep what had been found. */
export interface PanelTimeline {
  state: 'creating' | 'ready' | 'stopped' | 'failed';
  /** While it is being made: `done` of `total` of that work. */
  step?: { what: 'shots' | 'frames' | 'speech' | 'words'; done: number; total: number };
  /** Why it failed. */
  problem?: PanelProblem;
  tracks: PanelTimelineTrack[];
}

/** Everything the page shows; sent when it is ready and whenever more than a stream changed. */
export interface PanelState {
  conversationId: string;
  title: string;
  clips: PanelClip[];
  turns: PanelTurn[];
  model?: PanelModel;
  server: PanelServer;
  /** A turn is being answered. */
  busy: boolean;
  /** Frames per question, where the person chose a number. */
  frames?: number;
  /** What the next answers are made from; left out: `auto`. */
  answersFrom?: AnswersFrom;
  sampling?: SamplingOptions;
  /** Offered while the conversation is empty. */
  suggestions: string[];
  /** Of the clips that somebody wanted to be looked through. */
  timelines?: { clipId: string; timeline: PanelTimeline }[];
}

/** From the host to the page. */
export type HostMessage =
  | { type: 'state'; state: PanelState }
  | { type: 'server'; server: PanelServer }
  | { type: 'clip'; clip: PanelClip }
  /** A proxy of a clip is being made. */
  | { type: 'mediaProgress'; clipId: string; fraction: number }
  /** Left out: there is none any more. */
  | { type: 'timeline'; clipId: string; timeline?: PanelTimeline }
  | { type: 'stage'; turnId: string; stage: ChatStage; done?: number; total?: number }
  | { type: 'plan'; turnId: string; plan: FramePlan; plans?: PanelClipPlan[] }
  /** Text to append; numbered from 0 within a turn, without gaps. A page that misses one asks for the state again. */
  | { type: 'delta'; turnId: string; sequence: number; text: string }
  /** A turn changed otherwise: it ended, was rated, failed. Replaces the turn of that id, or is appended. */
  | { type: 'turn'; turn: PanelTurn; busy: boolean }
  | { type: 'focus'; target: 'input' | 'lastAnswer' | 'player' }
  /** `mark`: the segment becomes the part that the next question concerns. */
  | { type: 'seek'; clipId: string; segment: Segment; play: boolean; mark?: boolean }
  /** Answers the page's request of that id. */
  | { type: 'reply'; id: number; problem?: PanelProblem };

/** From the page to the host. Those with an `id` are answered by `reply`. */
export type PageMessage =
  /** The page listens now, or missed something: send the state. */
  | { type: 'ready'; abilities: PlayerAbilities }
  /** `clipId`: the clip that the span is of; left out: the first video. */
  | { type: 'send'; id: number; text: string; span?: Segment; clipId?: string; frames?: number }
  | { type: 'stop'; id: number }
  | { type: 'regenerate'; id: number }
  /** Asks the question of a turn again in other words; that turn and all after it go. */
  | { type: 'editAndResend'; id: number; turnId: string; text: string; span?: Segment; clipId?: string; frames?: number }
  | { type: 'rate'; id: number; turnId: string; value: 'up' | 'down' | null; note?: string }
  | { type: 'copy'; id: number; text: string }
  /** A link in an answer was chosen; the host asks before it opens anything. */
  | { type: 'openLink'; id: number; url: string }
  /** URIs that were dropped on the page, or none: the host shows a picker. */
  | { type: 'addClips'; id: number; uris: string[] }
  | { type: 'removeClip'; id: number; clipId: string }
  /** Opens the annotations of a clip, at the moment that the player shows. */
  | { type: 'annotate'; id: number; clipId: string; seconds?: number }
  /** Looks for events in a clip, begins anew where that had ended early. Progress and end are told by `timeline`. */
  | { type: 'lookThrough'; id: number; clipId: string }
  | { type: 'stopLooking'; id: number; clipId: string }
  /** Writes the events of a clip into a file; the host asks which format, and where. */
  | { type: 'exportTimeline'; id: number; clipId: string }
  | { type: 'frames'; id: number; frames: number | null }
  | { type: 'answersFrom'; id: number; value: AnswersFrom }
  /** The player could not show the clip as it is. `silent`: it has sound, but none was decoded. */
  | { type: 'playbackFailed'; id: number; clipId: string; reason: 'error' | 'noPicture' | 'silent' | 'slow' }
  | { type: 'action'; id: number; action: PanelAction };
