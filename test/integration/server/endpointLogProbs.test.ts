import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EvaluationResult, EvaluationRunRequest, LocateCreateRequest, VideoOpenRequest } from '../../../server/protocol/index.js';
import { EndpointBench } from '../../fakes/endpointBench.js';
import { likely, status, words } from '../../fakes/openAiServer.js';
import { removeTemporaryFolders, temporaryFolder } from '../../fixtures/tinyEncoder.js';

let bench: EndpointBench;
let folder: string;

beforeEach(async () => {
  bench = await EndpointBench.start();
  folder = await temporaryFolder();
  await writeFile(path.join(folder, 'a.mp4'), 'a clip');
});
afterEach(() => bench.dispose());
afterAll(removeTemporaryFolders);

async function evaluate(items: number): Promise<{ result: EvaluationResult; records: Record<string, unknown>[] }> {
  const data = path.join(folder, 'colour.json');
  const predictions = path.join(folder, `predictions-${items}.jsonl`);
  await writeFile(data, JSON.stringify(Array.from({ length: items }, (_, index) => ({ video: 'a.mp4', question: `Which ball ${index}?`, candidates: ['red', 'green', 'blue'], answer: 'green' }))));
  const result = await bench.client.request(EvaluationRunRequest, { task: 'mvbench', data: [data], predictions, modelId: 'far', plan: 'videochat:2' });
  return { result, records: (await readFile(predictions, 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('questions with choices', () => {
  it('are answered by the likeliest letter where the endpoint tells how likely each is', async () => {
    await bench.declare({ concurrency: 1 });
    bench.endpoint.script = [
      likely(['Best', 0.9], [' option', 1], [':', 1], [' (', 1], ['A', 0.4, { B: 0.3, ' b': 0.2, C: 0.05 }], [')', 1], [' red', 1]),
      likely(['A', 0.8, { B: 0.1 }], [' ball', 1], [' is', 1], [' ', 1], ['(B', 0.7, { '(A': 0.2 }], [').', 1]),
    ];
    const { result, records } = await evaluate(2);
    expect(bench.endpoint.requests.map(({ logprobs, top_logprobs }) => [logprobs, top_logprobs])).toEqual([[true, 20], [true, 20]]);
    expect(records.map(({ choice, said }) => [choice, said])).toEqual([
      [1, expect.stringContaining('A) red')],
      [1, 'A ball is (B).'],
    ]);
    const [first] = records;
    expect((first?.['logProbs'] as number[]).map((value) => Math.exp(value).toFixed(2))).toEqual(['0.40', '0.50', '0.05']);
    expect(result.rows[0]?.scores['accuracy']).toBe(1);
    expect(result.notes.at(-1)).toContain('Of 2 answers, 2 are the letter');
  });

  it('are answered by the letter that is said where it does not, and that is told', async () => {
    await bench.declare({ concurrency: 1 });
    bench.endpoint.script = [status(400, { error: { message: "'logprobs' is not supported by this model" } }), words('(B) green'), words('A')];
    const { result, records } = await evaluate(2);
    expect(records.map(({ answer }) => answer)).toEqual(['(B) green', 'A']);
    expect(result.rows[0]?.scores['accuracy']).toBe(0.5);
    expect(result.notes.at(-1)).toContain('tells no log-probabilities');
    // It is not asked for them again, nor for what belongs to them.
    expect(bench.endpoint.requests.map((request) => ['logprobs' in request, 'top_logprobs' in request])).toEqual([[true, true], [false, false], [false, false]]);
  });
});

it('says how sure a model on an endpoint is of the times it names', async () => {
  await bench.declare({ concurrency: 1 });
  bench.endpoint.script = [likely(['{"seen":', 0.9], ['true', 1], [',"start":', 1], ['2', 0.5], [',"end', 1], ['":', 1], ['4', 0.5], ['}', 1])];
  const { videoId } = await bench.client.request(VideoOpenRequest, { path: '/clips/ball.mp4' });
  const { spans } = await bench.client.request(LocateCreateRequest, { videoId, query: 'a ball', modelId: 'far', answersFrom: 'embeddings' });
  expect(spans[0]?.confidence).toBeCloseTo(0.5, 5);
});
