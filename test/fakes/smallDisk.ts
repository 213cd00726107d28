import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Mounting is for administrators. */
const asAdministrator = (args: readonly string[]): [string, string[]] => (process.getuid?.() === 0 ? [args[0] ?? '', args.slice(1)] : ['sudo', ['-n', ...args]]);

/** Why a test cannot have a small disk here; undefined: it can. */
export const smallDiskMissing = ((): string | undefined => {
  if (process.platform !== 'linux') {
    return 'only on Linux';
  }
  try {
    execFileSync(...asAdministrator(['unshare', '-m', 'true']), { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'file systems cannot be mounted here';
  }
})();

/** A real file system with little room. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  static async mount(kilobytes: number): Promise<SmallDisk> {
    const path = await mkdtemp(join(tmpdir(), 'videochat-small-disk-'));
    await run(...asAdministrator(['mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k,mode=777`, 'none', path]));
    return new SmallDisk(path);
  }

  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  async folder(...names: string[]): Promise<string> {
    await mkdir(this.at(...names), { recursive: true });
    return this.at(...names);
  }

  async grow(kilobytes: number): Promise<void> {
    await run(...asAdministrator(['mount', '-o', `remount,size=${kilobytes}k`, this.path]));
  }

  /** Takes all room but so much. */
  async fill(leftKilobytes = 0): Promise<void> {
    const piece = Buffer.alloc(4096, 1);
    const pieces: Buffer[] = [];
    for (;;) {
      pieces.push(piece);
      const isFull = await writeFile(this.at('filler'), Buffer.concat(pieces)).then(() => false, () => true);
      if (isFull) {
        await writeFile(this.at('filler'), Buffer.concat(pieces.slice(1 + leftKilobytes / 4)));
        return;
      }
    }
  }

  async free(): Promise<void> {
    await rm(this.at('filler'), { force: true });
  }

  async unmount(): Promise<void> {
    await run(...asAdministrator(['umount', this.path]));
    await rm(this.path, { recursive: true });
  }
}
