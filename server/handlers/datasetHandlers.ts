import { type CancellationToken, throwIfCancelled } from '../common/cancellation.js';
import { exportDataset } from '../dataset/export/exportDataset.js';
import { importDataset } from '../dataset/import/importDataset.js';
import type { Engine } from '../engine/engine.js';
import { DatasetExportRequest, DatasetImportRequest, type VideoFacts } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { datasetSchemas as schemas } from '../rpc/datasetSchemas.js';
import type { ClientScope } from './clientScope.js';

export function registerDatasetHandlers(router: RequestRouter, { engine, translate }: ClientScope): void {
  router.on(DatasetImportRequest, schemas.import, (params, { token, progress }) =>
    importDataset(params, { token, progress, translate, probe: (path) => probeQuietly(engine, path, token) }),
  );
  router.on(DatasetExportRequest, schemas.export, (params, { token, progress }) => exportDataset(params, { token, progress }));
}

/** Facts of a clip, if it is one: what is wrong with it is no matter of an import. */
async function probeQuietly({ ffmpeg, parts, probes }: Engine, path: string, token: CancellationToken): Promise<VideoFacts | undefined> {
  try {
    const { facts } = await probes.get(path, async () => parts.video.probe(path, await ffmpeg.tools(), token));
    return facts;
  } catch {
    throwIfCancelled(token);
    return undefined;
  }
}
