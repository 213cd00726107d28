import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { CancellationToken } from '../common/cancellation.js';
import { SharedTask } from '../common/sharedTask.js';
import type { Translate } from '../common/translator.js';
import { datasetFileName, type DatasetManifest, type DatasetOpenProgress, type DatasetSummary, ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import { DatasetFolder } from './datasetFolder.js';
import type { IndexSummary } from './index/datasetIndex.js';
import { type ClipIndex, startIndex } from './index/indexThread.js';
import { manifestOnDisk, type ManifestOnDisk } from './manifestProblems.js';

/** Each has a thread and its clips in memory. */
const mostOpen = 16;

interface OpenDataset {
  path: string;
  index: ClipIndex;
  /** The update that runs: whoever opens the dataset meanwhile waits for the same. */
  updating?: SharedTask<Found, DatasetOpenProgress>;
  /** The manifest changed: it has to be read before the next question. */
  isStale: boolean;
  /** A client has its id. */
  isKnown: boolean;
}
type Found = { manifest: DatasetManifest; problems: ManifestOnDisk['problems'] } & IndexSummary;

/** The datasets that one client has open. */
export class DatasetService {
  private readonly datasets = new Map<string, OpenDataset>();

  constructor(
    private readonly cacheFolder: string,
    private readonly translate: Translate,
  ) {}

  /** @throws VideoChatError AnnotationsInvalid, InvalidRequest, RequestCancelled */
  async open(given: string, token: CancellationToken, progress: (value: DatasetOpenProgress) => void): Promise<DatasetSummary> {
    const path = resolve(given);
    const { manifest: first } = await manifestOnDisk(path);
    const known = [...this.datasets].find(([, each]) => each.path === path);
    const [datasetId, dataset] = known ?? this.start(path, first);
    try {
      const { manifest, problems, ...summary } = await this.update(dataset, token, progress);
      dataset.isKnown = true;
      const told = problems.map((problem) => ({ ...problem, message: this.translate(problem.message) }));
      return { datasetId, path, manifest, problems: told, ...summary };
    } catch (error) {
      if (known && !(error instanceof VideoChatError) && this.datasets.has(datasetId)) {
        // Its thread has ended: another one begins where the index on disk is.
        await this.close(datasetId);
        return this.open(given, token, progress);
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
    const { index } = this.find(datasetId);
    this.datasets.delete(datasetId);
    await index.dispose();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.datasets.keys()].map((id) => this.close(id)));
  }

  private start(path: string, manifest: DatasetManifest): [string, OpenDataset] {
    if (this.datasets.size >= mostOpen) {
      throw new VideoChatError(ErrorCode.InvalidRequest, phrase`${mostOpen} datasets are open.`, { hint: 'Close some with dataset/close.' });
    }
    const dataset: OpenDataset = { path, index: startIndex(new DatasetFolder(path, manifest), this.cacheFolder), isStale: false, isKnown: false };
    const datasetId = `dataset-${randomUUID()}`;
    this.datasets.set(datasetId, dataset);
    return [datasetId, dataset];
  }

  /** A dataset that could not be opened, unless somebody else has opened it meanwhile. */
  private async discard(datasetId: string, dataset: OpenDataset): Promise<void> {
    await dataset.updating?.settled();
    if (!dataset.isKnown && !dataset.updating && this.datasets.has(datasetId)) {
      await this.close(datasetId);
    }
  }

  private update(dataset: OpenDataset, token: CancellationToken, progress: (value: DatasetOpenProgress) => void): Promise<Found> {
    if (!dataset.updating || dataset.updating.abandoned) {
      const task = new SharedTask<Found, DatasetOpenProgress>(async (report, shared) => {
        try {
          dataset.isStale = false;
          const { manifest, problems } = await manifestOnDisk(dataset.path);
          const summary = await dataset.index.update(new DatasetFolder(dataset.path, manifest), (clips) => report({ clips }), shared);
          return { manifest, problems, ...summary };
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
