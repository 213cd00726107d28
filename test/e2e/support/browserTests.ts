import { describe } from 'vitest';
import { missing } from './browserTools.js';

/** Tests of the package; where none can be made they are skipped, and their name says why. */
export function describePackage(name: string, body: () => void): void {
  describeUnless(missing.package, name, body);
}

/** Tests in a real editor in a real browser; where that cannot be had they are skipped, and their name says why. */
export function describeInBrowser(name: string, body: () => void): void {
  describeUnless(missing.package ?? missing.browser, name, body);
}

function describeUnless(reason: string | undefined, name: string, body: () => void): void {
  if (reason === undefined) {
    describe(name, body);
  } else {
    describe.skip(`${name} (skipped: ${reason})`, body);
  }
}
