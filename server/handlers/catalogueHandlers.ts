import { CatalogueRequest, ModelImportRequest, ModelPullRequest, ModelRemoveRequest, ModelVerifyRequest } from '../protocol/index.js';
import { catalogueSchemas } from '../rpc/catalogueSchemas.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { schemas } from '../rpc/schemas.js';
import type { ClientScope } from './clientScope.js';

export function registerCatalogueHandlers(router: RequestRouter, { engine, translate }: ClientScope): void {
  const { catalogue } = engine;
  router.on(CatalogueRequest, schemas.nothing, () => catalogue.list(translate));
  router.on(ModelPullRequest, catalogueSchemas.pull, (params, { token, progress }) => catalogue.pull(params, translate, token, progress));
  router.on(ModelVerifyRequest, catalogueSchemas.verify, ({ id }, { token, progress }) => catalogue.verify(id, token, progress));
  router.on(ModelRemoveRequest, catalogueSchemas.remove, async ({ id }) => ({ freedBytes: await catalogue.remove(id) }));
  router.on(ModelImportRequest, catalogueSchemas.import, (params, { token, progress }) => catalogue.import(params, token, progress));
}
