import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { silentLogger } from '../common/logger.js';
import { LanguageModel } from '../language/languageModel.js';
import { runInChild } from '../language/runInChild.js';
import type { BenchResult } from './benchResult.js';

const rounds = 4;
const promptWords = 200;
const timeoutMs = 5 * 60_000;

interface Round {
  prompt: string;
  prompted: number;
  generated: number;
}

interface Times {
  prompted: number;
  prefillMs: number;
  generated: number;
  generateMs: number;
}

// The public API, as its documentation shows it: one sequence, evaluated token by token.
const publicApi = `
import fs from 'node:fs';
const { input, marker } = JSON.parse(fs.readFileSync(0, 'utf8'));
const { getLlama, LlamaLogLevel } = await import(input.module);
const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error, maxThreads: input.threads });
const model = await llama.loadModel({ modelPath: input.path });
const context = await model.createContext({ contextSize: input.contextSize, batchSize: 256, threads: input.threads });
const sequence = context.getSequence();
const sums = { prompted: 0, prefillMs: 0, generated: 0, generateMs: 0 };
for (const [index, round] of input.rounds.entries()) {
  await sequence.clearHistory();
  const tokens = [model.tokens.bos, ...model.tokenize(round.prompt)].slice(0, round.prompted);
  const start = performance.now();
  let first;
  let count = 0;
  for await (const token of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
    first ??= performance.now();
    if (++count >= round.generated) break;
  }
  if (index > 0) {
    sums.prompted += tokens.length;
    sums.prefillMs += first - start;
    sums.generated += count - 1;
    sums.generateMs += performance.now() - first;
  }
}
process.stdout.write(marker + JSON.stringify(sums) + '\\n');
`;

/**
 * Tokens per second of this engine against node-llama-cpp's own API: same GGUF, same prompts, same number of
 * tokens, the CPU with as many threads. The first round warms up and is not counted.
 *
 * @param path a GGUF file
 */
export async function benchLanguage(path: string, threads: number): Promise<BenchResult[]> {
  const contextLength = 1024;
  const rounds = await measureOwn(path, threads, contextLength);
  const module = pathToFileURL(createRequire(import.meta.url).resolve('node-llama-cpp')).href;
  const input = { module, path, threads, contextSize: contextLength, rounds: rounds.map(({ round }) => round) };
  const theirs = (await runInChild(publicApi, input, timeoutMs)) as Times;
  const own = sum(rounds.slice(1).map(({ times }) => times));
  return [
    compare('prompt reading (prefill)', rate(own.prompted, own.prefillMs), rate(theirs.prompted, theirs.prefillMs)),
    compare('generation (decode)', rate(own.generated, own.generateMs), rate(theirs.generated, theirs.generateMs)),
  ];
}

async function measureOwn(path: string, threads: number, contextLength: number): Promise<{ round: Round; times: Times }[]> {
  const model = await LanguageModel.load({ path, device: 'cpu', gpuLayers: 0, threads, contextLength, logger: silentLogger });
  try {
    const measured = [];
    for (let round = 0; round < rounds; round++) {
      const prompt = `${round} ${'what color is the ball and where does it go? '.repeat(promptWords / 10)}`;
      const session = model.createSession();
      const answer = await session.generate({
        pieces: [{ kind: 'text', text: prompt }],
        sampling: { temperature: 0, maxTokens: 64 },
        stop: { texts: [], ids: [] },
      });
      await session.dispose();
      // The first token comes out of the prefill: it is not counted as generated.
      const { promptTokens: prompted, prefilledTokens, prefillMs, generatedTokens, generateMs } = answer;
      measured.push({
        round: { prompt, prompted, generated: generatedTokens },
        times: { prompted: prefilledTokens, prefillMs, generated: generatedTokens - 1, generateMs },
      });
    }
    return measured;
  } finally {
    await model.dispose();
  }
}

function sum(times: readonly Times[]): Times {
  const total = { prompted: 0, prefillMs: 0, generated: 0, generateMs: 0 };
  for (const each of times) {
    total.prompted += each.prompted;
    total.prefillMs += each.prefillMs;
    total.generated += each.generated;
    total.generateMs += each.generateMs;
  }
  return total;
}

function rate(tokens: number, milliseconds: number): number {
  return milliseconds > 0 ? (tokens / milliseconds) * 1000 : 0;
}

function compare(what: string, own: number, theirs: number): BenchResult {
  return {
    name: `${what}, against node-llama-cpp's own API on the same GGUF`,
    ratio: theirs > 0 ? own / theirs : 0,
    numbers: [
      { label: 'this engine', value: own, unit: 'tokens/s' },
      { label: 'node-llama-cpp', value: theirs, unit: 'tokens/s' },
    ],
  };
}
