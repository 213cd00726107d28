import { describeEndpoint } from '../backends/describeBackend.js';
import { keyFrom } from '../backends/openBackend.js';
import { askAgain, Pause } from '../backends/openai/askAgain.js';
import { EndpointClient } from '../backends/openai/endpointClient.js';
import { endpointModels } from '../backends/openai/endpointModels.js';
import { RemoteDeclareRequest, RemoteProbeRequest } from '../protocol/index.js';
import { remoteSchemas } from '../rpc/remoteSchemas.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import type { ClientScope } from './clientScope.js';

export function registerRemoteHandlers(router: RequestRouter, { engine, id, translate }: ClientScope): void {
  router.on(RemoteDeclareRequest, remoteSchemas.declare, async ({ models }) => ({ models: await engine.models.declare(id, models, translate) }));
  router.on(RemoteProbeRequest, remoteSchemas.probe, async ({ apiKey, ...backend }, { token }) => {
    const key = apiKey ?? keyFrom(backend, process.env);
    const { endpoint, allowHttp = false } = backend;
    const client = new EndpointClient({ endpoint: new URL(endpoint), allowHttp, ...(key === undefined ? {} : { apiKey: key }) });
    try {
      const options = { attempts: 2, firstWaitMs: 500, longestWaitMs: 10_000, token, pause: new Pause(), random: Math.random };
      const models = await askAgain(() => endpointModels(client, token), options);
      return { ...describeEndpoint(endpoint), models: models.map(({ videoPart, ...told }) => (void videoPart, told)) };
    } finally {
      await client.dispose();
    }
  });
}
