import type { Logger } from '../common/logger.js';
import { ggufChat, ggufCheck } from '../language/ggufCheck.js';
import { parseManifest } from '../models/manifest.js';
import { checkPrompt } from '../models/prompt.js';
import { phrase } from '../protocol/index.js';
import { externalDataLocations } from '../vision/externalData.js';
import { type GraphFacts, SessionHost, type TensorFacts } from '../vision/sessionHost.js';
import type { CatalogueRecord } from './catalogueSchema.js';
import { refusal } from './refusal.js';

const openMs = 120_000;
/** The catalogue's entry whose rules serve all of its family. */
const pattern = 'smolvlm2-256m';
/** Tiles along the longest side of a picture. */
const tilesAlong = 4;
/** What tells a SmolVLM2 from other language models. */
const marks = ['<|im_start|>', '<end_of_utterance>', '<fake_token_around_image>', '<global-img>'];
/** Where the graph leaves its sizes free: side of a frame and its rows, by the width of the language model. */
const published: Record<number, { side: number; rows: number }> = {
  576: { side: 512, rows: 64 },
  960: { side: 512, rows: 64 },
  2048: { side: 384, rows: 81 },
};

export interface Pair {
  graph: string;
  gguf: string;
}

/**
 * The manifest of a vision encoder and a language model laid out as SmolVLM2 is published, without its files: the rules are the
 * catalogue's, the sizes those of the files. The graph is opened once, in a process of its own.
 *
 * @throws VideoChatError ImportRefused, ModelCorrupt
 */
export async function pairRules({ graph, gguf }: Pair, records: readonly CatalogueRecord[], logger: Logger): Promise<{ rules: Record<string, unknown>; facts: Record<string, string> }> {
  const summary = await ggufCheck(gguf);
  const { controlTokens } = await ggufChat(gguf);
  const missing = marks.find((mark) => !controlTokens.includes(mark));
  if (missing !== undefined) {
    throw refusal(gguf, phrase`It is no SmolVLM2: it has no token "${missing}".`, phrase`Put both files into a folder with a manifest.json that describes them, and import the folder.`);
  }
  const rules = records.find(({ id }) => id === pattern)?.install?.manifest;
  if (!rules) {
    throw refusal(gguf, phrase`The catalogue does not say how "${pattern}" is installed.`, phrase`Put both files into a folder with a manifest.json that describes them, and import the folder.`);
  }
  if ((await externalDataLocations(graph)).length > 0) {
    throw refusal(graph, phrase`It keeps its weights in other files.`, phrase`Put all files into a folder with a manifest.json that names them, and import the folder.`);
  }
  const { side, rows } = sizesOf(graph, await openGraph(graph, logger), summary.width);
  const { encoder, preprocess, ...rest } = structuredClone(rules) as { encoder: { output: object }; preprocess: { image: object } };
  const size = { width: side, height: side, fit: 'squash' };
  return {
    rules: { ...rest, encoder: { ...encoder, output: { ...encoder.output, rowsPerFrame: rows, width: summary.width } }, preprocess: { ...preprocess, video: size, image: { ...preprocess.image, ...size, tiles: { longestEdge: tilesAlong * side } } } },
    facts: { architecture: summary.architecture, width: String(summary.width), side: String(side), rowsPerFrame: String(rows) },
  };
}

/** @throws VideoChatError ManifestInvalid */
export function checkPair(manifest: object, id: string): void {
  checkPrompt(parseManifest(manifest, id));
}

async function openGraph(graph: string, logger: Logger): Promise<GraphFacts> {
  const host = new SessionHost(logger);
  try {
    return await host.request('load', { model: graph, provider: 'cpu', threads: 1, frugal: true }, openMs);
  } catch (error) {
    throw refusal(graph, phrase`It cannot be opened: ${error instanceof Error ? error.message : String(error)}`, phrase`Get the file again.`);
  } finally {
    await host.dispose();
  }
}

function sizesOf(graph: string, { inputs, outputs }: GraphFacts, width: number): { side: number; rows: number } {
  const find = (list: TensorFacts[], name: string, type: string, rank: number): TensorFacts | undefined =>
    list.find((tensor) => tensor.name === name && tensor.type === type && tensor.shape?.length === rank);
  const pixels = find(inputs, 'pixel_values', 'float32', 5);
  const mask = find(inputs, 'pixel_attention_mask', 'bool', 4);
  const features = find(outputs, 'image_features', 'float32', 3);
  if (!pixels || !mask || !features || inputs.length !== 2) {
    throw refusal(graph, phrase`It is no vision encoder of SmolVLM2: its inputs and outputs are others.`, phrase`Put both files into a folder with a manifest.json that describes them, and import the folder.`);
  }
  const usual = published[width];
  const numberAt = (tensor: TensorFacts, axis: number): number | undefined => {
    const size = tensor.shape?.[axis];
    return typeof size === 'number' && size > 0 ? size : undefined;
  };
  const [side, rows] = [numberAt(pixels, 3) ?? usual?.side, numberAt(features, 1) ?? usual?.rows];
  if (side === undefined || rows === undefined || (numberAt(features, 2) ?? width) !== width) {
    throw refusal(graph, phrase`Its rows do not fit the language model, which takes rows of ${width} numbers.`, phrase`Take both files from the same model.`);
  }
  return { side, rows };
}
