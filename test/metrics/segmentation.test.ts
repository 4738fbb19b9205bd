/** Metrics of a pair of masks: laws that hold for all masks, and the rules for empty ones. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { eroded } from "../../src/geometry/erosion.js";
import { smallPair } from "../geometry/masks.js";
import {
  borderVoxelMetrics,
  boundaryIou,
  clDice,
  lesionWise,
  maskOf,
  overlap,
  surfelAreaMetrics,
  type Mask,
  type SurfaceMetrics,
  type Value,
} from "../../src/metrics/index.js";

const holds = ({ voxels }: Mask) => voxels.some((voxel) => voxel !== 0);
const tolerances = [0, 0.5, 0.7, 1, 2.5, 10];
const surfaces = [borderVoxelMetrics, surfelAreaMetrics] as const;
const wrongCall = expect.objectContaining({ code: "STATISTICS_ARGUMENT" });

/** Masks of which both hold voxels. */
const fullPair = () => smallPair().filter(([a, b]) => holds(a) && holds(b));

function distancesOf<D>({ distances }: SurfaceMetrics<D>): D {
  if (!distances.ok) throw new Error("both masks hold voxels");
  return distances;
}

/** The mask in a frame of background: `before` and `after` voxels on every side. */
function padded({ voxels, shape, spacing }: Mask, before: number, after: number): Mask {
  const wide = shape.map((length) => length + before + after);
  const out = new Uint8Array(wide.reduce((product, length) => product * length, 1));
  voxels.forEach((voxel, at) => {
    let rest = at;
    const place = shape.map(() => 0);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place[axis] = (rest % (shape[axis] as number)) + before;
      rest = Math.floor(rest / (shape[axis] as number));
    }
    out[place.reduce((index, p, axis) => index * (wide[axis] as number) + p, 0)] = voxel;
  });
  return maskOf(out, wide, spacing);
}

const agree = (a: Value, b: Value) => {
  if (typeof a === "number" && typeof b === "number") expect(a).toBeCloseTo(b, 12);
  else expect(a).toEqual(b);
};

describe("overlap", () => {
  it("is symmetric, and recall of one order is precision of the other", () => {
    fc.assert(
      fc.property(fullPair(), ([a, b]) => {
        const [ab, ba] = [overlap(a, b), overlap(b, a)];
        expect(ba).toMatchObject({ dice: ab.dice, iou: ab.iou, volumetricSimilarity: ab.volumetricSimilarity });
        expect(ba.recall).toBe(ab.precision);
        expect(ba.volumeDifference).toBe(ab.volumeDifference === 0 ? 0 : -ab.volumeDifference);
      }),
    );
  });

  it("ties IoU to Dice, and Dice to recall and precision", () => {
    fc.assert(
      fc.property(fullPair(), ([a, b]) => {
        const { dice, iou, recall, precision, truePositive } = overlap(a, b) as unknown as Record<string, number>;
        expect(iou).toBeCloseTo(dice! / (2 - dice!), 12);
        if (truePositive! > 0) expect(dice).toBeCloseTo((2 * recall! * precision!) / (recall! + precision!), 12);
        else expect([dice, recall, precision]).toEqual([0, 0, 0]);
      }),
    );
  });

  it("counts every voxel once, whatever number marks the foreground", () => {
    const a = maskOf(Uint8Array.of(0, 5, 9, 0, 1), [1, 5], [2, 3]);
    const b = maskOf(Uint8Array.of(0, 1, 0, 7, 2), [1, 5], [2, 3]);
    expect(overlap(a, b)).toEqual({
      truePositive: 2,
      falsePositive: 1,
      falseNegative: 1,
      trueNegative: 1,
      dice: 4 / 6,
      iou: 2 / 4,
      recall: 2 / 3,
      precision: 2 / 3,
      referenceVolume: 18,
      predictionVolume: 18,
      volumeDifference: 0,
      relativeVolumeDifference: 0,
      volumetricSimilarity: 1,
    });
    const half = maskOf(Uint8Array.of(0, 1, 0, 0, 0), [1, 5], [2, 3]);
    expect(overlap(a, half)).toMatchObject({
      volumeDifference: -12,
      relativeVolumeDifference: -2 / 3,
      volumetricSimilarity: 1 - 2 / 4,
    });
  });
});

describe("surface distances", () => {
  it("are symmetric where they say so, and change sides where they don't", () => {
    fc.assert(
      fc.property(fullPair(), ([a, b]) => {
        for (const metrics of surfaces) {
          const [ab, ba] = [metrics(a, b, { tolerances }), metrics(b, a, { tolerances })];
          const [x, y] = [distancesOf(ab), distancesOf(ba)];
          for (const name of ["hd", "assd", "masd", "rmsSurfaceDistance", "hd95NearestRankMaxOfDirected"] as const) {
            expect(y[name]).toBeCloseTo(x[name], 12);
          }
          expect(y.hdRefToPred).toBe(x.hdPredToRef);
          expect(y.asdPredToRef).toBe(x.asdRefToPred);
          ab.nsd.forEach((share, at) => agree(share, ba.nsd[at] as Value));
        }
      }),
    );
  });

  it("are in order: 0 <= HD95 <= HD, means below the largest, root mean square above the mean", () => {
    fc.assert(
      fc.property(fullPair(), ([a, b]) => {
        const x = distancesOf(borderVoxelMetrics(a, b));
        for (const value of [
          x.hd95MaxOfDirected,
          x.hd95Pooled,
          x.hd95NearestRankMaxOfDirected,
          x.medianSurfaceDistance,
        ]) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(x.hd);
        }
        expect(x.hd).toBe(Math.max(x.hdRefToPred, x.hdPredToRef));
        expect(x.hd95MaxOfDirected).toBe(Math.max(x.hd95RefToPred, x.hd95PredToRef));
        expect(x.assd).toBeLessThanOrEqual(x.rmsSurfaceDistance + 1e-12);
        expect(x.masd).toBeCloseTo((x.asdRefToPred + x.asdPredToRef) / 2, 12);
        const s = distancesOf(surfelAreaMetrics(a, b));
        expect(s.hd95NearestRankMaxOfDirected).toBeLessThanOrEqual(s.hd);
      }),
    );
  });

  it("make an NSD that grows with the tolerance up to 1 at the Hausdorff distance", () => {
    fc.assert(
      fc.property(fullPair(), ([a, b]) => {
        for (const metrics of surfaces) {
          const { nsd } = metrics(a, b, { tolerances });
          expect(nsd).toEqual([...(nsd as number[])].sort((x, y) => x - y));
          const { hd } = distancesOf(metrics(a, b));
          expect(metrics(a, b, { tolerances: [hd] }).nsd[0]).toBeCloseTo(1, 12);
          if (hd > 0) expect(metrics(a, b, { tolerances: [hd * 0.99] }).nsd[0]).toBeLessThan(1);
        }
      }),
    );
  });

  it("of a mask to itself are 0, and its NSD is 1 at any tolerance", () => {
    fc.assert(
      fc.property(fullPair(), ([a]) => {
        for (const metrics of surfaces) {
          const found = metrics(a, a, { tolerances: [0] });
          expect(distancesOf(found)).toMatchObject({ hd: 0, assd: 0, masd: 0, rmsSurfaceDistance: 0 });
          expect(found.nsd).toEqual([1]);
          expect(found.referenceSurface).toBe(found.predictionSurface);
        }
      }),
    );
  });

  it("do not depend on where in the image masks lie, nor on how much background is around", () => {
    fc.assert(
      fc.property(fullPair(), fc.nat({ max: 2 }), fc.nat({ max: 3 }), ([a, b], before, after) => {
        const [c, d] = [padded(a, before, after), padded(b, before, after)];
        for (const metrics of surfaces) expect(metrics(c, d, { tolerances })).toEqual(metrics(a, b, { tolerances }));
        for (const band of ["distance", "chessboard-erosion"] as const) {
          expect(boundaryIou(c, d, { band, width: 1 })).toBe(boundaryIou(a, b, { band, width: 1 }));
        }
        expect(overlap(c, d)).toMatchObject({ ...overlap(a, b), trueNegative: overlap(c, d).trueNegative });
        expect(clDice(c, d)).toEqual(clDice(a, b));
        expect(lesionWise(c, d)).toEqual(lesionWise(a, b));
      }),
    );
  });

  it("grow with the spacing", () => {
    fc.assert(
      fc.property(fullPair(), fc.constantFrom(0.5, 2, 4), ([a, b], factor) => {
        const wider = (mask: Mask) =>
          maskOf(
            mask.voxels,
            mask.shape,
            mask.spacing.map((step) => step * factor),
          );
        const [x, y] = [distancesOf(borderVoxelMetrics(a, b)), distancesOf(borderVoxelMetrics(wider(a), wider(b)))];
        expect(y.hd).toBeCloseTo(x.hd * factor, 10);
        expect(y.assd).toBeCloseTo(x.assd * factor, 10);
        const area = surfelAreaMetrics(wider(a), wider(b)).referenceSurface / surfelAreaMetrics(a, b).referenceSurface;
        expect(area).toBeCloseTo(a.shape.length === 3 ? factor * factor : factor, 10);
      }),
    );
  });

  it("count a distance that equals the tolerance but for rounding as within it", () => {
    const row = (at: number) =>
      maskOf(
        Uint8Array.from({ length: 8 }, (_, x) => (x === at ? 1 : 0)),
        [1, 8],
        [1, 0.1],
      );
    // 3 x 0.1 is 0.30000000000000004.
    expect(borderVoxelMetrics(row(0), row(3), { tolerances: [0.3, 0.3 - 1e-8, 0.29] }).nsd).toEqual([1, 0, 0]);
    expect(surfelAreaMetrics(row(0), row(3), { tolerances: [0.3] }).nsd[0]).toBe(1);
  });

  it("take 95 % by the declared rule: interpolated, pooled, nearest rank", () => {
    // Border voxels of the prediction lie 0 to 20 pixels beyond the reference's single one.
    const long = maskOf(new Uint8Array(21).fill(1), [1, 21]);
    const dot = maskOf(
      Uint8Array.from({ length: 21 }, (_, x) => (x === 0 ? 1 : 0)),
      [1, 21],
    );
    const x = distancesOf(borderVoxelMetrics(dot, long));
    expect(x).toMatchObject({
      hd: 20,
      hdRefToPred: 0,
      hdPredToRef: 20,
      hd95MaxOfDirected: 19,
      hd95RefToPred: 0,
      hd95PredToRef: 19,
      hd95NearestRankMaxOfDirected: 19,
      asdPredToRef: 10,
      masd: 5,
    });
    expect(x.hd95Pooled).toBeCloseTo(18.95, 12);
    expect(x.assd).toBeCloseTo(210 / 22, 12);
    expect(x.medianSurfaceDistance).toBe(9.5);
    expect(x.rmsSurfaceDistance).toBeCloseTo(Math.sqrt(2870 / 22), 12);
  });

  it("weight surface elements by their area", () => {
    // Two pixels of 3 x 1 mm side by side against the left one alone: cells at 0, 1, 2 along x, two rows of them.
    const mask = (...voxels: number[]) => maskOf(Uint8Array.from(voxels), [1, 2], [1, 3]);
    const corner = Math.sqrt(10) / 2;
    const found = surfelAreaMetrics(mask(1, 0), mask(1, 1), { tolerances: [0, 3] });
    expect(found.referenceSurface).toBeCloseTo(4 * corner, 12);
    expect(found.predictionSurface).toBeCloseTo(4 * corner + 2 * 3, 12);
    const away = 2 * corner;
    const total = 8 * corner + 6;
    expect(found.nsd[0]).toBeCloseTo((total - away) / total, 12);
    expect(found.nsd[1]).toBe(1);
    const distances = distancesOf(found);
    expect(distances).toMatchObject({ hd: 3, hdRefToPred: 0, hdPredToRef: 3, hd95NearestRankMaxOfDirected: 3 });
    expect(distances.assd).toBeCloseTo((3 * away) / total, 12);
    expect(distances.asdPredToRef).toBeCloseTo((3 * away) / (4 * corner + 6), 12);
    expect(distances.masd).toBeCloseTo((3 * away) / (4 * corner + 6) / 2, 12);
    expect(distances.rmsSurfaceDistance).toBeCloseTo(Math.sqrt((9 * away) / total), 12);
  });

  it("see no surface where an open image cuts a mask", () => {
    const column = (upTo: number) =>
      maskOf(
        Uint8Array.from({ length: 12 }, (_, at) => (at % 4 < upTo ? 1 : 0)),
        [3, 4],
      );
    const open = borderVoxelMetrics(column(2), column(3), { edge: "open", tolerances: [0, 1] });
    expect(open).toMatchObject({ referenceSurface: 3, predictionSurface: 3, nsd: [0, 1] });
    expect(distancesOf(open)).toMatchObject({ hd: 1, assd: 1 });
    expect(surfelAreaMetrics(column(2), column(3), { edge: "open" })).toMatchObject({ referenceSurface: 2 });
    for (const metrics of surfaces) {
      const none = metrics(column(4), column(2), { edge: "open", tolerances: [1] });
      expect(none).toMatchObject({ referenceSurface: 0, distances: { ok: false, reason: "no-data" } });
      expect(none.nsd).toEqual([{ ok: false, reason: "no-data" }]);
    }
  });
});

describe("boundary IoU", () => {
  it("lies between 0 and 1, is symmetric, and is the IoU where the band covers the masks", () => {
    fc.assert(
      fc.property(fullPair(), fc.integer({ min: 1, max: 3 }), ([a, b], width) => {
        for (const band of ["distance", "chessboard-erosion"] as const) {
          const value = boundaryIou(a, b, { band, width });
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
          expect(boundaryIou(b, a, { band, width })).toBe(value);
          expect(boundaryIou(a, a, { band, width })).toBe(1);
          expect(boundaryIou(a, b, { band, width: 12 })).toBe(overlap(a, b).iou);
        }
      }),
    );
  });

  it("takes 2 % of the diagonal for the width, 1 voxel at least, and erosion for the band", () => {
    const disc = (side: number, radius: number) =>
      maskOf(
        Uint8Array.from({ length: side * side }, (_, at) =>
          Math.hypot((at % side) - side / 2, Math.floor(at / side) - side / 2) <= radius ? 1 : 0,
        ),
        [side, side],
      );
    const [large, small] = [disc(106, 40), disc(106, 39)];
    // 106 x √2 x 0.02 = 2.998.
    expect(boundaryIou(large, small)).toBe(boundaryIou(large, small, { band: "chessboard-erosion", width: 3 }));
    expect(boundaryIou(large, small)).not.toBe(boundaryIou(large, small, { width: 2 }));
    const [a, b] = [disc(10, 4), disc(10, 3)];
    expect(boundaryIou(a, b)).toBe(boundaryIou(a, b, { width: 1 }));
  });

  it("leaves the spacing out", () => {
    fc.assert(
      fc.property(fullPair(), ([a, b]) => {
        const plain = (mask: Mask) => maskOf(mask.voxels, mask.shape);
        for (const band of ["distance", "chessboard-erosion"] as const) {
          expect(boundaryIou(plain(a), plain(b), { band, width: 2 })).toBe(boundaryIou(a, b, { band, width: 2 }));
        }
      }),
    );
  });

  it("is that of the bands which erosion takes away, at open edges too", () => {
    fc.assert(
      fc.property(
        fullPair(),
        fc.integer({ min: 1, max: 2 }),
        fc.constantFrom("open", "background"),
        ([a, b], width, edge) => {
          const [x, y] = [a, b].map((mask) => {
            const inner = eroded(mask, width, edge).voxels;
            return { ...mask, voxels: mask.voxels.map((voxel, at) => (voxel !== 0 && inner[at] === 0 ? 1 : 0)) };
          }) as [Mask, Mask];
          const { iou } = overlap(x, y);
          expect(boundaryIou(a, b, { width, edge })).toEqual(
            typeof iou === "number" ? iou : { ok: false, reason: "no-data" },
          );
        },
      ),
    );
  });

  it("has no band where a mask fills an open image", () => {
    const full = maskOf(new Uint8Array(9).fill(1), [3, 3]);
    for (const band of ["distance", "chessboard-erosion"] as const) {
      expect(boundaryIou(full, full, { band, edge: "open" })).toEqual({ ok: false, reason: "no-data" });
      expect(boundaryIou(full, full, { band })).toBe(1);
    }
  });

  it("refuses widths that are none", () => {
    const one = maskOf(Uint8Array.of(1), [1, 1]);
    for (const width of [0, -1, Number.NaN, Infinity, 1.5]) {
      expect(() => boundaryIou(one, one, { width })).toThrow(wrongCall);
    }
    expect(boundaryIou(one, one, { band: "distance", width: 1.5 })).toBe(1);
    expect(() => boundaryIou(one, one, { band: "distance", width: Infinity })).toThrow(wrongCall);
  });
});

describe("clDice", () => {
  it("is 1 for a mask with itself and does not leave 0 to 1", () => {
    fc.assert(
      fc.property(fullPair(), ([a, b]) => {
        expect(clDice(a, a)).toEqual({ topologyPrecision: 1, topologySensitivity: 1, clDice: 1 });
        const { topologyPrecision, topologySensitivity, clDice: value } = clDice(a, b);
        for (const share of [topologyPrecision, topologySensitivity, value]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(clDice(b, a)).toEqual({
          topologyPrecision: topologySensitivity,
          topologySensitivity: topologyPrecision,
          clDice: value,
        });
      }),
    );
  });

  it("is 0 for lines that don't meet, and the harmonic mean of both shares elsewhere", () => {
    const row = (...voxels: number[]) => maskOf(Uint8Array.from(voxels), [1, 6]);
    expect(clDice(row(1, 1, 1, 0, 0, 0), row(0, 0, 0, 1, 1, 1))).toMatchObject({ clDice: 0 });
    expect(clDice(row(1, 1, 1, 1, 0, 0), row(0, 0, 1, 1, 1, 0))).toEqual({
      topologyPrecision: 2 / 3,
      topologySensitivity: 1 / 2,
      clDice: (2 * (2 / 3) * (1 / 2)) / (2 / 3 + 1 / 2),
    });
  });

  it("takes centre lines that were made elsewhere", () => {
    const row = (...voxels: number[]) => maskOf(Uint8Array.from(voxels), [1, 4]);
    const [a, b] = [row(1, 1, 1, 0), row(0, 1, 1, 1)];
    const skeletons = { reference: row(1, 0, 0, 0), prediction: row(0, 0, 1, 1) };
    expect(clDice(a, b, { skeletons })).toEqual({ topologyPrecision: 1 / 2, topologySensitivity: 0, clDice: 0 });
  });
});

describe("lesion by lesion", () => {
  it("counts components of the usual connectivity: corners join", () => {
    const diagonal = maskOf(Uint8Array.of(1, 0, 0, 1), [2, 2]);
    expect(lesionWise(diagonal, diagonal).referenceSizes).toEqual([2]);
    expect(lesionWise(diagonal, diagonal, { connectivity: 4 }).referenceSizes).toEqual([1, 1]);
    const corners = maskOf(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1), [2, 2, 2]);
    expect(lesionWise(corners, corners).referenceSizes).toEqual([2]);
    expect(lesionWise(corners, corners, { connectivity: 18 }).referenceSizes).toEqual([1, 1]);
  });

  /** Bars on a row; each letter a component of one side. */
  const rows = (reference: string, prediction: string, spacing = [1, 1]) => {
    const mask = (text: string) =>
      maskOf(
        Uint8Array.from(text, (letter) => (letter === "." ? 0 : 1)),
        [1, text.length],
        spacing,
      );
    return [mask(reference), mask(prediction)] as const;
  };

  it("tells lesions that are touched from lesions that are matched", () => {
    const found = lesionWise(...rows("aaaa..bb....c", "..xxxxxx...y."));
    expect(found).toMatchObject({
      referenceSizes: [1, 2, 4],
      predictionSizes: [1, 6],
      touchedLesions: 2,
      touchingComponents: 1,
      touchedRecall: 2 / 3,
      touchingPrecision: 1 / 2,
      // a: 2 of 8, b: 2 of 6; one component can't match both.
      matched: 1,
      recall: 1 / 3,
      precision: 1 / 2,
      f1: 2 / 5,
      meanDice: 4 / 8,
    });
  });

  it("has no precision of components that are all below the least volume, and none without components", () => {
    const small = lesionWise(...rows("aaaa..", "..x..."), { leastVolume: 2 });
    expect(small).toMatchObject({ referenceSizes: [4], predictionSizes: [], touchedRecall: 0, recall: 0 });
    for (const value of [small.touchingPrecision, small.precision]) {
      expect(value).toEqual({ ok: false, reason: "zero-denominator" });
    }
    expect(lesionWise(...rows("aaaa..", "......")).touchingPrecision).toEqual({
      ok: false,
      reason: "prediction-empty",
    });
    const missed = lesionWise(...rows("a.....", "..xxxx"), { leastVolume: 2 });
    expect([missed.touchedRecall, missed.recall]).toEqual(Array(2).fill({ ok: false, reason: "no-positives" }));
  });

  it("matches as many pairs as can be, not the best ones first", () => {
    // x hits a and b, y hits a alone: the best pair is (a, x), but then y is left over.
    const masks = rows("aaaaaaaaa.bbbb", "xxx.yyyyyyyyyy");
    expect(lesionWise(...masks)).toMatchObject({ matched: 2, touchedLesions: 2 });
    // y overlaps a by 5 of 14 and b by 4 of 10; x overlaps a by 3 of 9.
    expect(lesionWise(...masks).meanDice).toBeCloseTo((6 / 12 + 8 / 14) / 2, 12);
    expect(lesionWise(...masks, { leastIou: 0.35 })).toMatchObject({ matched: 1 });
  });

  it("gives a lesion up for a component that has no other", () => {
    // y overlaps a by 4 of 9 and b by 2 of 8; x overlaps a alone, by 1 of 6.
    const masks = rows("aaaaaa.bbb", "x.yyyyyyy.");
    expect(lesionWise(...masks)).toMatchObject({ matched: 2, recall: 1, precision: 1 });
    expect(lesionWise(...masks).meanDice).toBeCloseTo((2 / 7 + 4 / 10) / 2, 12);
    expect(lesionWise(...masks, { leastIou: 0.3 }).meanDice).toBeCloseTo(8 / 13, 12);
    // z holds a and has no other: x is left over.
    const three = lesionWise(...rows("aaaaaa.bbb", "x.zz.yyyy."));
    expect(three).toMatchObject({ matched: 2, touchingComponents: 3, touchedLesions: 2 });
    expect(three.meanDice).toBeCloseTo((4 / 8 + 4 / 7) / 2, 12);
  });

  it("follows long chains of lesions that give way to one another", () => {
    // Component k overlaps lesion k by 1 of 7 and lesion k + 1 by 2 of 6; the last one overlaps the last lesion alone.
    const length = 400;
    const reference = "aaaa.".repeat(length);
    const prediction = `...${"xxxx.".repeat(length - 1)}x.`;
    const found = lesionWise(...rows(reference, prediction));
    expect(found).toMatchObject({ matched: length, recall: 1, precision: 1 });
    expect(found.meanDice).toBeCloseTo((((length - 1) * 2) / 8 + 2 / 5) / length, 12);
  });

  it("meets the least overlap exactly", () => {
    const masks = rows("aaaaa.....", "....xxxxxx");
    // 1 of 10.
    expect(lesionWise(...masks).matched).toBe(1);
    expect(lesionWise(...masks, { leastIou: 0.1001 }).matched).toBe(0);
    expect(lesionWise(...rows("aaa.", ".xx."), { leastIou: 2 / 3 }).matched).toBe(1);
  });

  it("drops components below a volume on both sides", () => {
    const masks = rows("aaaa.b.cc", "aaa..b.cc", [2, 0.5]);
    expect(lesionWise(...masks, { leastVolume: 2 })).toMatchObject({
      referenceSizes: [2, 4],
      predictionSizes: [2, 3],
      touchedLesions: 2,
      matched: 2,
    });
    expect(lesionWise(...masks, { leastVolume: 2.001 })).toMatchObject({ referenceSizes: [4], predictionSizes: [3] });
    const none = lesionWise(...masks, { leastVolume: 5 });
    expect(none.recall).toEqual({ ok: false, reason: "no-positives" });
    expect(none.touchedRecall).toEqual({ ok: false, reason: "no-positives" });
    expect(none.precision).toEqual({ ok: false, reason: "zero-denominator" });
    expect(none.f1).toEqual({ ok: false, reason: "zero-denominator" });
    expect(none.meanDice).toEqual({ ok: false, reason: "no-data" });
    expect(lesionWise(...masks, { leastVolume: 5, bothEmpty: 1 }).meanDice).toBe(1);
  });

  it("keeps a component whose volume only rounding puts below the least one", () => {
    // 0.7 x 0.7 x 0.7 x 10 = 3.43, and in floating point 3.4299999999999993.
    expect(0.7 * 0.7 * 0.7 * 10).toBeLessThan(3.43);
    const ten = maskOf(new Uint8Array(10).fill(1), [1, 1, 10], [0.7, 0.7, 0.7]);
    expect(lesionWise(ten, ten, { leastVolume: 3.43 }).referenceSizes).toEqual([10]);
    expect(lesionWise(ten, ten, { leastVolume: 3.43 * (1 + 1e-8) }).referenceSizes).toEqual([]);
  });

  it("has a mean Dice of 0 where nothing is matched", () => {
    const missed = lesionWise(...rows("aa...bb", "...x..."));
    expect(missed).toMatchObject({ matched: 0, meanDice: 0 });
    // 1 of 10 voxels is less than the least overlap.
    expect(lesionWise(...rows("aaaaa.....", "....xxxxxx"), { leastIou: 0.2, bothEmpty: 1 }).meanDice).toBe(0);
    expect(lesionWise(...rows("aa", ".."), { bothEmpty: 1 }).meanDice).toBe(0);
    // All predicted components are too small, and the other way round.
    expect(lesionWise(...rows("aaa.", "..x."), { leastVolume: 2 }).meanDice).toBe(0);
    expect(lesionWise(...rows("..a.", "xxx."), { leastVolume: 2 }).meanDice).toBe(0);
  });

  it("finds each lesion of a mask in itself", () => {
    fc.assert(
      fc.property(fullPair(), ([a]) => {
        const found = lesionWise(a, a, { leastIou: 1 });
        expect(found).toMatchObject({ recall: 1, precision: 1, f1: 1, meanDice: 1, touchedRecall: 1 });
        expect(found.matched).toBe(found.referenceSizes.length);
      }),
    );
  });

  it("matches no more than there are on either side, and as many in either order", () => {
    fc.assert(
      fc.property(fullPair(), fc.constantFrom(0.05, 0.1, 0.3, 0.5), ([a, b], leastIou) => {
        const [ab, ba] = [lesionWise(a, b, { leastIou }), lesionWise(b, a, { leastIou })];
        expect(ba.matched).toBe(ab.matched);
        expect(ab.matched).toBeLessThanOrEqual(Math.min(ab.touchedLesions, ab.touchingComponents));
        expect(ba.touchedLesions).toBe(ab.touchingComponents);
      }),
    );
  });

  it("refuses overlaps and volumes that are none", () => {
    const [a, b] = rows("a", "a");
    for (const leastIou of [0, -0.1, 1.1, Number.NaN]) expect(() => lesionWise(a, b, { leastIou })).toThrow(wrongCall);
    for (const leastVolume of [-1, Number.NaN]) expect(() => lesionWise(a, b, { leastVolume })).toThrow(wrongCall);
  });
});

describe("empty masks", () => {
  const empty = maskOf(new Uint8Array(8), [2, 2, 2]);
  const full = maskOf(Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0), [2, 2, 2]);
  const none = (reason: string) => ({ ok: false, reason });

  it("both: nothing is defined but the difference of volumes", () => {
    const both = none("both-empty");
    expect(overlap(empty, empty)).toMatchObject({
      dice: both,
      iou: both,
      recall: both,
      precision: both,
      volumetricSimilarity: both,
      relativeVolumeDifference: both,
      volumeDifference: 0,
    });
    for (const metrics of surfaces) {
      expect(metrics(empty, empty, { tolerances: [1, 2] })).toEqual({
        referenceSurface: 0,
        predictionSurface: 0,
        distances: both,
        nsd: [both, both],
      });
    }
    expect(boundaryIou(empty, empty)).toEqual(both);
    expect(boundaryIou(empty, empty, { band: "distance" })).toEqual(both);
    expect(clDice(empty, empty)).toEqual({ topologyPrecision: both, topologySensitivity: both, clDice: both });
    expect(lesionWise(empty, empty)).toMatchObject({ recall: both, precision: both, f1: both, meanDice: both });
  });

  it("both, where the protocol takes that for agreement: 1, but shares and distances stay undefined", () => {
    const both = none("both-empty");
    const rule = { bothEmpty: 1 } as const;
    expect(overlap(empty, empty, rule)).toMatchObject({ dice: 1, iou: 1, volumetricSimilarity: 1, recall: both });
    for (const metrics of surfaces) {
      expect(metrics(empty, empty, { ...rule, tolerances: [1] })).toMatchObject({ distances: both, nsd: [1] });
    }
    expect(boundaryIou(empty, empty, rule)).toBe(1);
    expect(clDice(empty, empty, rule)).toMatchObject({ clDice: 1, topologyPrecision: both });
    expect(lesionWise(empty, empty, rule)).toMatchObject({ meanDice: 1, recall: both, f1: both });
    expect(lesionWise(empty, empty, { bothEmpty: null }).meanDice).toEqual(both);
    expect(overlap(empty, empty, { bothEmpty: null }).dice).toEqual(both);
  });

  it("the reference: agreement 0, no recall, no distance", () => {
    const reason = none("reference-empty");
    expect(overlap(empty, full, { bothEmpty: 1 })).toMatchObject({
      dice: 0,
      iou: 0,
      recall: reason,
      precision: 0,
      volumetricSimilarity: 0,
      relativeVolumeDifference: reason,
      volumeDifference: 1,
    });
    for (const metrics of surfaces) {
      expect(metrics(empty, full, { tolerances: [9] })).toMatchObject({ distances: reason, nsd: [0] });
    }
    expect(boundaryIou(empty, full)).toBe(0);
    expect(clDice(empty, full)).toEqual({ topologyPrecision: 0, topologySensitivity: reason, clDice: 0 });
    expect(lesionWise(empty, full)).toMatchObject({ recall: reason, precision: 0, f1: 0, meanDice: 0 });
  });

  it("the prediction: agreement 0, no precision, no distance", () => {
    const reason = none("prediction-empty");
    expect(overlap(full, empty)).toMatchObject({
      dice: 0,
      iou: 0,
      recall: 0,
      precision: reason,
      volumetricSimilarity: 0,
      relativeVolumeDifference: -1,
      volumeDifference: -1,
    });
    for (const metrics of surfaces) {
      expect(metrics(full, empty, { tolerances: [9] })).toMatchObject({ distances: reason, nsd: [0] });
    }
    expect(boundaryIou(full, empty, { band: "distance" })).toBe(0);
    expect(clDice(full, empty)).toEqual({ topologyPrecision: reason, topologySensitivity: 0, clDice: 0 });
    expect(lesionWise(full, empty)).toMatchObject({ recall: 0, precision: reason, f1: 0, meanDice: 0 });
  });
});

describe("wrong calls", () => {
  it("are refused: masks on different grids, tolerances below 0", () => {
    const one = maskOf(Uint8Array.of(1, 1), [1, 2]);
    const others = [
      maskOf(Uint8Array.of(1, 1), [2, 1]),
      maskOf(Uint8Array.of(1, 1), [1, 2], [1, 2]),
      maskOf(Uint8Array.of(1, 1), [1, 1, 2]),
      maskOf(Uint8Array.of(1, 1), [1, 2, 1]),
    ];
    for (const other of others) {
      for (const call of [overlap, borderVoxelMetrics, surfelAreaMetrics, boundaryIou, clDice, lesionWise]) {
        expect(() => call(one, other)).toThrow(wrongCall);
      }
    }
    for (const tolerance of [-1, Number.NaN]) {
      expect(() => borderVoxelMetrics(one, one, { tolerances: [tolerance] })).toThrow(wrongCall);
    }
  });
});
