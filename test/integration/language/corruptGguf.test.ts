import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import { ggufCheck } from '../../../server/language/ggufCheck.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import { ErrorCode, VideoChatError } from '../../../server/protocol/index.js';
import { tinyGguf } from '../../fixtures/tinyGguf.js';

let folder: string;
const good = tinyGguf();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-gguf-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const load = (file: string) =>
  LanguageModel.load({ path: file, device: 'cpu', gpuLayers: 0, threads: 1, contextLength: 128, logger: silentLogger });

async function loadBytes(bytes: Buffer): Promise<unknown> {
  const file = path.join(folder, 'broken.gguf');
  await writeFile(file, bytes);
  try {
    await (await load(file)).dispose();
    return 'loaded';
  } catch (error) {
    return error;
  }
}

function patched(offset: number, bytes: readonly number[]): Buffer {
  const copy = Buffer.from(good);
  Buffer.from(bytes).copy(copy, offset);
  return copy;
}

/** Offset of a metadata value: behind its key and type number. */
const valueOf = (key: string) => good.indexOf(key) + key.length + 4;
const maximum = Array<number>(8).fill(0xff);

describe('a damaged GGUF', () => {
  const cases: [string, () => Buffer][] = [
    ['empty', () => Buffer.alloc(0)],
    ['another kind of file', () => Buffer.from('ftypisom this is an mp4, really'.repeat(20))],
    ['random bytes', () => Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919 + 13) % 251))],
    ['random bytes behind the mark', () => patched(4, Array.from({ length: 4096 }, (_, i) => (i * 7919 + 13) % 251))],
    ['version 1', () => patched(4, [1, 0, 0, 0])],
    ['version of another byte order', () => patched(4, [0, 0, 0, 3])],
    ['absurd tensor count', () => patched(8, maximum)],
    ['absurd metadata count', () => patched(16, maximum)],
    ['absurd key length', () => patched(24, maximum)],
    ['cut off in the header', () => good.subarray(0, 3000)],
    ['cut off in the tensors', () => good.subarray(0, good.length - 5000)],
    ['cut off by a few bytes', () => good.subarray(0, good.length - 40)],
    ['absurd vocabulary size', () => patched(valueOf('tokenizer.ggml.tokens') + 4, maximum)],
    ['a vocabulary longer than its scores', () => patched(valueOf('tokenizer.ggml.scores') + 4, [7])],
    ['no attention heads', () => patched(valueOf('llama.attention.head_count'), [0, 0, 0, 0])],
    ['no layers', () => patched(valueOf('llama.block_count'), [0, 0, 0, 0])],
    ['more layers than tensors', () => patched(valueOf('llama.block_count'), [9, 0, 0, 0])],
    ['another width than its tensors', () => patched(valueOf('llama.embedding_length'), [128, 0, 0, 0])],
    ['an end token outside the vocabulary', () => patched(valueOf('tokenizer.ggml.eos_token_id'), [0xff, 0xff])],
    ['no byte tokens', () => patched(good.indexOf('<0x41>'), [0x3d])],
    ['a token twice', () => patched(good.indexOf('<0x41>'), [...Buffer.from('<0x42>')])],
    ['a byte token that names no byte', () => patched(valueOf('tokenizer.ggml.token_type') + 12, [6])],
    ['a tensor of an unknown type', () => patched(good.indexOf('output.weight') + 13 + 4 + 16, [99])],
    ['a tensor far outside', () => patched(good.indexOf('output.weight') + 13 + 4 + 16 + 4, [0, 0, 0, 0, 1])],
    ['an architecture nobody knows', () => patched(valueOf('general.architecture') + 8, [...Buffer.from('llamb')])],
  ];
  it.each(cases)('is refused: %s', async (_, make) => {
    const error = await loadBytes(make());
    expect(error).toBeInstanceOf(VideoChatError);
    expect(error).toMatchObject({ code: ErrorCode.ModelCorrupt });
    expect((error as VideoChatError).data.hint).toBeTruthy();
  });

  it('is told from a missing file or a folder', async () => {
    await expect(load(path.join(folder, 'absent.gguf'))).rejects.toMatchObject({ code: ErrorCode.ModelFileMissing });
    await expect(load(folder)).rejects.toMatchObject({ code: ErrorCode.ModelFileMissing });
  });

  it('leaves the process able to load a good one', async () => {
    expect(await loadBytes(good)).toBe('loaded');
  });

  it('is judged without native code', async () => {
    const file = path.join(folder, 'good.gguf');
    await writeFile(file, good);
    expect(await ggufCheck(file)).toMatchObject({ architecture: 'llama', layers: 2, width: 64, trainedContext: 512 });
  });
});
