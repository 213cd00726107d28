import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { watchForMisuse } from './misuse.js';
import { activationSuite } from './suites/activation.js';
import { annotateSuite } from './suites/annotate.js';
import { commandSuite } from './suites/commands.js';
import { datasetSuite } from './suites/datasets.js';
import { panelSuite } from './suites/panel.js';
import { settingSuite } from './suites/settings.js';
import { summarySuite } from './suites/summaries.js';

/** How a test ended. */
export interface TestRecord {
  title: string;
  error?: string;
}

/**
 * Called by VS Code in its extension host, by the contract of `extensionTestsPath`. Writes the results to the
 * file that `VIDEOCHAT_TEST_RESULTS` names.
 */
export function run(): Promise<void> {
  const misuse = watchForMisuse();
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, reporter: 'min', color: false });
  mocha.suite.emit('pre-require', globalThis as unknown as Mocha.MochaGlobals, '', mocha);
  activationSuite();
  settingSuite();
  commandSuite();
  summarySuite();
  annotateSuite();
  datasetSuite();
  panelSuite(misuse);
  const records: TestRecord[] = [];
  return new Promise((resolve, reject) => {
    const runner = mocha.run((failures) => {
      const file = process.env['VIDEOCHAT_TEST_RESULTS'];
      if (file) {
        writeFileSync(file, JSON.stringify(records));
      }
      if (failures > 0) {
        reject(new Error(`${failures} tests failed`));
      } else {
        resolve();
      }
    });
    runner.on('pass', (test) => records.push({ title: test.fullTitle() }));
    runner.on('fail', (test, error: Error) => records.push({ title: test.fullTitle(), error: String(error.stack ?? error) }));
  });
}
