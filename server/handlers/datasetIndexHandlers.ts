import { agreement } from '../dataset/agreement/agreement.js';
import { validateDataset } from '../dataset/validate/validateDataset.js';
import {
  DatasetAgreementRequest,
  DatasetCloseRequest,
  DatasetFolderRequest,
  DatasetListRequest,
  DatasetOpenRequest,
  DatasetReviewRequest,
  DatasetValidateRequest,
} from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { datasetSchemas as schemas } from '../rpc/datasetSchemas.js';
import type { ClientScope } from './clientScope.js';
import { clipProber } from './clipProber.js';

export function registerDatasetIndexHandlers(router: RequestRouter, scope: ClientScope): void {
  const { datasets, translate } = scope;
  router.on(DatasetOpenRequest, schemas.open, ({ path, fromIndex = false }, { token, progress }) => datasets.open({ path, fromIndex }, token, progress));
  router.on(DatasetCloseRequest, schemas.dataset, async ({ datasetId }) => {
    await datasets.close(datasetId);
    return null;
  });
  router.on(DatasetListRequest, schemas.list, async ({ datasetId, ...params }, { token }) => (await datasets.get(datasetId, token)).list(params));
  router.on(DatasetFolderRequest, schemas.folder, async ({ datasetId, ...params }, { token }) => (await datasets.get(datasetId, token)).folder(params));
  router.on(DatasetReviewRequest, schemas.review, async ({ datasetId, ...params }, { token }) => (await datasets.get(datasetId, token)).review(params));
  router.on(DatasetValidateRequest, schemas.validate, ({ path, hashes }, { token, progress }) =>
    validateDataset(path, { translate, token, progress, ...(hashes ? { probe: clipProber(scope, token) } : {}) }),
  );
  router.on(DatasetAgreementRequest, schemas.agreement, (params, { token }) => agreement(params, token));
}
