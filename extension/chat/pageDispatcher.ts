import type { PageMessage, PanelAction, PanelProblem } from '../../server/protocol/index.js';
import { refuseMessage } from '../pages/refuseMessage.js';
import type { Translate } from '../translate.js';
import type { ConversationController } from './conversationController.js';
import { openLink } from './openLink.js';
import { parsePageMessage } from './pageMessages.js';
import { problemOf } from './problems.js';

type Answer = PanelProblem | undefined;

/** What the page asks for that only the editor can do. */
export interface PageServices {
  copy(text: string): Promise<void>;
  /** Asks before it opens. Only http and https arrive here. */
  openLink(url: URL): Promise<void>;
  /** Adds dropped files, or those a person picks when there are none. */
  addClips(uris: string[]): Promise<Answer>;
  /** Opens the annotations of a clip of the conversation. */
  annotate(clipId: string, seconds: number | undefined): Promise<Answer>;
  /** Writes what was noticed in a clip where the person wants it. */
  exportTimeline(clipId: string): Promise<Answer>;
  action(action: PanelAction): Promise<Answer>;
  warn(message: string): void;
}

/**
 * Does what a page asks for. Whatever arrives is checked; whatever has an id is answered, also when the work fails.
 *
 * @param reply hands the answer to the page
 */
export async function dispatchPageMessage(
  value: unknown,
  controller: ConversationController,
  services: PageServices,
  t: Translate,
  reply: (id: number, problem: Answer) => void,
): Promise<void> {
  const parsed = parsePageMessage(value);
  if ('problem' in parsed) {
    refuseMessage(parsed, { t, reply, warn: services.warn });
    return;
  }
  const { message } = parsed;
  if (message.type === 'ready') {
    controller.ready(message.abilities);
    return;
  }
  reply(message.id, await perform(message, controller, services, t).catch((error: unknown) => problemOf(error, t)));
}

async function perform(
  message: Exclude<PageMessage, { type: 'ready' }>,
  controller: ConversationController,
  services: PageServices,
  t: Translate,
): Promise<Answer> {
  switch (message.type) {
    case 'send':
      return controller.send(message.text, message);
    case 'stop':
      await controller.stop();
      return undefined;
    case 'regenerate':
      return controller.regenerate();
    case 'editAndResend':
      return controller.editAndResend(message.turnId, message.text, message);
    case 'rate':
      return controller.choices.rate(message.turnId, message.value, message.note);
    case 'copy':
      await services.copy(message.text);
      return undefined;
    case 'openLink':
      return openLink(message.url, (url) => services.openLink(url), t);
    case 'addClips':
      return services.addClips(message.uris);
    case 'removeClip':
      await controller.removeClip(message.clipId);
      return undefined;
    case 'annotate':
      return services.annotate(message.clipId, message.seconds);
    case 'lookThrough':
      return controller.clips.lookThrough(message.clipId);
    case 'stopLooking':
      controller.clips.timeline(message.clipId)?.stop();
      return undefined;
    case 'exportTimeline':
      return services.exportTimeline(message.clipId);
    case 'frames':
      controller.choices.setFrames(message.frames);
      return undefined;
    case 'answersFrom':
      controller.choices.setAnswersFrom(message.value);
      return undefined;
    case 'playbackFailed':
      // Making a proxy takes long, and tells its progress by itself.
      void controller.playbackFailed(message.clipId, message.reason);
      return undefined;
    case 'action':
      return message.action === 'retry' ? controller.retry() : services.action(message.action);
  }
}
