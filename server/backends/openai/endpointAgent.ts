import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { ErrorCode, phrase, VideoChatError } from '../../protocol/index.js';
import { isAddress, isPrivateAddress, isThisMachine } from './addresses.js';

export interface AgentOptions {
  /** Plain http to public hosts too. */
  allowHttp: boolean;
  connectMs: number;
}

/**
 * Connections to one endpoint. What is not encrypted goes to this machine and to private networks only: of a name, the
 * addresses count that are connected to. Encrypted connections go through the environment's proxy.
 *
 * @throws VideoChatError EndpointInsecure
 */
export function endpointAgent(endpoint: URL, { allowHttp, connectMs }: AgentOptions): Dispatcher {
  const { protocol, hostname } = endpoint;
  const isPrivate = isThisMachine(hostname) || isPrivateAddress(hostname);
  if (isPrivate) {
    return new Agent({ connect: { timeout: connectMs } });
  }
  if (protocol === 'https:' || allowHttp) {
    return new EnvHttpProxyAgent({ connect: { timeout: connectMs } });
  }
  if (isAddress(hostname)) {
    throw insecure(hostname);
  }
  return new Agent({ connect: { timeout: connectMs, lookup: privateLookup } });
}

/** Finds addresses of names as the system does, and refuses names that have public ones. */
const privateLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error ?? !first) {
      callback(error ?? new Error(`No address of ${hostname}`), '', 0);
    } else if (!addresses.every(({ address }) => isPrivateAddress(address))) {
      callback(new Error('a public address', { cause: insecure(hostname) }), '', 0);
    } else if (options.all) {
      callback(null, addresses);
    } else {
      callback(null, first.address, first.family);
    }
  });
};

function insecure(host: string): VideoChatError {
  return new VideoChatError(ErrorCode.EndpointInsecure, phrase`The connection to ${host} would not be encrypted: everyone on the way could read questions, frames and the key.`, {
    hint: 'Use https; or say that plain http is meant (allowHttp).',
    subject: host,
  });
}
