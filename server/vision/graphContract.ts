import { ErrorCode, type Phrase, phrase, VideoChatError } from '../protocol/index.js';
import type { SeeingManifest } from '../models/manifest.js';
import { outputRows } from '../models/outputRows.js';
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

/** The dimensions of what the encoder may answer with for `frames` frames. */
export function outputDims({ output }: SeeingManifest['encoder'], frames: number): number[][] {
  const { rowsPerFrame, width } = output;
  const together = [1, outputRows(output, frames), width];
  return rowsPerFrame === undefined ? [together] : [together, [frames, rowsPerFrame, width]];
}

/**
 * Proves that a graph is the encoder its manifest describes: its inputs and the named output, their
 * types, and every dimension the graph fixes. The frame dimension must be free.
 *
 * @throws ModelCorrupt
 */
export function checkGraph(manifest: SeeingManifest, graph: GraphFacts, subject: string): void {
  const { input, output } = manifest.encoder;
  const inputs = input.mask === undefined ? 1 : 2;
  if (graph.inputs.length !== inputs) {
    const found = graph.inputs.length;
    throw misfit(inputs === 1 ? phrase`it has ${found} inputs instead of one` : phrase`it has ${found} inputs instead of two`, subject);
  }
  checkTensor('input', graph.inputs, input.name, [freeIn(inputDims(manifest, 1), inputDims(manifest, 2))], subject);
  if (input.mask !== undefined) {
    checkTensor('input', graph.inputs, input.mask, [freeIn(maskDims(manifest, 1), maskDims(manifest, 2))], subject, 'bool');
  }
  const [one, two] = [outputDims(manifest.encoder, 1), outputDims(manifest.encoder, 2)];
  checkTensor('output', graph.outputs, output.name, one.map((dims, i) => freeIn(dims, two[i] ?? dims)), subject);
}

/** Dimensions of the mask, if the encoder has one: [1,T,H,W]. */
export function maskDims(manifest: SeeingManifest, frames: number): number[] {
  const { width, height } = manifest.preprocess.video;
  return [1, frames, height, width];
}

/** What depends on the number of frames must be free. */
function freeIn(one: readonly number[], two: readonly number[]): (number | undefined)[] {
  return one.map((size, i) => (size === two[i] ? size : undefined));
}

/** Proves that a graph has a tensor of this name, type and one of these shapes. @throws ModelCorrupt */
export function checkTensor(
  what: 'input' | 'output',
  tensors: TensorFacts[],
  name: string,
  choices: readonly (readonly (number | undefined)[])[],
  subject: string,
  type = 'float32',
): void {
  const tensor = tensors.find((candidate) => candidate.name === name);
  if (!tensor) {
    const names = tensors.map((candidate) => `"${candidate.name}"`).join(', ') || 'none';
    throw misfit(phrase`it has no ${what} "${name}" (but ${names})`, subject);
  }
  if (tensor.type !== type) {
    throw misfit(phrase`the ${what} "${name}" is of the type ${tensor.type ?? 'none'} instead of ${type}`, subject);
  }
  const shape = tensor.shape ?? [];
  const fits = choices.some(
    (expected) => shape.length === expected.length && shape.every((size, i) => typeof size === 'string' || size === expected[i]),
  );
  if (!fits) {
    const wanted = (choices[0] ?? []).map((size) => size ?? 'frames').join(', ');
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
