import type { ModelPullProgress } from '../protocol/index.js';

const tellMs = 100;
/** The rate is that of so long ago until now. */
const rateMs = 5_000;

/** Adds up what comes of several files, and tells it as often as anybody reads it. */
export class PullMeter {
  private readonly here = new Map<string, number>();
  private total: number | undefined;
  private readonly samples: { timeMs: number; bytes: number }[] = [];
  private toldMs = -Infinity;
  private toldStage: ModelPullProgress['stage'] | undefined;

  constructor(
    private readonly tell: (progress: ModelPullProgress) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  expect(files: readonly { path: string; bytes?: number | undefined }[]): void {
    const sizes = files.map(({ bytes }) => bytes);
    this.total = sizes.every((bytes) => bytes !== undefined) ? sizes.reduce((sum, bytes) => sum + bytes, 0) : undefined;
  }

  stage(stage: ModelPullProgress['stage'], file?: string): void {
    this.report(stage, file);
  }

  /** @param here bytes of that file, of what the stage does */
  file(stage: 'waiting' | 'fetching' | 'verifying', path: string, here: number): void {
    this.here.set(path, here);
    if (stage === 'fetching') {
      const timeMs = this.now();
      this.samples.push({ timeMs, bytes: this.done });
      while ((this.samples[0]?.timeMs ?? timeMs) < timeMs - rateMs) {
        this.samples.shift();
      }
    }
    this.report(stage, path);
  }

  finished(path: string, bytes: number): void {
    this.here.set(path, bytes);
  }

  private get done(): number {
    return [...this.here.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  private report(stage: ModelPullProgress['stage'], file?: string): void {
    const timeMs = this.now();
    if (stage === this.toldStage && timeMs - this.toldMs < tellMs && this.done !== this.total) {
      return;
    }
    [this.toldMs, this.toldStage] = [timeMs, stage];
    const first = this.samples[0];
    const rate = stage === 'fetching' && first && timeMs > first.timeMs ? Math.max(0, Math.round((1000 * (this.done - first.bytes)) / (timeMs - first.timeMs))) : undefined;
    this.tell({ stage, ...(file === undefined ? {} : { file }), done: this.done, ...(this.total === undefined ? {} : { total: this.total }), ...(rate === undefined ? {} : { rate }) });
  }
}
