import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Kills a child and everything it started, at once. On POSIX the child must have been spawned `detached`: then its
 * process group has its id, and lives on while any of its processes does, also after the child itself is gone.
 */
export function killProcessTree(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  if (process.platform !== 'win32') {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      child.kill('SIGKILL');
    }
    return;
  }
  if (child.exitCode !== null) {
    // Its id may belong to somebody else by now.
    return;
  }
  const killer = spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
  killer.on('error', () => void child.kill('SIGKILL'));
}
