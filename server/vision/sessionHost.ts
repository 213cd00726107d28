import { ChildWorker } from '../common/childWorker.js';
import type { Logger } from '../common/logger.js';
import { onnxRuntimePath } from '../common/onnxRuntimePath.js';
import { phrase } from '../protocol/index.js';
import { sessionHostSource } from './sessionHostSource.js';

export { ChildWorkerError as SessionHostError } from '../common/childWorker.js';

/** An input or output of a graph as ONNX Runtime tells it; a name in `shape` is a free dimension. */
export interface TensorFacts {
  name: string;
  isTensor: boolean;
  type?: string;
  shape?: (number | string)[];
}

export interface GraphFacts {
  inputs: TensorFacts[];
  outputs: TensorFacts[];
}

export interface RunResult {
  data: unknown;
  dims: readonly number[];
  type: string;
  milliseconds: number;
}

export interface HostRequests {
  backends: { params: Record<string, never>; result: { name: string; bundled: boolean }[] };
  load: { params: { model: string | Uint8Array; provider: string; threads: number; frugal?: boolean }; result: GraphFacts };
  run: {
    params: {
      input: string;
      data: Float32Array;
      dims: readonly number[];
      output: string;
      /** An input of booleans that are all true. */
      mask?: { name: string; dims: readonly number[] };
    };
    result: RunResult;
  };
}

/** An ONNX Runtime other than the one that is installed, as a GPU pack has it. */
export interface OtherRuntime {
  /** Of its module. */
  path: string;
  env: NodeJS.ProcessEnv;
}

/** A child process with one ONNX Runtime session. */
export class SessionHost extends ChildWorker<HostRequests> {
  constructor(logger: Logger, runtime?: OtherRuntime) {
    super({
      args: ['-e', sessionHostSource, runtime?.path ?? onnxRuntimePath()],
      ...(runtime ? { env: runtime.env } : {}),
      logger,
      name: 'onnxruntime',
      describe: (reason) => phrase`the encoder's process ${reason}`,
    });
  }
}
