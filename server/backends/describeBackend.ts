import type { BackendRules } from '../models/backendRules.js';
import type { ModelInfo } from '../protocol/index.js';
import { isThisMachine } from './openai/addresses.js';

/** Where a model answers, for people to know what leaves their machine. */
export function describeBackend(backend: BackendRules): NonNullable<ModelInfo['remote']> {
  const { kind, concurrency } = backend;
  if (backend.kind === 'editor') {
    // Whose servers stand behind the editor's models is not known here.
    return { kind, host: '', leavesMachine: true, concurrency };
  }
  if (backend.kind === 'llama-server') {
    return { kind, host: '127.0.0.1', leavesMachine: false, concurrency };
  }
  return { kind, ...describeEndpoint(backend.endpoint), concurrency };
}

/** The machine behind a URL. */
export function describeEndpoint(endpoint: string): { host: string; leavesMachine: boolean } {
  const { host, hostname } = new URL(endpoint);
  return { host, leavesMachine: !isThisMachine(hostname) };
}
