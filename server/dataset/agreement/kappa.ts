/** Label of A → label of B → how often. */
export type Confusion = ReadonlyMap<string, ReadonlyMap<string, number>>;

/**
 * Cohen's kappa (1960): agreement beyond what chance would give.
 *
 * @returns null where it has no meaning: nothing was compared, or both gave everything the same one label
 */
export function cohensKappa(confusion: Confusion): number | null {
  let total = 0;
  let same = 0;
  const ofA = new Map<string, number>();
  const ofB = new Map<string, number>();
  for (const [a, row] of confusion) {
    for (const [b, count] of row) {
      total += count;
      same += a === b ? count : 0;
      ofA.set(a, (ofA.get(a) ?? 0) + count);
      ofB.set(b, (ofB.get(b) ?? 0) + count);
    }
  }
  const chance = [...ofA].reduce((sum, [label, count]) => sum + count * (ofB.get(label) ?? 0), 0) / total ** 2;
  return total === 0 || chance >= 1 ? null : (same / total - chance) / (1 - chance);
}
