import type { TranscriptionManifest } from '../../models/perceptionManifest.js';
import { numbersOf, type RunGraph, type Tensor } from '../graph.js';

/** Gives the logits behind more and more tokens of one answer. */
export interface WhisperDecoder {
  /**
   * @param ids those that follow the last call's; the first call may bring several, each other one
   * @returns [ids.length, vocabulary], as one list, and the size of the vocabulary
   */
  next(ids: readonly number[]): Promise<{ logits: Float32Array; size: number }>;
}

/** @param seen what the encoder gave, [1,1500,width] */
export function whisperDecoder(manifest: TranscriptionManifest, seen: Tensor, run: RunGraph): WhisperDecoder {
  return manifest.decoder === 'merged' ? new MergedDecoder(manifest, seen, run) : new PlainDecoder(seen, run);
}

/** `decoder_model.onnx`: everything is computed anew. */
class PlainDecoder implements WhisperDecoder {
  private readonly all: number[] = [];

  constructor(
    private readonly seen: Tensor,
    private readonly run: RunGraph,
  ) {}

  async next(ids: readonly number[]): Promise<{ logits: Float32Array; size: number }> {
    this.all.push(...ids);
    const outputs = await this.run({ input_ids: idTensor(this.all), encoder_hidden_states: this.seen });
    const { logits, size } = logitsOf(outputs, this.all.length);
    return { logits: logits.slice((this.all.length - ids.length) * size), size };
  }
}

/**
 * `decoder_model_merged.onnx`: keys and values of what was read before are kept. Its branch with a past was traced with one
 * token and masks nothing.
 */
class MergedDecoder implements WhisperDecoder {
  private past: Record<string, Tensor> | undefined;

  constructor(
    private readonly manifest: TranscriptionManifest,
    private readonly seen: Tensor,
    private readonly run: RunGraph,
  ) {}

  async next(ids: readonly number[]): Promise<{ logits: Float32Array; size: number }> {
    const { past } = this;
    const outputs = await this.run({
      ...(past ?? this.nothing()),
      input_ids: idTensor(ids),
      encoder_hidden_states: this.seen,
      use_cache_branch: { type: 'bool', data: Uint8Array.of(past ? 1 : 0), dims: [1] },
    });
    const kept: Record<string, Tensor> = {};
    for (const [name, side] of this.names()) {
      const before = past?.[`past_key_values.${name}`];
      const present = outputs[`present.${name}`];
      if (!present) throw new Error(`the decoder has no output "present.${name}"`);
      // The half that looks at the sound stays as it was first: the branch with a past gives nothing for it.
      kept[`past_key_values.${name}`] = side === 'encoder' && before ? before : present;
    }
    this.past = kept;
    return logitsOf(outputs, ids.length);
  }

  private names(): (readonly [string, 'decoder' | 'encoder'])[] {
    return Array.from({ length: this.manifest.layers }, (_, layer) => layer).flatMap((layer) =>
      (['decoder', 'encoder'] as const).flatMap((side) => ['key', 'value'].map((part) => [`${layer}.${side}.${part}`, side] as const)),
    );
  }

  private nothing(): Record<string, Tensor> {
    const { heads, headSize } = this.manifest;
    return Object.fromEntries(
      this.names().map(([name]) => [`past_key_values.${name}`, { type: 'float32', data: new Float32Array(0), dims: [1, heads, 0, headSize] } satisfies Tensor]),
    );
  }
}

function idTensor(ids: readonly number[]): Tensor {
  return { type: 'int64', data: BigInt64Array.from(ids, BigInt), dims: [1, ids.length] };
}

function logitsOf(outputs: Record<string, Tensor>, positions: number): { logits: Float32Array; size: number } {
  const logits = numbersOf(outputs, 'logits');
  const size = logits.length / positions;
  if (!Number.isInteger(size) || size === 0 || outputs['logits']?.dims.at(-1) !== size) {
    throw new Error(`the decoder's logits are [${outputs['logits']?.dims.join(', ') ?? ''}] for ${positions} tokens`);
  }
  return { logits, size };
}
