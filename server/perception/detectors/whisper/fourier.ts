/**
 * Squared magnitudes of the discrete Fourier transform of real numbers, by Cooley and Tukey in two steps: sums over every
 * `columns`-th number, then over those sums.
 */
export class PowerSpectrum {
  private readonly cosine: Float64Array;
  private readonly sine: Float64Array;
  private readonly real: Float64Array;
  private readonly imaginary: Float64Array;
  private readonly size: number;

  /** For `rows` × `columns` numbers. */
  constructor(
    private readonly rows: number,
    private readonly columns: number,
  ) {
    this.size = rows * columns;
    this.cosine = Float64Array.from({ length: this.size }, (_, i) => Math.cos((2 * Math.PI * i) / this.size));
    this.sine = Float64Array.from({ length: this.size }, (_, i) => -Math.sin((2 * Math.PI * i) / this.size));
    this.real = new Float64Array(this.size);
    this.imaginary = new Float64Array(this.size);
  }

  /** @param power gets the first half and the middle: `size / 2 + 1` numbers */
  write(numbers: Float64Array, power: Float64Array): void {
    const { rows, columns, size, cosine, sine, real, imaginary } = this;
    for (let column = 0; column < columns; column++) {
      for (let k = 0; k < rows; k++) {
        let re = 0;
        let im = 0;
        for (let row = 0, turn = 0; row < rows; row++, turn = (turn + k * columns) % size) {
          const number = numbers[row * columns + column] as number;
          re += number * (cosine[turn] as number);
          im += number * (sine[turn] as number);
        }
        const turn = column * k;
        const [c, s] = [cosine[turn] as number, sine[turn] as number];
        real[k * columns + column] = re * c - im * s;
        imaginary[k * columns + column] = re * s + im * c;
      }
    }
    for (let frequency = 0; frequency <= size / 2; frequency++) {
      const k = frequency % rows;
      const step = (frequency - k) % size;
      let re = 0;
      let im = 0;
      for (let column = 0, turn = 0; column < columns; column++, turn = (turn + step) % size) {
        const [a, b] = [real[k * columns + column] as number, imaginary[k * columns + column] as number];
        const [c, s] = [cosine[turn] as number, sine[turn] as number];
        re += a * c - b * s;
        im += a * s + b * c;
      }
      power[frequency] = re * re + im * im;
    }
  }
}
