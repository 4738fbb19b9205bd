/**
 * Surface elements: the piece of surface inside each cell of 2 x 2 x 2 voxel centres, with its area (in two dimensions of
 * 2 x 2 pixel centres, with its length). The surface passes through the middles of the cell's edges between foreground and
 * background, as in marching cubes (Lorensen & Cline 1987, doi:10.1145/37402.37422) on binary data; areas of this kind
 * weight the surface metrics of Nikolov et al. 2021 (doi:10.2196/26151).
 */
import type { ImageEdge } from "./border-voxels.js";
import { boundsOf, threeAxes, type Mask } from "./mask.js";
import { cross, norm, subtract, type Vector3 } from "./vector.js";

export interface SurfaceElements {
  /**
   * Index of each cell that holds surface, rising, on a grid of one cell more than voxels along each axis: cell i lies
   * between voxels i - 1 and i.
   */
  readonly cells: Int32Array;
  /** Area (length) in each of them, in squares (units) of the spacing's unit. */
  readonly sizes: Float64Array;
  /** Shape of the grid of cells. */
  readonly shape: readonly number[];
}

/** Corner c of a cell lies at (x, y, z) = its bits 0, 1, 2. */
const cornerBits = [1, 2, 4] as const;
const cornerCount = 8;
const placeOf = (corner: number): Vector3 => [corner & 1, (corner >> 1) & 1, corner >> 2];

/** Corners of `code` that are joined along edges of the cell, each set as a code. */
function joinedCorners(code: number): number[] {
  const parts: number[] = [];
  for (let corner = 0; corner < cornerCount; corner++) {
    if ((code & (1 << corner)) === 0 || parts.some((part) => (part & (1 << corner)) !== 0)) continue;
    let part = 1 << corner;
    for (let before = 0; before !== part;) {
      before = part;
      for (let at = 0; at < cornerCount; at++) {
        if ((before & (1 << at)) === 0) continue;
        for (const bit of cornerBits) part |= code & (1 << (at ^ bit));
      }
    }
    parts.push(part);
  }
  return parts;
}

/** The closed line in which the surface of a joined set of corners meets the faces of the cell: middles of cut edges in order. */
function outlineOf(part: number): Vector3[] {
  const cuts: { inside: number; outside: number }[] = [];
  for (let inside = 0; inside < cornerCount; inside++) {
    for (const bit of cornerBits) {
      const outside = inside ^ bit;
      if ((part & (1 << inside)) !== 0 && (part & (1 << outside)) === 0) cuts.push({ inside, outside });
    }
  }
  /** Both edges lie in one face: some axis is the same for all four ends. */
  const shareFace = (a: (typeof cuts)[number], b: (typeof cuts)[number]) =>
    cornerBits.some((bit) => [a.outside, b.inside, b.outside].every((end) => (end & bit) === (a.inside & bit)));
  const outline: (typeof cuts)[number][] = [];
  for (
    let next = cuts[0];
    next !== undefined;
    next = cuts.find((cut) => !outline.includes(cut) && shareFace(cut, outline.at(-1)!))
  ) {
    outline.push(next);
  }
  return outline.map(({ inside, outside }): Vector3 => {
    const [a, b] = [placeOf(inside), placeOf(outside)];
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
  });
}

/** Area vectors of the triangles of a fan around vertex `hub` of a closed line. */
function fanOf(outline: readonly Vector3[], hub: number): Vector3[] {
  const turned = outline.map((_, at) => outline[(at + hub) % outline.length] as Vector3);
  const centre = turned[0] as Vector3;
  return turned.slice(2).map((point, at): Vector3 => {
    const [x, y, z] = cross(subtract(turned[at + 1] as Vector3, centre), subtract(point, centre));
    return [x / 2, y / 2, z / 2];
  });
}

const areaOf = (triangles: readonly Vector3[]): number =>
  triangles.reduce((area, triangle) => area + norm(triangle), 0);

/**
 * Area vectors (x, y, z, at spacing 1) of the triangles of a cell. Corners of the rarer kind that touch only across a face
 * or the cell are apart. An outline that isn't flat is cut into the fan that is largest at spacing 1.
 */
function trianglesOf(code: number): Vector3[] {
  const corners = [...code.toString(2)].filter((bit) => bit === "1").length;
  return joinedCorners(corners > cornerCount / 2 ? 255 - code : code).flatMap((part) => {
    const outline = outlineOf(part);
    const fans = outline.map((_, hub) => fanOf(outline, hub));
    return fans.reduce((largest, fan) => (areaOf(fan) > areaOf(largest) + 1e-9 ? fan : largest));
  });
}

const cellTriangles: readonly (readonly Vector3[])[] = Array.from({ length: 256 }, (_, code) =>
  code === 0 || code === 255 ? [] : trianglesOf(code),
);

/** Area of the surface in a cell by its corners. */
function areasOfCells([stepZ, stepY, stepX]: readonly [number, number, number]): Float64Array {
  return Float64Array.from(cellTriangles, (triangles) =>
    areaOf(triangles.map(([x, y, z]): Vector3 => [x * stepY * stepZ, y * stepX * stepZ, z * stepX * stepY])),
  );
}

/** Length of the contour in a cell of four pixels: bits 0 to 3 are (x, y) = (0, 0), (1, 0), (0, 1), (1, 1). */
function lengthsOfCells([stepY, stepX]: readonly [number, number]): Float64Array {
  const cut = Math.sqrt(stepX * stepX + stepY * stepY) / 2;
  return Float64Array.from({ length: 16 }, (_, code) => {
    if (code === 0 || code === 15) return 0;
    if (code === 3 || code === 12) return stepX;
    if (code === 5 || code === 10) return stepY;
    return code === 6 || code === 9 ? 2 * cut : cut;
  });
}

/** Surface elements of a mask. `open`: cells that reach over the edge of the image hold none. */
export function surfaceElements(mask: Mask, edge: ImageEdge = "background"): SurfaceElements {
  const flat = mask.shape.length === 2;
  const shape = mask.shape.map((length) => length + 1);
  const bounds = boundsOf(mask);
  if (bounds === null) return { cells: new Int32Array(0), sizes: new Float64Array(0), shape };
  const sizeOf = flat
    ? lengthsOfCells(mask.spacing as [number, number])
    : areasOfCells(mask.spacing as [number, number, number]);
  const full = sizeOf.length - 1;
  const [slices, rows, columns] = threeAxes(mask.shape);
  const [firstSlice, firstRow, firstColumn] = bounds.first;
  const [lastSlice, lastRow, lastColumn] = bounds.last;
  const padded = withMargin(mask, bounds.first, bounds.last);
  const rowStep = lastColumn - firstColumn + 3;
  const planeStep = rowStep * (lastRow - firstRow + 3);
  const cells: number[] = [];
  const sizes: number[] = [];
  const open = edge === "open" ? 1 : 0;
  // A plane has one layer of cells, made of its pixels alone.
  const lastLayer = flat ? 0 : Math.min(lastSlice + 1, slices - open);
  for (let slice = flat ? 0 : Math.max(firstSlice, open); slice <= lastLayer; slice++) {
    for (let row = Math.max(firstRow, open); row <= Math.min(lastRow + 1, rows - open); row++) {
      const start = (flat ? planeStep : (slice - firstSlice) * planeStep) + (row - firstRow) * rowStep - firstColumn;
      const cellStart = (slice * (rows + 1) + row) * (columns + 1);
      for (let column = Math.max(firstColumn, open); column <= Math.min(lastColumn + 1, columns - open); column++) {
        const at = start + column;
        let code =
          (padded[at] as number) |
          ((padded[at + 1] as number) << 1) |
          ((padded[at + rowStep] as number) << 2) |
          ((padded[at + rowStep + 1] as number) << 3);
        if (!flat) {
          const next = at + planeStep;
          code |=
            ((padded[next] as number) << 4) |
            ((padded[next + 1] as number) << 5) |
            ((padded[next + rowStep] as number) << 6) |
            ((padded[next + rowStep + 1] as number) << 7);
        }
        if (code === 0 || code === full) continue;
        cells.push(cellStart + column);
        sizes.push(sizeOf[code] as number);
      }
    }
  }
  return { cells: Int32Array.from(cells), sizes: Float64Array.from(sizes), shape };
}

/** The box of the foreground as 0 and 1 with a margin of one background voxel on every side. */
function withMargin(
  { voxels, shape }: Mask,
  first: readonly [number, number, number],
  last: readonly [number, number, number],
): Uint8Array {
  const [, rows, columns] = threeAxes(shape);
  const [depth, height, width] = last.map((index, axis) => index - (first[axis] as number) + 1) as [
    number,
    number,
    number,
  ];
  const padded = new Uint8Array((depth + 2) * (height + 2) * (width + 2));
  for (let slice = 0; slice < depth; slice++) {
    for (let row = 0; row < height; row++) {
      const from = ((slice + first[0]) * rows + row + first[1]) * columns + first[2];
      const to = ((slice + 1) * (height + 2) + row + 1) * (width + 2) + 1;
      for (let column = 0; column < width; column++) padded[to + column] = voxels[from + column] === 0 ? 0 : 1;
    }
  }
  return padded;
}
