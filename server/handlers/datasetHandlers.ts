import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import type { ProbedFrames } from '../dataset/clipFrames.js';
import { exportDataset } from '../dataset/export/exportDataset.js';
import { importDataset } from '../dataset/import/importDataset.js';
import type { Engine } from '../engine/engine.js';
import { DatasetExportRequest, DatasetImportRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { datasetSchemas as schemas } from '../rpc/datasetSchemas.js';
import { frameTimes } from '../video/probeVideo.js';
import type { ClientScope } from './clientScope.js';

export function registerDatasetHandlers(router: RequestRouter, { engine, translate }: ClientScope): void {
  router.on(DatasetImportRequest, schemas.import, (params, { token, progress }) =>
    importDataset(params, { token, progress, translate, probe: (path) => probeQuietly(engine, path, token) }),
  );
  router.on(DatasetExportRequest, schemas.export, (params, { token, progress }) =>
    exportDataset(params, { token, progress, probe: (path) => probeQuietly(engine, path, token) }),
  );
}

/** Facts and frames of a clip, if it is one: what is wrong with it is no matter of an import or export. */
async function probeQuietly({ ffmpeg, parts, probes }: Engine, path: string, token: CancellationToken): Promise<ProbedFrames | undefined> {
  try {
    const video = await probes.get(path, async () => parts.video.probe(path, await ffmpeg.tools(), token));
    return { facts: video.facts, times: frameTimes(video) };
  } catch {
    throwIfCancelled(token);
    return undefined;
  }
}
