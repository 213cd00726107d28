import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../settings.js';
import type { BenchResult, BenchSkip } from './benchResult.js';

type Report = (result: BenchResult | BenchSkip) => void;

/** The editor's side: it drives a browser, which nothing in `server/` does, so it lies in `test/bench` and is loaded here. */
export async function benchEditor(report: Report): Promise<void> {
  const bundle = path.join(packageRoot(), '.cache', 'bench', 'editor', 'measureEditor.mjs');
  if (!existsSync(bundle)) {
    report({ name: 'editor', skipped: '`npm run bench` gets ready what it needs.' });
    return;
  }
  const { measureEditor } = (await import(pathToFileURL(bundle).href)) as { measureEditor(report: Report): Promise<void> };
  await measureEditor(report);
}
