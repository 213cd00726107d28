import type { ChatStage } from '../../../server/protocol/chat.js';
import type { PanelState } from '../../../server/protocol/panel.js';

/** What the server does for a turn now. */
export interface StageLine {
  turnId: string;
  stage: ChatStage;
  done?: number;
  total?: number;
}

/** All that the page shows, apart from what a person is in the middle of doing. */
export interface PageState {
  /** Nothing before the host has spoken. */
  panel?: PanelState;
  stage?: StageLine;
  /** How far the proxy of a clip is, 0…1. */
  mediaProgress: ReadonlyMap<string, number>;
  /** Sequence number of the next delta of a turn; a turn that is missing takes any. */
  nextSequence: ReadonlyMap<string, number>;
  /** A delta is missing: the texts are stale until the state comes again. */
  stale: boolean;
}

export const emptyPage: PageState = { mediaProgress: new Map(), nextSequence: new Map(), stale: false };
