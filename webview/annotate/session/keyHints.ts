import type { AnnotateCommand } from '../../../server/protocol/annotatePanel.js';
import type { AnnotateSession } from './annotateSession.js';

/** The key that the editor has for a command. */
export function keyOf(session: AnnotateSession, command: AnnotateCommand): string | undefined {
  return session.keys.find((each) => each.command === command && each.key !== '')?.key;
}

/** A name with its key, as tooltips have it. */
export function withKey(session: AnnotateSession, name: string, command: AnnotateCommand): string {
  const key = keyOf(session, command);
  return key === undefined ? name : `${name} (${key})`;
}
