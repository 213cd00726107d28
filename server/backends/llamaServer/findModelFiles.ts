import type { Dirent } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { hubCacheFolder } from '../../hub/hubCache.js';
import type { LlamaServerFindResult } from '../../protocol/index.js';

type FoundFile = LlamaServerFindResult['files'][number];

const deepest = 5;
const mostEntries = 20_000;
const mostFiles = 500;

/** Where GGUF files lie on a machine: the hub's cache, folders of models, llama.cpp's own cache. */
export function modelFileFolders(modelFolders: readonly string[], env: NodeJS.ProcessEnv): string[] {
  return [...new Set([hubCacheFolder(env), ...modelFolders, env['LLAMA_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'llama.cpp')])];
}

/** GGUF files that llama-server could run, by their names; of one in several parts the first. */
export async function findModelFiles(folders: readonly string[]): Promise<FoundFile[]> {
  const paths = new Set<string>();
  let entries = 0;
  const look = async (folder: string, depth: number): Promise<void> => {
    const found = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
    for (const entry of found) {
      if (++entries > mostEntries || paths.size >= mostFiles) {
        return;
      }
      const path = join(folder, entry.name);
      if (entry.isDirectory() && depth < deepest && entry.name !== 'blobs') {
        await look(path, depth + 1);
      } else if (/\.gguf$/i.test(entry.name) && !isLaterPart(entry.name)) {
        paths.add(path);
      }
    }
  };
  for (const folder of folders) {
    await look(folder, 0);
  }
  const projectors = [...paths].filter(isProjector);
  const files = await Promise.all([...paths].filter((path) => !isProjector(path)).map((path) => describe(path, projectors)));
  return files.flatMap((file) => file ?? []).sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/** Whether it begins as such a file does. */
export async function isGguf(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return bytesRead === 4 && buffer.toString('latin1') === 'GGUF';
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}

async function describe(path: string, projectors: readonly string[]): Promise<FoundFile | undefined> {
  // Names in the hub's cache are links.
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile() || !(await isGguf(path))) {
    return undefined;
  }
  const projector = projectors.find((each) => dirname(each) === dirname(path));
  return { path, bytes: facts.size, ...(projector === undefined ? {} : { projector }) };
}

function isProjector(path: string): boolean {
  return /mmproj/i.test(path.slice(dirname(path).length));
}

function isLaterPart(name: string): boolean {
  const [, part] = /-(\d{5})-of-\d{5}\.gguf$/i.exec(name) ?? [];
  return part !== undefined && Number(part) > 1;
}
