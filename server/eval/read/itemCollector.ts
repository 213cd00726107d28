import { type Phrase, phrase } from '../../protocol/index.js';
import type { BadItem, EvalData, EvalItem } from '../evalItem.js';

/** More items are no dataset that anybody evaluates on. */
const mostItems = 500_000;
/** Bad items that are told apart. */
const mostBad = 10_000;

/** Gathers a dataset's items; one that is bad is noted, with its place, and does not stop the others. */
export class ItemCollector {
  readonly items: EvalItem[] = [];
  private readonly bad: BadItem[] = [];
  private readonly ids = new Set<string>();

  /** @param most items that are wanted */
  constructor(private readonly most = mostItems) {}

  get isFull(): boolean {
    return this.items.length >= Math.min(this.most, mostItems);
  }

  /** @param make throws {@link BadField} where something of the item is missing */
  add(id: string, make: () => Omit<EvalItem, 'id'>): void {
    if (this.isFull) {
      return;
    }
    try {
      if (this.ids.has(id)) {
        throw new BadField(phrase`another item has the same id`);
      }
      this.items.push({ id, ...make() });
      this.ids.add(id);
    } catch (error) {
      if (!(error instanceof BadField)) {
        throw error;
      }
      if (this.bad.length < mostBad) {
        this.bad.push({ id, problem: error.why });
      }
    }
  }

  get data(): EvalData {
    return { items: this.items, bad: this.bad };
  }
}

/** Something of an item is not as it has to be. */
export class BadField extends Error {
  constructor(readonly why: Phrase) {
    super(String(why));
  }
}

export type Fields = Record<string, unknown>;

/** @throws BadField */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadField(phrase`it is no object`);
  }
  return value as Fields;
}

/** Text, or a number as text. @throws BadField */
export function textField(fields: Fields, ...names: string[]): string {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) {
      return String(value).trim();
    }
  }
  throw new BadField(phrase`it has no "${names[0] ?? ''}"`);
}

/** @throws BadField where it is there and no number from 0 on */
export function secondsField(fields: Fields, name: string): number | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined || value === null || value === '') {
    return undefined;
  }
  const seconds = Number(value);
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new BadField(phrase`"${name}" is no time in seconds`);
  }
  return seconds;
}
