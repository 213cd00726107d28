import { ErrorCode, phrase, VideoChatError } from '../protocol/index.js';
import type { HubFile } from './hubCache.js';

const usualEndpoint = 'https://huggingface.co';

/** The hub, or the mirror of it that `HF_ENDPOINT` names. @throws VideoChatError DownloadRefused */
export function hubEndpoint(env: NodeJS.ProcessEnv = process.env): URL {
  const text = env['HF_ENDPOINT'] || usualEndpoint;
  if (!URL.canParse(text)) {
    throw new VideoChatError(ErrorCode.DownloadRefused, phrase`The hub's address "${text}" is not a web address.`, {
      hint: 'Correct HF_ENDPOINT, or remove it.',
      subject: text,
    });
  }
  return checkedAddress(new URL(text));
}

/** Where a file can be fetched. */
export function fileAddress(endpoint: URL, { repo, repoType, revision, path }: HubFile): URL {
  const type = repoType === 'space' ? 'spaces/' : '';
  const segments = [...repo.split('/'), 'resolve', revision, ...path.split('/')].map(encodeURIComponent);
  const base = endpoint.href.endsWith('/') ? endpoint.href : `${endpoint.href}/`;
  return new URL(`${type}${segments.join('/')}`, base);
}

/** Nothing is fetched in the clear, except from this machine itself. @throws VideoChatError DownloadRefused */
export function checkedAddress(address: URL): URL {
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(address.hostname);
  if (address.protocol === 'https:' || (address.protocol === 'http:' && isLoopback)) {
    return address;
  }
  throw new VideoChatError(ErrorCode.DownloadRefused, phrase`Nothing is fetched from ${address.origin}: the connection is not encrypted.`, {
    hint: 'Addresses must begin with https.',
    subject: address.origin,
  });
}
