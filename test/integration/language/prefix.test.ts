import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../server/common/logger.js';
import type { Generated } from '../../../server/language/generateAnswer.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import type { LanguageSession } from '../../../server/language/languageSession.js';
import type { PromptPiece } from '../../../server/language/prompt.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';
import { writeTinyGguf } from '../../fixtures/tinyGguf.js';
import { unpackSystem } from '../systems/golden.js';

const [layers, width] = [2, 32];
const load = (path: string, parkedBytes?: number): Promise<LanguageModel> =>
  LanguageModel.load({ path, device: 'cpu', gpuLayers: 0, threads: 1, contextLength: 128, logger: silentLogger, ...(parkedBytes === undefined ? {} : { parkedBytes }) });

function prefix(key: string, rows = layers, columns = width): PromptPiece {
  const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + key.length * 7));
  return { kind: 'prefix', key, constants: { rows, width: columns, data } };
}

const ask = (session: LanguageSession, ...before: PromptPiece[]): Promise<Generated> =>
  session.generate({ pieces: [...before, { kind: 'tokens', ids: [1, 265, 266, 267, 270, 271] }], sampling: { temperature: 0, maxTokens: 3 }, stop: { texts: [], ids: [] } });

let path: string;
let model: LanguageModel;

beforeAll(async () => {
  const { folder, manifest } = await unpackSystem('imagebind-llm');
  path = `${folder}/${manifest.files['language-f16']?.path}`;
  model = await load(path);
});
afterAll(async () => {
  await model.dispose();
  removeTemporaryFolders();
});

/** What a model says that was never asked anything else. */
async function alone(...before: PromptPiece[]): Promise<{ tokens: number[]; logits: Float32Array }> {
  const fresh = await load(path);
  const { tokens } = await ask(fresh.createSession(), ...before);
  const logits = await fresh.lastLogits();
  await fresh.dispose();
  return { tokens, logits };
}

describe('a prefix', () => {
  it('changes what is said, and what was read with one is not used with another', async () => {
    const want = new Map([['a', await alone(prefix('a'))], ['another', await alone(prefix('another'))], ['', await alone()]]);
    expect(new Set([...want.values()].map(({ logits }) => String(logits[5]))).size).toBe(3);
    const session = model.createSession();
    for (const key of ['a', 'another', '', 'a', '', 'another']) {
      const got = await ask(session, ...(key === '' ? [] : [prefix(key)]));
      expect({ key, tokens: got.tokens, reused: got.reusedTokens }).toEqual({ key, tokens: want.get(key)?.tokens, reused: 0 });
      expect(await model.lastLogits()).toEqual(want.get(key)?.logits);
    }
    expect((await ask(session, prefix('another'))).reusedTokens).toBe(5);
    await session.dispose();
  });

  it('stays with its conversation, also while others speak', async () => {
    const sessions = ['a', 'another', ''].map((key) => ({ key, session: model.createSession(), pieces: key === '' ? [] : [prefix(key)] }));
    const first = [];
    for (const { session, pieces } of sessions) first.push((await ask(session, ...pieces)).tokens);
    for (const [i, { session, pieces }] of sessions.entries()) {
      const again = await ask(session, ...pieces);
      expect(again.tokens).toEqual(first[i]);
      expect(again.reusedTokens).toBe(5);
    }
    for (const { session } of sessions) await session.dispose();
  });

  it('is refused where it does not fit, and the model goes on as before', async () => {
    const session = model.createSession();
    const before = (await ask(session, prefix('a'))).tokens;
    await expect(ask(session, prefix('b', 3))).rejects.toMatchObject({ code: ErrorCode.ModelCorrupt, message: expect.stringContaining('3 layers') as string });
    await expect(ask(session, prefix('c', layers, 16))).rejects.toMatchObject({ code: ErrorCode.ManifestInvalid });
    expect((await ask(session, prefix('a'))).tokens).toEqual(before);
    expect((await ask(session)).tokens).toEqual((await alone()).tokens);
    await session.dispose();
    const other = await load(await writeTinyGguf(`${await temporaryFolder()}/tiny.gguf`));
    await expect(ask(other.createSession(), prefix('a', 2, 64))).rejects.toThrow('no place for a prefix');
    await other.dispose();
  });
});
