import { type AnnotateCommand, annotateCommands, type AnnotateHostMessage } from '../../server/protocol/index.js';

type Keys = Extract<AnnotateHostMessage, { type: 'keys' }>['keys'];

/** How the names of the annotator's commands begin. */
export const annotatePrefix = 'videochat.annotate.';

export interface KeyManifest {
  contributes: {
    /** An editor in another language gives a title together with its English original. */
    commands: { command: string; title: string | { value: string } }[];
    keybindings: { command: string; key: string; mac?: string }[];
  };
}

/**
 * The annotator's commands with the keys they come with, in the order of the protocol. What a person has bound
 * instead is not known to extensions.
 */
export function annotateKeys({ contributes }: KeyManifest, platform: string): Keys {
  return annotateCommands.flatMap((command) => {
    const id = annotatePrefix + command;
    const contributed = contributes.commands.find((each) => each.command === id);
    const named = contributed?.title ?? command;
    const title = (typeof named === 'string' ? named : named.value).replace(/^[^:：]*[:：]\s*/, '');
    const bound = contributes.keybindings.filter((each) => each.command === id);
    const keys = bound.map(({ key, mac }) => keyLabel(platform === 'darwin' ? (mac ?? key) : key, platform));
    return [{ command, title, key: [...new Set(keys)].join(', ') }];
  });
}

const macSymbols: Record<string, string> = { cmd: '⌘', ctrl: '⌃', alt: '⌥', shift: '⇧' };
const names: Record<string, string> = { pageup: 'PageUp', pagedown: 'PageDown', left: '←', right: '→', up: '↑', down: '↓' };

/** A key as menus show it: `Shift+.`, on macOS `⇧.`. */
export function keyLabel(key: string, platform: string): string {
  const parts = key.split('+').map((part) => (platform === 'darwin' ? macSymbols[part] : undefined) ?? names[part] ?? part.charAt(0).toUpperCase() + part.slice(1));
  return parts.join(platform === 'darwin' ? '' : '+');
}

/** The command behind the id of an editor's command. */
export function commandOf(id: string): AnnotateCommand | undefined {
  return annotateCommands.find((each) => annotatePrefix + each === id);
}
