/** Agreement of several readers: values by hand, and what is said of ratings that are few, missing or all alike. */
import { describe, expect, it } from "vitest";
import { multiRaterAgreement, type SubjectRatings } from "../../src/stats/index.js";
import { ok, reasonOf } from "./outcomes.js";

const none = (reason: string) => ({ ok: false, reason });
const of = (
  ratings: readonly SubjectRatings[],
  weights: "identity" | "linear" | "quadratic" | "ordinal" = "identity",
) => ok(multiRaterAgreement(ratings, [0, 1, 2], weights));

describe("agreement of several readers", () => {
  it("has Fleiss's values for a complete table, with his standard error without agreement", () => {
    // Three readers: 3 | 2 1 | 1 2 | 3 of two categories, pairs agree in 3, 1, 1, 3 of 3; shares 1/2
    const ratings = [[0, 0, 0], [0, 0, 1], [0, 1, 1], [1, 1, 1]]; // prettier-ignore
    const r = ok(multiRaterAgreement(ratings, [0, 1]));
    const fleiss = ok(r.fleiss);
    expect(r.subjects).toBe(4);
    expect(fleiss.pa).toBeCloseTo(8 / 12, 14);
    expect(fleiss.pe).toBeCloseTo(0.5, 14);
    expect(fleiss.coefficient).toBeCloseTo(1 / 3, 14);
    // sqrt(2 (S² - skew)/(n m (m - 1)))/S with S = Σ p q = 1/2 and no skew
    expect(r.fleissNullSe).toBeCloseTo(Math.sqrt((2 * 0.25) / (4 * 3 * 2)) / 0.5, 14);
  });

  it("the standard error without agreement sees the skew of the shares", () => {
    // Shares 3/4 and 1/4: S = 3/8, skew Σ p q (q - p) = 0 for two categories; three: 1/2, 1/4, 1/4
    const r = of([[0, 0], [0, 1], [2, 0], [1, 2]]); // prettier-ignore
    const [s, skew] = [1 / 4 + 3 / 16 + 3 / 16, 0 + 3 / 32 + 3 / 32];
    expect(r.fleissNullSe).toBeCloseTo(Math.sqrt((2 * (s * s - skew)) / (4 * 2 * 1)) / s, 14);
  });

  it("that standard error is for complete ratings without weights", () => {
    const complete: SubjectRatings[] = [[0, 0], [1, 0], [2, 1]]; // prettier-ignore
    expect(typeof of(complete).fleissNullSe).toBe("number");
    for (const weights of ["linear", "quadratic", "ordinal"] as const) {
      expect(of(complete, weights).fleissNullSe).toEqual(none("too-few"));
    }
    // As many ratings of each, but not of the same readers; lists of other lengths
    expect(of([[0, 0, null], [null, 1, 0], [2, null, 1]]).fleissNullSe).toEqual(none("too-few")); // prettier-ignore
    expect(of([[0, 0], [1, 0, 1], [2, 1]]).fleissNullSe).toEqual(none("too-few")); // prettier-ignore
    expect(of([[0, 0], [0, 0]]).fleissNullSe).toEqual(none("one-category")); // prettier-ignore
  });

  it("weights are shares of the range, or of the pairs of places", () => {
    // One reader in category 1, the other in 2, of values 0, 1, 4: apart 1, 3 and 4 of 4
    const pa = (a: number, b: number, weights: "linear" | "quadratic" | "ordinal") =>
      ok(ok(multiRaterAgreement([[a, b], [0, 4]], [0, 1, 4], weights)).gwet).pa; // prettier-ignore
    const all = [[0, 1], [1, 4], [0, 4], [4, 4]] as const; // prettier-ignore
    expect(all.map(([a, b]) => pa(a, b, "linear"))).toEqual([0.375, 0.125, 0, 0.5]);
    expect(all.map(([a, b]) => pa(a, b, "quadratic"))).toEqual([15 / 32, 7 / 32, 0, 0.5]);
    expect(all.map(([a, b]) => pa(a, b, "ordinal"))).toEqual([1 / 3, 1 / 3, 0, 0.5].map((p) => expect.closeTo(p, 14) as number)); // prettier-ignore
    expect(pa(4, 1, "linear"), "in either order").toBe(0.125);
  });

  it("readers of one mind have a coefficient of 1 without an interval, also where some subjects are rated once", () => {
    for (const ratings of [
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
      [
        [0, 0],
        [1, 1],
        [0, null],
        [null, 2],
      ],
    ] as SubjectRatings[][]) {
      const r = of(ratings);
      for (const coefficient of [r.fleiss, r.gwet, r.brennanPrediger]) {
        expect(ok(coefficient)).toMatchObject({ coefficient: 1, se: 0, interval: none("zero-variance"), pa: 1 });
      }
    }
  });

  it("one category leaves Fleiss's kappa without a chance; one subject leaves no interval", () => {
    const alike = of([[1, 1], [1, 1]]); // prettier-ignore
    expect(alike.fleiss).toEqual(none("one-category"));
    expect(ok(alike.gwet)).toMatchObject({ coefficient: 1, pe: 0 });
    expect(ok(of([[0, 0], [0, 1]]).gwet).interval.ok, "two have one").toBe(true); // prettier-ignore
    const single = of([[0, 1], [null, null]]); // prettier-ignore
    expect(single.subjects).toBe(1);
    for (const coefficient of [single.fleiss, single.gwet, single.brennanPrediger]) {
      expect(ok(coefficient)).toMatchObject({ se: none("too-few"), interval: none("too-few") });
    }
  });

  it("a scale of one category leaves no coefficient", () => {
    for (const weights of ["identity", "linear", "quadratic", "ordinal"] as const) {
      expect(multiRaterAgreement([[3, 3], [3, 3]], [3], weights)).toEqual(none("one-category")); // prettier-ignore
    }
    expect(reasonOf(multiRaterAgreement([[3, null]], [3]))).toBe("too-few");
    for (const categories of [[], [3]]) expect(reasonOf(multiRaterAgreement([[null]], categories))).toBe("no-data");
  });

  it("without ratings there is nothing; without pairs too few", () => {
    for (const ratings of [[], [[]], [[null, null]]]) {
      expect(reasonOf(multiRaterAgreement(ratings, [0, 1]))).toBe("no-data");
    }
    expect(reasonOf(multiRaterAgreement([[0, null], [null, 1]], [0, 1]))).toBe("too-few"); // prettier-ignore
  });

  it("categories rise", () => {
    for (const categories of [[3, 1, 2], [1, 1, 2], [1, NaN, 2], [1, 2, Infinity], [NaN]]) {
      // prettier-ignore
      expect(() => multiRaterAgreement([[1, 1]], categories)).toThrow("agreement: ");
    }
    expect(multiRaterAgreement([[1, 2], [2, 2]], [-1, 1, 2]).ok).toBe(true); // prettier-ignore
  });

  it("the interval ends at 1 at most and is t's", () => {
    // Brennan and Prediger: 2 pa - 1 with pa 1, 1, 0 by subject: values 1, 1, -1 around 1/3, variance 4/3, n 3
    const r = ok(ok(multiRaterAgreement([[0, 0], [1, 1], [0, 1]], [0, 1])).brennanPrediger); // prettier-ignore
    expect(r.coefficient).toBeCloseTo(1 / 3, 14);
    expect(r.se).toBeCloseTo(2 / 3, 14);
    const interval = ok(r.interval);
    expect(interval.low).toBeCloseTo(1 / 3 - 4.302652729749462 * (2 / 3), 10);
    expect(interval.high).toBe(1);
    const wide = ok(ok(multiRaterAgreement([[0, 0], [1, 1], [0, 1]], [0, 1], "identity", 0.5)).brennanPrediger); // prettier-ignore
    // t with 2 degrees of freedom at 0.75: 0.8164965809277261
    expect(ok(wide.interval).high).toBeCloseTo(1 / 3 + 0.816496580927726 * (2 / 3), 10);
  });
});
