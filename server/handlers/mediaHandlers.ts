import { MediaCloseRequest, MediaOpenRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { schemas } from '../rpc/schemas.js';
import type { ClientScope } from './clientScope.js';

export function registerMediaHandlers(router: RequestRouter, { media }: ClientScope): void {
  router.on(MediaOpenRequest, schemas.mediaOpen, (params, { token, progress }) => media.open(params, token, progress));
  router.on(MediaCloseRequest, schemas.media, async ({ mediaId }) => {
    await media.close(mediaId);
    return null;
  });
}
