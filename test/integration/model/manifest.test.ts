import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPrompt } from '../../../server/models/prompt.js';
import { videoChatPrompt } from '../../../server/models/videoChatPrompt.js';
import { modelFolder, modelMissing, readManifest } from './modelGoldens.js';

describe.skipIf(modelMissing)(`videochat-mini's manifest (${modelMissing ?? 'shipped weights'})`, () => {
  it('names files that are there, whole, and small enough for the repository', async () => {
    const { files } = await readManifest();
    let total = 0;
    for (const file of Object.values(files)) {
      const bytes = await readFile(path.join(modelFolder, file.path));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      expect({ bytes: bytes.length, sha256 }).toEqual({ bytes: file.bytes, sha256: file.sha256 });
      total += bytes.length;
    }
    expect(total).toBeLessThanOrEqual(40_000_000);
  });

  it("keeps VideoChat's prompt, and says that it is a demonstration", async () => {
    const manifest = await readManifest();
    expect(manifest.prompt).toEqual(videoChatPrompt);
    expect(() => checkPrompt(manifest)).not.toThrow();
    expect(manifest.demonstration).toBe(true);
    expect(manifest.stop.texts).toEqual(['###']);
  });
});
