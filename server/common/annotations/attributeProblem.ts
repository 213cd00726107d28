import { type AttributeRule, type AttributeValue, phrase, type Phrase } from '../../protocol/index.js';

/** What is wrong with a segment's attribute by the rule of its label; undefined when nothing is. */
export function attributeProblem(
  { name, type, options = [], required }: AttributeRule,
  value: AttributeValue | undefined,
): { code: 'missingAttribute' | 'badAttribute'; message: Phrase } | undefined {
  if (value === undefined || value === null || value === '') {
    return required ? { code: 'missingAttribute', message: phrase`The attribute "${name}" is missing.` } : undefined;
  }
  if (type === 'choice') {
    return options.includes(String(value))
      ? undefined
      : { code: 'badAttribute', message: phrase`The attribute "${name}" is one of: ${options.join(', ')}.` };
  }
  if (typeof value === (type === 'text' ? 'string' : type)) {
    return undefined;
  }
  switch (type) {
    case 'text':
      return { code: 'badAttribute', message: phrase`The attribute "${name}" is a text.` };
    case 'number':
      return { code: 'badAttribute', message: phrase`The attribute "${name}" is a number.` };
    case 'boolean':
      return { code: 'badAttribute', message: phrase`The attribute "${name}" is true or false.` };
  }
}
