import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Duplex } from 'node:stream';
import { buildOutput } from '../../../server/setup/buildOutput.mjs';
import { RawConnection } from '../../fakes/rawConnection.js';

export const repository = fileURLToPath(new URL('../../../', import.meta.url));
export const serverPath = join(repository, 'dist', 'server.mjs');

/** Builds the server that the tests run, if the sources changed. */
export async function buildServer(): Promise<void> {
  await buildOutput(repository);
}

/** A server in a process of its own, and everything it prints. */
export class ServerProcess {
  stdout = '';
  stderr = '';
  readonly exit: Promise<number | null>;

  private constructor(readonly child: ChildProcess) {
    child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    // Not `close`: that waits for a stdout which nobody may be reading.
    const printed = new Promise((resolve) => child.stderr?.once('close', resolve));
    this.exit = new Promise((resolve) => child.once('exit', (code) => void printed.then(() => resolve(code))));
  }

  static start(args: string[], env: NodeJS.ProcessEnv = {}, extra: ('pipe' | 'ipc')[] = []): ServerProcess {
    const child = spawn(process.execPath, [serverPath, ...args], {
      stdio: ['pipe', 'pipe', 'pipe', ...extra],
      env: { ...process.env, VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu', VIDEOCHAT_THREADS: '1', ...env },
    });
    return new ServerProcess(child);
  }

  /** The protocol on stdin and stdout. */
  connect(): RawConnection {
    const { stdin, stdout } = this.child;
    if (!stdin || !stdout) {
      throw new Error('The process has no pipes.');
    }
    return new RawConnection(stdin, stdout);
  }

  /** The protocol on an inherited file descriptor. */
  connectFd(fd: number): RawConnection {
    const stream = this.child.stdio[fd] as Duplex;
    return new RawConnection(stream, stream);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
