import koffi from 'koffi';

/**
 * Tokens to choose from with their scores, as libllama's `llama_token_data_array`: samplers reorder it, take
 * tokens out of it and mark the one they chose.
 */
export class Candidates {
  // struct llama_token_data { int32_t id; float logit; float p; }
  private readonly ids: Int32Array;
  private readonly scores: Float32Array;
  private readonly at: bigint;
  /** struct llama_token_data_array { data *; size_t size; int64_t selected; bool sorted; } */
  readonly native = new BigUint64Array(4);

  constructor(capacity: number) {
    const bytes = new ArrayBuffer(12 * capacity);
    this.ids = new Int32Array(bytes);
    this.scores = new Float32Array(bytes);
    this.at = BigInt(koffi.address(this.ids));
  }

  get size(): number {
    return Number(this.native[1]);
  }

  /** Starts anew with these tokens; `logits` are the scores of the whole vocabulary. */
  fill(tokens: Int32Array, logits: Float32Array): void {
    tokens.forEach((token, i) => this.set(i, token, logits[token] ?? -Infinity));
    this.point(tokens.length);
  }

  token(index: number): number {
    return this.ids[3 * index] ?? -1;
  }

  /** False once a grammar ruled it out. */
  isAllowed(index: number): boolean {
    return (this.scores[3 * index + 1] ?? -Infinity) > -Infinity;
  }

  /** −∞ rules it out. */
  score(index: number, logit: number): void {
    this.scores[3 * index + 1] = logit;
  }

  /** Drops what is ruled out. */
  keepAllowed(): void {
    let kept = 0;
    for (let i = 0; i < this.size; i++) {
      if (this.isAllowed(i)) {
        this.set(kept++, this.token(i), this.scores[3 * i + 1] ?? 0);
      }
    }
    this.point(kept);
  }

  /** What a chain of samplers chose. */
  selected(): number {
    const index = this.native[2] ?? 0n;
    if (this.native[0] !== this.at || index >= (this.native[1] ?? 0n)) {
      throw new Error('The sampler chose no token.');
    }
    return this.token(Number(index));
  }

  private set(index: number, token: number, score: number): void {
    this.ids[3 * index] = token;
    this.scores[3 * index + 1] = score;
    this.scores[3 * index + 2] = 0;
  }

  private point(size: number): void {
    this.native.set([this.at, BigInt(size), 2n ** 64n - 1n, 0n]);
  }
}
