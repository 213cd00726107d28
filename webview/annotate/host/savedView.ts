import type { AnnotationList } from '../../../server/protocol/annotation.js';
import { isFlag, isNumber, isText, listOf, oneOf, optional, shape } from '../../chat/host/guards.js';

export const paneNames = ['segments', 'questions', 'conversations', 'clip'] as const;
export type PaneName = (typeof paneNames)[number];

/** What the editor keeps of a page while the page is gone. */
export interface SavedView {
  playheadSeconds: number;
  /** The part of the timeline in view. */
  scrollSeconds?: number;
  pixelsPerSecond?: number;
  selection?: { list: AnnotationList; ids: string[] };
  pane: PaneName;
  snapping: boolean;
  volume: number;
  speed: number;
}

export const defaultView: SavedView = { playheadSeconds: 0, pane: 'segments', snapping: true, volume: 1, speed: 1 };

const isSavedView = shape({
  playheadSeconds: isNumber,
  scrollSeconds: optional(isNumber),
  pixelsPerSecond: optional(isNumber),
  selection: optional(shape({ list: oneOf('segments', 'questions', 'conversations'), ids: listOf(isText) })),
  pane: oneOf(...paneNames),
  snapping: isFlag,
  volume: isNumber,
  speed: isNumber,
});

/** What an earlier page left, or the defaults where that cannot be read. */
export function readSavedView(value: unknown): SavedView {
  return isSavedView(value) ? value : defaultView;
}
