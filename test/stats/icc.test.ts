/** Intraclass correlation: the worked example of Shrout and Fleiss, scipy's quantiles, and what degenerate readings leave. */
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { icc, iccEstimate, meanSquares, type IccForm } from "../../src/stats/icc.js";
import { ok, refused } from "./tables.js";

const close = (value: number, digits = 11): number => expect.closeTo(value, digits) as number;
const forms: IccForm[] = ["1,1", "1,k", "C,1", "C,k", "A,1", "A,k"];
const zeroVariance = refused("zero-variance");
const zeroDenominator = refused("zero-denominator");

/** Six subjects, four judges (Shrout & Fleiss 1979). */
const judged = [
  [9, 2, 5, 8],
  [6, 1, 3, 2],
  [8, 4, 6, 8],
  [7, 1, 2, 6],
  [10, 5, 6, 9],
  [6, 2, 4, 7],
];

describe("the intraclass correlation of Shrout and Fleiss's judges", () => {
  it("has their mean squares", () => {
    expect(meanSquares(judged)).toEqual({
      ok: true,
      subjects: 6,
      readers: 4,
      rows: close(11.241666666666669),
      columns: close(32.486111111111114),
      error: close(1.0194444444444444),
      within: close(6.263888888888889),
    });
  });

  it.each([
    // numpy and scipy, limits of McGraw & Wong at a level of 0.9
    ["1,1", 0.16574176840547544, 1.794678492239468, 18, 0.16476880834463953, -0.09672220365774226, 0.6433983107044231],
    ["1,k", 0.44279713367926865, 1.794678492239468, 18, 0.16476880834463953, -0.5450417247368684, 0.8783010354064075],
    [
      "C,1",
      0.7148407148407149,
      11.027247956403272,
      15,
      0.00013456651648433688,
      0.41183413091904414,
      0.9258328076802794,
    ],
    ["C,k", 0.9093155423770695, 11.027247956403272, 15, 0.00013456651648433688, 0.7368976785770522, 0.9803660560472142],
    [
      "A,1",
      0.2897637795275591,
      11.027247956403272,
      15,
      0.00013456651648433688,
      0.04290119154053986,
      0.6910706066183566,
    ],
    [
      "A,k",
      0.6200505475989891,
      11.027247956403272,
      15,
      0.00013456651648433688,
      0.15203705385595795,
      0.8994767001136249,
    ],
  ] as const)("%s is known", (form, value, f, degrees2, p, low, high) => {
    expect(icc(judged, form, 0.9)).toEqual({
      ok: true,
      icc: close(value),
      f: close(f),
      degrees1: 5,
      degrees2,
      p: close(p),
      interval: { ok: true, low: close(low, 9), high: close(high, 9), level: 0.9, method: `icc(${form})_f` },
    });
    expect(iccEstimate(judged, form)).toEqual({ ok: true, icc: close(value) });
  });

  it("is that of absolute agreement of a single reader at 0.95 unless told otherwise", () => {
    expect(icc(judged)).toEqual(icc(judged, "A,1", 0.95));
    expect(iccEstimate(judged)).toEqual(iccEstimate(judged, "A,1"));
  });

  it("does not depend on the unit, however small or large", () => {
    for (const unit of [1e-20, 1e-13, 1e13, 1e20]) {
      const scaled = judged.map((row) => row.map((value) => unit * value));
      for (const form of forms) {
        expect(ok(iccEstimate(scaled, form)).icc).toBeCloseTo(ok(iccEstimate(judged, form)).icc, 10);
      }
    }
  });
});

describe("readings that contradict each other", () => {
  const contrary = [
    [0.071, -1.37, -0.326, 0.316, 1.351],
    [-1.216, 0.571, -0.123, 0.826, 0.203],
    [1.335, -0.948, -1.423, 1.213, -0.377],
  ];

  it("have an upper limit apart from their negative coefficient", () => {
    // Satterthwaite's degrees of freedom are next to none here; with 1 the F quantiles (scipy) are 799.5 and 38.506329
    const [rows, columns, error] = [0.010634866666666661, 1.1268104333333335, 1.0308402833333332];
    const squares = meanSquares(contrary);
    if (squares.ok)
      expect([squares.rows, squares.columns, squares.error]).toEqual([close(rows), close(columns), close(error)]);
    const r = icc(contrary);
    expect(r).toMatchObject({
      ok: true,
      icc: close((rows - error) / (rows + 4 * error + (5 / 3) * (columns - error))),
    });
    const shared = 5 * columns + 7 * error;
    if (!r.ok || !r.interval.ok) throw new Error("no interval");
    expect(r.interval.low).toBeCloseTo((3 * (rows - 799.5 * error)) / (799.5 * shared + 3 * rows), 9);
    expect(r.interval.high).toBeCloseTo(
      (3 * (38.50632911392405 * rows - error)) / (shared + 3 * 38.50632911392405 * rows),
      9,
    );
    // At a low level one quantile is below 1: its limit is the estimate, not beyond it.
    const narrow = icc(contrary, "A,1", 0.02);
    if (!narrow.ok || !narrow.interval.ok) throw new Error("no interval");
    expect(narrow.interval.low).toBeLessThan(narrow.icc);
    expect(narrow.interval.high).toBeCloseTo(narrow.icc, 12);
  });

  it("have no mean of readers where its denominator is 0 or below", () => {
    expect(icc([[-0.399, 0.121], [0.561, -0.266]], "A,k")).toEqual(zeroDenominator); // prettier-ignore
    // rows + (columns - error)/2 is 0, but for rounding
    expect(icc([[-0.9, 0.3], [0.6, 0]], "A,k")).toEqual(zeroDenominator); // prettier-ignore
    expect(iccEstimate([[-9, 3], [6, 0]], "A,k")).toEqual(zeroDenominator); // prettier-ignore
    expect(iccEstimate([[-0.9, 0.3], [0.65, 0]], "A,k").ok).toBe(true); // prettier-ignore
  });
});

describe("readings that leave nothing to compare", () => {
  const none = { f: zeroVariance, p: zeroVariance, interval: zeroVariance };

  it("that agree in all have a correlation of 1, and no test", () => {
    const same = [
      [1, 1, 1],
      [2, 2, 2],
      [4, 4, 4],
    ];
    for (const form of forms) {
      const degrees2 = form.startsWith("1") ? 6 : 4;
      expect(icc(same, form)).toEqual({ ok: true, icc: 1, degrees1: 2, degrees2, ...none });
    }
  });

  it("that differ between readers alone agree less by as much", () => {
    // Mean squares: 2 between subjects, 1.5 between readers, no rest, 0.5 within
    const shifted = [
      [1, 2],
      [2, 3],
      [3, 4],
    ];
    expect(meanSquares(shifted)).toEqual({
      ok: true,
      subjects: 3,
      readers: 2,
      rows: 2,
      columns: 1.5,
      error: 0,
      within: 0.5,
    });
    const degrees = { degrees1: 2, degrees2: 2 };
    expect(icc(shifted, "C,1")).toEqual({ ok: true, icc: 1, ...degrees, ...none });
    expect(icc(shifted, "A,1")).toEqual({ ok: true, icc: close(2 / 3), ...degrees, ...none });
    expect(icc(shifted, "A,k")).toEqual({ ok: true, icc: close(0.8), ...degrees, ...none });
    expect(icc(shifted, "1,1")).toMatchObject({ icc: close(1.5 / 2.5), f: 4, degrees1: 2, degrees2: 3 });
  });

  it("alike in every subject are clear of rounding", () => {
    const alike = Array.from({ length: 7 }, () => [0.1, 0.2, 0.7]);
    expect(meanSquares(alike)).toMatchObject({ rows: 0, error: 0, within: close(0.31 / 3) });
    for (const form of ["C,1", "C,k", "A,1", "A,k"] as const) {
      expect(icc(alike, form)).toEqual(zeroVariance);
      expect(iccEstimate(alike, form)).toEqual(zeroVariance);
    }
    // No spread between subjects: as negative as three readers can be; the mean of them has none at all.
    expect(icc(alike, "1,1")).toEqual({
      ok: true,
      icc: close(-0.5),
      f: 0,
      degrees1: 6,
      degrees2: 14,
      p: 1,
      interval: zeroVariance,
    });
    expect(icc(alike, "1,k")).toEqual(zeroDenominator);
    expect(iccEstimate(alike, "1,k")).toEqual(zeroDenominator);
  });

  it("that differ between readers alone are clear of the rounding of a large value which they are beside", () => {
    for (const offset of [1e3, 1e5]) {
      const shifted = Array.from({ length: 7 }, (_, i) => [0.1, 0.2, 0.7].map((value) => offset + value + 0.3 * i));
      expect(meanSquares(shifted)).toMatchObject({ error: 0, rows: close(3 * 0.09 * (28 / 6), 5) });
      expect(icc(shifted, "C,1")).toEqual({ ok: true, icc: 1, degrees1: 6, degrees2: 12, ...none });
    }
  });

  it("of one value have no correlation", () => {
    for (const value of [0, 0.1, 1e9]) {
      const constant = Array.from({ length: 5 }, () => [value, value, value]);
      for (const form of forms) expect(icc(constant, form)).toEqual(zeroVariance);
    }
  });

  it("too few, or none, or no table", () => {
    for (const f of [meanSquares, iccEstimate, icc]) {
      expect(f([])).toEqual(refused("no-data"));
      expect(f([[1, 2]])).toEqual(refused("too-few"));
      expect(f([[1], [2]])).toEqual(refused("too-few"));
      expect(f([[], []])).toEqual(refused("too-few"));
      expect(() => f([[1, 2], [3]])).toThrow(MedassayError);
      expect(() =>
        f([
          [1, 2],
          [3, NaN],
        ]),
      ).toThrow(MedassayError);
      expect(() => f([[1, Infinity]])).toThrow(MedassayError);
    }
    expect(icc([[1, 2], [3, 5]], "C,1").ok).toBe(true); // prettier-ignore
    for (const level of [0, 1]) expect(() => icc([], "A,1", level)).toThrow(MedassayError);
  });
});
