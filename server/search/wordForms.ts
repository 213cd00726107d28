/** Endings and what they stand for, as WordNet takes words apart. */
const nounEndings = [['s', ''], ['ses', 's'], ['xes', 'x'], ['zes', 'z'], ['ches', 'ch'], ['shes', 'sh'], ['men', 'man'], ['ies', 'y']] as const;
const verbEndings = [['s', ''], ['ies', 'y'], ['es', 'e'], ['es', ''], ['ied', 'y'], ['ed', 'e'], ['ed', ''], ['ing', 'e'], ['ing', '']] as const;
const hissing = ['s', 'x', 'z', 'ch', 'sh'];
const shortest = 3;

/** What the forms of English words are made by. Words are in lower case. */
export interface Vocabulary {
  isNoun(word: string): boolean;
  isVerb(word: string): boolean;
  /** Plurals that no rule makes, and what they are plurals of. */
  plurals: ReadonlyMap<string, string>;
  /** Forms of verbs that no rule makes, and their verbs. */
  verbForms: ReadonlyMap<string, string>;
}

/** Other forms of English words: to search for one is to search for all. */
export class WordForms {
  private readonly irregular = new Map<string, string[]>();

  constructor(private readonly vocabulary: Vocabulary) {
    for (const [form, base] of [...vocabulary.plurals, ...vocabulary.verbForms]) {
      this.irregular.set(base, [...(this.irregular.get(base) ?? []), form]);
    }
  }

  /** Nouns that the word may be, itself or what it is a plural of: `glasses` gives glasses and glass. */
  nounsOf(word: string): string[] {
    const { plurals, isNoun } = this.vocabulary;
    const rare = plurals.get(word);
    // A short noun in -s is seldom a plural: gas, bus, lens.
    const bases = rare === undefined ? basesOf(word, nounEndings).filter((base) => isNoun(base) && (!isNoun(word) || base.length > shortest)) : [rare];
    return [...new Set([...bases, ...(isNoun(word) ? [word] : [])])];
  }

  /** The word in all its forms, itself first: `runs` gives run, running, ran. */
  formsOf(word: string): string[] {
    const { isVerb, verbForms } = this.vocabulary;
    const rare = verbForms.get(word);
    const verbs = [...(rare === undefined ? [] : [rare]), word, ...basesOf(word, verbEndings)].filter(isVerb);
    const nouns = this.nounsOf(word);
    const forms = [...nouns.flatMap((noun) => this.pluralsOf(noun)), ...verbs.flatMap((verb) => this.formsOfVerb(verb))];
    return [...new Set([word, ...forms])];
  }

  /** A noun, and its plurals. The last word of several is the one that changes. */
  pluralsOf(noun: string): string[] {
    const space = noun.lastIndexOf(' ');
    const rare = this.irregular.get(noun.slice(space + 1))?.filter((form) => this.vocabulary.plurals.has(form));
    const before = noun.slice(0, space + 1);
    return rare ? [noun, ...rare.map((form) => before + form), pluralOf(noun)] : [noun, pluralOf(noun)];
  }

  private formsOfVerb(verb: string): string[] {
    const stem = verb.replace(/e$/, '');
    const doubled = /[^aeiou][aeiou][bdgklmnprtvz]$/.test(verb) ? [verb + verb.at(-1)] : [];
    const regular = [verb, stem, ...doubled].flatMap((each) => [`${each}ing`, `${each}ed`]);
    const withY = /[^aeiou]y$/.test(verb) ? [`${verb.slice(0, -1)}ied`] : [];
    return [verb, pluralOf(verb), ...(this.irregular.get(verb) ?? []), ...regular, ...withY];
  }
}

function pluralOf(word: string): string {
  if (word.endsWith('man') && word.length > shortest) {
    return `${word.slice(0, -2)}en`;
  }
  if (word.endsWith('y') && !'aeiou'.includes(word.at(-2) ?? 'a')) {
    return `${word.slice(0, -1)}ies`;
  }
  return hissing.some((ending) => word.endsWith(ending)) ? `${word}es` : `${word}s`;
}

function basesOf(word: string, endings: readonly (readonly [string, string])[]): string[] {
  return endings.flatMap(([ending, stands]) => {
    const base = word.endsWith(ending) ? word.slice(0, -ending.length) + stands : '';
    const single = stands === '' && /([bdgklmnprtvz])\1$/.test(base) ? [base.slice(0, -1)] : [];
    return base.length < 2 || word.length < shortest ? [] : [base, ...single];
  });
}
