import { phrase } from '../protocol/index.js';
import { ggufInteger, withGguf } from './ggufFile.js';
import { type GgufHeader, GgufProblem, type GgufReader } from './ggufReader.js';

/** What the attention of a model keeps of each token. */
export interface AttentionShape {
  /** The most of any layer; 0 where none attends. */
  heads: number;
  keyValueHeads: number;
  /** Numbers kept of each token: keys and values of all layers. */
  cachedPerToken: number;
}

/** What a language model's file says of its size. */
export interface GgufShape extends AttentionShape {
  architecture: string;
  layers: number;
  trainedContext: number;
  /** What most of the weights are kept as, e.g. `Q8_0`. */
  quantisation: string;
}

/** Names of ggml's types, by number. */
const typeNames: Readonly<Record<number, string>> = {
  0: 'F32', 1: 'F16', 2: 'Q4_0', 3: 'Q4_1', 6: 'Q5_0', 7: 'Q5_1', 8: 'Q8_0', 9: 'Q8_1', 10: 'Q2_K', 11: 'Q3_K', 12: 'Q4_K', 13: 'Q5_K', 14: 'Q6_K',
  15: 'Q8_K', 16: 'IQ2_XXS', 17: 'IQ2_XS', 18: 'IQ3_XXS', 19: 'IQ1_S', 20: 'IQ4_NL', 21: 'IQ3_S', 22: 'IQ2_S', 23: 'IQ4_XS', 29: 'IQ1_M', 30: 'BF16',
  34: 'TQ1_0', 35: 'TQ2_0', 39: 'MXFP4',
};
const integerTypes = [4, 5];
const mostHeads = 1_024;
const widestHead = 2 ** 14;

/** Heads of each layer, and what they keep. @throws GgufProblem where a count cannot be */
export function attentionShape(reader: GgufReader, header: GgufHeader, architecture: string, layers: number, width: number): AttentionShape {
  const key = (name: string): string => `${architecture}.attention.${name}`;
  const heads = perLayer(reader, header, key('head_count'), layers) ?? Array.from({ length: layers }, () => 0);
  const kept = perLayer(reader, header, key('head_count_kv'), layers) ?? heads;
  const usual = width / Math.max(1, ...heads);
  const sizes = ['key_length', 'value_length'].map((name) => headSize(header, key(name)) ?? usual);
  return {
    heads: Math.max(...heads),
    keyValueHeads: Math.max(...kept),
    cachedPerToken: Math.round(kept.reduce((sum, count) => sum + count, 0) * sizes.reduce((sum, size) => sum + size, 0)),
  };
}

/** @throws ModelFileMissing, ModelCorrupt */
export function ggufShape(path: string): Promise<GgufShape> {
  return withGguf(path, ({ reader, header }) => {
    const architecture = header.metadata.get('general.architecture');
    if (typeof architecture !== 'string') {
      throw new GgufProblem(phrase`it does not name its architecture`);
    }
    const [layers, width, trainedContext] = (
      [
        ['block_count', 512],
        ['embedding_length', 2 ** 17],
        ['context_length', 2 ** 30],
      ] as const
    ).map(([name, most]) => ggufInteger(header, `${architecture}.${name}`, 1, most)) as [number, number, number];
    return { architecture, layers, trainedContext, ...attentionShape(reader, header, architecture, layers, width), quantisation: quantisationOf(header) };
  });
}

/** One number for all layers, or one for each. */
function perLayer(reader: GgufReader, header: GgufHeader, key: string, layers: number): number[] | undefined {
  const value = header.metadata.get(key);
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== 'object') {
    return Array.from({ length: layers }, () => ggufInteger(header, key, 1, mostHeads));
  }
  const counts = integerTypes.includes(value.type) && value.count === layers ? reader.integers(value) : [];
  if (counts.length !== layers || counts.some((count) => count < 0 || count > mostHeads)) {
    throw new GgufProblem(phrase`its ${key} is missing or impossible`);
  }
  return counts;
}

function headSize(header: GgufHeader, key: string): number | undefined {
  return header.metadata.has(key) ? ggufInteger(header, key, 1, widestHead) : undefined;
}

function quantisationOf({ tensors }: GgufHeader): string {
  const weights = new Map<number, number>();
  for (const { type, shape } of tensors) {
    weights.set(type, (weights.get(type) ?? 0) + shape.reduce((product, size) => product * size, 1));
  }
  const [type = -1] = [...weights].sort(([, a], [, b]) => b - a)[0] ?? [];
  return typeNames[type] ?? `type ${type}`;
}
