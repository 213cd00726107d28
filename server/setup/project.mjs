import { fileURLToPath } from 'node:url';

/** The root of the checkout, whatever the working directory is. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Set-up failed in a way the person can mend; `message` says how. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** Set-up speaks on stderr only: stdout belongs to what runs after it. */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/** Runs an entry point; a `SetupError` is shown without its stack. */
export async function runEntry(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    say(error instanceof SetupError ? `\nSet-up stopped: ${error.message}` : (error?.stack ?? String(error)));
    process.exitCode = 1;
  }
}
