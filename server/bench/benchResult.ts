/** One comparison, measured in one run. */
export interface BenchResult {
  /** What is compared with what; the ratio says how many times better the first is. */
  name: string;
  ratio: number;
  /** What the ratio was made of, and what helps to read it. */
  numbers: { label: string; value: number; unit: string }[];
}

/** A comparison that this machine cannot make, and why. */
export interface BenchSkip {
  name: string;
  skipped: string;
}

/** A result as two lines for a person. */
export function formatBench(result: BenchResult | BenchSkip): string {
  if ('skipped' in result) {
    return `${result.name}: skipped\n    ${result.skipped}`;
  }
  const numbers = result.numbers.map(({ label, value, unit }) => `${label} ${formatNumber(value)} ${unit}`);
  return `${result.name}: ${formatNumber(result.ratio)}×\n    ${numbers.join(' · ')}`;
}

function formatNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
