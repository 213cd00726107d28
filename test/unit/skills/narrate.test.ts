import { describe, expect, it } from 'vitest';
import type { VideoFacts } from '../../../server/protocol/index.js';
import { exportNarration } from '../../../server/skills/narrate/exportNarration.js';
import { findVariants } from '../../../server/skills/narrate/findVariants.js';

describe('variants of a line', () => {
  it('are other words than the line and one another', async () => {
    const answers = ['A man sits.', 'a man sits', 'A man is sitting.', '', 'Somebody sits.', 'A man is sitting!', 'He sits down.'];
    const seeds: unknown[] = [];
    const found = await findVariants('A man sits.', 3, async (sampling) => {
      seeds.push(sampling.seed);
      return answers[seeds.length - 1] ?? '';
    });
    expect(found).toEqual(['A man is sitting.', 'Somebody sits.', 'He sits down.']);
    expect(seeds).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('are fewer where the model has no other words', async () => {
    let asked = 0;
    expect(await findVariants('A man sits.', 10, async () => (++asked === 1 ? 'He sits.' : 'A man sits.'))).toEqual(['He sits.']);
    expect(asked).toBe(5);
  });
});

describe('a narration as a file', () => {
  const narration = {
    facts: { path: '/clips/walk.mp4' } as VideoFacts,
    lines: [
      { startSeconds: 0, endSeconds: 4, text: 'A <man> walks.', variants: ['Somebody walks.'] },
      { startSeconds: 4, endSeconds: 7.5, text: 'He stops.' },
    ],
  };
  it('is subtitles', () => {
    expect(exportNarration({ narration, format: 'webvtt' })).toBe('WEBVTT\n\n00:00:00.000 --> 00:00:04.000\nA &lt;man&gt; walks.\n\n00:00:04.000 --> 00:00:07.500\nHe stops.\n');
    expect(exportNarration({ narration, format: 'srt' })).toBe('1\n00:00:00,000 --> 00:00:04,000\nA <man> walks.\n\n2\n00:00:04,000 --> 00:00:07,500\nHe stops.\n');
  });
  it('is lines of JSON, with the variants', () => {
    expect(exportNarration({ narration, format: 'jsonl' })).toBe(
      [
        '{"video_uid":"walk.mp4","start":0,"end":4,"narration":"A <man> walks."}',
        '{"video_uid":"walk.mp4","start":0,"end":4,"narration":"Somebody walks."}',
        '{"video_uid":"walk.mp4","start":4,"end":7.5,"narration":"He stops."}',
        '',
      ].join('\n'),
    );
  });
});
