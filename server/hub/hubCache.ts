import { homedir } from 'node:os';
import { join, posix, resolve } from 'node:path';

/** Where a file of the hub is. */
export interface HubFile {
  /** `owner/name` */
  repo: string;
  repoType: 'model' | 'space';
  /** A commit, or a branch or tag that is resolved when it is first asked for. */
  revision: string;
  /** Inside the repository, with forward slashes. */
  path: string;
}

/**
 * The folder that all programs of this user keep files of the hub in: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else in the
 * user's cache.
 */
export function hubCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = env['HF_HUB_CACHE'] || env['HUGGINGFACE_HUB_CACHE'];
  const home = env['HF_HOME'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'huggingface');
  return resolve(expandHome(own || join(home, 'hub')));
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

/** One repository's part of the cache: contents by their hash in `blobs`, names in `snapshots`, branches in `refs`. */
export class HubRepoFolder {
  readonly folder: string;

  constructor(root: string, { repo, repoType }: Pick<HubFile, 'repo' | 'repoType'>) {
    this.folder = join(root, `${repoType}s--${repo.replaceAll('/', '--')}`);
  }

  blob(etag: string): string {
    return join(this.folder, 'blobs', etag);
  }

  /** What has come of a blob. Not the name other programs use: their locks are not ours. */
  part(etag: string): string {
    return join(this.folder, 'blobs', `${etag}.videochat.incomplete`);
  }

  snapshot(commit: string, path: string): string {
    return join(this.folder, 'snapshots', commit, ...path.split('/'));
  }

  /** Relative, as other programs write it: the cache may be moved. */
  linkTarget(path: string, etag: string): string {
    return posix.join(...path.split('/').map(() => '..'), '..', 'blobs', etag);
  }

  ref(revision: string): string {
    return join(this.folder, 'refs', ...revision.split('/'));
  }
}

export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}
