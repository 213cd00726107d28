import { z } from 'zod';
import { identifier, pathInside } from '../models/names.js';

const text = z.string().min(1).max(2_000);
const web = z.url({ protocol: /^https$/ }).max(1_000);
const path = z.string().max(255).regex(pathInside, { error: 'must be a relative path without ".."' });
const bytes = z.int().min(1).max(1e11);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const archive = z.strictObject({
  format: z.enum(['tgz', 'zip']),
  url: web,
  bytes: bytes.optional(),
  sha256: sha256.optional(),
  published: z
    .strictObject({ by: z.enum(['npm', 'nuget']), url: web })
    .optional()
    .describe('Where no sha256 is known: the registry tells its own, and that of the first download is pinned on the machine.'),
  take: z.string().max(255).regex(/^([\w.@-]+\/)+$/).describe('Only what is in this folder of the archive.'),
  to: path.describe('Folder in the pack.'),
  only: z.array(path).min(1).max(64).optional().describe('Only these, below `take`.'),
  files: z.array(z.strictObject({ path, bytes: z.int().min(0).max(1e11), sha256 })).min(1).max(1_000).optional().describe('Below `take`: these and no others.'),
  mostBytes: bytes.optional().describe('Unpacked; needed where `files` is not known.'),
});

/** What is known of a pack: its archives by platform, as `process.platform` and `process.arch` name it. */
export const packSchema = z
  .strictObject({
    id: identifier,
    part: z.enum(['language', 'vision']),
    name: z.string().min(1).max(200),
    description: text,
    of: z.strictObject({ package: z.string().max(200), version: z.string().regex(/^\d+\.\d+\.\d+$/) }).describe('The package of ours that it belongs to.'),
    licence: z.strictObject({ name: z.string().min(1).max(200), url: web.optional() }),
    page: web,
    platforms: z.record(z.string().regex(/^(linux|win32|darwin)-\w+$/), z.strictObject({ archives: z.array(archive).min(1).max(8) })),
  })
  .refine(({ platforms }) => archivesOf(platforms).every((each) => (each.sha256 === undefined ? each.published !== undefined : each.bytes !== undefined)), 'an archive needs bytes and sha256, or where they are published')
  .refine(({ platforms }) => archivesOf(platforms).every((each) => each.files !== undefined || each.mostBytes !== undefined), 'an archive needs its files, or how large they may be');

function archivesOf(platforms: Record<string, { archives: PackArchive[] }>): PackArchive[] {
  return Object.values(platforms).flatMap(({ archives }) => archives);
}

export type PackArchive = z.infer<typeof archive>;
export type PackManifest = z.infer<typeof packSchema>;

/** A pack for one platform. */
export type Pack = Omit<PackManifest, 'platforms'> & { archives: readonly PackArchive[] };
