import { spawn } from 'node:child_process';

/**
 * Runs a program to its end. Never rejects: a program that cannot be started has `code` −1.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, inherit?: boolean, toStderr?: boolean }} [options]
 *   `inherit`: the program owns the terminal; `toStderr`: what it prints goes to our stderr; else it is collected
 * @returns {Promise<{ code: number, output: string, timedOut: boolean }>}
 */
export function runProcess(command, args, options = {}) {
  const { cwd, env, timeoutMs, inherit = false, toStderr = false } = options;
  const stdio = inherit ? 'inherit' : toStderr ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'];
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio, windowsHide: true });
    let output = '';
    let timedOut = false;
    const collect = (chunk) => {
      output = (output + chunk.toString()).slice(-64 * 1024);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const timer = timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          child.kill('SIGKILL');
        }, timeoutMs)
      : undefined;
    // Ctrl-C reaches the child by the terminal; ours is to wait for it, then end with its code.
    const stay = () => undefined;
    process.on('SIGINT', stay);
    const finish = (code) => {
      clearTimeout(timer);
      process.off('SIGINT', stay);
      resolve({ code, output, timedOut });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(-1);
    });
    child.on('close', (code, signal) => finish(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
