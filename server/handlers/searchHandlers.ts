import { SearchIndexRequest, SearchQueryRequest, type SearchRetrieval } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { searchSchemas as schemas } from '../rpc/searchSchemas.js';
import type { UsedRetrieval } from '../search/pictures/pictureSearch.js';
import type { ClientScope } from './clientScope.js';

export function registerSearchHandlers(router: RequestRouter, { engine, translate, id: client }: ClientScope): void {
  router.on(SearchIndexRequest, schemas.index, async (params, { token, progress }) => {
    const { failed, retrieval, ...outcome } = await engine.search.index(params, { client, chat: 'search' }, token, progress);
    return { ...outcome, failed: failed.map(({ path, error }) => ({ path, code: error.code, message: translate(error.phrases.message) })), ...told(retrieval) };
  });
  router.on(SearchQueryRequest, schemas.query, async (params, { token }) => {
    const { retrieval, ...found } = await engine.search.query(params, token);
    return { ...found, ...told(retrieval) };
  });

  function told(used: UsedRetrieval | undefined): { retrieval?: SearchRetrieval } {
    const { model, problem } = used ?? {};
    const why = problem && { code: problem.code, message: translate(problem.phrases.message) };
    return model === undefined ? {} : { retrieval: { model, ...(why ? { problem: why } : {}) } };
  }
}
