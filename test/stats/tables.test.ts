/** Tests of tables of counts, exact and asymptotic, and of trend. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { MedassayError } from "../../src/contract/errors.js";
import {
  chiSquareTest,
  cochranArmitage,
  pearsonChiSquare,
  totalsOf,
  yatesChiSquare,
} from "../../src/stats/contingency-tables.js";
import { conditionalOddsRatio, fisherExact, fisherFreemanHalton } from "../../src/stats/exact-tables.js";
import {
  atLeast,
  atMost,
  hypergeometric,
  hypergeometricPmf,
  improbable,
  tilted,
} from "../../src/stats/hypergeometric.js";
import { bowker, stuartMaxwell } from "../../src/stats/marginal-homogeneity.js";
import { counts, ok, refused, tableOf, turned, upsideDown } from "./tables.js";

const anyTable = (max: number): fc.Arbitrary<number[][]> =>
  fc.tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 3 })).chain(([r, c]) => tableOf(r, c, max));

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
/** Weight of a table among those with its margins. */
const weight = (cells: readonly number[]): number => cells.reduce((product, cell) => product / factorial(cell), 1);

/** Cells of every table with these margins. */
function everyTable(rows: readonly number[], columns: readonly number[]): number[][] {
  const [row, ...rest] = rows as [number, ...number[]];
  if (rest.length === 0) return [[...columns]];
  const fillings = (j: number, open: number): number[][] =>
    j === columns.length
      ? open === 0
        ? [[]]
        : []
      : Array.from({ length: Math.min(open, columns[j] as number) + 1 }, (_, count) =>
          fillings(j + 1, open - count).map((tail) => [count, ...tail]),
        ).flat();
  return fillings(0, row).flatMap((cells) =>
    everyTable(
      rest,
      columns.map((column, j) => column - (cells[j] as number)),
    ).map((others) => [...cells, ...others]),
  );
}

describe("the hypergeometric distribution", () => {
  const margins = fc
    .tuple(fc.nat(40), fc.nat(40))
    .chain(([first, second]) =>
      fc.record({ first: fc.constant(first), second: fc.constant(second), drawn: fc.nat(first + second) }),
    );

  it("adds up to 1, and its tails complete each other", () => {
    fc.assert(
      fc.property(margins, fc.nat(40), ({ first, second, drawn }, k) => {
        fc.pre(first + second > 0);
        const d = hypergeometric(first, second, drawn);
        let sum = 0;
        for (let x = d.low; x <= d.high; x++) {
          sum += hypergeometricPmf(x, d);
          expect(hypergeometricPmf(x, d)).toBeLessThanOrEqual(hypergeometricPmf(d.mode, d) * (1 + 1e-12));
          expect(atMost(x, d)).toBeCloseTo(sum, 12);
        }
        expect(sum).toBeCloseTo(1, 12);
        expect(atMost(k, d) + atLeast(k + 1, d)).toBeCloseTo(1, 12);
        expect(atMost(d.low - 1, d)).toBe(0);
        expect(atLeast(d.high + 1, d)).toBe(0);
      }),
    );
  });

  it("tilted by odds of 1 is itself; its mean rises with the odds", () => {
    fc.assert(
      fc.property(
        margins,
        fc.nat(40),
        fc.double({ min: -5, max: 5, noNaN: true }),
        ({ first, second, drawn }, k, u) => {
          fc.pre(first + second > 0);
          const d = hypergeometric(first, second, drawn);
          const plain = tilted(k, 0, d);
          expect(plain.mean).toBeCloseTo((drawn * first) / (first + second), 9);
          expect(plain.atMost).toBeCloseTo(atMost(k, d), 12);
          expect(plain.atLeast).toBeCloseTo(atLeast(k, d), 12);
          if (d.low < d.high) expect(tilted(k, u + 0.1, d).mean).toBeGreaterThan(tilted(k, u, d).mean);
        },
      ),
    );
  });

  it("has on either side what is at most as probable as a limit", () => {
    for (const d of [hypergeometric(5, 9, 6), hypergeometric(3, 20, 11), hypergeometric(12, 4, 9)]) {
      const all = Array.from({ length: d.high - d.low + 1 }, (_, i) => hypergeometricPmf(d.low + i, d));
      for (const limit of [...all, 0.9 * Math.min(...all), 0.05, 1]) {
        const expected = all.filter((p) => p <= limit).reduce((sum, p) => sum + p, 0);
        expect(improbable(limit, d)).toBeCloseTo(expected, 12);
      }
    }
  });

  it("keeps small tails in relative terms", () => {
    // 1 / C(400, 200)
    const e = hypergeometric(200, 200, 200);
    expect(atLeast(200, e) / 9.713217247611181e-120).toBeCloseTo(1, 9);
    expect(atMost(0, e)).toBe(atLeast(200, e));
  });
});

describe("Fisher's exact test", () => {
  it("is what counting all tables gives, for 2 by 2 and for more", () => {
    fc.assert(
      fc.property(anyTable(4), (table) => {
        const { rows, columns, total } = totalsOf(table);
        fc.pre(total > 0);
        const all = everyTable(rows, columns).map((cells) => ({ first: cells[0] as number, w: weight(cells) }));
        const sum = all.reduce((rest, { w }) => rest + w, 0);
        const observed = weight(table.flat());
        const share = (keep: (t: { first: number; w: number }) => boolean): number =>
          all.filter(keep).reduce((rest, { w }) => rest + w, 0) / sum;
        const improbable = share(({ w }) => w <= observed * (1 + 1e-7));
        expect(ok(fisherFreemanHalton(table)).p).toBeCloseTo(improbable, 10);
        if (rows.length !== 2 || columns.length !== 2) return;
        const fisher = ok(fisherExact(table));
        const count = (table[0] as number[])[0] as number;
        expect(fisher.p).toBeCloseTo(improbable, 10);
        expect(fisher.pLess).toBeCloseTo(
          share(({ first }) => first <= count),
          10,
        );
        expect(fisher.pGreater).toBeCloseTo(
          share(({ first }) => first >= count),
          10,
        );
      }),
      { numRuns: 150 },
    );
  });

  it("of 2 by 2 is Freeman-Halton's, and does not mind rows, columns and their order", () => {
    fc.assert(
      fc.property(tableOf(2, 2, 60), (table) => {
        const r = ok(fisherExact(table));
        expect(ok(fisherFreemanHalton(table)).p).toBeCloseTo(r.p, 11);
        expect(ok(fisherExact(turned(table))).p).toBeCloseTo(r.p, 11);
        const mirrored = ok(fisherExact(upsideDown(table)));
        expect(mirrored.p).toBeCloseTo(r.p, 11);
        expect(mirrored.pLess).toBeCloseTo(r.pGreater, 11);
        expect(mirrored.pGreater).toBeCloseTo(r.pLess, 11);
      }),
    );
  });

  it("of many rows and columns does not mind their order, nor empty ones", () => {
    fc.assert(
      fc.property(tableOf(3, 3, 6), (table) => {
        const { p } = ok(fisherFreemanHalton(table));
        expect(ok(fisherFreemanHalton(turned(table))).p).toBeCloseTo(p, 11);
        expect(ok(fisherFreemanHalton(upsideDown(table))).p).toBeCloseTo(p, 11);
        expect(ok(fisherFreemanHalton([...table.map((row) => [0, ...row]), [0, 0, 0, 0]])).p).toBeCloseTo(p, 11);
      }),
    );
  });

  it("comes near Pearson's test where counts are large", () => {
    for (const table of [counts("480 520 / 520 480"), counts("300 330 370 / 330 335 335")]) {
      expect(Math.abs(ok(fisherFreemanHalton(table)).p - ok(pearsonChiSquare(table)).p)).toBeLessThan(0.01);
    }
  });

  it("has known answers", () => {
    // R 4.2.2 fisher.test
    expect(ok(fisherExact(counts("12 5 / 7 9"))).p).toBeCloseTo(0.166320065773565, 12);
    expect(ok(fisherFreemanHalton(counts("3 1 2 / 1 4 0"))).p).toBeCloseTo(0.112554112554112, 12);
    // R's sums of this many tables are good to about ten digits.
    const large: [string, number][] = [
      ["9 10 3 6 5 / 2 7 5 3 3 / 3 8 11 2 3", 0.206580177996076],
      ["19 15 9 8 / 12 18 11 10 / 7 9 22 10", 0.0167996680451058],
    ];
    for (const [table, p] of large)
      expect(Math.abs(ok(fisherFreemanHalton(counts(table))).p / p - 1)).toBeLessThan(1e-10);
    const { p, pLess, pGreater } = ok(fisherExact(counts("3 1 / 1 3")));
    expect([p, pLess, pGreater].map((value) => value * 70)).toEqual([34, 69, 17].map((n) => expect.closeTo(n, 10)));
  });

  it("gives up typed where a table is too large, never late", () => {
    const large = counts("3 4 3 2 / 4 5 1 3 / 2 2 5 3 / 1 4 4 6");
    expect(fisherFreemanHalton(large, 1000)).toEqual(refused("no-convergence"));
    // Two by two: the counts that the first cell can have
    expect(ok(fisherFreemanHalton(counts("3 4 / 4 3"), 8)).p).toBe(1);
    expect(fisherFreemanHalton(counts("3 4 / 4 3"), 7)).toEqual(refused("no-convergence"));
    for (const table of ["6 1 / 1 6", "1 6 / 6 1"]) {
      // 1 + 49 on either side of C(14, 7)
      expect(ok(fisherFreemanHalton(counts(table), 8)).p).toBeCloseTo(100 / 3432, 12);
      expect(fisherFreemanHalton(counts(table), 7)).toEqual(refused("no-convergence"));
    }
    const wide = Array.from({ length: 2 }, () => new Array<number>(201).fill(1));
    expect(fisherFreemanHalton(wide)).toEqual(refused("no-convergence"));
    const narrow = wide.map((row) => row.map((_, j) => (j < 2 ? 1 : 0)));
    expect(ok(fisherFreemanHalton(narrow)).p).toBe(1);
    expect(ok(fisherFreemanHalton(turned(narrow))).p).toBe(1);
    // With one row or column in use a single table is possible, however large.
    for (const table of [counts("3e8 4e8 / 0 0"), [new Array<number>(401).fill(1), new Array<number>(401).fill(0)]]) {
      expect(fisherFreemanHalton(table)).toEqual({ ok: true, p: 1 });
      expect(fisherFreemanHalton(turned(table))).toEqual({ ok: true, p: 1 });
    }
    const huge = counts("5e8 5e8 / 1 2");
    for (const f of [fisherExact, (table: number[][]) => fisherFreemanHalton(table), conditionalOddsRatio]) {
      expect(f(huge)).toEqual(refused("no-convergence"));
    }
    expect(ok(fisherExact(counts("25e6 25e6 / 25e6 25e6"))).p).toBe(1);
    // Two tables, equally probable, of 1e8 units; one more is one too many.
    const [most, more] = [counts("0 5e7 / 1 49999999"), counts("0 5e7 / 1 5e7")];
    expect(ok(fisherExact(most)).p).toBeCloseTo(1, 7);
    expect(ok(fisherFreemanHalton(most)).p).toBeCloseTo(1, 7);
    expect(ok(conditionalOddsRatio(most)).oddsRatio).toBe(0);
    for (const f of [fisherExact, (table: number[][]) => fisherFreemanHalton(table), conditionalOddsRatio]) {
      expect(f(more)).toEqual(refused("no-convergence"));
    }
    // 400 cells, one unit in the first row: 199 of 201 where it stands beside the column of two
    const single = (columns: number): number[][] => [
      Array.from({ length: columns }, (_, j) => (j === 1 ? 1 : 0)),
      Array.from({ length: columns }, (_, j) => (j === 0 ? 2 : j === 1 ? 0 : 1)),
    ];
    expect(ok(fisherFreemanHalton(single(200))).p).toBeCloseTo(199 / 201, 12);
    expect(fisherFreemanHalton(single(201))).toEqual(refused("no-convergence"));
  });

  it("knows nothing from nothing, and says so", () => {
    const empty = counts("0 0 / 0 0");
    expect(fisherExact(empty)).toEqual({ ok: true, p: 1, pLess: 1, pGreater: 1, flags: ["no-data"] });
    expect(fisherFreemanHalton(empty)).toEqual({ ok: true, p: 1, flags: ["no-data"] });
    expect(conditionalOddsRatio(empty)).toMatchObject({
      oddsRatio: refused("no-data"),
      interval: { low: 0, high: Infinity, flags: ["no-data"] },
      flags: ["no-data"],
    });
    // A margin is empty: one table is possible.
    expect(ok(fisherFreemanHalton(counts("3 4 / 0 0"))).p).toBe(1);
    expect(ok(fisherFreemanHalton(counts("3 0 / 4 0"))).p).toBe(1);
  });
});

describe("the conditional odds ratio", () => {
  const table = tableOf(2, 2, 30);

  it("lies in its interval, whose ends are where each tail is half the rest of the level", () => {
    fc.assert(
      fc.property(table, fc.constantFrom(0.8, 0.95, 0.999), (counts, level) => {
        const { total, rows, columns } = totalsOf(counts);
        fc.pre(total > 0);
        const r = ok(conditionalOddsRatio(counts, level));
        const interval = ok(r.interval);
        const d = hypergeometric(rows[0] as number, rows[1] as number, columns[0] as number);
        const count = (counts[0] as number[])[0] as number;
        if (typeof r.oddsRatio === "number") {
          expect(interval.low).toBeLessThanOrEqual(r.oddsRatio);
          expect(interval.high).toBeGreaterThanOrEqual(r.oddsRatio);
          if (r.oddsRatio > 0 && r.oddsRatio < Infinity) {
            expect(tilted(count, Math.log(r.oddsRatio), d).mean).toBeCloseTo(count, 8);
          }
        } else expect(d.low).toBe(d.high);
        expect(interval.low === 0).toBe(count === d.low);
        expect(interval.high === Infinity).toBe(count === d.high);
        const tail = (1 - level) / 2;
        if (interval.low > 0) expect(tilted(count, Math.log(interval.low), d).atLeast / tail).toBeCloseTo(1, 8);
        if (interval.high < Infinity) expect(tilted(count, Math.log(interval.high), d).atMost / tail).toBeCloseTo(1, 8);
      }),
    );
  });

  it("turns over with the rows", () => {
    fc.assert(
      fc.property(tableOf(2, 2, 30, 1), (counts) => {
        const [r, inverse] = [ok(conditionalOddsRatio(counts)), ok(conditionalOddsRatio(upsideDown(counts)))];
        expect((r.oddsRatio as number) * (inverse.oddsRatio as number)).toBeCloseTo(1, 9);
        expect(ok(r.interval).low * ok(inverse.interval).high).toBeCloseTo(1, 9);
      }),
    );
  });

  it("has known answers", () => {
    // Weights of the first cell under odds w: 1, 16w, 36w², 16w³, w⁴
    const share = (w: number, from: number, to: number): number => {
      const terms = [1, 16 * w, 36 * w ** 2, 16 * w ** 3, w ** 4];
      return terms.slice(from, to + 1).reduce((a, b) => a + b, 0) / terms.reduce((a, b) => a + b, 0);
    };
    const r = ok(conditionalOddsRatio(counts("3 1 / 1 3"), 0.9));
    const { low, high } = ok(r.interval);
    expect(r.interval).toMatchObject({ ok: true, level: 0.9, method: "fisher_conditional" });
    expect(share(low, 3, 4)).toBeCloseTo(0.05, 12);
    expect(share(high, 0, 3)).toBeCloseTo(0.05, 12);
    // scipy.stats.contingency.odds_ratio
    expect(r.oddsRatio).toBeCloseTo(6.408319658199662, 8);
    expect(low).toBeCloseTo(0.3135737675049856, 8);
    expect(ok(conditionalOddsRatio(counts("12 5 / 7 9"))).oddsRatio).toBeCloseTo(2.9767805239020815, 8);
    expect(ok(conditionalOddsRatio(counts("0 4 / 5 6"), 0.9))).toMatchObject({
      oddsRatio: 0,
      interval: { low: 0, high: expect.closeTo(2.0289928457345905, 6) as number },
    });
    expect(ok(conditionalOddsRatio(counts("7 2 / 0 5"), 0.9))).toMatchObject({
      oddsRatio: Infinity,
      interval: { low: expect.closeTo(2.037507077087005, 6) as number, high: Infinity },
    });
  });

  it("is 0 or Infinity at the ends of the support, and has no value on a support of one point", () => {
    expect(ok(conditionalOddsRatio(counts("0 4 / 5 6"))).oddsRatio).toBe(0);
    expect(ok(conditionalOddsRatio(counts("10 0 / 0 10"))).oddsRatio).toBe(Infinity);
    expect(ok(conditionalOddsRatio(counts("0 4 / 0 6")))).toMatchObject({
      oddsRatio: refused("no-solution"),
      interval: { low: 0, high: Infinity },
    });
    // counts("1 0 / 0 1"): P(X = 1) = odds/(1 + odds) = 0.025
    expect(ok(ok(conditionalOddsRatio(counts("1 0 / 0 1"))).interval).low).toBeCloseTo(1 / 39, 12);
    expect(() => conditionalOddsRatio(counts("1 0 / 0 1"), 1)).toThrow(MedassayError);
  });
});

describe("chi-square tests of a table", () => {
  it("do not mind order or a turn; n times the counts give n times the statistic", () => {
    fc.assert(
      fc.property(anyTable(40), fc.integer({ min: 2, max: 9 }), (table, times) => {
        const r = pearsonChiSquare(table);
        const all = [turned(table), upsideDown(table)].map(pearsonChiSquare);
        if (!r.ok) {
          for (const other of all) expect(other).toEqual(r);
          return;
        }
        for (const other of all) expect(other).toMatchObject({ chi2: expect.closeTo(r.chi2, 8) as number, df: r.df });
        const more = ok(pearsonChiSquare(table.map((row) => row.map((count) => times * count))));
        expect(more.chi2).toBeCloseTo(times * r.chi2, 8);
        expect(r.df).toBe((table.length - 1) * ((table[0] as number[]).length - 1));
      }),
    );
  });

  it("corrected is never larger, and takes no more than there is", () => {
    fc.assert(
      fc.property(tableOf(2, 2, 40, 1), (table) => {
        const [plain, corrected] = [ok(pearsonChiSquare(table)), ok(yatesChiSquare(table))];
        expect(corrected.chi2).toBeLessThanOrEqual(plain.chi2);
        expect(corrected.chi2).toBeGreaterThanOrEqual(0);
        expect(corrected.p).toBeGreaterThanOrEqual(plain.p);
      }),
    );
    // expected counts 2.25 and so on: only ¼ can be taken off
    expect(ok(yatesChiSquare(counts("2 2 / 7 5"))).chi2).toBe(0);
  });

  it("have known answers", () => {
    // R 4.2.2 chisq.test
    expect(ok(pearsonChiSquare(counts("10 20 30 / 6 9 17")))).toMatchObject({
      chi2: expect.closeTo(0.271574651504035, 13) as number,
      df: 2,
    });
    expect(ok(yatesChiSquare(counts("12 5 / 7 9"))).chi2).toBeCloseTo(1.45599637881468, 12);
    expect(ok(pearsonChiSquare(counts("3 1 / 1 3")))).toMatchObject({ chi2: 2, df: 1 });
    expect(chiSquareTest(0, 0)).toEqual({ ok: true, chi2: 0, df: 0, p: 1 });
  });

  it("say why where a margin is empty, and refuse what is no table", () => {
    expect(pearsonChiSquare(counts("0 0 / 0 0"))).toEqual(refused("no-data"));
    expect(pearsonChiSquare(counts("0 4 / 0 6"))).toEqual(refused("zero-denominator"));
    expect(yatesChiSquare(counts("0 0 / 3 6"))).toEqual(refused("zero-denominator"));
    for (const table of ["1 2 / 3", "1 2 / 3 4 5", "1 2 / 3 -1", "1 2 / 3 0.5", "1 / 2 3", "-1", "0.5"].map(counts)) {
      expect(() => pearsonChiSquare(table)).toThrow(MedassayError);
      expect(() => totalsOf(table)).toThrow(MedassayError);
    }
    const wide = counts("1 2 3 / 4 5 6");
    for (const f of [yatesChiSquare, fisherExact, conditionalOddsRatio]) {
      for (const table of [wide, [], [[1, 2]], counts("1 / 2")]) expect(() => f(table)).toThrow(MedassayError);
    }
    expect(() => fisherExact(counts("1 2 / 3 4 / 5 6"))).toThrow(MedassayError);
  });
});

describe("a table of which only one row or one column occurred", () => {
  it("is what its margins say, exactly", () => {
    // As scipy.stats.chi2_contingency answers: statistic 0, dof 0, p 1
    for (const table of ["3 4 5", "3 / 4 / 5", "7"].map(counts)) {
      expect(pearsonChiSquare(table)).toEqual({ ok: true, chi2: 0, df: 0, p: 1 });
      expect(fisherFreemanHalton(table)).toEqual({ ok: true, p: 1 });
    }
    // No pair of categories: nothing to compare
    for (const f of [bowker, stuartMaxwell]) expect(f([[7]])).toEqual({ ok: true, chi2: 0, df: 0, p: 1 });
    expect(totalsOf(counts("3 / 4"))).toEqual({ rows: [3, 4], columns: [7], total: 7 });
  });

  it("has no answer where a part of it, or all, is empty", () => {
    for (const table of ["3 0", "0 / 3"].map(counts)) {
      expect(pearsonChiSquare(table)).toEqual(refused("zero-denominator"));
      expect(fisherFreemanHalton(table)).toEqual({ ok: true, p: 1 });
    }
    for (const table of [[], [[]], [[], []], [[0]], [[0, 0]]]) {
      expect(pearsonChiSquare(table)).toEqual(refused("no-data"));
      expect(fisherFreemanHalton(table)).toEqual({ ok: true, p: 1, flags: ["no-data"] });
    }
    for (const table of [[], [[0]]]) {
      for (const f of [bowker, stuartMaxwell]) expect(f(table)).toEqual(refused("no-data"));
    }
    expect(cochranArmitage([3], [7], [1])).toEqual(refused("zero-variance"));
    expect(cochranArmitage([], [], [])).toEqual(refused("no-data"));
  });
});

describe("the trend test", () => {
  const groups = fc.array(
    fc.integer({ min: 1, max: 30 }).chain((n) => fc.record({ n: fc.constant(n), x: fc.nat(n), score: fc.nat(20) })),
    { minLength: 2, maxLength: 6 },
  );
  const test = (list: { x: number; n: number; score: number }[]) =>
    cochranArmitage(
      list.map(({ x }) => x),
      list.map(({ n }) => n),
      list.map(({ score }) => score),
    );

  it("does not mind the origin, the unit or the order of the scores; turned over it changes sign", () => {
    fc.assert(
      fc.property(groups, (list) => {
        const r = test(list);
        const others = [
          test(list.map((group) => ({ ...group, score: 3 * group.score - 7 }))),
          test([...list].reverse()),
          test([...list, { x: 0, n: 0, score: 99 }]),
        ];
        const turned = [
          test(list.map((group) => ({ ...group, score: -group.score }))),
          test(list.map((group) => ({ ...group, x: group.n - group.x }))),
        ];
        if (!r.ok) {
          for (const other of [...others, ...turned]) expect(other).toEqual(r);
          return;
        }
        expect(r.chi2).toBeCloseTo(r.z * r.z, 12);
        for (const other of others) expect(ok(other).z).toBeCloseTo(r.z, 9);
        for (const other of turned) expect(ok(other).z).toBeCloseTo(-r.z, 9);
      }),
    );
  });

  it("of two groups is Pearson's test", () => {
    fc.assert(
      fc.property(tableOf(2, 2, 30, 1), (table) => {
        const [[p, q], [r, s]] = table as [[number, number], [number, number]];
        const trend = ok(cochranArmitage([p, r], [p + q, r + s], [0, 1]));
        expect(trend.chi2).toBeCloseTo(ok(pearsonChiSquare(table)).chi2, 9);
        expect(trend.p).toBeCloseTo(ok(pearsonChiSquare(table)).p, 9);
      }),
    );
  });

  it("has a known answer, and reasons", () => {
    // R 4.2.2 prop.trend.test: 10
    expect(ok(cochranArmitage([15, 10, 5], [20, 20, 20], [1, 2, 3])).z).toBeCloseTo(-Math.sqrt(10), 12);
    // As far from each other as numbers go, and beside an empty group far away
    for (const unit of [1e-300, 1e-200, -1e200, 1e308 / 3]) {
      const z = -Math.sign(unit) * Math.sqrt(10);
      expect(ok(cochranArmitage([15, 10, 5], [20, 20, 20], [unit, 2 * unit, 3 * unit])).z).toBeCloseTo(z, 12);
      const beside = cochranArmitage([15, 10, 5, 0], [20, 20, 20, 0], [unit, 2 * unit, 3 * unit, 1e308]);
      expect(ok(beside).z).toBeCloseTo(z, 12);
    }
    expect(cochranArmitage([], [], [])).toEqual(refused("no-data"));
    expect(cochranArmitage([0, 0], [0, 0], [1, 2])).toEqual(refused("no-data"));
    expect(cochranArmitage([0, 0], [3, 4], [1, 2])).toEqual(refused("all-one-outcome"));
    expect(cochranArmitage([3, 4], [3, 4], [1, 2])).toEqual(refused("all-one-outcome"));
    expect(cochranArmitage([1, 2, 0], [3, 4, 0], [2, 2, 5])).toEqual(refused("zero-variance"));
    for (const call of [
      () => cochranArmitage([1], [2, 3], [1, 2]),
      () => cochranArmitage([1, 1], [2, 3], [1]),
      () => cochranArmitage([1, 1, 1], [2, 3], [1, 2]),
      () => cochranArmitage([1, 1], [2, 3], [1, 2, 3]),
      () => cochranArmitage([-1, 1], [2, 3], [1, 2]),
      () => cochranArmitage([1, 1], [2.5, 3], [1, 2]),
      () => cochranArmitage([3, 1], [2, 3], [1, 2]),
      () => cochranArmitage([1, 1], [2, 3], [1, NaN]),
    ]) {
      expect(call).toThrow(MedassayError);
    }
  });
});
