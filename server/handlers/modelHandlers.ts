import { ModelListRequest, ModelLoadRequest, ModelStatusRequest, ModelUnloadRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { schemas } from '../rpc/schemas.js';
import type { ClientScope } from './clientScope.js';

export function registerModelHandlers(router: RequestRouter, { engine, id, translate }: ClientScope): void {
  const { models } = engine;
  router.on(ModelListRequest, schemas.nothing, async () => ({ models: await models.list(translate, id) }));
  router.on(ModelLoadRequest, schemas.modelLoad, async ({ modelId }, { token, progress }) => {
    const slot = await models.get(modelId);
    const lease = await slot.acquire(token, progress);
    lease.release();
    return slot.status(translate);
  });
  router.on(ModelUnloadRequest, schemas.model, async ({ modelId }) => {
    const slot = await models.get(modelId);
    await slot.unload();
    return null;
  });
  router.on(ModelStatusRequest, schemas.model, async ({ modelId }) => {
    const slot = await models.get(modelId);
    return slot.status(translate);
  });
}
