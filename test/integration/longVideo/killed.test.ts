import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Narration } from '../../../server/protocol/index.js';
import { makeClip } from '../../media/makeClip.js';
import { makeTinyModel, removeTemporaryFolders, sha256, temporaryFolder, writeManifest } from '../../fixtures/tinyEncoder.js';
import { tinyGguf } from '../../fixtures/tinyGguf.js';
import { buildCli, type CliOptions, runCli } from '../cli/runCli.js';

const timeout = 300_000;

describe('captions of a process that was killed', () => {
  let cache: string;
  let models: string;
  beforeAll(async () => {
    await buildCli();
    cache = await temporaryFolder();
    const { folder, manifest } = await makeTinyModel();
    const gguf = tinyGguf({ width: manifest.encoder.output.width, contextLength: 2048 });
    await writeFile(path.join(folder, 'language.gguf'), gguf);
    manifest.files['language-f16'] = { path: 'language.gguf', bytes: gguf.length, sha256: sha256(gguf) };
    manifest.sampling.maxTokens = 8;
    await writeManifest(folder, manifest);
    models = path.dirname(folder);
  });
  afterAll(removeTemporaryFolders);

  const run = async (options: CliOptions = {}) => {
    const clip = await makeClip({ name: 'withSound' });
    const env = { VIDEOCHAT_CACHE: cache, VIDEOCHAT_PROVIDER: 'cpu', VIDEOCHAT_DEVICE: 'cpu' };
    const args = ['narrate', clip, '--model', 'tiny', '--models', models, '--answers-from', 'embeddings', '--every', '0.5', '--format', 'json'];
    return runCli(args, { ...options, real: true, env });
  };
  const kept = async (): Promise<{ start: number; end: number; text: string }[]> => {
    const folder = path.join(cache, 'captions');
    const [file] = await readdir(folder).catch(() => []);
    const text = file === undefined ? '' : await readFile(path.join(folder, file), 'utf8');
    return text.split('\n').filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as { start: number; end: number; text: string });
  };

  it('are not made again', async () => {
    let killed = false;
    let watching: NodeJS.Timeout | undefined;
    const first = await run({
      onStart: (child) => {
        watching = setInterval(() => {
          void kept().then((lines) => {
            if (lines.length >= 3 && !killed) killed = child.kill('SIGKILL');
          });
        }, 5);
      },
    });
    clearInterval(watching);
    expect(first.code).not.toBe(0);
    const before = await kept();
    expect(before.length).toBeGreaterThanOrEqual(3);
    const second = await run();
    expect(second.code, second.err).toBe(0);
    const narration = JSON.parse(second.out) as Narration;
    const after = await kept();
    // What was there stayed as it was, and each window was captioned once.
    expect(after.slice(0, before.length)).toEqual(before);
    expect(new Set(after.map(({ start }) => start)).size).toBe(after.length);
    expect(after.length).toBeGreaterThan(before.length);
    expect(narration.lines.map(({ text }) => text)).toEqual(after.filter(({ text }) => text !== '').sort((a, b) => a.start - b.start).map(({ text }) => text));
    expect((await run()).out).toBe(second.out);
    expect(await kept()).toEqual(after);
  }, timeout);
});
