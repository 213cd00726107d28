/** JSON on one line with a space behind `:` and `,`, as people and Python write it. Members that are undefined are left out. */
export function inlineJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((each) => inlineJson(each ?? null)).join(', ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, each]) => each !== undefined);
    return members.length === 0 ? '{}' : `{ ${members.map(([key, each]) => `${JSON.stringify(key)}: ${inlineJson(each)}`).join(', ')} }`;
  }
  return JSON.stringify(value) ?? 'null';
}
