import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { cancellationSource, type CancellationToken } from '../common/cancellation.js';
import { SharedTask } from '../common/sharedTask.js';
import type { Translate } from '../common/translator.js';
import { untilCancelled } from '../common/untilCancelled.js';
import { datasetFileName, type DatasetOpenProgress, type DatasetSummary, ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { DatasetFolder } from './datasetFolder.js';
import type { IndexSummary } from './index/datasetIndex.js';
import { type ClipIndex, startIndex } from './index/indexThread.js';
import { manifestOnDisk, type ManifestOnDisk } from './manifestProblems.js';

/** Each has a thread and its clips in memory. */
const mostOpen = 16;

interface OpenDataset {
  path: string;
  index: ClipIndex;
  /** As it was read last. */
  manifest: ManifestOnDisk;
  /** The update that runs: whoever opens the dataset meanwhile waits for the same. */
  updating?: SharedTask<Found, DatasetOpenProgress>;
  /** The manifest changed, or the files could not be looked at: that has to be done before the next question. */
  isStale: boolean;
  /** A client has its id. */
  isKnown: boolean;
  closing: ReturnType<typeof cancellationSource>;
}
type Found = { manifest: ManifestOnDisk } & IndexSummary;

/** The datasets that one client has open. */
export class DatasetService {
  private readonly datasets = new Map<string, OpenDataset>();

  /** @param updated is told of a dataset that is not as was answered */
  constructor(
    private readonly cacheFolder: string,
    private readonly translate: Translate,
    private readonly updated: (summary: DatasetSummary) => void,
  ) {}

  /**
   * @param options.fromIndex answers with what is known, where anything is, and looks at the files afterwards
   * @throws VideoChatError AnnotationsInvalid, InvalidRequest, RequestCancelled
   */
  async open(
    options: { path: string; fromIndex: boolean },
    token: CancellationToken,
    progress: (value: DatasetOpenProgress) => void,
  ): Promise<DatasetSummary> {
    const path = resolve(options.path);
    const manifest = await manifestOnDisk(path);
    const known = [...this.datasets].find(([, each]) => each.path === path);
    const [datasetId, dataset] = known ?? this.start(path, manifest);
    dataset.isStale ||= dataset.manifest.text !== manifest.text;
    try {
      const recalled = options.fromIndex ? await untilCancelled(dataset.index.recall(new DatasetFolder(path, manifest.manifest)), token) : undefined;
      if (recalled) {
        dataset.isKnown = true;
        this.check(datasetId, dataset, manifest);
        return { ...this.summary(datasetId, path, manifest, recalled), fromIndex: true };
      }
      const { manifest: read, ...found } = await this.update(dataset, token, progress);
      dataset.isKnown = true;
      return this.summary(datasetId, path, read, found);
    } catch (error) {
      if (known && !(error instanceof VideoChatError) && this.datasets.has(datasetId)) {
        // Its thread has ended: another one begins where the index on disk is.
        await this.close(datasetId);
        return this.open(options, token, progress);
      }
      void this.discard(datasetId, dataset);
      throw error;
    }
  }

  /** The index of an open dataset. @throws VideoChatError DatasetUnknown */
  async get(datasetId: string, token: CancellationToken): Promise<ClipIndex> {
    const dataset = this.find(datasetId);
    if (dataset.isStale) {
      await this.update(dataset, token, () => undefined);
    }
    return dataset.index;
  }

  /** Files below a dataset changed; an id that is not open any more is no error. */
  changed(datasetId: string, paths: readonly string[]): void {
    const dataset = this.datasets.get(datasetId);
    if (dataset) {
      dataset.isStale ||= paths.includes(join(dataset.path, datasetFileName));
      dataset.index.changed(paths);
    }
  }

  /** @throws VideoChatError DatasetUnknown */
  async close(datasetId: string): Promise<void> {
    const { index, closing } = this.find(datasetId);
    this.datasets.delete(datasetId);
    closing.cancel();
    await index.dispose();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.datasets.keys()].map((id) => this.close(id)));
  }

  private start(path: string, manifest: ManifestOnDisk): [string, OpenDataset] {
    if (this.datasets.size >= mostOpen) {
      throw new VideoChatError(ErrorCode.InvalidRequest, phrase`${mostOpen} datasets are open.`, { hint: 'Close some with dataset/close.' });
    }
    const datasetId = `dataset-${randomUUID()}`;
    const index = startIndex(new DatasetFolder(path, manifest.manifest), this.cacheFolder, (found) => this.tell(datasetId, found));
    const dataset: OpenDataset = { path, index, manifest, isStale: false, isKnown: false, closing: cancellationSource() };
    this.datasets.set(datasetId, dataset);
    return [datasetId, dataset];
  }

  private tell(datasetId: string, found: IndexSummary): void {
    const dataset = this.datasets.get(datasetId);
    if (dataset) {
      this.updated(this.summary(datasetId, dataset.path, dataset.manifest, found));
    }
  }

  private summary(datasetId: string, path: string, { manifest, problems }: ManifestOnDisk, found: IndexSummary): DatasetSummary {
    const told = problems.map((problem) => ({ ...problem, message: this.translate(problem.message) }));
    return { datasetId, path, manifest, problems: told, ...found };
  }

  /** Looks at the files of a dataset that was opened without. Where that fails, the next question says why. */
  private check(datasetId: string, dataset: OpenDataset, told: ManifestOnDisk): void {
    this.update(dataset, dataset.closing.token, () => undefined).then(
      ({ manifest, ...found }) => {
        if (manifest.text !== told.text) {
          this.tell(datasetId, found);
        }
      },
      () => (dataset.isStale = true),
    );
  }

  /** A dataset that could not be opened, unless somebody else has opened it meanwhile. */
  private async discard(datasetId: string, dataset: OpenDataset): Promise<void> {
    await dataset.updating?.settled();
    if (!dataset.isKnown && !dataset.updating && this.datasets.has(datasetId)) {
      await this.close(datasetId);
    }
  }

  private update(dataset: OpenDataset, token: CancellationToken, progress: (value: DatasetOpenProgress) => void): Promise<Found> {
    // One that began with another manifest is of no use to those who know of the change.
    if (!dataset.updating || dataset.updating.abandoned || dataset.isStale) {
      const task = new SharedTask<Found, DatasetOpenProgress>(async (report, shared) => {
        try {
          dataset.isStale = false;
          const manifest = await manifestOnDisk(dataset.path);
          dataset.manifest = manifest;
          const summary = await dataset.index.update(new DatasetFolder(dataset.path, manifest.manifest), (clips) => report({ clips }), shared);
          return { manifest, ...summary };
        } finally {
          if (dataset.updating === task) {
            delete dataset.updating;
          }
        }
      });
      dataset.updating = task;
    }
    return dataset.updating.join(token, progress);
  }

  private find(datasetId: string): OpenDataset {
    const dataset = this.datasets.get(datasetId);
    if (!dataset) {
      throw new VideoChatError(ErrorCode.DatasetUnknown, 'This dataset is not open.', { hint: 'Open it with dataset/open.', subject: datasetId });
    }
    return dataset;
  }
}
