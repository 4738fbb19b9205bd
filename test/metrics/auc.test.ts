/** The area under the ROC curve: infinite scores, and none. */
import { expect, it } from "vitest";
import { rankableScores, type BinaryUnits } from "../../src/metrics/index.js";
import { decided, measured, scoredUnits } from "./decided-units.js";

it("answers without scores have no area, and the counts stand", () => {
  const units = decided(scoredUnits([1, 0, 1], [0.9, 0.2, 0.4]));
  const image: BinaryUnits = { ...(units.binary.image as BinaryUnits), scored: false };
  const prepared = measured("auc", { ...units, binary: { image } });
  expect(prepared).toMatchObject({ estimate: null, reason: "no-scores", patients: 3 });
  expect(prepared.n).toEqual({ positives: 2, negatives: 1, patients: 3 });
});

it("infinite scores move just beyond the finite ones, and keep their ranks", () => {
  const ranked = (...scores: number[]) => [...rankableScores(Float64Array.from(scores))];
  expect(ranked(5, -Infinity, Infinity, -3)).toEqual([5, -4, 6, -3]);
  expect(ranked(Infinity, 5)).toEqual([6, 5]);
  expect(ranked(-Infinity, 5)).toEqual([4, 5]);
  expect(ranked(-7, Infinity, -Infinity)).toEqual([-7, -6, -8]);
  expect(ranked(Infinity, -Infinity)).toEqual([1, -1]);
  expect(ranked(0.25, 0.5)).toEqual([0.25, 0.5]);
  expect(ranked()).toEqual([]);
});

it("infinite scores move beyond finite ones of any size", () => {
  for (const size of [1e15, 2 ** 53, 1e17, 1e300]) {
    const [above, high, low, below] = rankableScores(Float64Array.of(Infinity, size, -size, -Infinity));
    expect(above, String(size)).toBeGreaterThan(high as number);
    expect(below, String(size)).toBeLessThan(low as number);
    expect([high, low]).toEqual([size, -size]);
    expect(above).toBe(-(below as number));
    expect(above).toBeLessThanOrEqual(size * (1 + 1e-14));
  }
  // Beyond the largest number there is none: that alone is a tie.
  const { MAX_VALUE } = Number;
  expect([...rankableScores(Float64Array.of(Infinity, MAX_VALUE, -MAX_VALUE, -Infinity))]).toEqual([
    MAX_VALUE,
    MAX_VALUE,
    -MAX_VALUE,
    -MAX_VALUE,
  ]);
  // A failed negative and a failed positive lose to 1e17 all the same.
  const units = scoredUnits([1, 0, 1, 0], [1e17, Infinity, -Infinity, -1e17]);
  expect(measured("auc", decided(units)).estimate).toBe(1 / 4);
});

it("units that failed lose against all of the other class", () => {
  const failed = decided(scoredUnits([1, 0, 1, 0, 1], [-Infinity, Infinity, 40, 30, 20]));
  // Of six pairs only 40 beats 30.
  expect(measured("auc", failed).estimate).toBe(1 / 6);
});

it("a class that is missing is named, with the counts", () => {
  const of = (labels: readonly number[]) => measured("auc", decided(scoredUnits(labels, labels)));
  expect(of([])).toMatchObject({ reason: "no-data", n: { positives: 0, negatives: 0, patients: 0 }, patients: 0 });
  expect(of([0, 0])).toMatchObject({
    reason: "no-positives",
    n: { positives: 0, negatives: 2, patients: 2 },
    patients: 2,
  });
  expect(of([1])).toMatchObject({
    reason: "no-negatives",
    n: { positives: 1, negatives: 0, patients: 1 },
    patients: 1,
  });
});
