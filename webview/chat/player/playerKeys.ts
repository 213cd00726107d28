export type PlayerCommand =
  | { type: 'togglePlay' | 'toggleMute' | 'markIn' | 'markOut' }
  | { type: 'step'; frames: number }
  | { type: 'skip'; seconds: number }
  | { type: 'faster' | 'slower' };

interface Key {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** What a key means to the player. `inPlayer`: the focus is in it, so keys that would scroll the page are its own. */
export function playerCommand(event: Key, inPlayer: boolean): PlayerCommand | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) {
    return undefined;
  }
  switch (event.key) {
    case '[':
      return { type: 'markIn' };
    case ']':
      return { type: 'markOut' };
    case ',':
      return { type: 'step', frames: -1 };
    case '.':
      return { type: 'step', frames: 1 };
    case '<':
      return { type: 'slower' };
    case '>':
      return { type: 'faster' };
    case 'k':
      return { type: 'togglePlay' };
    default:
      break;
  }
  if (!inPlayer) {
    return undefined;
  }
  switch (event.key) {
    case ' ':
      return { type: 'togglePlay' };
    case 'm':
      return { type: 'toggleMute' };
    case 'ArrowLeft':
      return { type: 'skip', seconds: event.shiftKey ? -5 : -1 };
    case 'ArrowRight':
      return { type: 'skip', seconds: event.shiftKey ? 5 : 1 };
    default:
      return undefined;
  }
}
