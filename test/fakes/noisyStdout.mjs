// Preloaded into a server: everything in it writes to file descriptor 1, past Node's streams, all the time.
import { execFileSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

if (process.argv.includes('--protocol-fd')) {
  const noise = () => writeSync(1, 'ggml: noise on stdout\nContent-Length: 30abc\r\n\r\n');
  noise();
  setInterval(noise, 20).unref();
  console.log('noise by console.log');
  process.stdout.write('noise by process.stdout');
  new Worker("setInterval(() => require('node:fs').writeSync(1, 'noise of a thread\\n'), 20)", { eval: true }).unref();
  if (process.platform !== 'win32') {
    execFileSync('/bin/sh', ['-c', 'echo noise of a child'], { stdio: 'inherit' });
  }
}
