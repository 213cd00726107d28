import { runEvaluation } from '../eval/runEvaluation.js';
import { EvaluationRunRequest } from '../protocol/index.js';
import { evaluationSchemas as schemas } from '../rpc/evaluationSchemas.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import type { ClientScope } from './clientScope.js';

export function registerEvaluationHandlers(router: RequestRouter, { engine, translate, id: client }: ClientScope): void {
  router.on(EvaluationRunRequest, schemas.run, (params, context) => runEvaluation({ engine, client, translate }, params, context));
}
