import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { choicePrompt } from '../../../server/eval/choicePrompt.js';
import type { ChoiceProtocol } from '../../../server/eval/score/choices.js';

const golden = (protocol: ChoiceProtocol): string => readFileSync(new URL(`../../golden/eval/${protocol}.txt`, import.meta.url), 'utf8').trimEnd();

describe('a question with choices', () => {
  it.each([
    ['mvbench', 'Is it red?', ['Yes.', 'No.', 'Not sure.'], 12],
    ['egoschema', 'What does c do most of the time?', ['C cooks a meal.', 'C cleans the kitchen.', 'C reads a recipe.', 'C talks to a man.', 'C sharpens knives.'], 180],
    ['nextqa', 'why did the boy clap his hands at the end', ['to get attention', 'he is happy', 'keeping the rhythm', 'imitate the girl', 'warm up'], 43.2],
  ] as const)('is asked in the form of %s', (protocol, question, options, seconds) => {
    const prompt = choicePrompt(protocol, { question, options }, seconds);
    expect(`${prompt.question}\n=> ${prompt.primer}`).toBe(golden(protocol));
  });
});
