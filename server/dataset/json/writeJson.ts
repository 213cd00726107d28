import { type Json, RawNumber } from './json.js';

/** JSON on one line as Python's `json.dumps` writes it: a space behind `:` and `,`, Unicode as it is. */
export function writeJson(value: Json): string {
  if (Array.isArray(value)) {
    return `[${value.map(writeJson).join(', ')}]`;
  }
  if (value instanceof Map) {
    const members: string[] = [];
    for (const [key, each] of value) {
      members.push(`${JSON.stringify(key)}: ${writeJson(each)}`);
    }
    return `{${members.join(', ')}}`;
  }
  return value instanceof RawNumber ? value.text : JSON.stringify(value);
}
