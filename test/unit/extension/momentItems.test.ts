import { describe, expect, it } from 'vitest';
import { momentItems } from '../../../extension/moments/momentItems.js';
import { workText } from '../../../extension/moments/workText.js';
import { english } from '../../../extension/translate.js';

const span = { startSeconds: 65.04, endSeconds: 3_725.5, confidence: 0.826, bestSeconds: 70, frameSeconds: [], reasons: ['dog', 'a\nlong   line'] };

describe('moments to choose from', () => {
  it('show their times, how sure they are, and why', () => {
    expect(momentItems([span], english)).toEqual([{ label: '$(play) 1:05.0 – 1:02:05.5', description: '83 % sure', detail: 'dog · a long line', span }]);
    expect(momentItems([{ ...span, reasons: ['x'.repeat(1000)] }], english)[0]?.detail).toHaveLength(300);
  });
});

describe('what is being done', () => {
  it('is counted where there is something to count', () => {
    expect(workText({ kind: 'step', what: 'looking', done: 2.4, total: 9.5 }, english)).toBe('looking through the clip 2/10');
    expect(workText({ kind: 'step', what: 'captions', done: 0, total: 1 }, english)).toBe('captions');
    expect(workText({ kind: 'stage', stage: 'encoding' }, english)).toBe('encoding');
    expect(workText({ kind: 'delta', text: 'x' }, english)).toBeUndefined();
  });
});
