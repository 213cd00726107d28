import { PackListRequest, PackProbeRequest, PackPullRequest, PackRemoveRequest } from '../protocol/index.js';
import { packSchemas } from '../rpc/packSchemas.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { schemas } from '../rpc/schemas.js';
import type { ClientScope } from './clientScope.js';

export function registerPackHandlers(router: RequestRouter, { engine, translate }: ClientScope): void {
  const { packs } = engine;
  router.on(PackListRequest, schemas.nothing, () => packs.list(translate));
  router.on(PackPullRequest, packSchemas.pack, ({ packId }, { token, progress }) => packs.pull(packId, translate, token, progress));
  router.on(PackProbeRequest, packSchemas.pack, ({ packId }, { token }) => packs.probe(packId, translate, token));
  router.on(PackRemoveRequest, packSchemas.remove, ({ packId }) => packs.remove(packId));
}
