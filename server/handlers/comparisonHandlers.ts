import { ComparisonCreateRequest } from '../protocol/index.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import { skillSchemas } from '../rpc/skillSchemas.js';
import { compareClips } from '../skills/compare/compareClips.js';
import type { ClientScope } from './clientScope.js';

export function registerComparisonHandlers(router: RequestRouter, { engine, videos, translate, id: client }: ClientScope): void {
  router.on(ComparisonCreateRequest, skillSchemas.comparisonCreate, ({ videoIds: [first, second], modelId }, context) =>
    compareClips({ engine, client, translate }, [videos.get(first), videos.get(second)], modelId, context),
  );
}
