import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type Duplex, PassThrough } from 'node:stream';
import { killProcessTree } from './processTree.js';

export interface ServerProcessOptions {
  /** Path of the server's entry, `dist/server.mjs`. */
  serverPath: string;
  /** The node to run it with; left out: this one. */
  execPath?: string;
  /** Arguments of node itself, e.g. `--inspect`. */
  execArgv?: string[];
  /** Added to this process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Lines that the process prints outside the protocol: native libraries, crashes. */
  onOutput?(line: string): void;
}

/** How a server process ended. */
export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** It could not be started at all. */
  error?: Error;
}

/** File descriptor of the protocol in the server. */
const protocolFd = 3;

/**
 * Starts the server as a child; what it prints goes to `onOutput`, never to our stdout. The protocol has a pipe of its
 * own. Not node's IPC channel: there a broken message is an exception that nobody can catch.
 */
export function spawnServerProcess(options: ServerProcessOptions): { child: ChildProcess; channel: Duplex; exited: Promise<ServerExit> } {
  const child = spawn(
    options.execPath ?? process.execPath,
    [...(options.execArgv ?? []), options.serverPath, '--protocol-fd', String(protocolFd)],
    {
      // Read and written at the same time, which Windows allows for overlapped pipes only.
      stdio: ['ignore', 'pipe', 'pipe', 'overlapped'],
      // In VS Code's extension host `execPath` is Electron.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ...options.env },
      windowsHide: true,
      // A group of its own: Ctrl-C in a terminal is for the client, not for the server's ffmpeg.
      detached: process.platform !== 'win32',
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) {
      createInterface({ input: stream }).on('line', (line) => options.onOutput?.(line));
    }
  }
  const exited = new Promise<ServerExit>((resolve) => {
    child.on('error', (error) => {
      // Sending and killing report here too, while it still runs.
      if (child.pid === undefined) {
        resolve({ code: null, signal: null, error });
      }
    });
    child.once('exit', (code, signal) => {
      // What it started, ffmpeg above all, ends with it.
      killProcessTree(child);
      resolve({ code, signal });
    });
  });
  // Without a process there may be no pipes either.
  const channel = (child.stdio as ChildProcess['stdio'] | undefined)?.[protocolFd] as Duplex | null | undefined;
  return { child, channel: channel ?? new PassThrough().destroy(), exited };
}

/** Waits for the end of a process; kills it and its children when that takes longer than `graceMs`. */
export async function endServerProcess(child: ChildProcess, exited: Promise<ServerExit>, graceMs: number): Promise<void> {
  const timer = setTimeout(() => killProcessTree(child), graceMs);
  await exited;
  clearTimeout(timer);
}

/** For people and logs: `exit code 1`, `signal SIGKILL`, `spawn … ENOENT`. */
export function describeExit({ code, signal, error }: ServerExit): string {
  return error ? error.message : signal ? `signal ${signal}` : `exit code ${code}`;
}
