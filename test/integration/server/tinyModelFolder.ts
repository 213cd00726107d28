import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeeingManifest } from '../../../server/models/manifest.js';
import { temporaryFolder, tinyEncoderFile, tinyManifest, writeManifest } from '../../fixtures/tinyEncoder.js';
import { tinyGguf } from '../../fixtures/tinyGguf.js';

/**
 * A folder of models as the server looks for them, with one model in it, `tiny`: a real ONNX graph and a
 * real LLaMA, both with random weights. It talks nonsense, but the same nonsense every time.
 */
export async function tinyModelFolder(change?: (manifest: SeeingManifest) => void): Promise<string> {
  const models = await temporaryFolder();
  const folder = join(models, 'tiny');
  await mkdir(folder);
  const graph = tinyEncoderFile('tinyEncoder.onnx');
  await copyFile(graph, join(folder, 'vision.onnx'));
  const language = tinyGguf({ width: 32, contextLength: 2048 });
  await writeFile(join(folder, 'language.gguf'), language);
  const manifest = tinyManifest({
    'vision-fp32': { path: 'vision.onnx', content: await readFile(graph) },
    'language-f16': { path: 'language.gguf', content: language },
  });
  manifest.sampling = { temperature: 0, maxTokens: 12 };
  change?.(manifest);
  await writeManifest(folder, manifest);
  return models;
}
