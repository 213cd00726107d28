/** Pictures are compared at this size. */
export const shotFrameSize = { width: 32, height: 18 };

/** How much each picture differs from the one before it: `values[0]` is of the second. Memory grows by a number a picture. */
export class FrameChanges {
  /** Bytes of one picture, RGB. */
  readonly frameBytes = shotFrameSize.width * shotFrameSize.height * 3;
  /** Mean differences of 8-bit values. */
  readonly values: number[] = [];
  private frame = new Uint8Array(this.frameBytes); // [H,W,3]
  private last = new Uint8Array(this.frameBytes);
  private filled = 0;
  private started = false;

  constructor(private readonly onFrame?: (frame: Uint8Array) => void) {}

  add(chunk: Buffer): void {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + this.frameBytes - this.filled);
      this.frame.set(part, this.filled);
      this.filled += part.length;
      offset += part.length;
      if (this.filled === this.frameBytes) {
        this.take();
      }
    }
  }

  private take(): void {
    this.onFrame?.(this.frame);
    if (this.started) {
      let sum = 0;
      for (let i = 0; i < this.frameBytes; i++) {
        sum += Math.abs((this.frame[i] ?? 0) - (this.last[i] ?? 0));
      }
      this.values.push(sum / this.frameBytes);
    }
    [this.frame, this.last] = [this.last, this.frame];
    this.filled = 0;
    this.started = true;
  }
}
