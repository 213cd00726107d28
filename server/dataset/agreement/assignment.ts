/**
 * Chooses pairs of rows and columns, each at most once, so that the sum of their values is greatest (the Hungarian
 * method with potentials: Kuhn 1955, Munkres 1957). O(rows² · columns).
 *
 * @param value of a pair; 0: they may not be a pair
 * @returns the column of each row, or −1
 */
export function bestAssignment(rows: number, columns: number, value: (row: number, column: number) => number): number[] {
  if (rows > columns) {
    const rowOf = bestAssignment(columns, rows, (column, row) => value(row, column));
    const columnOf = new Array<number>(rows).fill(-1);
    rowOf.forEach((row, column) => {
      if (row >= 0) columnOf[row] = column;
    });
    return columnOf;
  }
  // Rows and columns are counted from 1: column 0 is where each search begins.
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    const shortest = new Float64Array(columns + 1).fill(Infinity);
    const before = new Int32Array(columns + 1);
    const used = new Uint8Array(columns + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      used[column] = 1;
      const from = rowOf[column] ?? 0;
      let delta = Infinity;
      let next = 0;
      for (let each = 1; each <= columns; each++) {
        if (used[each]) continue;
        const cost = -value(from - 1, each - 1) - (rowPotential[from] ?? 0) - (columnPotential[each] ?? 0);
        if (cost < (shortest[each] ?? 0)) {
          shortest[each] = cost;
          before[each] = column;
        }
        if ((shortest[each] ?? 0) < delta) {
          delta = shortest[each] ?? 0;
          next = each;
        }
      }
      for (let each = 0; each <= columns; each++) {
        if (used[each]) {
          const of = rowOf[each] ?? 0;
          rowPotential[of] = (rowPotential[of] ?? 0) + delta;
          columnPotential[each] = (columnPotential[each] ?? 0) - delta;
        } else {
          shortest[each] = (shortest[each] ?? 0) - delta;
        }
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const previous = before[column] ?? 0;
      rowOf[column] = rowOf[previous] ?? 0;
      column = previous;
    }
  }
  const columnOf = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = (rowOf[column] ?? 0) - 1;
    if (row >= 0 && value(row, column - 1) > 0) {
      columnOf[row] = column - 1;
    }
  }
  return columnOf;
}
