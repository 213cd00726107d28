import type { BenchResult, BenchSkip } from '../../../server/bench/benchResult.js';
import { missing } from '../../e2e/support/browserTools.js';
import { benchActivation } from './benchActivation.js';
import { benchAnswer } from './benchAnswer.js';
import { benchMemory } from './benchMemory.js';
import { benchPanel } from './benchPanel.js';
import { benchPath } from './benchPath.js';
import { benchServerStart } from './benchServerStart.js';
import { benchTokens } from './benchTokens.js';

const extension = benchPath('extension');
const paced = benchPath('paced');

/** Those with a browser need one, and code-server. */
const parts: { name: string; needsBrowser: boolean; measure(): Promise<BenchResult> }[] = [
  { name: 'start of the server', needsBrowser: false, measure: () => benchServerStart(extension) },
  { name: 'activation of the extension', needsBrowser: true, measure: () => benchActivation(extension) },
  { name: 'opening of the panel', needsBrowser: true, measure: () => benchPanel(extension) },
  { name: 'way of the tokens', needsBrowser: true, measure: () => benchTokens(paced) },
  { name: 'answers in the panel', needsBrowser: true, measure: () => benchAnswer(extension) },
  { name: 'memory of the extension host', needsBrowser: true, measure: () => benchMemory(extension) },
];

/** The extension in a real editor, in a real browser. What this machine cannot measure is named, with the reason. */
export async function measureEditor(report: (result: BenchResult | BenchSkip) => void): Promise<void> {
  for (const { name, needsBrowser, measure } of parts) {
    if (needsBrowser && missing.browser !== undefined) {
      report({ name, skipped: missing.browser });
    } else {
      report(await measure());
    }
  }
}
