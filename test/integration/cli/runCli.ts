import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOutput } from '../../../server/setup/buildOutput.mjs';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const program = path.join(repository, 'dist', 'videochat.mjs');
const fakeServer = fileURLToPath(new URL('./fakeServer.mjs', import.meta.url));

/** Builds what `npx videochat` runs, if the sources changed. */
export async function buildCli(): Promise<void> {
  await buildOutput(repository);
}

export interface CliResult {
  code: number | null;
  out: string;
  err: string;
}

export interface CliOptions {
  /** All of stdin. */
  input?: string;
  /** The beginning of stdin, which stays open. */
  typed?: string;
  /** Use the real server of this build instead of the fake one. */
  real?: boolean;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  onStart?(child: ChildProcess): void;
  /** Called whenever something was written, e.g. to send a signal. */
  onOutput?(so: { out: string; err: string }, child: ChildProcess): void;
}

/** Runs the built program to its end with pipes. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const env = { ...process.env, ...(options.real ? {} : { VIDEOCHAT_SERVER: fakeServer }), ...options.env };
  const child = spawn(process.execPath, [program, ...args], { env, cwd: options.cwd });
  options.onStart?.(child);
  const so = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    so.out += text;
    options.onOutput?.(so, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    so.err += text;
    options.onOutput?.(so, child);
  });
  if (options.typed === undefined) {
    child.stdin.end(options.input ?? '');
  } else {
    child.stdin.write(options.typed);
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...so }));
  });
}
