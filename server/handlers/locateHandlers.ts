import { LocateCreateRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { locateSchemas as schemas } from '../rpc/locateSchemas.js';
import { locate } from '../skills/locate/locate.js';
import type { ClientScope } from './clientScope.js';

export function registerLocateHandlers(router: RequestRouter, { engine, videos, translate, id: client }: ClientScope): void {
  router.on(LocateCreateRequest, schemas.create, ({ videoId, ...params }, context) => locate({ engine, client, translate }, videos.get(videoId), params, context));
}
