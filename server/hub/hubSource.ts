import { phrase } from '../protocol/index.js';
import { factsOf, type FileFacts, fileName, type HubAccess } from './askFile.js';
import type { PartSource } from './downloadPart.js';
import { fileAddress } from './hubAddress.js';
import type { HubFile } from './hubCache.js';
import { corrupt, statusError } from './hubErrors.js';

/** A file of the hub, of the commit that is known. */
export function hubSource({ client, endpoint, authorization }: HubAccess, file: HubFile, facts: FileFacts): PartSource {
  const [name, pinned] = [fileName(file), { ...file, revision: facts.commit }];
  return {
    ...{ client, authorization, name, bytes: facts.bytes },
    address: fileAddress(endpoint, pinned),
    namesContent: (answer) => {
      const isLinked = answer.hops.some(({ headers }) => headers.has('x-linked-etag'));
      const now = isLinked ? factsOf(answer, pinned) : undefined;
      // The hub may have been given another file since it was asked.
      if (now !== undefined && now.etag !== facts.etag) {
        throw corrupt(name, phrase`the hub has put another one in its place`);
      }
      return now !== undefined;
    },
    statusError: (status, headers) => statusError(status, headers, name, authorization !== undefined),
  };
}
