import { readFileSync } from 'node:fs';
import { cachePath } from './folders.js';

interface Browser {
  chromium: string;
  /** The Node that code-server wants, and its program. */
  node: string;
  entry: string;
}

/** What the preparation could get, or why not. */
interface State {
  vsix: { value?: string; reason?: string };
  browser: { value?: Browser; reason?: string };
}

function readState(): State {
  try {
    return JSON.parse(readFileSync(cachePath('e2e', 'ready.json'), 'utf8')) as State;
  } catch {
    const reason = '`npm test` gets ready what they need';
    return { vsix: { reason }, browser: { reason } };
  }
}

const state = readState();

/** Why there is no packaged extension, or no browser with an editor; undefined where there is one. */
export const missing = { package: state.vsix.reason, browser: state.browser.reason } as const;

/** The packaged extension. */
export function packagedExtension(): string {
  return state.vsix.value ?? fail(state.vsix.reason);
}

export function browserTools(): Browser {
  return state.browser.value ?? fail(state.browser.reason);
}

/** Who asked whether it is missing does not get there. */
function fail(reason: string | undefined): never {
  throw new Error(reason);
}
