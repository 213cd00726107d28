/** How a picture is cut into tiles. */
export interface TileLayout {
  /** The picture is brought to this size first: its own shape, the longest side as the model was taught. */
  width: number;
  height: number;
  /** Of the grid it is then stretched to. None: it is shown whole, and nothing else. */
  rows: number;
  columns: number;
}

/** Tiles, and the whole picture, which comes after them. */
export function tileCount({ rows, columns }: Pick<TileLayout, 'rows' | 'columns'>): number {
  return rows * columns + 1;
}

/**
 * Cuts a picture as the processors of Idefics3 and SmolVLM do: its longest side becomes `longestEdge`, whatever it was, both
 * sides are stretched to the next multiple of `side`, and squares of that size are cut. Where that makes too many, the longest
 * side is a tile shorter, and so on until they are few enough.
 *
 * @param side of a tile, in pixels
 * @param most tiles, the whole picture included
 */
export function planTiles(picture: { width: number; height: number }, side: number, longestEdge: number, most: number): TileLayout {
  for (let edge = longestEdge; ; edge -= side) {
    const layout = cut(fitEdge(picture.width, picture.height, Math.max(side, edge)), side);
    if (tileCount(layout) <= most || edge <= side) {
      return layout;
    }
  }
}

/** The longer side becomes `edge`; the other one an even number, as the processors have it. */
function fitEdge(width: number, height: number, edge: number): { width: number; height: number } {
  const aspect = width / height;
  const even = (size: number): number => Math.max(1, Math.trunc(size) + (Math.trunc(size) % 2));
  return width >= height ? { width: edge, height: even(edge / aspect) } : { width: even(edge * aspect), height: edge };
}

function cut({ width, height }: { width: number; height: number }, side: number): TileLayout {
  const aspect = width / height;
  const tiles = (size: number): number => Math.max(1, Math.ceil(size / side));
  const longer = tiles(Math.max(width, height));
  const [columns, rows] = width >= height ? [longer, tiles(Math.trunc((longer * side) / aspect))] : [tiles(Math.trunc(longer * side * aspect)), longer];
  return columns * rows === 1 ? { width, height, rows: 0, columns: 0 } : { width, height, rows, columns };
}
