/** Pooled estimates and their spread; McNemar's test with correlated units; generators for draws made elsewhere. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { clusterMcNemarEliasziwDonner, type PairedCluster } from "../../src/stats/clustered-paired.js";
import { pcg4d, threefry2x32, threefry4x32 } from "../../src/stats/counter-hashes.js";
import { heterogeneityOf } from "../../src/stats/heterogeneity.js";
import { mcnemarAsymptotic } from "../../src/stats/paired-proportions.js";
import { ok, refused } from "./tables.js";

describe("heterogeneity of estimates", () => {
  const sources = fc.array(fc.record({ y: fc.integer({ min: -500, max: 500 }), v: fc.integer({ min: 1, max: 400 }) }), {
    minLength: 2,
    maxLength: 10,
  });
  const of = (list: { y: number; v: number }[], shift = 0, unit = 1) =>
    ok(
      heterogeneityOf(
        list.map(({ y }) => (unit * (y + shift)) / 100),
        list.map(({ v }) => (unit * unit * v) / 100),
      ),
    );

  it("follows origin and unit, does not mind the order; its shares lie where they can", () => {
    fc.assert(
      fc.property(sources, (list) => {
        const r = of(list);
        const moved = of([...list].reverse(), 300, 2);
        expect(moved.fixed).toBeCloseTo(2 * (r.fixed + 3), 9);
        expect(moved.random).toBeCloseTo(2 * (r.random + 3), 8);
        expect(moved.randomSe).toBeCloseTo(2 * r.randomSe, 9);
        expect(moved.q).toBeCloseTo(r.q, 7);
        expect(moved.tau2).toBeCloseTo(4 * r.tau2, 7);
        expect(r.df).toBe(list.length - 1);
        expect(r.i2).toBeGreaterThanOrEqual(0);
        expect(r.i2).toBeLessThan(1);
        expect(r.i2 > 0).toBe(r.q > r.df);
        expect(r.tau2 > 0).toBe(r.q > r.df);
        expect(r.randomSe).toBeGreaterThanOrEqual(r.fixedSe);
        if (r.i2 > 0) expect(r.i2).toBeCloseTo(1 - r.df / r.q, 12);
      }),
    );
  });

  it("of two estimates is their squared distance in standard errors", () => {
    const r = ok(heterogeneityOf([0.9, 0.7], [0.01, 0.03]));
    expect(r.q).toBeCloseTo(0.04 / 0.04, 12);
    expect(r.fixed).toBeCloseTo(0.85, 12);
    expect(r.fixedSe).toBeCloseTo(Math.sqrt(0.0075), 12);
    // DerSimonian-Laird with equal variances v: half the squared distance less v
    expect(ok(heterogeneityOf([1, 3], [0.5, 0.5])).tau2).toBeCloseTo(1.5, 12);
    expect(ok(heterogeneityOf([1, 3], [0.5, 0.5])).randomSe).toBeCloseTo(1, 12);
    expect(ok(heterogeneityOf([2, 2, 2], [0.5, 0.1, 1]))).toMatchObject({ q: 0, i2: 0, tau2: 0, p: 1 });
  });

  it("has reasons", () => {
    expect(heterogeneityOf([], [])).toEqual(refused("no-data"));
    expect(heterogeneityOf([1], [1])).toEqual(refused("too-few"));
    expect(heterogeneityOf([1, 2], [1, 0])).toEqual(refused("zero-variance"));
    for (const call of [
      () => heterogeneityOf([1, 2], [1]),
      () => heterogeneityOf([1, 2], [1, 2, 3]),
      () => heterogeneityOf([1, 2], [4, -1]),
      () => heterogeneityOf([1, NaN], [1, 1]),
      () => heterogeneityOf([1, 2], [1, -1]),
      () => heterogeneityOf([1, 2], [1, Infinity]),
    ]) {
      expect(call).toThrow(MedassayError);
    }
  });
});

describe("McNemar's test of Eliasziw and Donner", () => {
  const cluster = fc.tuple(fc.nat(4), fc.nat(3), fc.nat(3), fc.nat(4));
  const clusters = fc.array(cluster, { minLength: 2, maxLength: 20 });

  it("does not mind the order of clusters, empty ones, and which product is first", () => {
    fc.assert(
      fc.property(clusters, (list) => {
        const r = clusterMcNemarEliasziwDonner(list);
        const others = [
          [...list].reverse(),
          [...list, [0, 0, 0, 0] as const],
          list.map(([a, b, c, d]): PairedCluster => [a, c, b, d]),
          list.map(([a, b, c, d]): PairedCluster => [d, b, c, a]),
        ];
        for (const other of others) {
          const again = clusterMcNemarEliasziwDonner(other);
          if (r.ok) expect(ok(again).chi2).toBeCloseTo(r.chi2, 8);
          else expect(again).toEqual(r);
        }
      }),
    );
  });

  it("takes chi2 down where units of a patient go the same way, up where they go apart", () => {
    const alike: PairedCluster[] = [
      [0, 3, 0, 0],
      [0, 3, 0, 0],
      [0, 0, 3, 0],
      [3, 0, 0, 0],
      [0, 0, 0, 3],
    ];
    const apart: PairedCluster[] = [
      [3, 2, 1, 3],
      [2, 2, 2, 3],
      [3, 3, 1, 2],
    ];
    expect(ok(clusterMcNemarEliasziwDonner(alike)).chi2).toBeLessThan(ok(mcnemarAsymptotic(6, 3)).chi2);
    expect(ok(clusterMcNemarEliasziwDonner(apart)).chi2).toBeGreaterThan(ok(mcnemarAsymptotic(7, 4)).chi2);
  });

  it("of patients that are all of one outcome each is inflated by their discordant size", () => {
    // Correlation 1 (no spread within): variance times the typical number of discordant units
    const r = ok(
      clusterMcNemarEliasziwDonner([
        [0, 2, 0, 0],
        [0, 2, 0, 0],
        [0, 2, 0, 0],
        [0, 0, 2, 0],
        [2, 0, 0, 0],
      ]),
    );
    expect(r.chi2).toBeCloseTo(16 / 8 / 2, 12);
  });

  it("has reasons", () => {
    const test = clusterMcNemarEliasziwDonner;
    expect(test([])).toEqual(refused("no-data"));
    expect(test([[0, 0, 0, 0]])).toEqual(refused("no-data"));
    expect(test([[1, 2, 1, 0]])).toEqual(refused("too-few-clusters"));
    expect(test([[1, 0, 0, 1], [2, 0, 0, 0]])).toEqual(refused("no-discordance")); // prettier-ignore
    expect(test([[1, 2, 1, 1], [2, 0, 0, 0]])).toEqual(refused("too-few")); // prettier-ignore
    expect(test([[1, 1, 0, 1], [2, 0, 1, 0]])).toEqual(refused("too-few")); // prettier-ignore
    expect(test([[0, 2, 0, 0], [0, 2, 0, 0]])).toEqual(refused("zero-denominator")); // prettier-ignore
    expect(() => test([[0, -2, 0, 0]])).toThrow(MedassayError);
    // Every patient is like every other, and split: the correlation is as low as it can be.
    const split: PairedCluster[] = [
      [0, 1, 1, 0],
      [0, 1, 1, 0],
      [0, 1, 1, 0],
    ];
    expect(test(split)).toEqual(refused("zero-variance"));
    // Correlation -3/7 with 3 of 10 units discordant: correlation + share (1 - correlation) is 0.
    const opposed: PairedCluster[] = [
      [1, 0, 0, 0],
      [2, 0, 0, 0],
      [2, 1, 0, 0],
      [2, 1, 1, 0],
    ];
    expect(test(opposed)).toEqual(refused("zero-variance"));
  });
});

describe("generators for draws made elsewhere", () => {
  const words = (count: number) =>
    fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: count, maxLength: count });

  it("have known answers", () => {
    // Random123 kat_vectors (zeros, ones, digits of pi); JAX threefry_2x32 with key and counter 0
    expect([...threefry2x32([0, 0], [0, 0])]).toEqual([0x6b200159, 0x99ba4efe]);
    const ones = [0xffffffff, 0xffffffff];
    expect([...threefry2x32(ones, ones)]).toEqual([0x1cb996fc, 0xbb002be7]);
    expect([...threefry2x32([0x243f6a88, 0x85a308d3], [0x13198a2e, 0x03707344])]).toEqual([0xc4923a9c, 0x483df7a0]);
    expect([...threefry4x32([0, 0, 0, 0], [0, 0, 0, 0])]).toEqual([0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8]);
    const four = [...ones, ...ones];
    expect([...threefry4x32(four, four)]).toEqual([0x2a881696, 0x57012287, 0xf6c7446e, 0xa16a6732]);
    expect([
      ...threefry4x32(
        [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
        [0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89],
      ),
    ]).toEqual([0x59cd1dbb, 0xb8879579, 0x86b5d00c, 0xac8b6d84]);
    // Words 0 to 3 of Python's integers modulo 2^32
    expect([...pcg4d([0, 0, 0, 0])]).toEqual([0x0f02f829, 0x2d568769, 0x32b0c43b, 0xd32548ea]);
    expect([...pcg4d([1, 2, 3, 4])]).toEqual([0x3622cd16, 0xf11471d8, 0xe1109b3f, 0x02b94c2f]);
    expect([...pcg4d([0xffffffff, 0x80000000, 0x243f6a88, 7])]).toEqual([
      0x92567871, 0x556fb952, 0xf727b6f5, 0x432066b0,
    ]);
  });

  it("give another block for every counter and key, and words of 32 bits", () => {
    fc.assert(
      fc.property(words(4), words(4), fc.nat(3), fc.nat(31), (counter, key, at, bit) => {
        const flipped = (list: number[], i: number): number[] =>
          list.map((word, j) => (i === j ? (word ^ (1 << bit)) >>> 0 : word));
        for (const [f, count] of [
          [threefry2x32, 2],
          [threefry4x32, 4],
        ] as const) {
          const [c, k] = [counter.slice(0, count), key.slice(0, count)];
          const block = f(c, k);
          expect([...f(flipped(c, at % count), k)]).not.toEqual([...block]);
          expect([...f(c, flipped(k, at % count))]).not.toEqual([...block]);
          expect([...f(Uint32Array.from(c), Uint32Array.from(k))]).toEqual([...block]);
        }
        expect([...pcg4d(flipped(counter, at))]).not.toEqual([...pcg4d(counter)]);
      }),
    );
  });

  it("refuse blocks of another length", () => {
    expect(() => threefry2x32([1], [1, 2])).toThrow(MedassayError);
    expect(() => threefry2x32([1], [1, 2])).toThrow("counter: 1 words, not 2");
    expect(() => threefry2x32([1, 2], [1, 2, 3])).toThrow("key: 3 words, not 2");
    expect(() => threefry4x32([1, 2], [1, 2, 3, 4])).toThrow("counter: 2 words, not 4");
    expect(() => threefry4x32([1, 2, 3, 4], [1, 2])).toThrow("key: 2 words, not 4");
    expect(() => pcg4d([1, 2, 3])).toThrow("input: 3 words, not 4");
  });
});
