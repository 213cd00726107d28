import { readFile, rm, writeFile } from 'node:fs/promises';

/**
 * What a part can be continued by: the server's strong tag of the content; or `linked` where it gives none, but the hub names the
 * content by its hash each time.
 */
export type PartTag = string;

/** Beside a part. */
export function tagPath(part: string): string {
  return `${part}.etag`;
}

export async function readTag(part: string): Promise<PartTag | undefined> {
  const text = await readFile(tagPath(part), 'utf8').catch(() => '');
  return /^("[^"]{1,500}"|linked)$/.test(text) ? text : undefined;
}

/** @param tag undefined: what has come cannot be built upon */
export async function writeTag(part: string, tag: PartTag | undefined): Promise<void> {
  await (tag === undefined ? rm(tagPath(part), { force: true }) : writeFile(tagPath(part), tag));
}

/** Throws a part away. */
export async function removePart(part: string): Promise<void> {
  await Promise.all([part, tagPath(part)].map((path) => rm(path, { force: true })));
}
