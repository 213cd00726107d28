import { DenseCaptionCreateRequest, DenseCaptionExportRequest } from '../protocol/index.js';
import { denseCaptionSchemas as schemas } from '../rpc/denseCaptionSchemas.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { denseCaption } from '../skills/denseCaption/denseCaption.js';
import { exportDenseCaptions } from '../skills/denseCaption/exportDenseCaptions.js';
import type { ClientScope } from './clientScope.js';

export function registerDenseCaptionHandlers(router: RequestRouter, { engine, videos, translate, id: client }: ClientScope): void {
  router.on(DenseCaptionCreateRequest, schemas.create, ({ videoId, ...params }, context) =>
    denseCaption({ engine, client, translate }, videos.get(videoId), params, context),
  );
  router.on(DenseCaptionExportRequest, schemas.export, (params) => ({ text: exportDenseCaptions(params) }));
}
