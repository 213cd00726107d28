import { readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { cachePath } from './folders.js';

interface Browser {
  chromium: string;
  /** The Node that code-server wants, and its program. */
  node: string;
  entry: string;
}

/** What `npm test` could get, or why not. */
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

/** The packaged extension. */
export function packagedExtension(): string {
  return state.vsix.value ?? fail(state.vsix.reason);
}

export function browserTools(): Browser {
  return state.browser.value ?? fail(state.browser.reason);
}

/** Tests of the package; where none can be made they are skipped, and their name says why. */
export function describePackage(name: string, body: () => void): void {
  describeUnless(state.vsix.reason, name, body);
}

/** Tests in a real editor in a real browser; where that cannot be had they are skipped, and their name says why. */
export function describeInBrowser(name: string, body: () => void): void {
  describeUnless(state.vsix.reason ?? state.browser.reason, name, body);
}

function describeUnless(reason: string | undefined, name: string, body: () => void): void {
  if (reason === undefined) {
    describe(name, body);
  } else {
    describe.skip(`${name} (skipped: ${reason})`, body);
  }
}

/** Tests that are skipped do not get there. */
function fail(reason: string | undefined): never {
  throw new Error(reason);
}
