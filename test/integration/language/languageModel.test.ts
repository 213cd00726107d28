import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LanguageModel } from '../../../server/language/languageModel.js';
import type { GenerateRequest } from '../../../server/language/generateAnswer.js';
import type { PromptPiece } from '../../../server/language/prompt.js';
import { ErrorCode, type LogLevel } from '../../../server/protocol/index.js';
import { tinyToken, tinyTokenRows, tinyVocabulary, writeTinyGguf } from '../../fixtures/tinyGguf.js';

const log: { level: LogLevel; message: string }[] = [];
const logger = { log: (level: LogLevel, message: string) => void log.push({ level, message }) };
const none = { texts: [], ids: [] };
let folder: string;
let file: string;
let model: LanguageModel;

const text = (value: string): PromptPiece => ({ kind: 'text', text: value });
const rows = (ids: number[], key = 'clip'): PromptPiece => ({
  kind: 'embeddings',
  key,
  embeddings: { rows: ids.length, width: 64, data: tinyTokenRows(ids) },
});
const ask = (pieces: PromptPiece[], more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  pieces,
  sampling: { temperature: 0, maxTokens: 24 },
  stop: none,
  ...more,
});
const load = (options: Partial<Parameters<typeof LanguageModel.load>[0]> = {}) =>
  LanguageModel.load({ path: file, device: 'cpu', gpuLayers: 0, threads: 1, contextLength: 512, logger, ...options });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'videochat-language-'));
  file = await writeTinyGguf(path.join(folder, 'tiny.gguf'));
  model = await load();
});
afterAll(async () => {
  await model.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('LanguageModel', () => {
  it('knows its shape, and logs through the logger', () => {
    expect(model).toMatchObject({ device: 'cpu', gpuLayers: 0, contextLength: 512, embeddingWidth: 64 });
    expect(log.some(({ message }) => message.includes('llama_model_loader'))).toBe(true);
  });

  it('tokenises with BOS on request, byte tokens for the rest, and no control tokens out of text', () => {
    expect(model.tokenize('a', { bos: true })).toEqual([1, tinyToken('▁a')]);
    expect(model.tokenize('a', { bos: false })).toEqual([tinyToken('▁a')]);
    expect(model.tokenize('', { bos: false })).toEqual([]);
    expect(model.tokenize('é', { bos: false })).toEqual([tinyToken('▁'), tinyToken('<0xC3>'), tinyToken('<0xA9>')]);
    expect(model.tokenize('</s>', { bos: false })).not.toContain(2);
    expect(model.tokenize('the red ball '.repeat(500).trimEnd(), { bos: false })).toHaveLength(1500);
  });

  it('computes the same bits from embedding rows as from the tokens they belong to', async () => {
    const ids = model.tokenize('the red ball moves left', { bos: false });
    const session = model.createSession();
    await session.generate(ask([text('video'), { kind: 'tokens', ids }, text('it')], { sampling: { maxTokens: 1 } }));
    const fromTokens = await model.lastLogits();
    const answer = await session.generate(ask([text('video'), rows(ids), text('it')], { sampling: { maxTokens: 1 } }));
    const fromRows = await model.lastLogits();
    expect(answer.prefilledTokens).toBe(ids.length + 1);
    expect(fromRows).toEqual(fromTokens);
    expect(new Set(fromRows).size).toBeGreaterThan(100);
    await session.dispose();
  });

  it('is deterministic: greedy, and drawn with a seed', async () => {
    const prompt = [text('the video shows'), rows([5, 300, 310]), text('and it')];
    const drawn = { temperature: 1, topP: 0.9, topK: 40, minP: 0.01, repetitionPenalty: 1.1, maxTokens: 24 };
    const once = async (sampling: object) => {
      const session = model.createSession();
      const answer = await session.generate(ask(prompt, { sampling: { temperature: 0, maxTokens: 24, ...sampling } }));
      await session.dispose();
      return answer.tokens.join();
    };
    const greedy = await once({});
    expect(await once({})).toBe(greedy);
    const seeded = await once({ ...drawn, seed: 7 });
    expect(await once({ ...drawn, seed: 7 })).toBe(seeded);
    const others = await Promise.all([8, 9, 10].map((seed) => once({ ...drawn, seed })));
    expect(others.some((other) => other !== seeded)).toBe(true);
    expect(await once({ temperature: 1, topK: 1, seed: 3 })).toBe(greedy);
  });
});

describe('LanguageSession', () => {
  const clip = [text('###Human: '), rows([5, 300, 310, 311, 290]), text(' what moves?###Assistant:')];

  it('reads only what is new in a follow-up, and says what a cold run says', async () => {
    const warm = model.createSession();
    const first = await warm.generate(ask(clip));
    const second: PromptPiece[] = [...clip, { kind: 'tokens', ids: first.tokens }, text('###Human: left or right?')];
    const followUp = await warm.generate(ask(second));
    // The newest generated token was never read by the model: it counts as new.
    const own = model.tokenize('###Human: left or right?', { bos: false }).length + 1;
    expect(followUp.prefilledTokens).toBe(own);
    expect(followUp.reusedTokens).toBe(followUp.promptTokens - own);
    const cold = await (await load()).createSession().generate(ask(second));
    expect(cold.reusedTokens).toBe(0);
    expect(followUp.text).toBe(cold.text);
    await warm.dispose();
  });

  it('rolls back to the question when it is asked again, and reads one position for it', async () => {
    const session = model.createSession();
    const first = await session.generate(ask(clip));
    const again = await session.generate(ask(clip));
    expect(again.text).toBe(first.text);
    expect(again.prefilledTokens).toBe(1);
    const other = await session.generate(ask([text('###Human: '), rows([5, 300, 310, 311, 290], 'another clip'), text('?')]));
    expect(other.reusedTokens).toBe(model.tokenize('###Human: ', { bos: true }).length);
    await session.dispose();
  });

  it('parks idle conversations and takes them up again, or reads them anew when they were dropped', async () => {
    const crowded = await load({ parkedBytes: 0 });
    for (const [host, kept] of [
      [model, true],
      [crowded, false],
    ] as const) {
      const [a, b] = [host.createSession(), host.createSession()];
      const first = await a.generate(ask(clip));
      const other = await b.generate(ask([text('up up up and left')]));
      const again = await a.generate(ask(clip));
      expect(again.text).toBe(first.text);
      expect(again.reusedTokens).toBe(kept ? again.promptTokens - 1 : 1);
      expect((await b.generate(ask([text('up up up and left')]))).text).toBe(other.text);
      await a.dispose();
      await b.dispose();
    }
    await crowded.dispose();
  });

  it('stops at a text that spans tokens, and hands out no part of it', async () => {
    const session = model.createSession();
    const whole = await session.generate(ask(clip));
    const stop = whole.text.slice(9, 13);
    const deltas: string[] = [];
    const cut = await session.generate(
      ask(clip, { stop: { texts: [stop], ids: [] }, onText: (delta) => deltas.push(delta) }),
    );
    expect(cut.stopReason).toBe('stop');
    expect(cut.text).toBe(whole.text.slice(0, whole.text.indexOf(stop)));
    expect(deltas.join('')).toBe(cut.text);
    expect(cut.generatedTokens).toBeLessThan(whole.generatedTokens);
    await session.dispose();
  });

  it('stops at a sequence of ids, and leaves their text out', async () => {
    const session = model.createSession();
    const whole = await session.generate(ask(clip));
    const ids = whole.tokens.slice(6, 8);
    const cut = await session.generate(ask(clip, { stop: { texts: [], ids: [[2], ids] } }));
    expect(cut.stopReason).toBe('stop');
    expect(cut.tokens.slice(-2)).toEqual(ids);
    expect(whole.text.startsWith(cut.text)).toBe(true);
    await session.dispose();
  });

  it('streams whole characters where the model spells bytes', async () => {
    const session = model.createSession();
    const deltas: string[] = [];
    const sampling = { temperature: 20, seed: 3, maxTokens: 400 };
    const answer = await session.generate(ask([text('a')], { sampling, onText: (delta) => deltas.push(delta) }));
    expect(deltas.join('')).toBe(answer.text);
    expect(answer.text).toMatch(/[\u0080-\u07ff]/);
    const bytes = answer.tokens.map((id) => {
      const piece = tinyVocabulary[id] ?? '';
      const byte = /^<0x(..)>$/.exec(piece)?.[1];
      return byte ? Buffer.from(byte, 'hex') : Buffer.from(id < 3 ? '' : piece.replaceAll('▁', ' '));
    });
    // The same as decoding everything at once, except for half a character at the end.
    const atOnce = Buffer.concat(bytes).toString('utf8');
    expect(atOnce.startsWith(answer.text)).toBe(true);
    expect(atOnce.length - answer.text.length).toBeLessThanOrEqual(1);
    await session.dispose();
  });

  it('is usable after a cancellation in the middle of an answer', async () => {
    const session = model.createSession();
    const whole = await session.generate(ask(clip));
    const source = new CancellationTokenSource();
    let said = '';
    const broken = await session.generate(
      ask(clip, {
        token: source.token,
        onText: (delta) => {
          said += delta;
          if (said.length > 5) {
            source.cancel();
          }
        },
      }),
    );
    expect(broken.stopReason).toBe('cancelled');
    expect(broken.text).toBe(said);
    expect(whole.text.startsWith(said)).toBe(true);
    expect(broken.generatedTokens).toBeLessThan(whole.generatedTokens);
    expect((await session.generate(ask(clip))).text).toBe(whole.text);
    await session.dispose();
  });

  it('is usable after a cancellation while the prompt is read, and keeps what was read', async () => {
    const session = model.createSession();
    const long = [text('the red cube moves up '.repeat(80))];
    const source = new CancellationTokenSource();
    const progress: [number, number][] = [];
    const broken = await session.generate(
      ask(long, {
        token: source.token,
        onPrefill: (done, total) => {
          progress.push([done, total]);
          source.cancel();
        },
      }),
    );
    expect(broken).toMatchObject({ stopReason: 'cancelled', text: '', prefilledTokens: 256, generatedTokens: 0 });
    expect(progress).toEqual([[256, broken.promptTokens - broken.reusedTokens]]);
    const whole = await session.generate(ask(long));
    expect(whole.reusedTokens).toBe(broken.reusedTokens + 256);
    const early = new CancellationTokenSource();
    early.cancel();
    expect(await session.generate(ask([text('up')], { token: early.token }))).toMatchObject({ prefilledTokens: 0 });
    await session.dispose();
  });

  it('leaves the event loop free while it computes', async () => {
    const session = model.createSession();
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await session.generate(ask([text('the red cube moves up '.repeat(80))], { sampling: { maxTokens: 60 } }));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(2);
    await session.dispose();
  });

  it('says when a prompt does not fit, and ends an answer at the end of the context', async () => {
    const session = model.createSession();
    const long = [text('up '.repeat(600))];
    expect(session.countPrompt(long)).toBeGreaterThan(512);
    await expect(session.generate(ask(long))).rejects.toMatchObject({ code: ErrorCode.ContextOverflow });
    const nearly = [text('up '.repeat(505).trimEnd())];
    const left = 512 - session.countPrompt(nearly);
    const answer = await session.generate(ask(nearly, { sampling: { maxTokens: 50 } }));
    expect(answer).toMatchObject({ stopReason: 'length', generatedTokens: left + 1 });
    await session.dispose();
  });

  it('refuses options that libllama would abort on, and rows of another width', async () => {
    const session = model.createSession();
    for (const sampling of [{ temperature: -1 }, { topP: Number.NaN }, { repetitionPenalty: 0 }, { seed: -5 }]) {
      await expect(session.generate(ask(clip, { sampling }))).rejects.toMatchObject({ code: ErrorCode.InvalidParams });
    }
    const wrong: PromptPiece = { kind: 'embeddings', key: 'x', embeddings: { rows: 1, width: 3, data: new Float32Array(3) } };
    await expect(session.generate(ask([wrong]))).rejects.toMatchObject({ code: ErrorCode.ModelCorrupt });
    const nan = { rows: 1, width: 64, data: new Float32Array(64).fill(Number.NaN) };
    await expect(session.generate(ask([{ kind: 'embeddings', key: 'nan', embeddings: nan }]))).rejects.toMatchObject({
      code: ErrorCode.ModelCorrupt,
    });
    const penalised = { temperature: 0.7, repetitionPenalty: 1.3, frequencyPenalty: 0.5, presencePenalty: 0.5, seed: 1 };
    expect((await session.generate(ask(clip, { sampling: { ...penalised, maxTokens: 9 } }))).generatedTokens).toBe(9);
    expect((await session.generate(ask(clip, { sampling: { maxTokens: 0 } }))).stopReason).toBe('length');
    await session.dispose();
  });

  it('answers one at a time in order, and unloading waits for the running answer', async () => {
    const host = await load();
    const [a, b] = [host.createSession(), host.createSession()];
    const order: string[] = [];
    const say = (name: string) => ask(clip, { onText: () => void order.push(name) });
    const both = [a.generate(say('a')), b.generate(say('b'))];
    await Promise.all(both);
    expect(order.join('')).toMatch(/^a+b+$/);
    const last = a.generate(ask(clip, { sampling: { maxTokens: 400 } }));
    const waiting = b.generate(ask(clip));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const gone = host.dispose();
    await expect(waiting).rejects.toMatchObject({ code: ErrorCode.ModelLoadFailed });
    expect(['cancelled', 'length', 'stop']).toContain((await last).stopReason);
    await gone;
    await host.dispose();
    expect(() => host.tokenize('a', { bos: false })).toThrow(/unloaded/);
    await expect(a.generate(ask(clip))).rejects.toMatchObject({ code: ErrorCode.ModelLoadFailed });
    await a.dispose();
  });
});
