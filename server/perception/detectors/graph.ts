/** A tensor without the runtime it is for. */
export interface Tensor {
  type: 'float32' | 'int32' | 'int64' | 'bool';
  data: Float32Array | Int32Array | BigInt64Array | Uint8Array;
  dims: readonly number[];
}

/** Runs an opened ONNX graph: tensors by the names of its inputs in, by those of its outputs out. */
export type RunGraph = (inputs: Record<string, Tensor>) => Promise<Record<string, Tensor>>;

/**
 * The numbers of an output.
 *
 * @param length how many there must be
 * @throws Error if the graph is not the one its manifest describes
 */
export function numbersOf(outputs: Record<string, Tensor>, name: string, length?: number): Float32Array {
  const tensor = outputs[name];
  if (!tensor || !(tensor.data instanceof Float32Array) || (length !== undefined && tensor.data.length !== length)) {
    throw new Error(`the output "${name}" is [${tensor?.dims.join(', ') ?? ''}] ${tensor?.type ?? ''} and not what the manifest describes`);
  }
  return tensor.data;
}
