import type { AnnotateHostMessage, AnnotatePageMessage } from '../../../server/protocol/annotatePanel.js';
import { HostLine, type RequestOf, type VsCodeApi } from '../../shared/hostLine.js';
import { isAnnotateHostMessage } from './isAnnotateHostMessage.js';

export type AnnotateRequest = RequestOf<AnnotatePageMessage>;

/** The annotator's line to its host. */
export class AnnotateHost extends HostLine<AnnotatePageMessage, AnnotateHostMessage> {
  constructor(api: VsCodeApi, window: Window, receive: (message: Exclude<AnnotateHostMessage, { type: 'reply' }>) => void) {
    super(api, window, isAnnotateHostMessage, receive);
  }
}
