import { createRequire } from 'node:module';
import type * as Onnx from 'onnxruntime-node';
import type { RunGraph, Tensor } from './detectors/graph.js';

/** Opens an ONNX graph with so many threads; 0 = as the runtime likes. */
export type OpenGraph = (path: string, threads: number) => Promise<RunGraph>;

/** Opens graphs on the CPU with the ONNX Runtime at `runtimePath`. It runs on this thread: not in the server's process. */
export function graphOpener(runtimePath: string): OpenGraph {
  const ort = createRequire(import.meta.url)(runtimePath) as typeof Onnx;
  return async (path, threads) => {
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
  };
}
