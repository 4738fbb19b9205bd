/** Exact Euclidean distances to the nearest of a set of grid points: a separable distance transform, read where it is asked for. */
import { threeAxes } from "./mask.js";

/**
 * Distance from each point of `from` to the nearest point of `features` (neither empty). Points are indices into a grid of
 * `shape` (last axis fastest), rising; lengths in the unit of `spacing`.
 *
 * Slice by slice of the features: the nearest feature along each column, then along rows the lower envelope of parabolas
 * (Felzenszwalb & Huttenlocher 2012, doi:10.4086/toc.2012.v008a019), in the box that holds all points; the last axis is
 * searched for the points that are asked for alone. Every squared distance is made from whole offsets, so that no
 * rounding is carried from one pass to the next.
 */
export function nearestDistances(
  from: Int32Array,
  features: Int32Array,
  shape: readonly number[],
  spacing: readonly number[],
): Float64Array {
  const [, rows, columns] = threeAxes(shape);
  const [stepZ, stepY, stepX] = threeAxes(spacing);
  const box = boxOf([from, features], rows, columns);
  const width = box.lastColumn - box.firstColumn + 1;
  const height = box.lastRow - box.firstRow + 1;
  const slice = new Int32Array(from.length);
  const place = new Int32Array(from.length);
  const wanted = new Uint8Array(height);
  from.forEach((point, at) => {
    const row = Math.floor(point / columns);
    slice[at] = Math.floor(row / rows);
    const down = (row % rows) - box.firstRow;
    wanted[down] = 1;
    place[at] = down * width + (point % columns) - box.firstColumn;
  });
  const planes = new PlaneDistances(width, height, stepX, stepY, wanted);
  const squared = new Float64Array(from.length).fill(Infinity);
  for (let first = 0, next = 0; first < features.length; first = next) {
    const featureSlice = Math.floor((features[first] as number) / (rows * columns));
    const end = (featureSlice + 1) * rows * columns;
    planes.clear();
    for (next = first; next < features.length && (features[next] as number) < end; next++) {
      const inSlice = (features[next] as number) - featureSlice * rows * columns;
      planes.add(Math.floor(inSlice / columns) - box.firstRow, (inSlice % columns) - box.firstColumn);
    }
    planes.measure();
    const inPlane = planes.squared;
    for (let at = 0; at < from.length; at++) {
      const apart = ((slice[at] as number) - featureSlice) * stepZ;
      const best = squared[at] as number;
      if (apart * apart >= best) continue;
      const found = apart * apart + (inPlane[place[at] as number] as number);
      if (found < best) squared[at] = found;
    }
  }
  for (let at = 0; at < squared.length; at++) squared[at] = Math.sqrt(squared[at] as number);
  return squared;
}

/** Rows and columns that hold all points. */
function boxOf(sets: readonly Int32Array[], rows: number, columns: number) {
  const box = { firstRow: rows, lastRow: -1, firstColumn: columns, lastColumn: -1 };
  for (const points of sets) {
    for (const point of points) {
      const column = point % columns;
      const row = Math.floor(point / columns) % rows;
      if (row < box.firstRow) box.firstRow = row;
      if (row > box.lastRow) box.lastRow = row;
      if (column < box.firstColumn) box.firstColumn = column;
      if (column > box.lastColumn) box.lastColumn = column;
    }
  }
  return box;
}

/** Squared distances within one slice, at the rows that are wanted; buffers are used again for every slice. */
class PlaneDistances {
  /** By row and column of the box. */
  readonly squared: Float64Array;
  /** Rows to the nearest feature in the same column; `none` where the column has no feature. */
  readonly #down: Int32Array;
  readonly #none: number;
  readonly #sites: Int32Array;
  readonly #heights: Float64Array;
  readonly #from: Float64Array;

  constructor(
    readonly width: number,
    readonly height: number,
    readonly stepX: number,
    readonly stepY: number,
    readonly wanted: Uint8Array,
  ) {
    this.squared = new Float64Array(width * height);
    this.#down = new Int32Array(width * height);
    this.#none = 2 * height;
    this.#sites = new Int32Array(width);
    this.#heights = new Float64Array(width);
    this.#from = new Float64Array(width);
  }

  clear(): void {
    this.#down.fill(this.#none);
  }

  add(row: number, column: number): void {
    this.#down[row * this.width + column] = 0;
  }

  measure(): void {
    const down = this.#down;
    const { width } = this;
    for (let at = width; at < down.length; at++) {
      const next = (down[at - width] as number) + 1;
      if (next < (down[at] as number)) down[at] = next;
    }
    for (let at = down.length - width - 1; at >= 0; at--) {
      const next = (down[at + width] as number) + 1;
      if (next < (down[at] as number)) down[at] = next;
    }
    this.wanted.forEach((isWanted, row) => {
      if (isWanted === 1) this.#measureRow(row * width);
    });
  }

  /** The lower envelope of the parabolas that stand on the columns with a feature, then its value at every column. */
  #measureRow(start: number): void {
    const down = this.#down;
    const [sites, heights, from] = [this.#sites, this.#heights, this.#from];
    const { width, stepX, stepY, squared } = this;
    const scale = 1 / (2 * stepX * stepX);
    let top = -1;
    for (let column = 0; column < width; column++) {
      const rows = down[start + column] as number;
      if (rows >= this.#none) continue;
      const height = rows * stepY * (rows * stepY);
      let meets = -Infinity;
      while (top >= 0) {
        const site = sites[top] as number;
        // Where the parabola of this column becomes the lower one.
        meets = ((height - (heights[top] as number)) * scale) / (column - site) + (column + site) / 2;
        if (meets > (from[top] as number)) break;
        top--;
      }
      top++;
      sites[top] = column;
      heights[top] = height;
      from[top] = top === 0 ? -Infinity : meets;
    }
    for (let column = width - 1; column >= 0; column--) {
      while ((from[top] as number) > column) top--;
      const apart = (column - (sites[top] as number)) * stepX;
      squared[start + column] = apart * apart + (heights[top] as number);
    }
  }
}
