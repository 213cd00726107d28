import { cancellationSource } from '../../server/common/cancellation.js';
import type { Disposable } from '../../server/common/dispose.js';
import type { VideoChatClient } from '../../server/client/videoChatClient.js';
import { ErrorCode, type ModelPullParams, type ModelPullProgress, ModelPullRequest, type ModelPullResult, ModelRemoveRequest, VideoChatError } from '../../server/protocol/index.js';

/** A download that this window has going. */
export interface Download {
  readonly entryId: string;
  /** `pausing`, `cancelling`: the server is asked to stop, and has not yet. */
  phase: 'running' | 'pausing' | 'cancelling';
  /** As last told. */
  progress?: ModelPullProgress;
}

/** `paused`: what has come is kept. `cancelled`: it was thrown away. */
export type DownloadEnd = { how: 'done'; result: ModelPullResult } | { how: 'paused' | 'cancelled' } | { how: 'failed'; error: unknown };

interface Running {
  download: Download;
  source: ReturnType<typeof cancellationSource>;
  end: Promise<DownloadEnd>;
}

/** The downloads of this window, one for each entry of the catalogue. They go on whatever is looked at meanwhile. */
export class Downloads implements Disposable {
  private readonly running = new Map<string, Running>();
  private readonly failures = new Map<string, unknown>();

  /** @param changed told when a download begins, ends, or has come further */
  constructor(
    private readonly client: () => Promise<VideoChatClient>,
    private readonly changed: (entryId: string, what: 'began' | 'progress' | 'ended') => void,
  ) {}

  get all(): readonly Download[] {
    return [...this.running.values()].map(({ download }) => download);
  }

  get(entryId: string): Download | undefined {
    return this.running.get(entryId)?.download;
  }

  /** Why the last attempt failed, until there is another. */
  failure(entryId: string): unknown {
    return this.failures.get(entryId);
  }

  /** Begins, or goes on where it stopped. One that runs is joined. Never throws. */
  start(params: ModelPullParams): Promise<DownloadEnd> {
    const { entryId } = params;
    const known = this.running.get(entryId);
    if (known) {
      return known.end;
    }
    const download: Download = { entryId, phase: 'running' };
    const source = cancellationSource();
    // It is among the running ones before it can end.
    const end = Promise.resolve().then(() => this.pull(params, download, source.token));
    this.running.set(entryId, { download, source, end });
    this.failures.delete(entryId);
    this.changed(entryId, 'began');
    return end;
  }

  /** Keeps what has come. Resolves when nothing of it runs any more. */
  async pause(entryId: string): Promise<void> {
    await this.stop(entryId, 'pausing');
  }

  /**
   * Throws away what has come, also of a download that is paused. One that was done a moment before stays.
   *
   * @throws VideoChatError as `models/remove`
   */
  async cancel(entryId: string): Promise<void> {
    const end = await this.stop(entryId, 'cancelling');
    if (end?.how === 'done') {
      return;
    }
    this.failures.delete(entryId);
    try {
      await (await this.client()).request(ModelRemoveRequest, { id: entryId });
    } catch (error) {
      // Nothing had come yet.
      if (!(error instanceof VideoChatError && error.code === ErrorCode.InvalidParams)) {
        throw error;
      }
    } finally {
      this.changed(entryId, 'ended');
    }
  }

  /** Forgets why something failed, for example because it is gone. */
  forget(entryId: string): void {
    this.failures.delete(entryId);
  }

  dispose(): void {
    this.running.forEach(({ source }) => source.cancel());
  }

  private async stop(entryId: string, phase: 'pausing' | 'cancelling'): Promise<DownloadEnd | undefined> {
    const known = this.running.get(entryId);
    if (!known) {
      return undefined;
    }
    known.download.phase = phase;
    this.changed(entryId, 'progress');
    known.source.cancel();
    return known.end;
  }

  private async pull(params: ModelPullParams, download: Download, token: ReturnType<typeof cancellationSource>['token']): Promise<DownloadEnd> {
    const { entryId } = params;
    const onProgress = (progress: ModelPullProgress): void => {
      download.progress = progress;
      this.changed(entryId, 'progress');
    };
    try {
      const result = await (await this.client()).request(ModelPullRequest, params, { token, onProgress, background: true });
      return { how: 'done', result };
    } catch (error) {
      if (error instanceof VideoChatError && error.code === ErrorCode.RequestCancelled) {
        return { how: download.phase === 'cancelling' ? 'cancelled' : 'paused' };
      }
      this.failures.set(entryId, error);
      return { how: 'failed', error };
    } finally {
      this.running.delete(entryId);
      this.changed(entryId, 'ended');
    }
  }
}
