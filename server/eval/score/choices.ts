export const letters = 'ABCDEFGHIJ';

/** How answers to questions with choices are read and counted. */
export type ChoiceProtocol = 'mvbench' | 'egoschema' | 'nextqa';

export interface ChoiceItem {
  question: string;
  options: readonly string[];
  /** Of the right option; undefined where it is not known. */
  correct?: number;
  /** What its score is counted under, e.g. MVBench's task or NExT-QA's type. */
  category: string;
}

/**
 * Whether an answer names the right option. `answer` is what follows the opened bracket. MVBench compares the first words,
 * in lower case and without dots: one must hold the other. An answer without a letter in its first word is wrong, though
 * the original program takes an empty one for right.
 */
export function isRightChoice(answer: string, { options, correct }: Pick<ChoiceItem, 'options' | 'correct'>): boolean {
  const [line = ''] = answer.trim().split('\n');
  const text = line.startsWith('(') ? line : `(${line}`;
  const said = (text.toLowerCase().split(' ')[0] ?? '').replaceAll('.', '');
  const right = correct === undefined || options[correct] === undefined ? undefined : `(${(letters[correct] ?? '').toLowerCase()})`;
  return right !== undefined && /[a-z]/.test(said) && (right.includes(said) || said.includes(right));
}

/** The option that an answer's first letter names, as LLoVi reads EgoSchema's and NExT-QA's answers; −1 where it names none. */
export function choiceOf(answer: string, options: number): number {
  const first = answer.trim().replace(/^\(/, '')[0] ?? '';
  const index = letters.indexOf(first.toUpperCase());
  return first !== '' && index < options ? index : -1;
}

export interface ChoiceScore {
  items: number;
  right: number;
  /** Answers that name no option. */
  invalid: number;
  accuracy: number;
  /** With one part in as many options for each of those, as LLoVi counts. */
  creditedAccuracy: number;
}

/** NExT-QA's groups of question types; "previous" and "next" are counted together. */
const groups: Record<string, string> = { CW: 'Causal', CH: 'Causal', TN: 'Temporal', TP: 'Temporal', TC: 'Temporal', DC: 'Descriptive', DL: 'Descriptive', DO: 'Descriptive' };

/** Scores by category, and of all. Items whose right option is not known are not counted. */
export function scoreChoices(protocol: ChoiceProtocol, answered: readonly (ChoiceItem & { answer?: string })[]): { all: ChoiceScore; categories: Record<string, ChoiceScore> } {
  const known = answered.filter(({ correct }) => correct !== undefined);
  const judge = (item: (typeof known)[number]): 'right' | 'wrong' | 'invalid' => {
    const { answer = '', options, correct } = item;
    const chosen = choiceOf(answer, options.length);
    if (protocol === 'mvbench') {
      return isRightChoice(answer, item) ? 'right' : /[a-z]/i.test(answer) ? 'wrong' : 'invalid';
    }
    return chosen < 0 ? 'invalid' : chosen === correct ? 'right' : 'wrong';
  };
  const categoriesOf = ({ category }: ChoiceItem): string[] => (protocol === 'nextqa' ? [category === 'TP' ? 'TN' : category, groups[category] ?? 'Other'] : [category]);
  const names = [...new Set(known.flatMap(categoriesOf))].sort();
  const score = (items: typeof known): ChoiceScore => {
    const verdicts = items.map(judge);
    const right = verdicts.filter((verdict) => verdict === 'right').length;
    const invalid = verdicts.filter((verdict) => verdict === 'invalid').length;
    const credit = items.reduce((sum, { options }, i) => sum + (verdicts[i] === 'invalid' ? 1 / Math.max(1, options.length) : 0), 0);
    const share = (value: number): number => (items.length === 0 ? 0 : value / items.length);
    return { items: items.length, right, invalid, accuracy: share(right), creditedAccuracy: share(right + credit) };
  };
  return { all: score(known), categories: Object.fromEntries(names.map((name) => [name, score(known.filter((item) => categoriesOf(item).includes(name)))])) };
}
