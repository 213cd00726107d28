import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

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
}

/** Starts the server as a child with node IPC; what it prints goes to `onOutput`, never to our stdout. */
export function spawnServerProcess(options: ServerProcessOptions): { child: ChildProcess; exited: Promise<ServerExit> } {
  const child = spawn(
    options.execPath ?? process.execPath,
    [...(options.execArgv ?? []), options.serverPath, '--node-ipc'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
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
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return { child, exited };
}

/** Waits for the end of a process and kills it when that takes longer than `graceMs`. */
export async function endServerProcess(child: ChildProcess, exited: Promise<ServerExit>, graceMs: number): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}
