import { type ChoiceItem, type ChoiceProtocol, letters } from './score/choices.js';

export interface ChoicePrompt {
  question: string;
  /** The beginning of the answer, put into the model's mouth. What follows begins with a letter. */
  primer: string;
}

type Choice = Pick<ChoiceItem, 'question' | 'options'>;

/**
 * A question with choices in the form of its protocol: MVBench's as VideoChat asks it; EgoSchema's and NExT-QA's in LLoVi's
 * form, which tells how long the video is, lists the choices by letters with colons, and demands a letter alone.
 *
 * @param seconds of the clip
 */
export function choicePrompt(protocol: ChoiceProtocol, choice: Choice, seconds: number): ChoicePrompt {
  switch (protocol) {
    case 'mvbench':
      return mvbenchPrompt(choice);
    case 'egoschema':
      return letterPrompt('a first person view video', choice, seconds);
    case 'nextqa':
      return letterPrompt('a video', choice, seconds);
  }
}

function mvbenchPrompt({ question, options }: Choice): ChoicePrompt {
  const listed = options.map((option, i) => `(${letterOf(i)}) ${option}\n`).join('');
  return { question: `Question: ${question}\nOptions:\n${listed}\nOnly give the best option.`, primer: 'Best option:(' };
}

function letterPrompt(what: string, { question, options }: Choice, seconds: number): ChoicePrompt {
  const all = options.map((_, i) => letterOf(i)).join(', ');
  const choices = options.map((option, i) => `${letterOf(i)}: ${option}`);
  const lines = [
    `This is a multiple-choice question about ${what} of ${Math.round(seconds)} seconds. Answer with one letter (${all}) and nothing else.`,
    `Here is the question: ${question}`,
    'Here are the choices.',
    ...choices,
    'The first character of your answer is the letter of your choice.',
  ];
  return { question: lines.join('\n'), primer: 'The best choice is (' };
}

function letterOf(index: number): string {
  return letters[index] ?? '?';
}
