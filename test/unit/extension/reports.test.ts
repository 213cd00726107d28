import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import { comparisonDocument } from '../../../extension/summaries/comparisonDocument.js';
import { narrationDocument } from '../../../extension/summaries/narrationDocument.js';
import { stageText } from '../../../extension/summaries/progressText.js';
import { english } from '../../../extension/translate.js';
import type { Comparison, Narration } from '../../../server/protocol/index.js';
import { clipSummary } from '../../fakes/clipSummary.js';

const style = {
  t: english,
  fileLink: (name: string) => encodeURIComponent(name),
  timeLink: (name: string, { startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }) => `at:${encodeURIComponent(name)}/${startSeconds}-${endSeconds}`,
};
const { facts, model } = clipSummary();

describe('a narration as a document', () => {
  const narration: Narration = { facts, lines: [{ startSeconds: 0, endSeconds: 4, text: 'A <b>man</b> walks.', variants: ['He walks.'] }], from: 'timeline', note: 'Few words.', model };

  it('plays each line, and shows its other wordings', () => {
    expect(narrationDocument('walk.mp4', narration, style)).toBe(
      '# [walk.mp4](walk.mp4)\n\n- [0:00–0:04](at:walk.mp4/0-4) A \\<b\\>man\\</b\\> walks.\n  - He walks.\n\n*Few words.*\n\nModel: Mini\n',
    );
    expect(narrationDocument('x', { ...narration, lines: [], note: '' }, style)).toContain('*The model said nothing about this clip.*');
  });
});

describe('a comparison as a document', () => {
  const comparison: Comparison = {
    facts: [facts, { ...facts, durationSeconds: 65 }],
    shots: [1, 3],
    things: [
      { track: 'objects', label: 'person', presence: [{ seconds: 7, times: 2, atOnce: 2, first: { startSeconds: 1, endSeconds: 3 } }, null] },
      { track: 'text', label: '](command:evil) | <img>', presence: [null, { seconds: 1, times: 1, atOnce: 1, first: { startSeconds: 0, endSeconds: 1 } }] },
    ],
    missing: [{ video: 1, track: 'speech', note: 'The clip has no sound.' }],
  };

  it('is a table with a column for each clip', () => {
    const html = new MarkdownIt({ html: true }).render(comparisonDocument(['a.mp4', 'b.mp4'], comparison, style));
    expect(html).toContain('<td>Object: person</td>\n<td>7.0 s in 2 stretches, 2 at once, <a href="at:a.mp4/1-3">0:01</a></td>\n<td>–</td>');
    expect(html).toContain('<td>0:04</td>\n<td>1:05</td>');
    expect(html).toContain('<li>b.mp4, Speech: The clip has no sound.</li>');
    expect(html).not.toMatch(/<img|href="command:/);
  });
});

describe('the progress of longer works', () => {
  it.each([
    [{ kind: 'step', what: 'captions', done: 3, total: 40 } as const, 'captions 3/40'],
    [{ kind: 'step', what: 'looking', done: 1.5, total: 10.2 } as const, 'looking through the clip 1/11'],
    [{ kind: 'stage', stage: 'generating' } as const, 'writing'],
    [{ kind: 'draft' } as const, undefined],
  ])('says of %j', (progress, text) => expect(stageText(progress, english)).toBe(text));
});
