import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { literal, oneOf, wholeNumber } from '../../../server/language/gbnf.js';
import type { GenerateRequest } from '../../../server/language/generateAnswer.js';
import { LanguageModel } from '../../../server/language/languageModel.js';
import { ErrorCode } from '../../../server/protocol/index.js';
import { writeTinyGguf } from '../../fixtures/tinyGguf.js';

const logger = { log: () => undefined };
const spans = `root ::= " "? "from " n " to " n ("; from " n " to " n){0,2}\nn ::= ${wholeNumber(99)}`;
const json = [
  'root ::= "{" "\\"score\\":" [0-5] "," "\\"why\\":" string "}"',
  String.raw`string ::= "\"" ([^"\\\x00-\x1f] | "\\" ["\\/bfnrt]){0,20} "\""`,
].join('\n');

describe('answers under a grammar', () => {
  let folder: string;
  const models: LanguageModel[] = [];
  const load = async (name: string, favoured: Record<number, number> = {}): Promise<LanguageModel> => {
    const file = await writeTinyGguf(path.join(folder, name), { favoured });
    const model = await LanguageModel.load({ path: file, device: 'cpu', gpuLayers: 0, threads: 1, contextLength: 512, logger });
    models.push(model);
    return model;
  };
  let model: LanguageModel;
  const ask = async (grammar: string, more: Partial<GenerateRequest> = {}, by = model) => {
    const session = by.createSession();
    try {
      return await session.generate({
        pieces: [{ kind: 'text', text: 'the red ball moves' }],
        sampling: { temperature: 0, maxTokens: 200 },
        stop: { texts: ['###'], ids: [] },
        grammar,
        ...more,
      });
    } finally {
      await session.dispose();
    }
  };

  const firstLogits = async () => {
    await ask('', { grammar: undefined, sampling: { maxTokens: 1 } });
    return model.lastLogits();
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'videochat-grammar-'));
    model = await load('tiny.gguf');
  });
  afterAll(async () => {
    await Promise.all(models.map((each) => each.dispose()));
    await rm(folder, { recursive: true, force: true });
  });

  it('always parse, greedy and drawn, and end where the grammar ends', async () => {
    const sampling = [
      { temperature: 0 },
      ...Array.from({ length: 8 }, (_, seed) => ({ temperature: 1, seed })),
      { temperature: 3, topK: 300, topP: 0.99, minP: 0.0001, repetitionPenalty: 1.3, frequencyPenalty: 0.5, seed: 1 },
    ];
    const said = new Set<string>();
    for (const options of sampling) {
      const answer = await ask(spans, { sampling: { ...options, maxTokens: 200 } });
      expect(answer.stopReason).toBe('stop');
      expect(answer.text).toMatch(/^ ?from (0|[1-9]\d?) to (0|[1-9]\d?)(; from (0|[1-9]\d?) to (0|[1-9]\d?)){0,2}$/);
      said.add(answer.text);
      const object = await ask(json, { sampling: { ...options, maxTokens: 400 } });
      expect(object.stopReason).toBe('stop');
      const parsed = JSON.parse(object.text) as { score: number; why: string };
      expect(parsed.score).toBeLessThanOrEqual(5);
      expect([...parsed.why].length).toBeLessThanOrEqual(20);
    }
    expect(said.size).toBeGreaterThan(5);
  });

  it('hold names with any characters', async () => {
    const names = ['say "hi" \\', '猫 on a mat', 'root ::= "x"', '<s>###'];
    for (let seed = 0; seed < 6; seed++) {
      const { text } = await ask(`root ::= ${oneOf(names)}`, { sampling: { temperature: 2, seed, maxTokens: 100 } });
      expect(names).toContain(text);
    }
  });

  it('do not end at a stop text that the grammar asks for, and do where it may end', async () => {
    expect((await ask(`root ::= ${literal('a ### b')}`)).text).toBe('a ### b');
    // What the model would say first is made its word for the end.
    const free = await ask('', { grammar: undefined, sampling: { temperature: 0, maxTokens: 1 } });
    const end = { texts: [], ids: [[free.tokens[0] ?? 0, 5]] };
    expect(await ask('root ::= "c"{0,3}', { stop: end })).toMatchObject({ text: '', stopReason: 'stop', generatedTokens: 1 });
    expect((await ask('root ::= "c"{3}', { stop: end })).text).toBe('ccc');
  });

  it('say no control tokens where text is wanted', async () => {
    const favourite = await load('control.gguf', { 1: 30, 0: 30 });
    const { text, tokens } = await ask('root ::= [<>a-z]{4}', {}, favourite);
    expect(text).toHaveLength(4);
    expect(tokens).not.toContain(1);
  });

  it('carry the probabilities of their tokens, whatever the grammar left of them', async () => {
    const [first, ...others] = (await ask('root ::= [a-j]{6}', { withLogProbs: true })).logProbs ?? [];
    const logits = await firstLogits();
    const { tokens, text, logProbs } = await ask('root ::= [a-j]{6}', { withLogProbs: true, sampling: { temperature: 1, seed: 3, maxTokens: 9 } });
    const sum = logits.reduce((total, value) => total + Math.exp(value), 0);
    expect(logProbs?.[0]).toBeCloseTo(Math.log(Math.exp(logits[tokens[0] ?? 0] ?? 0) / sum), 4);
    const held = await ask(`root ::= ${literal(text)}`, { withLogProbs: true });
    expect(held.tokens.slice(0, 6)).toEqual(tokens.slice(0, 6));
    expect(held.logProbs?.slice(0, 6)).toEqual(logProbs?.slice(0, 6).map((value) => expect.closeTo(value, 4) as number));
    expect(Math.max(first ?? 1, ...others)).toBeLessThanOrEqual(0);
    expect((await ask(spans)).logProbs).toBeUndefined();
  });

  it('are refused for grammars that cannot be used, and the model goes on working', async () => {
    const bad = ['root ::= "a', 'start ::= "a"', 'root ::= missing', 'root ::= root "a"', 'nonsense', 'root ::= "a"{9999,}'];
    for (const grammar of [...bad, '('.repeat(50_000), `root ::= "${'a'.repeat(70_000)}"`]) {
      await expect(ask(grammar)).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    }
    expect((await ask('root ::= "yes" | "no"')).text).toMatch(/^(yes|no)$/);
  });

  it('are cut by the limit of tokens, and say so', async () => {
    expect(await ask(`root ::= ${literal('abcdefghij')}`, { sampling: { temperature: 0, maxTokens: 3 } })).toMatchObject({ stopReason: 'length' });
  });
});
