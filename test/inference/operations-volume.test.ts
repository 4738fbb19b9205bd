/** Volume operations on small grids, against values worked out by hand. */
import { describe, expect, test } from "vitest";
import { decodeCentreHeatmap } from "../../src/inference/operations/decode-centre-heatmap.js";
import { postprocessOperations, preprocessOperations } from "../../src/inference/operations/index.js";
import { lungBox } from "../../src/inference/operations/lung-box.js";
import type { Answer, Grid, PreprocessOperation } from "../../src/inference/operations/operation.js";
import { padGrid } from "../../src/inference/operations/pad-grid.js";
import { resampleGrid } from "../../src/inference/operations/resample-grid.js";
import { windowIntensity } from "../../src/inference/operations/window-intensity.js";

type Triple = readonly [number, number, number];

function gridOf(shape: Triple, spacing: Triple, value: (i: number, j: number, k: number) => number): Grid {
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0; k < shape[2]; k++) {
    for (let j = 0; j < shape[1]; j++) {
      for (let i = 0; i < shape[0]; i++) data[i + shape[0] * (j + shape[1] * k)] = value(i, j, k);
    }
  }
  const axes: Grid["axes"] = [
    [spacing[0], 0, 0],
    [0, spacing[1], 0],
    [0, 0, spacing[2]],
  ];
  return { kind: "grid", data, shape, origin: [-10, 20, 100], axes };
}

function apply<P>(operation: PreprocessOperation<P>, grid: Grid, parameters: Record<string, unknown>): Grid {
  return operation.apply(grid, operation.parameters.parse({ op: operation.id, ...parameters })) as Grid;
}

describe("the list of operations", () => {
  test("names the volume operations by their ids", () => {
    for (const id of ["lung-box", "resample-grid", "window-intensity", "pad-grid"]) {
      expect(preprocessOperations[id]?.id).toBe(id);
      expect(preprocessOperations[id]?.accepts).toBe("grid");
    }
    expect(postprocessOperations["decode-centre-heatmap"]?.id).toBe("decode-centre-heatmap");
  });
});

describe("resample-grid", () => {
  test("averages over the wanted extent where voxels are smaller, weighted by overlap", () => {
    // Slices of 1.25 mm to 2 mm: the first result holds slice 0 and 0.75 mm of slice 1, the second 0.5 mm of 1, 1.25 of 2, 0.25 of 3.
    const grid = gridOf([1, 1, 8], [2, 2, 1.25], (_i, _j, k) => [0, 8, 16, 24, 0, 0, 0, 0][k] as number);
    const out = apply(resampleGrid, grid, { spacingMm: [2, 2, 2] });
    expect(out.shape).toEqual([1, 1, 5]);
    expect(out.data[0]).toBeCloseTo((0 * 1.25 + 8 * 0.75) / 2, 5);
    expect(out.data[1]).toBeCloseTo((8 * 0.5 + 16 * 1.25 + 24 * 0.25) / 2, 5);
    expect(out.data[2]).toBeCloseTo((24 * 1 + 0 * 1) / 2, 5);
    // The lower edge stays: first centre 100 - 0.625 + 1.
    expect(out.origin[2]).toBeCloseTo(100.375, 9);
    expect(out.axes[2]).toEqual([0, 0, 2]);
    expect([out.origin[0], out.origin[1]]).toEqual([-10, 20]);
  });

  test("interpolates linearly where voxels are larger, ends repeated", () => {
    // Slices of 5 mm to 2 mm: centres 1, 3, 5, 7, 9 mm from the edge; inputs at 2.5 and 7.5.
    const grid = gridOf([1, 1, 2], [2, 2, 5], (_i, _j, k) => (k === 0 ? 10 : 20));
    const out = apply(resampleGrid, grid, { spacingMm: [2, 2, 2] });
    expect(out.shape).toEqual([1, 1, 5]);
    [10, 11, 15, 19, 20].forEach((value, k) => expect(out.data[k]).toBeCloseTo(value, 5));
    expect(out.origin[2]).toBeCloseTo(98.5, 9);
  });

  test("works along each axis of an oblique grid and keeps a constant", () => {
    const flat = gridOf([7, 5, 3], [1.3, 1.4, 5], () => -873);
    const c = Math.SQRT1_2;
    const oblique: Grid = {
      ...flat,
      axes: [
        [1.3 * c, 1.3 * c, 0],
        [-1.4 * c, 1.4 * c, 0],
        [0, 0, -5],
      ],
    };
    const out = apply(resampleGrid, oblique, { spacingMm: [2, 2, 2] });
    expect(out.shape).toEqual([5, 4, 8]);
    for (const value of out.data) expect(value).toBeCloseTo(-873, 3);
    out.axes.forEach((axis) => expect(Math.sqrt(axis.reduce((s, v) => s + v * v, 0))).toBeCloseTo(2, 9));
    // First centre: (1 - 0.65) along the first axis, (1 - 0.7) along the second, (1 - 2.5) along the third.
    expect(out.origin[0]).toBeCloseTo(-10 + 0.35 * c - 0.3 * c, 9);
    expect(out.origin[1]).toBeCloseTo(20 + 0.35 * c + 0.3 * c, 9);
    expect(out.origin[2]).toBeCloseTo(101.5, 9);
  });

  test("leaves an axis of the wanted spacing alone", () => {
    const grid = gridOf([3, 3, 3], [2, 2, 2], (i, j, k) => i + 10 * j + 100 * k);
    expect(apply(resampleGrid, grid, { spacingMm: [2, 2, 2] })).toEqual(grid);
  });

  test("refuses a result that is too large", () => {
    const grid = gridOf([200, 200, 200], [50, 50, 50], () => 0);
    expect(() => apply(resampleGrid, grid, { spacingMm: [0.1, 0.1, 0.1] })).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });
});

describe("window-intensity", () => {
  test("maps low to toLow and high to toHigh, clips, and does not round", () => {
    const grid = gridOf([5, 1, 1], [1, 1, 1], (i) => [-2000, -1000, -299.5, 400, 3000][i] as number);
    const out = apply(windowIntensity, grid, { low: -1000, high: 400, toLow: 0, toHigh: 255 });
    expect(out.data[0]).toBe(0);
    expect(out.data[1]).toBe(0);
    expect(out.data[2]).toBeCloseTo(127.591071, 4);
    expect(out.data[3]).toBe(255);
    expect(out.data[4]).toBe(255);
    expect(grid.data[0]).toBe(-2000);
  });

  test("wants low below high", () => {
    expect(windowIntensity.parameters.safeParse({ low: 5, high: 5 }).success).toBe(false);
  });
});

describe("pad-grid", () => {
  test("adds voxels behind the last index only", () => {
    const grid = gridOf([3, 4, 5], [2, 2, 2], (i, j, k) => 1 + i + 10 * j + 100 * k);
    const out = apply(padGrid, grid, { multipleOf: 4, value: -7 });
    expect(out.shape).toEqual([4, 4, 8]);
    expect(out.origin).toEqual(grid.origin);
    const at = (i: number, j: number, k: number): number => out.data[i + 4 * (j + 4 * k)] as number;
    expect(at(2, 3, 4)).toBe(433);
    expect(at(3, 3, 4)).toBe(-7);
    expect(at(0, 0, 5)).toBe(-7);
  });

  test("lengthens sides below the minimum", () => {
    const out = apply(
      padGrid,
      gridOf([3, 4, 5], [2, 2, 2], () => 1),
      { multipleOf: 4, minimum: 10 },
    );
    expect(out.shape).toEqual([12, 12, 12]);
  });
});

describe("lung-box", () => {
  /** A body of 40 with two lungs of -850, air of -1000 about it. */
  const chest = (inLung: (i: number, j: number, k: number) => boolean): Grid =>
    gridOf([40, 30, 20], [4, 4, 4], (i, j, k) => {
      const body = i >= 3 && i < 37 && j >= 3 && j < 27;
      return !body ? -1000 : inLung(i, j, k) ? -850 : 40;
    });

  test("keeps the box of both lungs with the margin, and the place of its voxels", () => {
    const grid = chest(
      (i, j, k) => ((i >= 6 && i < 16) || (i >= 24 && i < 34)) && j >= 8 && j < 22 && k >= 5 && k < 15,
    );
    const out = apply(lungBox, grid, { marginMm: 8, minimumMl: 50 });
    // 2 voxels of margin about 6..33, 8..21, 5..14.
    expect(out.shape).toEqual([32, 18, 14]);
    expect(out.origin).toEqual([-10 + 4 * 4, 20 + 6 * 4, 100 + 3 * 4]);
    expect(out.data[0]).toBe(40);
    expect(out.data[2 + 32 * (2 + 18 * 2)]).toBe(-850);
  });

  test("drops air that reaches the border of a slice, and small or relatively small air", () => {
    const grid = chest((i, j, k) => {
      const lung = i >= 6 && i < 20 && j >= 8 && j < 22 && k >= 5 && k < 15;
      // 12 samples of 64 mm3 are below 50 ml; a channel to the outside is no lung either.
      const bowel = i >= 25 && i < 28 && j >= 10 && j < 12 && k < 2;
      const open = i >= 25 && j === 20 && k === 10;
      return lung || bowel || open;
    });
    const out = apply(lungBox, grid, { marginMm: 0, minimumMl: 50 });
    expect(out.shape).toEqual([14, 14, 10]);
  });

  test("samples finer volumes and keeps what the samples stand for", () => {
    const grid = gridOf([80, 60, 40], [2, 2, 2], (i, j, k) => {
      const body = i >= 6 && i < 74 && j >= 6 && j < 54;
      return !body ? -1000 : i >= 12 && i < 32 && j >= 16 && j < 44 && k >= 10 && k < 30 ? -850 : 40;
    });
    const out = apply(lungBox, grid, { marginMm: 0, minimumMl: 50 });
    expect(out.shape).toEqual([20, 28, 20]);
    expect(out.origin).toEqual([-10 + 24, 20 + 32, 100 + 20]);
  });

  test("returns a volume without lungs whole", () => {
    const grid = chest(() => false);
    expect(apply(lungBox, grid, {})).toBe(grid);
  });
});

describe("decode-centre-heatmap", () => {
  const input = gridOf([16, 12, 8], [2, 2, 2], () => 0);
  const [nx, ny, nz] = [8, 6, 4];
  const cells = nx * ny * nz;

  function decode(
    marks: readonly { at: Triple; p: number; size?: number; offset?: Triple }[],
    parameters: Record<string, unknown> = {},
  ): Answer {
    const data = new Float32Array(5 * cells);
    for (const { at, p, size = 0, offset = [0, 0, 0] } of marks) {
      const index = at[0] + nx * (at[1] + ny * at[2]);
      data[index] = p;
      data[cells + index] = size;
      offset.forEach((value, axis) => (data[(2 + axis) * cells + index] = value));
    }
    const answer: Answer = {
      outputs: { map: { dtype: "float32", dims: [1, 5, nz, ny, nx], data } },
      findings: [],
      scores: {},
      labels: {},
    };
    const settings = decodeCentreHeatmap.parameters.parse({ output: "map", stride: 2, ...parameters });
    return decodeCentreHeatmap.apply(answer, settings, input);
  }

  test("places a peak at its cell's middle plus the offset, in patient millimetres", () => {
    const { findings } = decode([{ at: [3, 2, 1], p: 0.9, size: Math.log(1.5), offset: [0.25, -0.5, 3] }]);
    expect(findings).toHaveLength(1);
    const geometry = findings[0]?.geometry;
    if (geometry?.type !== "sphere") throw new Error("a sphere is expected");
    // Voxels 2 * 3 + 0.5 + 2 * 0.25, 2 * 2 + 0.5 - 1, 2 * 1 + 0.5 + 2 (offset cut at 1); 2 mm each from (-10, 20, 100).
    expect(geometry.center[0]).toBeCloseTo(-10 + 2 * 7, 5);
    expect(geometry.center[1]).toBeCloseTo(20 + 2 * 3.5, 5);
    expect(geometry.center[2]).toBeCloseTo(100 + 2 * 4.5, 5);
    expect(geometry.diameterMm).toBeCloseTo(12, 5);
    expect(findings[0]?.score).toBeCloseTo(0.9, 6);
  });

  test("takes only cells that no neighbour exceeds, strongest first, and none below the floor", () => {
    const { findings } = decode([
      { at: [1, 1, 1], p: 0.4 },
      { at: [2, 1, 1], p: 0.8 },
      { at: [6, 4, 2], p: 0.85 },
      { at: [6, 1, 3], p: 0.02 },
    ]);
    expect(findings.map((f) => f.score?.toFixed(2))).toEqual(["0.85", "0.80"]);
    expect(findings.map((f) => f.id)).toEqual(["c001", "c002"]);
  });

  test("of equal neighbours takes the one with the lowest index", () => {
    expect(
      decode([
        { at: [2, 2, 2], p: 0.5 },
        { at: [3, 2, 2], p: 0.5 },
      ]).findings,
    ).toHaveLength(1);
  });

  test("drops a peak inside half the diameter of a stronger one", () => {
    const marks = [
      { at: [2, 2, 1] as Triple, p: 0.9, size: Math.log(20 / 8) },
      { at: [4, 2, 1] as Triple, p: 0.6 },
    ];
    // 8 mm apart: inside 10 mm, outside 5 mm.
    expect(decode(marks).findings).toHaveLength(1);
    expect(decode(marks.map(({ at, p }) => ({ at, p }))).findings).toHaveLength(2);
  });

  test("keeps at most maxCandidates", () => {
    const marks = [0, 2, 4, 6].map((i) => ({ at: [i, 0, 0] as Triple, p: 0.5 + i / 100 }));
    expect(decode(marks, { maxCandidates: 2 }).findings.map((f) => f.score?.toFixed(2))).toEqual(["0.56", "0.54"]);
  });

  test("refuses a map of another shape, a missing output, and numbers that are none", () => {
    const answer: Answer = {
      outputs: { map: { dtype: "float32", dims: [1, 4, 1, 1, 1], data: new Float32Array(4) } },
      findings: [],
      scores: {},
      labels: {},
    };
    const run = (output: string): Answer =>
      decodeCentreHeatmap.apply(answer, decodeCentreHeatmap.parameters.parse({ output, stride: 2 }), input);
    expect(() => run("map")).toThrow(expect.objectContaining({ code: "DOCUMENT_INVALID" }));
    expect(() => run("other")).toThrow(expect.objectContaining({ code: "DOCUMENT_INVALID" }));
    expect(() => decode([{ at: [3, 2, 1], p: 0.9, size: Number.NaN }])).toThrow(
      expect.objectContaining({ code: "DOCUMENT_INVALID" }),
    );
  });
});
