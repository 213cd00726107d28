import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import type { SeeingManifest } from '../models/manifest.js';
import type { GraphFacts, TensorFacts } from './sessionHost.js';

/** Dimensions of the encoder's input for `frames` frames. The memory order is [T,3,H,W] in each. */
export function inputDims(manifest: SeeingManifest, frames: number): number[] {
  const { width, height } = manifest.preprocess.video;
  switch (manifest.encoder.input.layout) {
    case 'BTCHW':
      return [1, frames, 3, height, width];
    case 'B(TC)HW':
      return [1, 3 * frames, height, width];
    case 'TCHW':
      return [frames, 3, height, width];
  }
}

/**
 * Proves that a graph is the encoder its manifest describes: one input and the named output, their
 * types, and every dimension the graph fixes. The frame dimension must be free.
 *
 * @throws ModelCorrupt
 */
export function checkGraph(manifest: SeeingManifest, graph: GraphFacts, subject: string): void {
  const { input, output } = manifest.encoder;
  const [oneFrame, twoFrames] = [inputDims(manifest, 1), inputDims(manifest, 2)];
  const expected = oneFrame.map((size, i) => (size === twoFrames[i] ? size : undefined));

  if (graph.inputs.length !== 1) {
    throw misfit(phrase`it has ${graph.inputs.length} inputs instead of one`, subject);
  }
  checkTensor('input', graph.inputs, input.name, expected, subject);
  checkTensor('output', graph.outputs, output.name, [1, output.rows, output.width], subject);
}

function checkTensor(
  what: 'input' | 'output',
  tensors: TensorFacts[],
  name: string,
  expected: readonly (number | undefined)[],
  subject: string,
): void {
  const tensor = tensors.find((candidate) => candidate.name === name);
  if (!tensor) {
    const names = tensors.map((candidate) => `"${candidate.name}"`).join(', ') || 'none';
    throw misfit(phrase`it has no ${what} "${name}" (but ${names})`, subject);
  }
  if (tensor.type !== 'float32') {
    throw misfit(phrase`the ${what} "${name}" is of the type ${tensor.type ?? 'none'} instead of float32`, subject);
  }
  const shape = tensor.shape ?? [];
  const fits =
    shape.length === expected.length &&
    shape.every((size, i) => typeof size === 'string' || size === expected[i]);
  if (!fits) {
    const wanted = expected.map((size) => size ?? 'frames').join(', ');
    throw misfit(phrase`the ${what} "${name}" is [${shape.join(', ')}] instead of [${wanted}]`, subject);
  }
}

function misfit(reason: Phrase, subject: string): VideoChatError {
  return new VideoChatError(
    ErrorCode.ModelCorrupt,
    phrase`The vision encoder does not fit its manifest: ${reason}.`,
    { hint: 'Export the graph again, or correct the encoder section of manifest.json.', subject },
  );
}
