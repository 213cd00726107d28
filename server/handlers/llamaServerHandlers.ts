import { findLlamaServer, llamaServerVersion } from '../backends/llamaServer/findLlamaServer.js';
import { findModelFiles, modelFileFolders } from '../backends/llamaServer/findModelFiles.js';
import { ErrorCode, LlamaServerFindRequest, type LlamaServerFindResult, VideoChatError } from '../protocol/index.js';
import { remoteSchemas } from '../rpc/remoteSchemas.js';
import type { RequestRouter } from '../rpc/requestRouter.js';
import type { ClientScope } from './clientScope.js';

export function registerLlamaServerHandlers(router: RequestRouter, { engine }: ClientScope): void {
  router.on(LlamaServerFindRequest, remoteSchemas.find, async ({ program: named }): Promise<LlamaServerFindResult> => {
    const [program, files] = await Promise.all([find(named), findModelFiles(modelFileFolders(engine.settings.modelFolders, process.env))]);
    return { ...(program ? { program } : {}), files };
  });
}

async function find(named: string | undefined): Promise<LlamaServerFindResult['program']> {
  try {
    const path = await findLlamaServer(named, process.env);
    const version = await llamaServerVersion(path);
    return { path, ...(version === undefined ? {} : { version }) };
  } catch (error) {
    if (named === undefined && error instanceof VideoChatError && error.code === ErrorCode.LlamaServerMissing) {
      return undefined;
    }
    throw error;
  }
}
