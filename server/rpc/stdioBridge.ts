import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';

/** File descriptor of the protocol stream in the inner process. */
export const protocolFd = 3;

/**
 * Serves stdin and stdout from an inner process, and pumps bytes between them and a pipe to it.
 *
 * The inner process runs the engine with its file descriptor 1 on this process's stderr: whatever native
 * libraries and their child processes print, from any thread and past Node, cannot reach the protocol
 * stream. This process loads nothing native. (Pointing fd 1 elsewhere within one process would take `dup2`,
 * which Node does not have and which differs on Windows, where every library may have its own C runtime.)
 *
 * @param entry path of the server's entry file
 * @returns the exit code of the inner process
 */
export function runStdioBridge(entry: string): Promise<number> {
  const inner = spawn(process.execPath, [...process.execArgv, entry, '--protocol-fd', String(protocolFd)], {
    // Read and written at the same time, which Windows allows for overlapped pipes only.
    stdio: ['ignore', 2, 2, 'overlapped'],
    windowsHide: true,
  });
  const channel = inner.stdio[protocolFd] as Duplex;
  const hangUp = (): void => void channel.destroy();
  process.stdin.on('error', hangUp).pipe(channel);
  channel.on('error', hangUp).pipe(process.stdout, { end: false });
  // The client is gone: nobody reads the answers.
  process.stdout.on('error', hangUp);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => inner.kill('SIGTERM'));
  }
  process.on('SIGINT', () => undefined);

  return new Promise<number>((resolve) => {
    inner.once('error', (error) => {
      process.stderr.write(`The server cannot be started: ${error.message}\n`);
      resolve(1);
    });
    inner.once('close', (code, signal) => {
      if (signal) {
        process.stderr.write(`The server was ended by ${signal}.\n`);
      }
      // What was written before the end must still get out.
      process.stdout.write('', () => resolve(code ?? 1));
    });
  });
}
