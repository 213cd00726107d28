/**
 * Puts frames together for an encoder that looks at several at once, through one crop after the other.
 *
 * @param pixels [frames, crops, …]
 * @returns [pieces, crops, frames of a piece, …]; the last frame is repeated where the last piece has too few
 */
export function arrangePieces(pixels: Float32Array, frames: number, piece: { frames: number; crops: number }): Float32Array {
  const size = pixels.length / (frames * piece.crops);
  const pieces = Math.ceil(frames / piece.frames);
  const out = new Float32Array(pieces * piece.frames * piece.crops * size);
  let to = 0;
  for (let n = 0; n < pieces; n++) {
    for (let crop = 0; crop < piece.crops; crop++) {
      for (let k = 0; k < piece.frames; k++) {
        const frame = Math.min(frames - 1, n * piece.frames + k);
        const from = (frame * piece.crops + crop) * size;
        out.set(pixels.subarray(from, from + size), to);
        to += size;
      }
    }
  }
  return out;
}
