import type { Embeddings } from './embeddings.js';

const mostSweeps = 30;
/** Of the sum of squares: what is left beside the diagonal counts for nothing. */
const enough = 1e-12;

/** How much the rows of embeddings differ along each direction, the greatest first: singular values of the rows less their mean. */
export function singularValues(embeddings: Embeddings): number[] {
  return eigenvalues(gram(embeddings))
    .map((value) => Math.sqrt(Math.max(0, value)))
    .sort((a, b) => b - a);
}

/** Products of the rows with each other, less their mean. */
function gram({ rows, width, data }: Embeddings): Float64Array[] {
  const mean = new Float64Array(width);
  for (let at = 0; at < rows * width; at++) {
    mean[at % width] = (mean[at % width] ?? 0) + (data[at] ?? 0) / rows;
  }
  const centred = Array.from({ length: rows }, (_, row) => Float64Array.from(mean, (middle, channel) => (data[row * width + channel] ?? 0) - middle));
  return centred.map((row) => Float64Array.from(centred, (other) => row.reduce((sum, value, channel) => sum + value * (other[channel] ?? 0), 0)));
}

/** Of a symmetric matrix, which is changed: Jacobi's rotations, until nothing is left beside the diagonal. */
function eigenvalues(matrix: Float64Array[]): number[] {
  const all = matrix.reduce((sum, row) => sum + row.reduce((part, value) => part + value * value, 0), 0);
  for (let sweep = 0; sweep < mostSweeps && besideDiagonal(matrix) > enough * all; sweep++) {
    for (let i = 0; i < matrix.length; i++) {
      for (let j = i + 1; j < matrix.length; j++) {
        rotate(matrix, i, j);
      }
    }
  }
  return matrix.map((row, i) => row[i] ?? 0);
}

function besideDiagonal(matrix: readonly Float64Array[]): number {
  return matrix.reduce((sum, row, i) => sum + row.reduce((part, value, j) => part + (i === j ? 0 : value * value), 0), 0);
}

/** Makes the value at (i, j) zero. */
function rotate(matrix: readonly Float64Array[], i: number, j: number): void {
  const [a, b] = [matrix[i], matrix[j]];
  const [aa, bb, ab] = [a?.[i] ?? 0, b?.[j] ?? 0, a?.[j] ?? 0];
  if (!a || !b || ab === 0) {
    return;
  }
  const ratio = (bb - aa) / (2 * ab);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const row of matrix) {
    const [x, y] = [row[i] ?? 0, row[j] ?? 0];
    row[i] = cosine * x - sine * y;
    row[j] = sine * x + cosine * y;
  }
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k] ?? 0, b[k] ?? 0];
    a[k] = cosine * x - sine * y;
    b[k] = sine * x + cosine * y;
  }
}
