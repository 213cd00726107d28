import { spawn } from 'node:child_process';

/*
 * Runs a program and ends it with whoever has started this one: their end of our standard input closes however they end.
 * Usage: node llamaServerGuard.mjs PROGRAM ARGUMENT…
 */

const graceMs = 3_000;
const [program = '', ...args] = process.argv.slice(2);
const env = { ...process.env };
delete env['ELECTRON_RUN_AS_NODE'];
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env, windowsHide: true });
process.stdout.write(`process ${child.pid ?? 0}\n`);

function end(): void {
  child.kill();
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
}

child.once('error', ({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => {
  if (signal) {
    process.stderr.write(`It was ended by ${signal}.\n`);
  }
  process.exit(code ?? 1);
});
process.stdin.once('close', end).resume();
process.stdin.once('error', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, end);
}
