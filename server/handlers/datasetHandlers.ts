import { exportDataset } from '../dataset/export/exportDataset.js';
import { importDataset } from '../dataset/import/importDataset.js';
import { DatasetExportRequest, DatasetImportRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { datasetSchemas as schemas } from '../rpc/datasetSchemas.js';
import type { ClientScope } from './clientScope.js';

export function registerDatasetHandlers(router: RequestRouter, { translate }: ClientScope): void {
  router.on(DatasetImportRequest, schemas.import, (params, { token, progress }) =>
    importDataset(params, { token, progress, translate }),
  );
  router.on(DatasetExportRequest, schemas.export, (params, { token, progress }) => exportDataset(params, { token, progress }));
}
