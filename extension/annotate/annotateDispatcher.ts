import type { AnnotatePageMessage, PanelProblem } from '../../server/protocol/index.js';
import { openLink } from '../chat/openLink.js';
import { problemOf } from '../chat/problems.js';
import { refuseMessage } from '../pages/refuseMessage.js';
import type { Translate } from '../translate.js';
import type { AnnotateController } from './annotateController.js';
import { parseAnnotateMessage } from './annotateMessages.js';

export interface DispatchPorts {
  t: Translate;
  reply(id: number, problem: PanelProblem | undefined): void;
  focus(place: Extract<AnnotatePageMessage, { type: 'focus' }>['place']): void;
  action(action: Extract<AnnotatePageMessage, { type: 'action' }>['action']): Promise<PanelProblem | undefined>;
  /** Asks before it opens. Only http and https arrive here. */
  openLink(url: URL): Promise<void>;
  warn(message: string): void;
}

/** Does what a page asks for. Whatever arrives is checked; whatever has an id is answered, also when the work fails. */
export async function dispatchAnnotateMessage(value: unknown, controller: AnnotateController, ports: DispatchPorts): Promise<void> {
  const parsed = parseAnnotateMessage(value);
  if ('problem' in parsed) {
    refuseMessage(parsed, ports);
    return;
  }
  const { message } = parsed;
  if (message.type === 'ready') {
    controller.ready(message.abilities);
  } else if (message.type === 'focus') {
    ports.focus(message.place);
  } else {
    ports.reply(message.id, await perform(message, controller, ports).catch((error: unknown) => problemOf(error, ports.t)));
    controller.replied();
  }
}

async function perform(
  message: Extract<AnnotatePageMessage, { id: number }>,
  controller: AnnotateController,
  { action, openLink: open, t }: DispatchPorts,
): Promise<PanelProblem | undefined> {
  switch (message.type) {
    case 'edit':
      return controller.edit(message.edits);
    case 'suggest':
      return controller.suggest(message);
    case 'cancelSuggest':
      controller.cancelSuggest();
      return undefined;
    case 'playbackFailed':
      // Making a proxy takes long, and tells its progress by itself.
      void controller.playbackFailed(message.reason);
      return undefined;
    case 'nextReview':
      return controller.nextReview(message.decided);
    case 'endReview':
      controller.endReview();
      return undefined;
    case 'openLink':
      return openLink(message.url, open, t);
    case 'action':
      return action(message.action);
  }
}
