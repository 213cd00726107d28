import { SearchIndexRequest, SearchQueryRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { searchSchemas as schemas } from '../rpc/searchSchemas.js';
import type { ClientScope } from './clientScope.js';

export function registerSearchHandlers(router: RequestRouter, { engine, translate, id: client }: ClientScope): void {
  router.on(SearchIndexRequest, schemas.index, async (params, { token, progress }) => {
    const { failed, ...outcome } = await engine.search.index(params, { client, chat: 'search' }, token, progress);
    return { ...outcome, failed: failed.map(({ path, error }) => ({ path, code: error.code, message: translate(error.phrases.message) })) };
  });
  router.on(SearchQueryRequest, schemas.query, (params, { token }) => engine.search.query(params, token));
}
