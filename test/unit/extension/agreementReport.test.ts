import { describe, expect, it } from 'vitest';
import { agreementReport } from '../../../extension/datasets/agreementReport.js';
import { english } from '../../../extension/translate.js';

describe('the report about agreement', () => {
  it('has a row for each pair and a table of labels', () => {
    const pair = { a: 'Anna', b: 'B|en', clips: 3, segmentsA: 5, segmentsB: 6, matched: 4, f1: 8 / 11, meanIou: 0.75, kappa: null, confusion: { run: { run: 2, '': 1 }, '<b>': { run: 1 } } };
    const report = agreementReport({ annotators: ['Anna', 'B|en'], pairs: [pair] }, 0.5, english);
    expect(report).toContain('| Anna – B\\|en | 3 | 5 / 6 | 4 | 0.727 | 0.750 | – |');
    expect(report).toContain('at least 0.5 (intersection over union)');
    expect(report.slice(report.indexOf('## '))).toBe(
      ['## Anna – B\\|en', '', '| Anna ↓ B\\|en → | (no label) | run |', '| --- | ---: | ---: |', '| \\<b\\> |  | 1 |', '| run | 1 | 2 |', ''].join('\n'),
    );
  });

  it('says so where there is nothing to compare', () => {
    expect(agreementReport({ annotators: ['Anna'], pairs: [] }, 0.5, english)).toContain('There are not two annotators to compare.');
  });
});
