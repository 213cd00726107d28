import type { PanelProblem } from '../../server/protocol/index.js';
import type { Translate } from '../translate.js';
import type { ReadMessage } from './readMessage.js';

interface RefusePorts {
  t: Translate;
  reply(id: number, problem: PanelProblem): void;
  warn(message: string): void;
}

/** Answers what could not be read: it is not from our page, or our page is wrong. */
export function refuseMessage({ problem, id }: Extract<ReadMessage<unknown>, { problem: string }>, { t, reply, warn }: RefusePorts): void {
  warn(`The page sent what cannot be understood: ${problem}`);
  if (id !== undefined) {
    reply(id, { message: t('This request was not understood.'), hint: problem });
  }
}
