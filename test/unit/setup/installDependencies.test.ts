import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installDependencies } from '../../../server/setup/installDependencies.mjs';

describe('installDependencies', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-install-'));
    // Stands for npm: leaves a trace, and the folder that npm would make.
    const npm = path.join(folder, 'npm-cli.js');
    const work = `require('fs').mkdirSync('node_modules', { recursive: true }); require('fs').appendFileSync('trace', 'ci;');`;
    await writeFile(npm, work);
    await writeFile(path.join(folder, 'package.json'), '{}');
    await lock('1.0.0');
    vi.stubEnv('npm_execpath', npm);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
  const lock = (version: string) =>
    writeFile(path.join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, 'node_modules/a': { version } } }));
  const runs = () => readFile(path.join(folder, 'trace'), 'utf8').then((text) => text.split(';').length - 1, () => 0);

  it('installs once, and again when the lock changes', async () => {
    expect(await installDependencies(folder)).toBe(true);
    expect(await installDependencies(folder)).toBe(false);
    expect(await runs()).toBe(1);
    await lock('1.0.1');
    expect(await installDependencies(folder)).toBe(true);
    expect(await runs()).toBe(2);
  });

  it('accepts what someone installed by hand, if it is what the lock says', async () => {
    await mkdir(path.join(folder, 'node_modules'));
    const hidden = path.join(folder, 'node_modules', '.package-lock.json');
    await writeFile(hidden, JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
    expect(await installDependencies(folder)).toBe(false);
    await rm(path.join(folder, 'node_modules', '.videochat-setup.json'));
    await writeFile(hidden, JSON.stringify({ packages: { 'node_modules/a': { version: '0.9.0' } } }));
    expect(await installDependencies(folder)).toBe(true);
  });

  it('says so when npm fails, and tries again next time', async () => {
    await writeFile(path.join(folder, 'npm-cli.js'), 'process.exit(1)');
    await expect(installDependencies(folder)).rejects.toThrow(/npm ci failed/);
    await expect(installDependencies(folder)).rejects.toThrow(/npm ci failed/);
  });
});
