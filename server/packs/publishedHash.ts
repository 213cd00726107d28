import { z } from 'zod';
import type { CancellationToken } from '../common/cancellation.js';
import type { PinnedFile } from '../hub/fetchPinned.js';
import { corrupt, PassingTrouble } from '../hub/hubErrors.js';
import { packGivenUp, packStatusError } from '../hub/packErrors.js';
import { persist } from '../hub/persist.js';
import { drop, type WebClient } from '../hub/webClient.js';
import { phrase } from '../protocol/index.js';
import { mirrored } from './packMirror.js';
import type { PackArchive } from './packSchema.js';

const mostBytes = 4 * 1024 * 1024;
const sha512Bytes = 64;

const npmVersion = z.object({ dist: z.object({ integrity: z.string().max(1_000) }) });
const nugetLeaf = z.object({ catalogEntry: z.union([z.string().max(1_000), z.object({ '@id': z.string().max(1_000) })]) });
const nugetEntry = z.object({ packageHash: z.string().max(200), packageHashAlgorithm: z.literal('SHA512'), packageSize: z.int().min(1).max(1e11) });

/**
 * The hash that a registry publishes of an archive; both kinds of registries name a SHA-512.
 *
 * @throws VideoChatError as `fetchPinned`
 */
export async function publishedHash(client: WebClient, { published, url }: PackArchive, env: NodeJS.ProcessEnv, token?: CancellationToken): Promise<Pick<PinnedFile, 'bytes' | 'hash'>> {
  const ask = async <T>(address: string, schema: z.ZodType<T>): Promise<T> => {
    const parsed = schema.safeParse(await readJson(client, mirrored(address, env), address, token));
    if (!parsed.success) {
      throw corrupt(address, phrase`it does not say which hash ${url} has`);
    }
    return parsed.data;
  };
  const from = published?.url ?? url;
  if (published?.by === 'nuget') {
    const { catalogEntry } = await ask(from, nugetLeaf);
    const entry = await ask(typeof catalogEntry === 'string' ? catalogEntry : catalogEntry['@id'], nugetEntry);
    return { bytes: entry.packageSize, hash: { algorithm: 'sha512', digest: hexOf(entry.packageHash, from) } };
  }
  const { dist } = await ask(from, npmVersion);
  const sha512 = dist.integrity.split(/\s+/).find((each) => each.startsWith('sha512-'));
  return { bytes: undefined, hash: { algorithm: 'sha512', digest: hexOf(sha512?.slice('sha512-'.length) ?? '', from) } };
}

function hexOf(base64: string, subject: string): string {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== sha512Bytes) {
    throw corrupt(subject, phrase`it names no SHA-512`);
  }
  return bytes.toString('hex');
}

async function readJson(client: WebClient, address: URL, name: string, token?: CancellationToken): Promise<unknown> {
  return persist(
    name,
    async () => {
      const answer = await client.open(address, { method: 'GET', headers: { accept: 'application/json' }, ...(token ? { token } : {}) });
      try {
        if (answer.status !== 200) {
          throw packStatusError(answer.status, answer.headers, name);
        }
        const pieces: Buffer[] = [];
        let bytes = 0;
        for await (const piece of answer.pieces) {
          bytes += piece.length;
          if (bytes > mostBytes) {
            throw corrupt(name, phrase`it has more than ${mostBytes} bytes`);
          }
          pieces.push(piece);
        }
        try {
          return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
        } catch {
          throw new PassingTrouble('an answer that is no JSON');
        }
      } finally {
        drop(answer.body);
      }
    },
    () => 0,
    token,
    packGivenUp,
  );
}
