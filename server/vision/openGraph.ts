import type { Logger } from '../common/logger.js';
import type { Manifest } from '../models/manifest.js';
import { resolveModelFile, withCompanions } from '../models/modelFiles.js';
import { checkExternalData } from './checkExternalData.js';
import type { ExecutionProvider } from './executionProvider.js';
import { type HostRequests, type OtherRuntime, SessionHost } from './sessionHost.js';

export interface GraphToOpen {
  manifest: Manifest;
  folder: string;
  /** Key of the graph in the manifest's files. */
  key: string;
  provider: ExecutionProvider;
  /** CPU threads; 0 = ONNX Runtime chooses. */
  threads: number;
  frugal?: boolean;
  /** Left out: the one that is installed. */
  runtime?: OtherRuntime | undefined;
  logger: Logger;
  /** Called with the file keys before they are opened; see `verifyModelFiles`. */
  verify?: ((keys: string[]) => Promise<void>) | undefined;
}

const loadTimeoutMs = 5 * 60_000;

/**
 * Opens a graph of a model in a process of its own, after its files were verified.
 *
 * @param check throws where the graph is not the one of the manifest; the process is ended then
 */
export async function openGraph(
  { manifest, folder, key, provider, threads, frugal, runtime, logger, verify }: GraphToOpen,
  check: (graph: HostRequests['load']['result'], path: string, host: SessionHost) => void | Promise<void>,
): Promise<SessionHost> {
  const keys = withCompanions(manifest, [key]);
  const [path = ''] = await Promise.all(keys.map((each) => resolveModelFile(folder, manifest, each)));
  await verify?.(keys);
  await checkExternalData(manifest, key, path);
  const host = new SessionHost(logger, runtime);
  try {
    const graph = await host.request('load', { model: path, provider, threads, ...(frugal === undefined ? {} : { frugal }) }, loadTimeoutMs);
    await check(graph, path, host);
    return host;
  } catch (error) {
    await host.dispose();
    throw error;
  }
}
