/** Letters to insert, delete or replace to make one text of the other, as a share of the longer one: 0 the same, 1 nothing alike. */
export function editDistance(a: string, b: string): number {
  const [from, to] = [[...a], [...b]];
  const longest = Math.max(from.length, to.length);
  if (longest === 0 || a === b) return 0;
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  from.forEach((letter, i) => {
    const next = [i + 1];
    to.forEach((other, j) => {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    });
    row = next;
  });
  return (row[to.length] ?? 0) / longest;
}
