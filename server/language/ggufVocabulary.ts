import { phrase } from '../protocol/index.js';
import { GgufProblem, type GgufHeader, type GgufReader } from './ggufReader.js';

const prefix = 'tokenizer.ggml.';
const [int32, uint32, float32, stringType] = [5, 4, 6, 8];
const byteToken = 6;
const byteName = /^<0x[0-9A-F]{2}>$/;

function checkTables(header: GgufHeader, count: number): void {
  for (const [name, types] of [
    ['scores', [float32, int32]],
    ['token_type', [uint32, int32]],
  ] as const) {
    const table = header.metadata.get(prefix + name);
    if (table === undefined) {
      continue;
    }
    if (typeof table !== 'object' || table.count !== count || !types.some((type) => type === table.type)) {
      throw new GgufProblem(phrase`its vocabulary and its ${name} differ in length or type`);
    }
  }
}

function checkNames(texts: readonly string[], types: readonly number[], sentencepiece: boolean): void {
  // libllama reads them as C strings, which end at the first NUL.
  const names = texts.map((text) => (text.includes('\0') ? text.slice(0, text.indexOf('\0')) : text));
  const known = new Set(names.map((name, id) => name || `[EMPTY_${id}]`));
  if (known.size !== names.length) {
    throw new GgufProblem(phrase`its vocabulary holds a token twice`);
  }
  if (!sentencepiece) {
    return;
  }
  for (let byte = 0; byte < 256; byte++) {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    if (!known.has(name)) {
      throw new GgufProblem(phrase`its vocabulary lacks the byte token ${name}`);
    }
  }
  if (types.some((type, id) => type === byteToken && !byteName.test(names[id] ?? ''))) {
    throw new GgufProblem(phrase`its vocabulary calls a token a byte that is none`);
  }
}

/**
 * Checks the tables of a vocabulary: libllama reads out of bounds or ends the process where they differ
 * in length, where tokens repeat, or where a sentencepiece vocabulary lacks byte tokens.
 *
 * @returns the number of tokens
 * @throws GgufProblem
 */
export function checkVocabulary(reader: GgufReader, header: GgufHeader): number {
  const tokens = header.metadata.get(`${prefix}tokens`);
  if (typeof tokens !== 'object' || tokens.type !== stringType || tokens.count < 1 || tokens.count > 2_000_000) {
    throw new GgufProblem(phrase`it has no vocabulary`);
  }
  checkTables(header, tokens.count);
  const types = header.metadata.get(`${prefix}token_type`);
  const sentencepiece = header.metadata.get(`${prefix}model`) === 'llama';
  checkNames(reader.byteStrings(tokens), typeof types === 'object' ? reader.integers(types) : [], sentencepiece);
  for (const [key, value] of header.metadata) {
    const isId = key.startsWith(prefix) && key.endsWith('_token_id');
    if (isId && (typeof value !== 'number' || value < 0 || value >= tokens.count)) {
      throw new GgufProblem(phrase`its ${key} is not in the vocabulary`);
    }
  }
  return tokens.count;
}
