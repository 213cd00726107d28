import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { silentLogger } from '../common/logger.js';
import { discoverModels, type ModelEntry } from '../models/discoverModels.js';
import { hasEncoder, type Manifest } from '../models/manifest.js';
import { resolveModelFile } from '../models/modelFiles.js';
import { resolveSettings } from '../settings.js';
import { findFfmpeg } from '../video/findFfmpeg.js';
import { benchConversation } from './benchConversation.js';
import { benchDataset } from './benchDataset.js';
import { benchEditor } from './benchEditor.js';
import { benchEndpoint } from './benchEndpoint.js';
import { benchFrames } from './benchFrames.js';
import { benchImport } from './benchImport.js';
import { benchLong } from './benchLong.js';
import { benchPerception } from './benchPerception.js';
import { type BenchResult, type BenchSkip, formatBench } from './benchResult.js';
import { benchPictures } from './benchPictures.js';
import { benchSearch } from './benchSearch.js';
import { benchVision } from './benchVision.js';
import { benchLanguage } from './language.js';

const usage = `Usage: npm run bench -- [frames] [vision] [language] [conversation] [dataset] [import] [search] [perception] [long] [endpoint] [editor]
                        [--model ID] [--threads N] [--megabytes N] [--json]
--megabytes: how large the files of "import" are; they need about five times that in the temporary folder.
Prints ratios measured in this run, with the numbers they were made of.
`;
const parts = ['frames', 'vision', 'language', 'conversation', 'dataset', 'import', 'search', 'perception', 'long', 'endpoint', 'editor'] as const;
/** Those about one model. */
const modelParts: string[] = ['vision', 'language', 'conversation', 'long', 'endpoint'];

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', default: parts.join(',') },
      model: { type: 'string', default: 'videochat-mini' },
      threads: { type: 'string', default: String(availableParallelism()) },
      megabytes: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen: string[] = positionals.length > 0 ? positionals : values.only.split(',');
  const threads = Number(values.threads);
  const megabytes = Number(values.megabytes);
  if (values.help || chosen.some((part) => !parts.includes(part as never)) || !(threads > 0) || !(megabytes > 0)) {
    process.stdout.write(usage);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const results: (BenchResult | BenchSkip)[] = [];
  const report = (...more: (BenchResult | BenchSkip)[]): void => {
    results.push(...more);
    if (!values.json) {
      process.stdout.write(more.map((result) => `${formatBench(result)}\n\n`).join(''));
    }
  };
  if (!values.json) {
    process.stdout.write(`${cpus()[0]?.model ?? 'CPU'}, ${availableParallelism()} cores, ${process.platform}, Node ${process.versions.node}\n\n`);
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'videochat-bench-'));
  try {
    const begin = (part: string): void => void process.stderr.write(`Measuring ${part} …\n`);
    if (chosen.includes('frames')) {
      begin('frames');
      report(...(await benchFrames(folder, await findFfmpeg())));
    }
    const model = await findModel(values.model);
    for (const part of chosen.filter((each) => modelParts.includes(each))) {
      begin(part);
      report(...(model ? await benchModel(part, model, folder, threads) : [{ name: part, skipped: `There is no usable model "${values.model}".` }]));
    }
    if (chosen.includes('dataset')) {
      begin('dataset');
      report(...(await benchDataset(folder, serverPath)));
    }
    if (chosen.includes('import')) {
      begin('import');
      await benchImport(folder, serverPath, megabytes, report);
    }
    if (chosen.includes('search')) {
      begin('search');
      report(...(await benchSearch()), ...(await benchPictures()));
    }
    if (chosen.includes('perception')) {
      begin('perception');
      report(...(await benchPerception(await findFfmpeg(), threads)));
    }
    if (chosen.includes('editor')) {
      begin('editor');
      await benchEditor(report);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (values.json) {
    process.stdout.write(`${JSON.stringify(results)}\n`);
  }
}

/** The bundles lie side by side. */
const serverPath = fileURLToPath(new URL('./server.mjs', import.meta.url));

type UsableModel = ModelEntry & { manifest: Manifest };

async function findModel(id: string): Promise<UsableModel | undefined> {
  const entries = await discoverModels(resolveSettings().modelFolders, silentLogger);
  return entries.find((entry): entry is UsableModel => entry.id === id && entry.manifest !== undefined && !entry.problem);
}

async function benchModel(part: string, model: UsableModel, folder: string, threads: number): Promise<(BenchResult | BenchSkip)[]> {
  const { manifest } = model;
  if (part === 'vision') {
    return hasEncoder(manifest) ? [await benchVision({ ...model, manifest }, threads)] : [];
  }
  if (part === 'language') {
    const { variants, default: variant } = manifest.language;
    const gguf = await resolveModelFile(model.folder, manifest, variants[variant] ?? '');
    return benchLanguage(gguf, threads);
  }
  if (part === 'long') {
    return benchLong(folder, serverPath, path.join(model.folder, 'sample.mp4'), model.id, await findFfmpeg());
  }
  if (part === 'endpoint') {
    return benchEndpoint(folder, serverPath, path.join(model.folder, 'sample.mp4'), await findFfmpeg());
  }
  return benchConversation(folder, serverPath, path.join(model.folder, 'sample.mp4'), model.id);
}

await main();
