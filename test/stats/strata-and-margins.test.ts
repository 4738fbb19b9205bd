/** Square tables and ratings of the same units; 2 by 2 tables in strata. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import { pearsonChiSquare, totalsOf } from "../../src/stats/contingency-tables.js";
import { bowker, cochranQ, stuartMaxwell } from "../../src/stats/marginal-homogeneity.js";
import { mcnemarAsymptotic } from "../../src/stats/paired-proportions.js";
import { breslowDay, mantelHaenszelOddsRatio, mantelHaenszelTest } from "../../src/stats/stratified-tables.js";
import { counts, ok, refused, tableOf, turned, upsideDown } from "./tables.js";

describe("equal margins of a square table", () => {
  it("of two categories is McNemar's test, by Bowker and by Stuart-Maxwell", () => {
    fc.assert(
      fc.property(tableOf(2, 2, 30), (table) => {
        fc.pre(totalsOf(table).total > 0);
        const [[, b], [c]] = table as [[number, number], [number, number]];
        const mcnemar = ok(mcnemarAsymptotic(b, c));
        for (const r of [ok(bowker(table)), ok(stuartMaxwell(table))]) {
          expect(r.chi2).toBeCloseTo(mcnemar.chi2, 10);
          expect(r.p).toBeCloseTo(mcnemar.p, 10);
          expect(r.df).toBe(b + c > 0 ? 1 : 0);
        }
      }),
    );
  });

  it("does not mind the diagonal, a turn, or the order and names of the categories", () => {
    fc.assert(
      fc.property(tableOf(4, 4, 9), (table) => {
        const order = [2, 0, 3, 1];
        const renamed = order.map((i) => order.map((j) => (table[i] as number[])[j] as number));
        const agreed = table.map((row, i) => row.map((count, j) => (i === j ? count + 50 : count)));
        for (const test of [bowker, stuartMaxwell]) {
          const r = test(agreed);
          for (const other of [turned(agreed), renamed.map((row, i) => row.map((c, j) => (i === j ? c + 1 : c)))]) {
            expect(ok(test(other)).chi2).toBeCloseTo(ok(r).chi2, 8);
            expect(ok(test(other)).df).toBe(ok(r).df);
          }
        }
      }),
    );
  });

  it("of categories that exchange nothing is the sum of their tests", () => {
    fc.assert(
      fc.property(tableOf(2, 2, 9), tableOf(3, 3, 9, 1), (one, other) => {
        const both = [
          ...one.map((row) => [...row, 0, 0, 0]),
          ...other.map((row) => [0, 0, ...row]),
          // A category that nobody confuses with another
        ];
        fc.pre(totalsOf(one).total > 0);
        for (const test of [bowker, stuartMaxwell]) {
          const [a, b, sum] = [ok(test(one)), ok(test(other)), ok(test(both))];
          expect(sum.chi2).toBeCloseTo(a.chi2 + b.chi2, 9);
          expect(sum.df).toBe(a.df + b.df);
        }
      }),
    );
  });

  it("holds exactly for symmetric tables; agreement alone has no degree of freedom", () => {
    const symmetric = counts("9 2 3 / 2 8 4 / 3 4 7");
    expect(bowker(symmetric)).toEqual({ ok: true, chi2: 0, df: 3, p: 1 });
    expect(stuartMaxwell(symmetric)).toEqual({ ok: true, chi2: 0, df: 2, p: 1 });
    for (const test of [bowker, stuartMaxwell]) {
      expect(test(counts("7 0 / 0 3"))).toEqual({ ok: true, chi2: 0, df: 0, p: 1 });
      expect(test(counts("0 0 / 0 0"))).toEqual(refused("no-data"));
      expect(() => test(counts("1 2 3 / 4 5 6"))).toThrow(MedassayError);
    }
  });

  it("has known answers", () => {
    // R 4.2.2 mcnemar.test
    const bowkers = ok(bowker(counts("20 10 5 / 3 30 15 / 1 5 40")));
    expect(bowkers.chi2).toBeCloseTo(11.4358974359, 9);
    expect(bowkers.p).toBeCloseTo(0.00958789517909, 12);
    // By hand for three categories: Fleiss's formula, with means of opposite cells 6.5, 3, 10
    const [n12, n13, n23] = [6.5, 3, 10];
    const [d1, d2, d3] = [11, 3, -14];
    const fleiss = (n23 * d1 * d1 + n13 * d2 * d2 + n12 * d3 * d3) / (2 * (n12 * n23 + n12 * n13 + n13 * n23));
    expect(ok(stuartMaxwell(counts("20 10 5 / 3 30 15 / 1 5 40"))).chi2).toBeCloseTo(fleiss, 10);
  });
});

describe("Cochran's Q", () => {
  const ratings = (raters: number) =>
    fc.array(fc.array(fc.constantFrom(0, 1), { minLength: raters, maxLength: raters }), {
      minLength: 1,
      maxLength: 40,
    });

  it("of two raters is McNemar's test", () => {
    fc.assert(
      fc.property(ratings(2), (rows) => {
        const b = rows.filter(([x, y]) => x === 1 && y === 0).length;
        const c = rows.filter(([x, y]) => x === 0 && y === 1).length;
        expect(ok(cochranQ(rows)).q).toBeCloseTo(ok(mcnemarAsymptotic(b, c)).chi2, 10);
        expect(ok(cochranQ(rows)).p).toBeCloseTo(ok(mcnemarAsymptotic(b, c)).p, 10);
      }),
    );
  });

  it("does not mind the order of raters and units, agreement, or which answer is called yes", () => {
    fc.assert(
      fc.property(ratings(4), (rows) => {
        const r = ok(cochranQ(rows));
        for (const other of [
          rows.map((row) => [...row].reverse()),
          [...rows].reverse(),
          [...rows, [1, 1, 1, 1], [0, 0, 0, 0]],
          rows.map((row) => row.map((rating) => 1 - rating)),
        ]) {
          expect(ok(cochranQ(other)).q).toBeCloseTo(r.q, 9);
          expect(ok(cochranQ(other)).df).toBe(3);
        }
      }),
    );
  });

  it("has reasons", () => {
    expect(cochranQ([])).toEqual(refused("no-data"));
    expect(cochranQ([[], []])).toEqual(refused("no-data"));
    expect(cochranQ(counts("1 / 0"))).toEqual(refused("too-few"));
    expect(cochranQ(counts("1 1 / 0 0"))).toEqual({ ok: true, q: 0, df: 1, p: 1 });
    expect(() => cochranQ(counts("1 0 / 1"))).toThrow(MedassayError);
    expect(() => cochranQ([[1, 2]])).toThrow(MedassayError);
  });
});

describe("tables in strata", () => {
  const strata = fc.array(tableOf(2, 2, 25), { minLength: 1, maxLength: 5 });
  const full = fc.array(tableOf(2, 2, 25, 1), { minLength: 2, maxLength: 5 });

  it("of one stratum give its own odds ratio and (N - 1)/N of Pearson's statistic", () => {
    fc.assert(
      fc.property(tableOf(2, 2, 30, 1), (table) => {
        const [[a, b], [c, d]] = table as [[number, number], [number, number]];
        const n = a + b + c + d;
        expect(ok(mantelHaenszelTest([table])).chi2).toBeCloseTo(((n - 1) / n) * ok(pearsonChiSquare(table)).chi2, 9);
        const { oddsRatio, interval } = ok(mantelHaenszelOddsRatio([table]));
        expect((oddsRatio as number) / ((a * d) / (b * c))).toBeCloseTo(1, 12);
        // Woolf's interval
        const half = 1.959963984540054 * Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d);
        expect(Math.log(ok(interval).high / ok(interval).low)).toBeCloseTo(2 * half, 9);
        expect(Math.log(ok(interval).high * ok(interval).low)).toBeCloseTo(2 * Math.log(oddsRatio as number), 9);
      }),
    );
  });

  it("do not mind the order of strata, empty ones, a turn; rows exchanged turn the odds ratio over", () => {
    const empty = counts("0 0 / 0 0");
    fc.assert(
      fc.property(full, fc.boolean(), (list, flag) => {
        const test = ok(mantelHaenszelTest(list, flag));
        const ratio = ok(mantelHaenszelOddsRatio(list));
        const homogeneity = ok(breslowDay(list, flag));
        for (const other of [[...list].reverse(), [empty, ...list], list.map(turned)]) {
          expect(ok(mantelHaenszelTest(other, flag)).chi2).toBeCloseTo(test.chi2, 9);
          expect(ok(mantelHaenszelOddsRatio(other)).oddsRatio).toBeCloseTo(ratio.oddsRatio as number, 9);
          expect(ok(breslowDay(other, flag)).chi2).toBeCloseTo(homogeneity.chi2, 8);
          expect(ok(breslowDay(other, flag)).df).toBe(list.length - 1);
        }
        const swapped = list.map(upsideDown);
        expect(ok(mantelHaenszelTest(swapped, flag)).chi2).toBeCloseTo(test.chi2, 9);
        const inverse = ok(mantelHaenszelOddsRatio(swapped));
        expect((inverse.oddsRatio as number) * (ratio.oddsRatio as number)).toBeCloseTo(1, 10);
        expect(ok(inverse.interval).low * ok(ratio.interval).high).toBeCloseTo(1, 9);
        expect(ok(breslowDay(swapped, flag)).chi2).toBeCloseTo(homogeneity.chi2, 8);
      }),
    );
  });

  it("Tarone's term only takes away, and the correction is never more than the distance", () => {
    fc.assert(
      fc.property(full, (list) => {
        const [plain, tarone] = [ok(breslowDay(list)), ok(breslowDay(list, true))];
        expect(tarone.chi2).toBeLessThanOrEqual(plain.chi2 + 1e-12);
        expect(tarone.chi2).toBeGreaterThanOrEqual(-1e-9);
        const [test, corrected] = [ok(mantelHaenszelTest(list)), ok(mantelHaenszelTest(list, true))];
        expect(corrected.chi2).toBeLessThanOrEqual(test.chi2);
        expect(corrected.p).toBeGreaterThanOrEqual(test.p);
      }),
    );
  });

  it("strata of the same odds ratio are homogeneous, whatever their sizes", () => {
    const list = [counts("10 20 / 5 20"), counts("30 15 / 20 20"), counts("4 4 / 40 80")];
    expect(ok(mantelHaenszelOddsRatio(list)).oddsRatio).toBeCloseTo(2, 12);
    expect(ok(breslowDay(list)).chi2).toBeCloseTo(0, 12);
    expect(ok(breslowDay([counts("5 5 / 5 5"), counts("7 7 / 2 2")])).chi2).toBe(0);
  });

  it("has known answers", () => {
    // R 4.2.2 mantelhaen.test
    const list = [counts("2 3 / 5 6"), counts("4 7 / 8 3"), counts("9 8 / 1 4")];
    const test = ok(mantelHaenszelTest(list));
    expect([test.chi2, test.p]).toEqual([expect.closeTo(0.2509581379138, 12), expect.closeTo(0.616401229724, 11)]);
    expect(ok(mantelHaenszelTest(list, true)).chi2).toBeCloseTo(0.0515935309958134, 13);
    const { oddsRatio, interval } = ok(mantelHaenszelOddsRatio(list));
    expect(oddsRatio).toBeCloseTo(0.76218611521418, 13);
    expect(interval).toMatchObject({
      low: expect.closeTo(0.26207381289911, 12) as number,
      high: expect.closeTo(2.21665670369333, 12) as number,
    });
  });

  it("the fitted tables of Breslow and Day have the common odds ratio and margins", () => {
    // A stratum against a very large one that fixes the common odds ratio: chi2 is the squared distance in it alone
    const fixed = (odds: number) => [
      [1e9 * odds, 1e9],
      [1e9, 1e9],
    ];
    for (const odds of [4, 0.25]) {
      // Both have the margins 10 and 11 of the first row and column; the last cell is the first one less 1, less 8
      for (const [text, first, less] of [
        ["6 4 / 5 5", 6, 1],
        ["9 1 / 2 1", 9, 8],
      ] as const) {
        const r = ok(breslowDay([fixed(odds), counts(text)]));
        // (1 - odds) x² + (odds · 21 - less) x - odds · 110 = 0
        const linear = odds * 21 - less;
        const x = (-linear + Math.sqrt(linear * linear + 4 * (1 - odds) * odds * 110)) / (2 * (1 - odds));
        const variance = 1 / (1 / x + 1 / (10 - x) + 1 / (11 - x) + 1 / (x - less));
        expect(r.chi2).toBeCloseTo(((first - x) * (first - x)) / variance, 5);
      }
    }
  });

  it("has reasons", () => {
    for (const f of [mantelHaenszelTest, breslowDay, mantelHaenszelOddsRatio]) {
      expect(f([])).toEqual(refused("no-data"));
      expect(f([counts("0 0 / 0 0")])).toEqual(refused("no-data"));
    }
    const oneColumn = counts("3 0 / 4 0");
    expect(mantelHaenszelTest([oneColumn])).toEqual(refused("zero-variance"));
    expect(mantelHaenszelTest([counts("1 0 / 0 0")])).toEqual(refused("zero-variance"));
    expect(ok(mantelHaenszelOddsRatio([oneColumn]))).toMatchObject({
      oddsRatio: refused("zero-denominator"),
      interval: refused("zero-cell"),
    });
    const perfect = counts("5 0 / 0 5");
    expect(ok(mantelHaenszelOddsRatio([perfect]))).toMatchObject({
      oddsRatio: Infinity,
      interval: refused("zero-cell"),
    });
    expect(ok(mantelHaenszelOddsRatio([upsideDown(perfect)]))).toMatchObject({
      oddsRatio: 0,
      interval: refused("zero-cell"),
    });
    expect(breslowDay([perfect, perfect])).toEqual(refused("zero-variance"));
    expect(breslowDay([upsideDown(perfect), upsideDown(perfect)])).toEqual(refused("zero-variance"));
    // No count in one diagonal of each, not of both: ad is 0 and bc is 0
    for (const list of [
      [counts("3 0 / 4 5"), counts("2 3 / 0 4")],
      [counts("0 3 / 4 5"), counts("2 3 / 4 0")],
    ]) {
      expect(breslowDay(list)).toEqual(refused("zero-variance"));
    }
    // The fitted table of the second stratum has an empty cell, but for digits that a double does not have.
    for (const tarone of [false, true]) {
      for (const [size, other] of [
        [1e9, "900 0 / 2 1"],
        [4e15, "900 1 / 2 1"],
      ] as const) {
        const extreme = [[size, 1], [1, size]]; // prettier-ignore
        expect(breslowDay([extreme, counts(other)], tarone)).toEqual(refused("zero-variance"));
        expect(breslowDay([counts(other), extreme], tarone)).toEqual(refused("zero-variance"));
      }
    }
    expect(breslowDay([counts("3 4 / 5 6"), oneColumn])).toEqual(refused("too-few"));
    expect(breslowDay([counts("3 4 / 5 6"), counts("0 0 / 5 6")])).toEqual(refused("too-few"));
    expect(() => mantelHaenszelTest([counts("1 2 3 / 4 5 6")])).toThrow(MedassayError);
    expect(() => mantelHaenszelOddsRatio([counts("1 2 / 4 5")], 0)).toThrow(MedassayError);
    fc.assert(
      fc.property(strata, (list) => {
        for (const r of [mantelHaenszelTest(list), breslowDay(list), breslowDay(list, true)]) {
          if (r.ok) expect(Number.isFinite(r.chi2) && r.p >= 0 && r.p <= 1).toBe(true);
        }
      }),
    );
  });
});
