import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import { summarySuite } from './suites/summaries.js';
export function run(): Promise<void> {
  const say = (s: string) => appendFileSync('/tmp/s-core/progress.txt', s + '\n');
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'min', color: false });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  say('start');
  summarySuite();
  return new Promise((resolve) => {
    const runner = mocha.run(() => { say('end'); resolve(); });
    runner.on('pass', (test) => say('pass ' + test.fullTitle() + ' ' + test.duration));
    runner.on('fail', (test, error: Error) => say('FAIL ' + test.fullTitle() + ' ' + String(error.stack ?? error)));
  });
}
