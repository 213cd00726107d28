const small = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
).split(' ');
const tens = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** A whole number from 0 to 999 in English: `one hundred and twenty-eight`. */
export function numberWords(value: number): string {
  if (value < 20) {
    return small[value] ?? String(value);
  }
  if (value < 100) {
    const rest = value % 10;
    return `${tens[Math.floor(value / 10)]}${rest > 0 ? `-${small[rest]}` : ''}`;
  }
  const rest = value % 100;
  return `${small[Math.floor(value / 100)]} hundred${rest > 0 ? ` and ${numberWords(rest)}` : ''}`;
}
