import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lossTableHead, lossTableRow } from '../../../../server/dataset/formats/lossTable.js';
import { formats } from '../../../../server/dataset/formats/registry.js';
import { datasetFormatNames } from '../../../../server/protocol/index.js';

const readme = readFileSync(new URL('../../../../server/dataset/README.md', import.meta.url), 'utf8');

describe('the loss table', () => {
  it('says of each format what its code says', () => {
    expect(readme).toContain([...lossTableHead, ...formats.map(lossTableRow)].join('\n'));
  });

  it('has each format once, under a name of the protocol', () => {
    const names = formats.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !datasetFormatNames.includes(name))).toEqual([]);
  });
});
