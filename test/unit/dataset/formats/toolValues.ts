import { parse } from 'csv-parse/sync';
import { sameText } from './sameText.js';

/** What a file says, its white space aside: equal texts say the same, in the same order. */
export function toolValues(name: string, text: string): string {
  if (name.endsWith('.csv')) {
    return JSON.stringify(parse(text, { bom: true, relax_column_count: true }));
  }
  if (name.endsWith('.jsonl')) {
    return text.split('\n').filter((line) => line.trim() !== '').map(sameText).join('\n');
  }
  return sameText(text);
}
