import { createRequire } from 'node:module';
import { ErrorCode, VideoChatError } from '../protocol/index.js';

/** Where ONNX Runtime is, for the child processes that load it. @throws RuntimeMismatch */
export function onnxRuntimePath(): string {
  try {
    return createRequire(import.meta.url).resolve('onnxruntime-node');
  } catch {
    throw new VideoChatError(ErrorCode.RuntimeMismatch, 'ONNX Runtime (onnxruntime-node) is not installed.', {
      hint: 'Run the set-up again (npm ci).',
    });
  }
}
