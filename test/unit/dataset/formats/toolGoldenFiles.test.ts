import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { passThrough } from './passThrough.js';
import { toolGoldenFiles } from './toolGoldenFiles.js';
import { toolValues } from './toolValues.js';

const golden = (name: string): Buffer => readFileSync(new URL(`../../../golden/dataset/${name}`, import.meta.url));

describe('a file of a tool that nobody edited', () => {
  it.each(toolGoldenFiles)('%s comes out as it went in', async (name, format) => {
    const bytes = golden(name);
    const { files } = await passThrough(format, format.filePerClip ? { [name]: bytes } : bytes, undefined, { path: '', fps: 30, duration: 4 });
    expect(toolValues(name, files.get(format.filePerClip ? name : '') ?? '')).toEqual(toolValues(name, bytes.toString('utf8')));
  });
});
