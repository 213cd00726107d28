import { AnnotateBatchRequest, AnnotateSuggestRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { schemas } from '../rpc/schemas.js';
import { annotateBatch } from '../skills/annotateBatch/annotateBatch.js';
import { suggest } from '../skills/suggest/suggest.js';
import type { ClientScope } from './clientScope.js';

export function registerAnnotateHandlers(router: RequestRouter, { engine, translate, id: client }: ClientScope): void {
  const host = { engine, client, translate };
  router.on(AnnotateSuggestRequest, schemas.annotateSuggest, async (params, context) => {
    const { edits, note } = await suggest(host, params, context);
    return { edits, note };
  });
  router.on(AnnotateBatchRequest, schemas.annotateBatch, (params, context) => annotateBatch(host, params, context));
}
