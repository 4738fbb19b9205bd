/** Rank tests and shifts: against all permutations, under transforms of the scores, and where nothing can be said. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { hodgesLehmannOneSample, hodgesLehmannTwoSample } from "../../src/stats/hodges-lehmann.js";
import { chosenSum, signedSum, sumTails } from "../../src/stats/rank-distributions.js";
import {
  kruskalWallis,
  mannWhitney,
  mannWhitneyExact,
  wilcoxonSignedRank,
  wilcoxonSignedRankExact,
} from "../../src/stats/rank-tests.js";
import { midranks } from "../../src/stats/ranks.js";
import { RandomStream } from "../../src/stats/random.js";
import { ok, refused } from "./tables.js";

/** Values with many ties. */
const tied = (min: number, max: number) =>
  fc.array(fc.integer({ min: -3, max: 3 }), { minLength: min, maxLength: max });
const normals = (seed: bigint, count: number, shift = 0): number[] => {
  const stream = new RandomStream(seed, 1n);
  return Array.from({ length: count }, () => stream.normal() + shift);
};

/** Every choice of `chosen` of the places 0..count-1. */
function choices(count: number, chosen: number, from = 0): number[][] {
  if (chosen === 0) return [[]];
  return Array.from({ length: count - from }, (_, i) => from + i).flatMap((first) =>
    choices(count, chosen - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

const pairsWon = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, a) => sum + y.reduce((won, b) => won + (a > b ? 1 : a === b ? 0.5 : 0), 0), 0);

describe("midranks", () => {
  it("are means of the places in order, and add up to those of any order", () => {
    fc.assert(
      fc.property(tied(1, 30), (values) => {
        const { ranks, ties } = midranks(values);
        values.forEach((value, i) => {
          const below = values.filter((other) => other < value).length;
          const equal = values.filter((other) => other === value).length;
          expect(ranks[i]).toBe(below + (equal + 1) / 2);
        });
        const groups = [...new Set(values)].map((value) => values.filter((other) => other === value).length);
        expect(ties).toBe(groups.reduce((sum, t) => sum + t * t * t - t, 0));
      }),
    );
    expect(() => midranks([1, Infinity])).toThrow(MedassayError);
  });
});

describe("the exact Mann-Whitney test", () => {
  it("is what all ways to divide the values give", () => {
    fc.assert(
      fc.property(tied(1, 5), tied(1, 5), (x, y) => {
        const all = [...x, ...y];
        const us = choices(all.length, x.length).map((places) => {
          const taken = new Set(places);
          return pairsWon(
            places.map((place) => all[place] as number),
            all.filter((_, place) => !taken.has(place)),
          );
        });
        const u = pairsWon(x, y);
        const mean = (x.length * y.length) / 2;
        const share = (keep: (value: number) => boolean): number => us.filter(keep).length / us.length;
        const r = ok(mannWhitneyExact(x, y));
        expect(r.u).toBe(u);
        expect(r.pLess).toBeCloseTo(
          share((value) => value <= u),
          11,
        );
        expect(r.pGreater).toBeCloseTo(
          share((value) => value >= u),
          11,
        );
        expect(r.p).toBeCloseTo(
          share((value) => Math.abs(value - mean) >= Math.abs(u - mean)),
          11,
        );
      }),
    );
  });

  it("is near the normal approximation for large groups, with and without ties", () => {
    const [x, y] = [normals(1n, 60), normals(2n, 60, 0.3)];
    const coarse = (values: number[]): number[] => values.map((value) => Math.round(2 * value));
    for (const [a, b] of [
      [x, y],
      [coarse(x), coarse(y)],
    ] as const) {
      const exact = ok(mannWhitneyExact(a, b));
      expect(Math.abs(exact.p - (ok(mannWhitney(a, b, true)).p as number))).toBeLessThan(0.002);
    }
  });
});

describe("the Mann-Whitney tests", () => {
  const tests = [
    mannWhitney,
    (x: readonly number[], y: readonly number[]) => mannWhitney(x, y, true),
    mannWhitneyExact,
  ];

  it("exchange of the groups mirrors u, and leaves p; a rising transform changes nothing", () => {
    fc.assert(
      fc.property(tied(1, 8), tied(1, 8), (x, y) => {
        for (const test of tests) {
          const [r, swapped] = [ok(test(x, y)), ok(test(y, x))];
          expect(r.u + swapped.u).toBe(x.length * y.length);
          if (typeof r.p === "number") expect(swapped.p).toBeCloseTo(r.p, 11);
          else expect(swapped.p).toEqual(r.p);
          const cubed = (values: number[]): number[] => values.map((value) => value * value * value + 1);
          expect(test(cubed(x), cubed(y))).toEqual(r);
        }
        const [r, swapped] = [ok(mannWhitney(x, y)), ok(mannWhitney(y, x))];
        if (typeof r.z === "number") expect(swapped.z).toBeCloseTo(-r.z, 12);
        const [exact, mirror] = [ok(mannWhitneyExact(x, y)), ok(mannWhitneyExact(y, x))];
        expect(mirror.pLess).toBeCloseTo(exact.pGreater, 11);
      }),
    );
  });

  it("have known answers", () => {
    // R 4.2.2 wilcox.test
    const [x, y] = [
      [1, 2, 2, 5],
      [3, 4, 4, 6],
    ];
    expect(ok(mannWhitney(x, y)).p).toBeCloseTo(0.144050633909659, 12);
    expect(ok(mannWhitney(x, y)).z).toBeLessThan(0);
    expect(ok(mannWhitney(x, y, true)).p).toBeCloseTo(0.188582305519036, 12);
    expect(ok(mannWhitneyExact([1.1, 2.2, 2.9, 5], [3, 4.5, 4, 6])).p).toBeCloseTo(0.2, 12);
  });

  it("the continuity correction stops at the mean", () => {
    const r = ok(mannWhitney([1, 4], [2, 3], true));
    expect([r.u, r.z, r.p]).toEqual([2, 0, 1]);
    const half = ok(mannWhitney([1, 1, 2], [1, 2, 2, 1], true));
    expect(half.u).not.toBe(6);
    expect(Math.abs(half.z as number)).toBeLessThan(Math.abs(ok(mannWhitney([1, 1, 2], [1, 2, 2, 1])).z as number));
  });

  it("have reasons", () => {
    for (const test of tests) {
      expect(test([], [1])).toEqual(refused("no-data"));
      expect(test([1], [])).toEqual(refused("no-data"));
      expect(() => test([1, NaN], [1])).toThrow(MedassayError);
    }
    expect(ok(mannWhitney([1, 1], [1, 1, 1]))).toMatchObject({
      u: 3,
      z: refused("zero-variance"),
      p: refused("zero-variance"),
    });
    expect(mannWhitneyExact([1, 1], [1, 1, 1])).toEqual({ ok: true, u: 3, p: 1, pLess: 1, pGreater: 1 });
    const many = Array.from({ length: 400 }, (_, i) => i);
    expect(mannWhitneyExact(many, many)).toEqual(refused("no-convergence"));
    expect(hodgesLehmannTwoSample(many, many)).toEqual(refused("no-convergence"));
  });
});

describe("the Kruskal-Wallis test", () => {
  it("of two groups is the Mann-Whitney test without correction", () => {
    fc.assert(
      fc.property(tied(1, 12), tied(1, 12), (x, y) => {
        const [r, two] = [ok(kruskalWallis([x, y])), ok(mannWhitney(x, y))];
        expect(r.df).toBe(1);
        if (typeof two.z !== "number") expect(r).toMatchObject({ h: two.z, p: two.p });
        else {
          expect(r.h).toBeCloseTo(two.z * two.z, 10);
          expect(r.p).toBeCloseTo(two.p as number, 10);
        }
      }),
    );
  });

  it("does not mind the order of groups, nor a rising transform", () => {
    fc.assert(
      fc.property(tied(1, 8), tied(1, 8), tied(1, 8), (a, b, c) => {
        const r = ok(kruskalWallis([a, b, c]));
        const other = ok(kruskalWallis([c, a, b].map((group) => group.map((value) => Math.exp(value)))));
        if (typeof r.h === "number") expect(other.h).toBeCloseTo(r.h, 10);
        else expect(other.h).toEqual(r.h);
        expect(r.df).toBe(2);
      }),
    );
  });

  it("has a known answer and reasons", () => {
    // R 4.2.2 kruskal.test
    const groups = [
      [1, 2, 2, 5],
      [3, 4, 4],
      [6, 7, 2],
    ];
    expect(ok(kruskalWallis(groups)).h).toBeCloseTo(2.596875, 12);
    expect(kruskalWallis([])).toEqual(refused("no-data"));
    expect(kruskalWallis([[1, 2], []])).toEqual(refused("no-data"));
    expect(kruskalWallis([[1, 2]])).toEqual(refused("too-few"));
    expect(kruskalWallis([[1], [1, 1]])).toEqual({
      ok: true,
      h: refused("zero-variance"),
      df: 1,
      p: refused("zero-variance"),
    });
  });
});

describe("the signed rank tests", () => {
  it("exact: what all patterns of signs give", () => {
    fc.assert(
      fc.property(tied(1, 8), (d) => {
        const kept = d.filter((value) => value !== 0);
        const { ranks } = midranks(kept.map(Math.abs));
        const sums = Array.from({ length: 1 << kept.length }, (_, signs) =>
          ranks.reduce((sum, rank, i) => sum + ((signs >> i) & 1 ? rank : 0), 0),
        );
        const v = ranks.reduce((sum, rank, i) => sum + ((kept[i] as number) > 0 ? rank : 0), 0);
        const mean = (kept.length * (kept.length + 1)) / 4;
        const r = ok(wilcoxonSignedRankExact(d));
        expect(r.v).toBe(v);
        const far = sums.filter((sum) => Math.abs(sum - mean) >= Math.abs(v - mean)).length;
        expect(r.p).toBeCloseTo(far / sums.length, 12);
      }),
    );
  });

  it("turned signs mirror v and leave p; zeros and the unit do not matter", () => {
    fc.assert(
      fc.property(tied(1, 12), fc.boolean(), (d, corrected) => {
        const r = ok(wilcoxonSignedRank(d, corrected));
        const turned = ok(
          wilcoxonSignedRank(
            d.map((value) => -value),
            corrected,
          ),
        );
        const count = d.filter((value) => value !== 0).length;
        expect(r.v + turned.v).toBe((count * (count + 1)) / 2);
        expect(turned.p).toBeCloseTo(r.p as number, 12);
        expect(turned.z).toBeCloseTo(-(r.z as number), 12);
        const doubled = [0, ...d.map((value) => 2 * value)];
        expect(wilcoxonSignedRank(doubled, corrected)).toEqual(r);
        expect(wilcoxonSignedRankExact(doubled)).toEqual(wilcoxonSignedRankExact(d));
      }),
    );
  });

  it("of one size only is the sign test: exact p is that of the binomial, z that of McNemar", () => {
    for (const [plus, minus] of [
      [7, 2],
      [1, 5],
      [4, 4],
    ] as const) {
      const d = [...new Array<number>(plus).fill(3), ...new Array<number>(minus).fill(-3)];
      const z = ok(wilcoxonSignedRank(d)).z as number;
      expect(z * z).toBeCloseTo(((plus - minus) * (plus - minus)) / (plus + minus), 12);
    }
    // 2 (1 + 9 + 36) / 2^9
    expect(ok(wilcoxonSignedRankExact([1, 1, 1, 1, 1, 1, 1, -1, -1])).p).toBeCloseTo(92 / 512, 12);
  });

  it("exact and approximate agree where there are many", () => {
    const d = normals(3n, 80, 0.25);
    expect(Math.abs(ok(wilcoxonSignedRankExact(d)).p - (ok(wilcoxonSignedRank(d, true)).p as number))).toBeLessThan(
      0.002,
    );
  });

  it("have known answers and reasons", () => {
    // R 4.2.2 wilcox.test
    const d = [1, 2, -2, 5, 7];
    expect(ok(wilcoxonSignedRank(d)).v).toBe(12.5);
    expect(ok(wilcoxonSignedRank(d)).p).toBeCloseTo(0.175554302773, 11);
    expect(ok(wilcoxonSignedRank(d, true)).p).toBeCloseTo(0.222800991181134, 12);
    for (const test of [wilcoxonSignedRank, wilcoxonSignedRankExact]) {
      expect(test([])).toEqual(refused("no-data"));
      expect(() => test([1, Infinity])).toThrow(MedassayError);
    }
    expect(wilcoxonSignedRank([0, 0])).toEqual({ ok: true, v: 0, z: 0, p: 1 });
    expect(wilcoxonSignedRankExact([0, 0])).toEqual({ ok: true, v: 0, p: 1 });
    const many = Array.from({ length: 1200 }, (_, i) => i + 1);
    expect(wilcoxonSignedRankExact(many)).toEqual(refused("no-convergence"));
    expect(hodgesLehmannOneSample(many)).toEqual(refused("no-convergence"));
  });
});

describe("the distributions of rank sums", () => {
  it("add up to 1, lie around their mean, and start at the least sum", () => {
    fc.assert(
      fc.property(tied(2, 10), fc.nat(), (values, k) => {
        const { ranks } = midranks(values);
        const chosen = 1 + (k % (values.length - 1));
        const sorted = [...ranks].sort((a, b) => a - b);
        for (const [distribution, least, mean] of [
          [
            chosenSum(ranks, chosen),
            sorted.slice(0, chosen).reduce((a, b) => a + b, 0),
            (chosen * (values.length + 1)) / 2,
          ],
          [signedSum(ranks), 0, (values.length * (values.length + 1)) / 4],
        ] as const) {
          if (distribution === null) throw new Error("small");
          const { probabilities, unit } = distribution;
          expect(distribution.least).toBe(least);
          expect(probabilities[0]).toBeGreaterThan(0);
          expect(probabilities.at(-1)).toBeGreaterThan(0);
          expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
          expect(probabilities.reduce((sum, p, s) => sum + p * (least + s * unit), 0)).toBeCloseTo(mean, 10);
          const tails = sumTails(least, mean, distribution);
          expect(tails.pLess).toBe(probabilities[0]);
          expect(tails.pGreater).toBeCloseTo(1, 12);
        }
      }),
    );
  });
});

describe("the Hodges-Lehmann shift", () => {
  const distinct = fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 7, maxLength: 14 });

  it("follows a shift and a turn of the values, and lies in its interval", () => {
    fc.assert(
      fc.property(
        distinct,
        distinct,
        fc.integer({ min: -50, max: 50 }),
        fc.constantFrom(0.8, 0.95),
        (x, y, by, level) => {
          const r = ok(hodgesLehmannTwoSample(x, y, level));
          const interval = ok(r.interval);
          const moved = ok(
            hodgesLehmannTwoSample(
              x.map((value) => value + by),
              y,
              level,
            ),
          );
          const swapped = ok(hodgesLehmannTwoSample(y, x, level));
          expect(moved.estimate).toBe(r.estimate + by);
          expect(ok(moved.interval).low).toBe(interval.low + by);
          expect(swapped.estimate).toBeCloseTo(-r.estimate, 12);
          expect(ok(swapped.interval).low).toBeCloseTo(-interval.high, 12);
          expect(interval.low).toBeLessThanOrEqual(r.estimate);
          expect(interval.high).toBeGreaterThanOrEqual(r.estimate);
          expect(r.achievedLevel).toBeGreaterThanOrEqual(level);
        },
      ),
    );
  });

  it("its interval holds exactly the shifts that the exact test does not reject", () => {
    fc.assert(
      fc.property(distinct, distinct, (x, y) => {
        const { low, high } = ok(ok(hodgesLehmannTwoSample(x, y)).interval);
        const p = (shift: number): number =>
          ok(
            mannWhitneyExact(
              x.map((value) => value - shift),
              y,
            ),
          ).p;
        expect(p(low - 0.5)).toBeLessThanOrEqual(0.05);
        expect(p(high + 0.5)).toBeLessThanOrEqual(0.05);
        const differences = x.flatMap((a) => y.map((b) => a - b));
        if (!differences.includes(low + 1)) expect(p(low + 0.5)).toBeGreaterThan(0.05);
      }),
      { numRuns: 40 },
    );
  });

  it("of one sample turns with the signs, and leaves zeros out", () => {
    fc.assert(
      fc.property(distinct, (values) => {
        const d = values.filter((value) => value !== 0);
        const r = ok(hodgesLehmannOneSample(d));
        const turned = ok(hodgesLehmannOneSample(d.map((value) => -value)));
        expect(turned.estimate).toBeCloseTo(-r.estimate, 12);
        expect(ok(turned.interval).high).toBeCloseTo(-ok(r.interval).low, 12);
        expect(hodgesLehmannOneSample([0, ...d, 0])).toEqual(r);
      }),
    );
  });

  it("has known answers", () => {
    // R 4.2.2 wilcox.test with conf.int
    const one = ok(hodgesLehmannOneSample([1.1, -0.4, 2.2, 3.1, 4.5, 5, 6.2]));
    expect([one.estimate, ok(one.interval).low, ok(one.interval).high]).toEqual(
      [3.075, 0.9, 5.35].map((value) => expect.closeTo(value, 12) as number),
    );
    expect(one.achievedLevel).toBeCloseTo(1 - 6 / 128, 12);
    const two = ok(hodgesLehmannTwoSample([1.1, 2.2, 2.9, 5, 7.5], [3, 4.5, 4, 6]));
    expect([two.estimate, ok(two.interval).low, ok(two.interval).high]).toEqual(
      [-1.05, -3.8, 3.5].map((value) => expect.closeTo(value, 12) as number),
    );
    expect(two.achievedLevel).toBeCloseTo(1 - 4 / 126, 12);
  });

  it("says where the level can't be reached, and where there is no interval at all", () => {
    expect(hodgesLehmannOneSample([1, 2, 3, 4, 5])).toEqual({
      ok: true,
      estimate: 3,
      interval: {
        ok: true,
        low: 1,
        high: 5,
        level: 0.95,
        method: "hodges_lehmann_one_sample_exact",
        flags: ["level-not-reached"],
      },
      achievedLevel: 0.9375,
      flags: ["level-not-reached"],
    });
    // The same limits have exactly the level where it is asked for.
    expect(ok(hodgesLehmannOneSample([1, 2, 3, 4, 5], 0.9375)).flags).toBeUndefined();
    expect(hodgesLehmannTwoSample([1], [2])).toMatchObject({
      estimate: -1,
      interval: refused("too-few"),
      achievedLevel: 0,
    });
    expect(ok(hodgesLehmannOneSample([1.5])).interval).toEqual(refused("too-few"));
    expect(ok(hodgesLehmannOneSample([2, 2, 2, 2, 2, 2])).interval).toEqual(refused("zero-variance"));
    expect(hodgesLehmannOneSample([])).toEqual(refused("no-data"));
    expect(hodgesLehmannOneSample([0])).toEqual(refused("no-data"));
    expect(hodgesLehmannTwoSample([], [1])).toEqual(refused("no-data"));
    expect(hodgesLehmannTwoSample([1], [])).toEqual(refused("no-data"));
    for (const call of [
      () => hodgesLehmannOneSample([NaN]),
      () => hodgesLehmannTwoSample([NaN], [1]),
      () => hodgesLehmannOneSample([1, 2], 1),
      () => hodgesLehmannTwoSample([1], [2], 0),
    ]) {
      expect(call).toThrow(MedassayError);
    }
  });
});
