import { spawn } from 'node:child_process';
import { PhraseError } from '../common/phraseError.js';
import { type Phrase, phrase } from '../protocol/index.js';

// Forks of the child would inherit the options that make it read its script from the command line.
const prologue = 'process.execArgv = [];\n';
const marker = '\u0001result ';
const outputLimit = 64 * 1024;

/** A child that gave no answer in time, ended before it did, or said what nobody understands. */
export class ChildFailure extends PhraseError {
  constructor(
    readonly kind: 'timedOut' | 'ended' | 'unreadable',
    reason: Phrase,
    /** It was ended by this, and not by itself. */
    readonly signal?: NodeJS.Signals,
  ) {
    super(reason);
  }
}

/**
 * Runs a module's text in a process of its own, which native code may crash or hang without harm here.
 * The script reads its input as JSON from standard input and ends by printing a line that starts with
 * `resultMarker`; whatever else it or native code prints is ignored.
 *
 * @returns what the script answered with
 * @throws ChildFailure that says how the process ended, with the end of its standard error
 */
export function runInChild(script: string, input: unknown, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', prologue + script], {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      // In an editor's extension host the executable is Electron, and must be told to be Node.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
    });
    let out = '';
    let err = '';
    const timer = setTimeout(() => finish(new ChildFailure('timedOut', phrase`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
    const finish = (outcome: { value: unknown } | Error) => {
      clearTimeout(timer);
      // Drivers may crash while a process tears down; the answer is already here.
      child.kill('SIGKILL');
      if (outcome instanceof Error) {
        reject(outcome);
      } else {
        resolve(outcome.value);
      }
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out = (out + text).slice(-outputLimit);
      const line = out.split('\n').slice(0, -1).find((part) => part.includes(marker));
      if (line) {
        try {
          finish({ value: JSON.parse(line.slice(line.indexOf(marker) + marker.length)) as unknown });
        } catch {
          finish(new ChildFailure('unreadable', phrase`an unreadable answer`));
        }
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err = (err + text).slice(-outputLimit);
    });
    child.on('error', finish);
    child.on('close', (code, signal) => {
      // Of an uncaught error the line that names it, else the last words.
      const lines = err.trim().split('\n');
      const tail = (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.slice(-3).join(' ')).slice(-500);
      const end = signal === null ? phrase`the test process ended with code ${String(code)}` : phrase`the test process ended with ${signal}`;
      finish(new ChildFailure('ended', tail ? phrase`${end}: ${tail}` : end, signal ?? undefined));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify({ input, marker }));
  });
}
