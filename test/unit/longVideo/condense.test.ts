import { describe, expect, it } from 'vitest';
import type { TimedText } from '../../../server/context/buildTimelineContext.js';
import { condenseCaptions } from '../../../server/longVideo/condenseCaptions.js';
import { longVideoPrompts } from '../../../server/longVideo/prompts.js';
import { retrieveCaptions } from '../../../server/longVideo/retrieveCaptions.js';
import { scoreTexts } from '../../../server/longVideo/scoreTexts.js';

const countTokens = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length;
const caption = (i: number, text: string): TimedText => ({ startSeconds: 4 * i, endSeconds: 4 * i + 4, text });

describe('captions about a question', () => {
  it('are scored by the words they share with it, rare ones most', () => {
    const [dog = 0, dogs = 0, man = 0, none = 0] = scoreTexts('When do the dogs jump?', ['A dog runs in the park.', 'Two dogs jump.', 'A man jumps.', 'A red car.']);
    expect(dogs).toBeGreaterThan(dog);
    expect(dog).toBeGreaterThan(0);
    expect(man).toBeLessThan(dogs);
    expect(none).toBe(0);
    const [chinese = 0, other = 0] = scoreTexts('狗在哪里跑', ['一只狗在跑步', '一辆红色的车']);
    expect(chinese).toBeGreaterThan(other);
    expect(scoreTexts('what is it', ['it is what it is'])).toEqual([0]);
    expect(scoreTexts('dog', [])).toEqual([]);
  });

  it('stay where not all fit, with some of the others, in the order of time', () => {
    const captions = Array.from({ length: 100 }, (_, i) => caption(i, i % 25 === 7 ? `a dog barks number ${i}` : `a car passes number ${i}`));
    const kept = retrieveCaptions('Does a dog bark?', captions, { maxTokens: 110, countTokens });
    expect(kept.filter(({ text }) => text.includes('dog')).map(({ startSeconds }) => startSeconds)).toEqual([28, 128, 228, 328]);
    expect(kept.length).toBeGreaterThan(4);
    expect(kept.length).toBeLessThanOrEqual(10);
    expect(kept).toEqual([...kept].sort((a, b) => a.startSeconds - b.startSeconds));
    expect(retrieveCaptions('dog', captions, { maxTokens: 10_000, countTokens })).toEqual(captions);
  });
});

describe('condensing', () => {
  const captions = Array.from({ length: 200 }, (_, i) => caption(i, `thing ${i} happens while somebody looks on`));
  const budget = { maxTokens: 300, countTokens };

  it('leaves what fits as it is, but for repetitions', async () => {
    const few = [caption(0, 'A man sits.'), caption(1, 'A man sits.'), caption(2, 'He goes.'), caption(9, 'He goes.')];
    const ask = async (): Promise<string> => expect.fail('nobody is asked');
    expect(await condenseCaptions({ captions: few, budget, readableTokens: 500, ask })).toEqual([
      { startSeconds: 0, endSeconds: 8, text: 'A man sits.' },
      caption(2, 'He goes.'),
      caption(9, 'He goes.'),
    ]);
  });

  it('asks about neighbours together, with the question in mind, in rounds until all fits', async () => {
    const asked: { prompt: string; lines: number }[] = [];
    const result = await condenseCaptions({
      captions,
      question: 'What happens to thing 7?',
      budget,
      readableTokens: 250,
      ask: async (part, lines, prompt) => {
        asked.push({ prompt, lines: lines.length });
        return `From ${part.startSeconds} to ${part.endSeconds} ${'things happen '.repeat(25)}`;
      },
    });
    expect(result.reduce((sum, { text }) => sum + countTokens(text) + 6, 0)).toBeLessThanOrEqual(budget.maxTokens);
    // Two rounds: what came out of the first was too long.
    expect(asked.length).toBeGreaterThan(10);
    expect(asked[0]).toMatchObject({ prompt: longVideoPrompts.condenseFor('What happens to thing 7?', { startSeconds: 0, endSeconds: 4 * (asked[0]?.lines ?? 0) }) });
    expect(result[0]?.startSeconds).toBe(0);
    expect(result.at(-1)?.endSeconds).toBe(800);
    asked.forEach(({ lines }) => expect(lines).toBeGreaterThan(1));
  });

  it('ends with a model that says nothing, and with one that never stops', async () => {
    for (const says of ['', 'word '.repeat(500)]) {
      const result = await condenseCaptions({ captions, question: 'thing 7', budget, readableTokens: 250, ask: async () => says });
      expect(result.reduce((sum, { text }) => sum + countTokens(text) + 6, 0)).toBeLessThanOrEqual(budget.maxTokens);
    }
    const kept = await condenseCaptions({ captions, question: 'thing 7', budget, readableTokens: 250, ask: async () => '' });
    expect(kept.map(({ text }) => text)).toContain('thing 7 happens while somebody looks on');
  });
});

describe('the prompts', () => {
  it('are these', () => {
    const part = { startSeconds: 60.4, endSeconds: 120 };
    expect({
      ...longVideoPrompts,
      condenseFor: longVideoPrompts.condenseFor('Who says "stop"\nfirst?', part),
      condense: longVideoPrompts.condense(part),
      rephrase: longVideoPrompts.rephrase('A man "sits".'),
    }).toMatchInlineSnapshot(`
      {
        "caption": "Describe this part in one sentence.",
        "compare": "These notes tell of two videos, A and B. Say in a few sentences what both show, and what only one of them shows.",
        "condense": "These notes tell what happens in a video from 60 to 120 seconds. Sum them up in at most 50 words, in the order of time.",
        "condenseFor": "These notes tell what happens in a video from 60 to 120 seconds. Somebody asks about the whole video: "Who says 'stop' first?" Write down, in at most 50 words and with the seconds, what in these notes helps to answer. Do not answer yet.",
        "detail": "Describe this part in detail.",
        "rephrase": "Say this in other words, without adding or leaving out anything: "A man 'sits'." Answer with the sentence alone.",
        "title": "Give this part of the video a title of at most six words. Answer with the title alone.",
      }
    `);
  });
});
