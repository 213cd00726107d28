import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { advice, ensureFfmpeg } from '../../../server/setup/ensureFfmpeg.mjs';

// Programs here are shell scripts.
describe.skipIf(process.platform === 'win32')('ensureFfmpeg', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'videochat-ffmpeg-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function program(name: string, code = 0): Promise<string> {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\nexit ${code}\n`);
    await chmod(file, 0o755);
    return file;
  }
  const search = (more: NodeJS.ProcessEnv = {}) =>
    ensureFfmpeg(folder, { PATH: path.join(folder, 'path'), ...more });

  it('takes what the variable names, a program or its folder', async () => {
    const ffmpeg = await program('own/ffmpeg');
    await program('own/ffprobe');
    await program('path/ffmpeg');
    expect(await search({ VIDEOCHAT_FFMPEG: ffmpeg })).toBe(ffmpeg);
    expect(await search({ VIDEOCHAT_FFMPEG: path.dirname(ffmpeg) })).toBe(ffmpeg);
  });

  it('does not go on to others when the variable is wrong', async () => {
    await program('path/ffmpeg');
    await program('path/ffprobe');
    await expect(search({ VIDEOCHAT_FFMPEG: '/nowhere/ffmpeg' })).rejects.toThrow(/VIDEOCHAT_FFMPEG is \/nowhere/);
  });

  it('prefers ffmpeg-static to PATH, and passes over one that does not run', async () => {
    await program('path/ffmpeg');
    await program('path/ffprobe');
    expect(await search()).toBe('ffmpeg');
    const bundled = await program('node_modules/ffmpeg-static/ffmpeg');
    expect(await search()).toBe(bundled);
    await program('node_modules/ffmpeg-static/ffmpeg', 1);
    expect(await search()).toBe('ffmpeg');
  });

  it('tries the download of ffmpeg-static when only ffprobe is there', async () => {
    await program('path/ffprobe');
    const script = path.join(folder, 'node_modules', 'ffmpeg-static', 'install.js');
    await mkdir(path.dirname(script), { recursive: true });
    const write = `require('fs').writeFileSync(__dirname + '/ffmpeg', '#!/bin/sh\\nexit 0\\n', { mode: 0o755 });`;
    await writeFile(script, write);
    expect(await search()).toBe(path.join(folder, 'node_modules', 'ffmpeg-static', 'ffmpeg'));
  });

  it.each(['linux', 'darwin', 'win32', 'freebsd'])('says what to do on %s', (platform) => {
    expect(advice(platform)).toMatch(/install|download/);
    expect(advice(platform)).toContain('VIDEOCHAT_FFMPEG');
  });
});
