import { phrase } from '../protocol/index.js';
import { checkTensors, ggufInteger, withGguf } from './ggufFile.js';
import { GgufProblem, type GgufHeader } from './ggufReader.js';
import { attentionShape } from './ggufShape.js';
import { checkVocabulary } from './ggufVocabulary.js';
import type { ConstantInput } from './prefixAdapter.js';

/** What a GGUF says about its model. */
export interface GgufSummary {
  architecture: string;
  bytes: number;
  layers: number;
  width: number;
  trainedContext: number;
  vocabulary: number;
  /** Where its attention gives a constant 1, if it was exported for prefixes. */
  constant?: ConstantInput;
}

/** What a GGUF says about how it is talked to. */
export interface GgufChat {
  name?: string;
  /** Jinja. */
  template?: string;
  /** Tokens that stand for no text, e.g. `<|im_end|>`. */
  controlTokens: string[];
  /** What ends an answer. */
  endToken?: string;
}

/** Kinds of tokens in `tokenizer.ggml.token_type`. */
const [controlToken, userToken] = [3, 4];

/** Numbers that libllama divides by or allocates from before it compares them with the tensors. */
function checkShape(header: GgufHeader, architecture: string): Omit<GgufSummary, 'bytes' | 'vocabulary' | 'constant'> {
  const key = (name: string) => `${architecture}.${name}`;
  const layers = ggufInteger(header, key('block_count'), 1, 512);
  const width = ggufInteger(header, key('embedding_length'), 1, 2 ** 17);
  const trainedContext = ggufInteger(header, key('context_length'), 1, 2 ** 30);
  const heads = header.metadata.get(key('attention.head_count'));
  if (typeof heads === 'number') {
    const valueHeads = header.metadata.has(key('attention.head_count_kv'))
      ? header.metadata.get(key('attention.head_count_kv'))
      : heads;
    if (heads < 1 || heads > 1024 || (typeof valueHeads === 'number' && (valueHeads < 1 || heads % valueHeads !== 0))) {
      throw new GgufProblem(phrase`its numbers of attention heads are impossible`);
    }
    const dimensions = header.metadata.get(key('rope.dimension_count'));
    const headWidth = header.metadata.get(key('attention.key_length')) ?? width / heads;
    if (architecture === 'llama' && dimensions !== undefined && dimensions !== headWidth) {
      throw new GgufProblem(phrase`its rotary dimensions do not fit its attention heads`);
    }
  }
  for (const name of ['attention.layer_norm_rms_epsilon', 'attention.layer_norm_epsilon']) {
    const epsilon = header.metadata.get(key(name)) ?? 0;
    if (typeof epsilon !== 'number' || !(epsilon >= 0 && epsilon < 1)) {
      throw new GgufProblem(phrase`its ${key(name)} is impossible`);
    }
  }
  const scaling = header.metadata.get(key('rope.scaling.type')) ?? 'none';
  if (typeof scaling !== 'string' || !['none', 'linear', 'yarn', 'longrope'].includes(scaling)) {
    throw new GgufProblem(phrase`its rotary scaling is of an unknown kind`);
  }
  const experts = header.metadata.get(key('expert_count')) ?? 0;
  const used = header.metadata.get(key('expert_used_count')) ?? 0;
  const possible = typeof experts === 'number' && typeof used === 'number' && experts <= 512 && used <= experts;
  if (!possible || (experts > 0 && used === 0)) {
    throw new GgufProblem(phrase`its numbers of experts are impossible`);
  }
  const parts = header.metadata.get('split.count') ?? 0;
  if (typeof parts !== 'number' || parts > 1) {
    throw new GgufProblem(phrase`it is one part of several; join them to one file first`);
  }
  return { architecture, layers, width, trainedContext };
}

/** Where a model that was exported for prefixes has an input of `attn_output` that is always 1. */
function constantInput(header: GgufHeader): ConstantInput | undefined {
  const key = 'videochat.constant_column';
  if (!header.metadata.has(key)) {
    return undefined;
  }
  const inputs = header.tensors.find(({ name }) => name === 'blk.0.attn_output.weight')?.shape[0] ?? 0;
  return { column: ggufInteger(header, key, 0, inputs - 1), inputs };
}

/**
 * Checks a GGUF file before native code sees it: mark, version, counts, lengths, shapes, vocabulary
 * tables and the bounds of every tensor. Reads the header only.
 *
 * @throws ModelFileMissing if there is no such file
 * @throws ModelCorrupt with a sentence that says what is wrong
 */
export function ggufCheck(path: string): Promise<GgufSummary> {
  return withGguf(path, ({ reader, header, bytes }) => {
    checkTensors(header, bytes);
    const architecture = header.metadata.get('general.architecture');
    if (typeof architecture !== 'string' || !/^[a-z0-9][a-z0-9_.-]{0,63}$/.test(architecture)) {
      throw new GgufProblem(phrase`it does not name its architecture`);
    }
    const vocabulary = checkVocabulary(reader, header);
    const constant = constantInput(header);
    const shape = checkShape(header, architecture);
    attentionShape(reader, header, architecture, shape.layers, shape.width);
    return { ...shape, bytes, vocabulary, ...(constant ? { constant } : {}) };
  });
}

/**
 * Reads how a model is talked to. Check the file first.
 *
 * @throws ModelCorrupt
 */
export function ggufChat(path: string): Promise<GgufChat> {
  return withGguf(path, ({ reader, header }) => {
    const text = (key: string): string | undefined => {
      const value = header.metadata.get(key);
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const [tokens, types, end] = ['tokens', 'token_type', 'eos_token_id'].map((key) => header.metadata.get(`tokenizer.ggml.${key}`));
    const names = typeof tokens === 'object' ? reader.byteStrings(tokens).map((name) => Buffer.from(name, 'latin1').toString('utf8')) : [];
    const kinds = typeof types === 'object' ? reader.integers(types) : [];
    const endToken = typeof end === 'number' ? names[end] : undefined;
    const [name, template] = [text('general.name'), text('tokenizer.chat_template')];
    return {
      ...(name === undefined ? {} : { name }),
      ...(template === undefined ? {} : { template }),
      controlTokens: names.filter((_, id) => kinds[id] === controlToken || kinds[id] === userToken),
      ...(endToken === undefined ? {} : { endToken }),
    };
  });
}
