import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Format } from '../../../../server/dataset/formats/format.js';
import { parseJson } from '../../../../server/dataset/json/parseJson.js';
import { writeJson } from '../../../../server/dataset/json/writeJson.js';
import { goldenFiles } from './goldenFiles.js';
import { passThrough, readPieces } from './passThrough.js';

const golden = (name: string): string => readFileSync(new URL(`../../../golden/dataset/${name}`, import.meta.url), 'utf8');

/** Values of a file, its white space aside. */
function values(name: string, text: string): string[] {
  const bare = text.replace('\uFEFF', '');
  const parts = name.endsWith('.jsonl') ? bare.split('\n').filter((line) => line.trim() !== '') : [bare];
  return parts.map((part) => writeJson(parseJson(part)));
}

/** Files that are just as their tools write them. */
const plainFiles = ['videochat_instruct.json', 'videochat2_it.json', 'video_chatgpt_training.json'];

describe('an imported file that nobody edited', () => {
  it.each(goldenFiles)('%s comes out as it went in', async (name, format) => {
    const text = golden(name);
    const { files } = await passThrough(format, text);
    expect(values(name, files.get('') ?? '')).toEqual(values(name, text));
  });

  it.each(plainFiles)('%s leaves nothing to remember', async (name) => {
    const format = goldenFiles.find(([file]) => file === name)?.[1];
    const { pieces, fileRest } = await readPieces(format as Format, golden(name));
    const rests = pieces.flatMap(({ items, whole }) => [whole?.rest, ...items.map(({ rest }) => rest)]);
    expect([fileRest, ...rests].filter((rest) => rest !== undefined)).toEqual([]);
  });
});
