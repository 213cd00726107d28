import type { CancellationToken } from '../common/cancellation.js';
import { fileAddress } from './hubAddress.js';
import { type HubFile, isCommit } from './hubCache.js';
import { corrupt, statusError } from './hubErrors.js';
import { phrase } from '../protocol/index.js';
import { drop, type WebAnswer, type WebClient } from './webClient.js';

/** What the hub says of a file. */
export interface FileFacts {
  /** The commit the revision stands for. */
  commit: string;
  /** Name of the content: the SHA-256 of a large file, git's own hash of a small one. */
  etag: string;
  bytes?: number;
  /** Where `etag` is one. */
  sha256?: string;
}

export interface HubAccess {
  client: WebClient;
  endpoint: URL;
  /** `Bearer …` */
  authorization?: string;
}

/**
 * Asks the hub what a file is, without fetching it.
 *
 * @throws PassingTrouble, VideoChatError TokenNeeded, LicenceNotAccepted, NotOnHub, DownloadFailed, DownloadCorrupt,
 *   DownloadRefused, RequestCancelled
 */
export async function askFile({ client, endpoint, authorization }: HubAccess, file: HubFile, token?: CancellationToken): Promise<FileFacts> {
  const name = fileName(file);
  const answer = await client.open(fileAddress(endpoint, file), { method: 'HEAD', authorization, leaveOrigin: false, token });
  drop(answer.body);
  if (answer.status !== 200) {
    throw statusError(answer.status, answer.headers, name, authorization !== undefined);
  }
  const facts = factsOf(answer, file);
  if (facts === undefined) {
    throw corrupt(name, phrase`the hub does not say which commit or which content it is`);
  }
  return facts;
}

/** How people call a file. */
export function fileName({ repo, path }: HubFile): string {
  return `${repo}/${path}`;
}

/** What the headers on the way say; undefined where they do not say which content it is. */
export function factsOf({ hops, status }: WebAnswer, file: HubFile): FileFacts | undefined {
  const first = (name: string): string | undefined => hops.map(({ headers }) => headers.get(name)).find((value) => value !== null) ?? undefined;
  const last = hops.at(-1)?.headers;
  const linked = bareEtag(first('x-linked-etag'));
  const etag = linked ?? bareEtag(last?.get('etag') ?? undefined);
  const commit = first('x-repo-commit') ?? (isCommit(file.revision) ? file.revision : undefined);
  if (etag === undefined || commit === undefined || !isCommit(commit)) {
    return undefined;
  }
  const size = first('x-linked-size') ?? (linked === undefined && status === 200 ? last?.get('content-length') : undefined);
  const bytes = /^\d{1,15}$/.test(size ?? '') ? Number(size) : undefined;
  return { commit, etag, ...(bytes === undefined ? {} : { bytes }), ...(/^[0-9a-f]{64}$/.test(etag) ? { sha256: etag } : {}) };
}

/** It becomes the name of a file, so only hashes pass. */
function bareEtag(text: string | undefined): string | undefined {
  const bare = text?.replace(/^W\//, '').replace(/^"(.*)"$/, '$1').toLowerCase();
  return bare !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(bare) ? bare : undefined;
}
