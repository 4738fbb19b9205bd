/** Laws of one, two and paired proportions. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import { binomialPmf, binomialTails } from "../../src/stats/discrete.js";
import { pearsonChiSquare } from "../../src/stats/contingency-tables.js";
import type { Interval, IntervalOutcome } from "../../src/stats/outcome.js";
import {
  bonettPriceDifference,
  mcnemarExact,
  mcnemarMidP,
  newcombePairedDifference,
  tangoDifference,
  tangoNonInferiority,
} from "../../src/stats/paired-proportions.js";
import {
  agrestiCoull,
  binomialTest,
  clopperPearson,
  jeffreys,
  midP,
  wilson,
  wilsonCorrected,
} from "../../src/stats/proportion.js";
import {
  adjustedLogRatio,
  agrestiCaffo,
  farringtonManning,
  katzRatio,
  koopmanRatio,
  meeDifference,
  miettinenNurminenDifference,
  miettinenNurminenRatio,
  newcombeDifference,
} from "../../src/stats/two-proportions.js";

/** The interval, which must be there. */
function given(outcome: IntervalOutcome): Interval {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome;
}

const proportion = (most: number) =>
  fc.integer({ min: 1, max: most }).chain((n) => fc.record({ n: fc.constant(n), x: fc.integer({ min: 0, max: n }) }));
const levels = fc.tuple(
  fc.double({ min: 0.5, max: 0.94, noNaN: true }),
  fc.double({ min: 0.95, max: 0.999, noNaN: true }),
);
const single = { wilson, wilsonCorrected, clopperPearson, jeffreys, agrestiCoull, midP };
const differences = { newcombeDifference, agrestiCaffo, miettinenNurminenDifference, meeDifference };
const ratios = { koopmanRatio, miettinenNurminenRatio, katzRatio, adjustedLogRatio };
const paired = {
  tango: (a: number, b: number, c: number, d: number, level: number) => tangoDifference(a, b, c, d, level),
  newcombe8: (a: number, b: number, c: number, d: number, level: number) =>
    newcombePairedDifference(a, b, c, d, level, 8),
  newcombe10: (a: number, b: number, c: number, d: number, level: number) =>
    newcombePairedDifference(a, b, c, d, level, 10),
  bonettPrice: bonettPriceDifference,
};

describe("one proportion", () => {
  it.each(Object.entries(single))("a higher level of %s contains the lower one", (_, method) => {
    fc.assert(
      fc.property(proportion(300), levels, ({ x, n }, [low, high]) => {
        const [inner, outer] = [given(method(x, n, low)), given(method(x, n, high))];
        expect(outer.low).toBeLessThanOrEqual(inner.low);
        expect(outer.high).toBeGreaterThanOrEqual(inner.high);
        expect(outer.high - outer.low).toBeGreaterThan(inner.high - inner.low);
      }),
    );
  });

  it.each(Object.entries(single))("both limits of %s rise with every success", (_, method) => {
    fc.assert(
      fc.property(proportion(200), ({ x, n }) => {
        fc.pre(x < n);
        const [before, after] = [given(method(x, n, 0.95)), given(method(x + 1, n, 0.95))];
        expect(after.low).toBeGreaterThanOrEqual(before.low);
        expect(after.high).toBeGreaterThanOrEqual(before.high);
        expect(after.low + after.high).toBeGreaterThan(before.low + before.high);
      }),
    );
  });

  it.each(Object.entries(single))("the same share of more units narrows %s", (_, method) => {
    fc.assert(
      fc.property(proportion(100), fc.integer({ min: 2, max: 9 }), ({ x, n }, times) => {
        const [few, many] = [given(method(x, n, 0.95)), given(method(x * times, n * times, 0.95))];
        expect(many.high - many.low).toBeLessThan(few.high - few.low);
      }),
    );
  });

  it("exact limits are the shares at which the outcome's tails have half the error", () => {
    fc.assert(
      fc.property(proportion(300), fc.constantFrom(0.8, 0.95, 0.99), ({ x, n }, level) => {
        const { low, high } = clopperPearson(x, n, level);
        if (x > 0) expect(binomialTails(x - 1, n, low).upper).toBeCloseTo((1 - level) / 2, 10);
        if (x < n) expect(binomialTails(x, n, high).lower).toBeCloseTo((1 - level) / 2, 10);
      }),
    );
  });

  it("the exact interval contains the mid-p interval", () => {
    fc.assert(
      fc.property(proportion(300), ({ x, n }) => {
        const [exact, mid] = [clopperPearson(x, n), given(midP(x, n))];
        expect(exact.low).toBeLessThanOrEqual(mid.low);
        expect(exact.high).toBeGreaterThanOrEqual(mid.high);
      }),
    );
  });

  it("a target is beaten by the exact test exactly when the exact lower limit lies above it", () => {
    fc.assert(
      fc.property(proportion(300), fc.double({ min: 0.01, max: 0.99, noNaN: true }), ({ x, n }, target) => {
        const test = binomialTest(x, n, target, "greater");
        const { low } = clopperPearson(x, n, 0.95);
        fc.pre(Math.abs(low - target) > 1e-9);
        expect(test.ok && test.p < 0.025).toBe(low > target);
      }),
    );
  });

  it("a two-sided exact p is the probability of all outcomes that are no likelier", () => {
    fc.assert(
      fc.property(proportion(60), fc.double({ min: 0.01, max: 0.99, noNaN: true }), ({ x, n }, p0) => {
        const limit = binomialPmf(x, n, p0) * (1 + 1e-7);
        let sum = 0;
        for (let k = 0; k <= n; k++) if (binomialPmf(k, n, p0) <= limit) sum += binomialPmf(k, n, p0);
        const test = binomialTest(x, n, p0);
        expect(test.ok && test.p).toBeCloseTo(Math.min(1, sum), 10);
      }),
    );
  });

  it("counting failures instead of successes exchanges the sides of the exact test", () => {
    fc.assert(
      fc.property(proportion(200), fc.constantFrom(0.125, 0.25, 0.5, 0.75), ({ x, n }, p0) => {
        for (const [side, other] of [
          ["less", "greater"],
          ["two-sided", "two-sided"],
        ] as const) {
          const [a, b] = [binomialTest(x, n, p0, side), binomialTest(n - x, n, 1 - p0, other)];
          expect(a.ok && b.ok && a.p / b.p).toBeCloseTo(1, 9);
        }
      }),
    );
  });
});

describe("two independent proportions", () => {
  const groups = fc.tuple(proportion(80), proportion(80));

  it.each(Object.entries(differences))("a higher level of %s contains the lower one", (_, method) => {
    fc.assert(
      fc.property(groups, levels, ([g, h], [low, high]) => {
        const inner = given(method(g.x, g.n, h.x, h.n, low));
        const outer = given(method(g.x, g.n, h.x, h.n, high));
        expect(outer.low).toBeLessThanOrEqual(inner.low);
        expect(outer.high).toBeGreaterThanOrEqual(inner.high);
      }),
    );
  });

  it.each(Object.entries(differences))("counting failures instead of successes changes the sign of %s", (_, method) => {
    fc.assert(
      fc.property(groups, ([g, h]) => {
        const [r, s] = [given(method(g.x, g.n, h.x, h.n)), given(method(g.n - g.x, g.n, h.n - h.x, h.n))];
        expect(s.low).toBeCloseTo(-r.high, 8);
        expect(s.high).toBeCloseTo(-r.low, 8);
      }),
    );
  });

  it.each(Object.entries(differences))("a success more in the first group never lowers %s", (_, method) => {
    fc.assert(
      fc.property(groups, ([g, h]) => {
        fc.pre(g.x < g.n);
        const [before, after] = [given(method(g.x, g.n, h.x, h.n)), given(method(g.x + 1, g.n, h.x, h.n))];
        expect(after.low).toBeGreaterThanOrEqual(before.low - 1e-9);
        expect(after.high).toBeGreaterThanOrEqual(before.high - 1e-9);
        expect(after.low + after.high).toBeGreaterThan(before.low + before.high);
      }),
    );
  });

  it.each(Object.entries(ratios))("exchanging the groups inverts %s", (_, method) => {
    fc.assert(
      fc.property(groups, ([g, h]) => {
        const [r, s] = [method(g.x, g.n, h.x, h.n), method(h.x, h.n, g.x, g.n)];
        expect(s.ok).toBe(r.ok);
        if (!r.ok || !s.ok) return;
        expect(r.low === 0 ? 0 : 1 / r.low).toBeCloseTo(r.low === 0 ? 0 : s.high, 5);
        if (r.low === 0) expect(s.high).toBe(Infinity);
        else expect(s.high * r.low).toBeCloseTo(1, 8);
      }),
    );
  });

  it.each(Object.entries(ratios))("%s holds the ratio, and a higher level contains the lower one", (_, method) => {
    fc.assert(
      fc.property(groups, levels, ([g, h], [low, high]) => {
        const [inner, outer] = [method(g.x, g.n, h.x, h.n, low), method(g.x, g.n, h.x, h.n, high)];
        expect(outer.ok).toBe(inner.ok);
        if (!inner.ok || !outer.ok) return;
        expect(outer.low).toBeLessThanOrEqual(inner.low);
        expect(outer.high).toBeGreaterThanOrEqual(inner.high);
        if (method === adjustedLogRatio || h.x === 0) return;
        expect(inner.low).toBeLessThanOrEqual((g.x / g.n / (h.x / h.n)) * (1 + 1e-9));
        expect(inner.high).toBeGreaterThanOrEqual((g.x / g.n / (h.x / h.n)) * (1 - 1e-9));
      }),
    );
  });

  it("the score intervals of difference and ratio exclude equality together, by Pearson's chi-square", () => {
    fc.assert(
      fc.property(groups, ([g, h]) => {
        const test = pearsonChiSquare([
          [g.x, g.n - g.x],
          [h.x, h.n - h.x],
        ]);
        fc.pre(test.ok && Math.abs(test.p - 0.05) > 1e-9);
        const excludes = (interval: Interval, value: number) => interval.low > value || interval.high < value;
        expect(excludes(given(meeDifference(g.x, g.n, h.x, h.n)), 0)).toBe(test.ok && test.p < 0.05);
        expect(excludes(given(koopmanRatio(g.x, g.n, h.x, h.n)), 1)).toBe(test.ok && test.p < 0.05);
      }),
    );
  });

  it("N/(N - 1) in the variance widens the score intervals", () => {
    fc.assert(
      fc.property(groups, ([g, h]) => {
        const [mee, mn] = [
          given(meeDifference(g.x, g.n, h.x, h.n)),
          given(miettinenNurminenDifference(g.x, g.n, h.x, h.n)),
        ];
        expect(mn.low).toBeLessThanOrEqual(mee.low + 1e-9);
        expect(mn.high).toBeGreaterThanOrEqual(mee.high - 1e-9);
        const [koopman, ratio] = [
          given(koopmanRatio(g.x, g.n, h.x, h.n)),
          given(miettinenNurminenRatio(g.x, g.n, h.x, h.n)),
        ];
        expect(ratio.low).toBeLessThanOrEqual(koopman.low * (1 + 1e-9));
        expect(ratio.high).toBeGreaterThanOrEqual(koopman.high * (1 - 1e-9));
      }),
    );
  });

  it("a wider margin is never harder to beat", () => {
    fc.assert(
      fc.property(
        groups,
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        ([g, h], margin, more) => {
          const [narrow, wide] = [
            farringtonManning(g.x, g.n, h.x, h.n, margin),
            farringtonManning(g.x, g.n, h.x, h.n, margin + more),
          ];
          if (narrow.ok && wide.ok) expect(wide.p).toBeLessThanOrEqual(narrow.p + 1e-12);
        },
      ),
    );
  });
});

describe("two proportions on the same units", () => {
  const count = fc.integer({ min: 0, max: 40 });
  const table = fc.tuple(count, count, count, count).filter((counts) => counts.some((value) => value > 0));

  it.each(Object.entries(paired))("exchanging the products changes the sign of %s", (_, method) => {
    fc.assert(
      fc.property(table, ([a, b, c, d]) => {
        const [r, s] = [method(a, b, c, d, 0.95), method(a, c, b, d, 0.95)];
        expect(s.ok).toBe(r.ok);
        if (!r.ok || !s.ok) return;
        expect(s.low).toBeCloseTo(-r.high, 8);
        expect(s.high).toBeCloseTo(-r.low, 8);
      }),
    );
  });

  it.each(Object.entries(paired))("counting failures instead of successes changes the sign of %s too", (_, method) => {
    fc.assert(
      fc.property(table, ([a, b, c, d]) => {
        // A unit with both positive becomes one with both negative, "first only" becomes "second only".
        const [r, s] = [method(a, b, c, d, 0.95), method(d, c, b, a, 0.95)];
        expect(s.ok).toBe(r.ok);
        if (r.ok && s.ok) expect(s.low).toBeCloseTo(-r.high, 8);
      }),
    );
  });

  it.each(Object.entries(paired))("a higher level of %s contains the lower one", (_, method) => {
    fc.assert(
      fc.property(table, levels, ([a, b, c, d], [low, high]) => {
        const [inner, outer] = [method(a, b, c, d, low), method(a, b, c, d, high)];
        if (!inner.ok || !outer.ok) return;
        expect(outer.low).toBeLessThanOrEqual(inner.low + 1e-12);
        expect(outer.high).toBeGreaterThanOrEqual(inner.high - 1e-12);
      }),
    );
  });

  it("McNemar's exact test is the binomial test of discordant pairs at one half, and the mid-p test is not above it", () => {
    fc.assert(
      fc.property(count, count, (b, c) => {
        const [mcnemar, binomial, mid] = [mcnemarExact(b, c), binomialTest(b, b + c, 0.5), mcnemarMidP(b, c)];
        if (!mcnemar.ok || !binomial.ok || !mid.ok) throw new Error("a test is always given");
        expect(mcnemar.p / binomial.p).toBeCloseTo(1, 9);
        expect(mid.p).toBeLessThanOrEqual(mcnemar.p);
        expect(mcnemarMidP(c, b)).toEqual(mid);
        expect(mcnemarExact(c, b)).toEqual(mcnemar);
      }),
    );
  });

  it("concordant pairs of one kind are as good as of the other for Tango's interval", () => {
    fc.assert(
      fc.property(table, ([a, b, c, d]) => {
        expect(tangoDifference(a, b, c, d)).toEqual(tangoDifference(a + d, b, c, 0));
      }),
    );
  });

  it("a wider margin is never harder to beat for pairs", () => {
    fc.assert(
      fc.property(
        table,
        fc.double({ min: 0, max: 0.4, noNaN: true }),
        fc.double({ min: 0.01, max: 0.4, noNaN: true }),
        ([a, b, c, d], margin, more) => {
          const [narrow, wide] = [
            tangoNonInferiority(a, b, c, d, margin),
            tangoNonInferiority(a, b, c, d, margin + more),
          ];
          if (narrow.ok && wide.ok) expect(wide.p).toBeLessThanOrEqual(narrow.p + 1e-12);
        },
      ),
    );
  });
});
