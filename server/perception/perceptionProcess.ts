import { createRequire } from 'node:module';
import type * as Onnx from 'onnxruntime-node';
import type { WorkerAnswer, WorkerRequest } from '../common/childWorker.js';
import type { RunGraph, Tensor } from './detectors/graph.js';
import { PerceptionProcessModels } from './perceptionProcessModels.js';
import type { PerceptionRequests } from './perceptionProcessProtocol.js';

/**
 * Program of the child process that owns the sessions of all perception models; see `PerceptionHost`.
 *
 *     node perceptionProcess.mjs PATH_OF_ONNXRUNTIME
 */
type Request = { [Kind in keyof PerceptionRequests]: WorkerRequest & { kind: Kind } & PerceptionRequests[Kind]['params'] }[keyof PerceptionRequests];

// Ends with its parent, and without destructors.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const ort = createRequire(import.meta.url)(process.argv[2] ?? 'onnxruntime-node') as typeof Onnx;
const models = new PerceptionProcessModels(openGraph);

async function openGraph(path: string, threads: number): Promise<RunGraph> {
  const session = await ort.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    logSeverityLevel: 3,
    interOpNumThreads: 1,
    ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
  });
  return async (inputs) => {
    const feeds = Object.entries(inputs).map(([name, { type, data, dims }]) => [name, new ort.Tensor(type, data as Float32Array, dims)] as const);
    return (await session.run(Object.fromEntries(feeds))) as unknown as Record<string, Tensor>;
  };
}

function handle(request: Request): Promise<unknown> {
  switch (request.kind) {
    case 'open':
      return models.open(request);
    case 'look':
      return models.look(request);
    case 'hear':
      return models.hear(request);
  }
}

process.on('message', (request: Request) => {
  const answer = (told: Omit<WorkerAnswer, 'id'>): unknown => process.send?.({ id: request.id, ...told });
  handle(request).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
  );
});
