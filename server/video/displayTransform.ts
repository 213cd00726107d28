/** What turns stored pixels into displayed ones. */
export interface DisplayTransform {
  /** Clockwise. */
  rotationDegrees: 0 | 90 | 180 | 270;
  /** ffmpeg filters, in order; empty when nothing is to be done. */
  filters: string[];
}

/**
 * Chooses the filters for a display matrix as ffmpeg's own auto-rotation does. We apply them ourselves
 * because versions differ in what they rotate (the orientation of JPEG files, for one).
 * Angles that are not a multiple of 90 degrees are ignored.
 *
 * @param matrix the 3×3 matrix, row by row, as in ISO 14496-12 `tkhd`; only the upper left 2×2 counts
 */
export function displayTransform(matrix: readonly number[]): DisplayTransform {
  const [a = 1, b = 0, , c = 0, d = 1] = matrix;
  const rowLength = Math.hypot(a, c) || 1;
  const columnLength = Math.hypot(b, d) || 1;
  const angle = Math.round((Math.atan2(b / columnLength, a / rowLength) * 180) / Math.PI);
  switch (((angle % 360) + 360) % 360) {
    case 90:
      return { rotationDegrees: 90, filters: [c > 0 ? 'transpose=cclock_flip' : 'transpose=clock'] };
    case 180:
      // A mirror image is an angle of 180 with one axis kept.
      return a < 0 && d > 0
        ? { rotationDegrees: 0, filters: ['hflip'] }
        : { rotationDegrees: 180, filters: ['hflip', 'vflip'] };
    case 270:
      return { rotationDegrees: 270, filters: [c < 0 ? 'transpose=clock_flip' : 'transpose=cclock'] };
    default:
      return { rotationDegrees: 0, filters: angle === 0 && d < 0 ? ['vflip'] : [] };
  }
}

/** The nine numbers of ffprobe's `displaymatrix` text (`00000000: 0 65536 0\n…`), or undefined. */
export function parseDisplayMatrix(text: string): number[] | undefined {
  const numbers = text
    .split('\n')
    .flatMap((line) => line.replace(/^\s*[0-9a-f]{8}:/i, '').trim().split(/\s+/))
    .filter((item) => item !== '')
    .map(Number);
  return numbers.length === 9 && numbers.every(Number.isFinite) ? numbers : undefined;
}

/** The matrix of a clockwise rotation, for files that only give an angle. */
export function rotationMatrix(clockwiseDegrees: number): number[] {
  const angle = (clockwiseDegrees * Math.PI) / 180;
  const one = 65536;
  const cos = Math.round(Math.cos(angle) * one);
  const sin = Math.round(Math.sin(angle) * one);
  return [cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30];
}
