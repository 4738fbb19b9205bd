/** Laws of agreement: categories of two and of several readers, and measurements. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  blandAltman,
  cohenKappa,
  concordanceCorrelation,
  icc,
  krippendorffAlpha,
  multiRaterAgreement,
  type IccForm,
  type KappaWeights,
  type SubjectRatings,
} from "../../src/stats/index.js";

const square = (k: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: k, maxLength: k }), { minLength: k, maxLength: k });
const table = fc
  .integer({ min: 2, max: 4 })
  .chain(square)
  .filter((rows) => rows.flat().some((count) => count > 0));
const weights = fc.constantFrom<KappaWeights>("none", "linear", "quadratic");
const kappaOf = (rows: number[][], w: KappaWeights = "none", level = 0.95) => {
  const r = cohenKappa(rows, w, level);
  if (!r.ok) throw new Error(r.reason);
  return r;
};

describe("kappa", () => {
  it("does not change when the scale is read from its other end", () => {
    fc.assert(
      fc.property(table, weights, (rows, w) => {
        const [a, b] = [kappaOf(rows, w), kappaOf(rows.map((row) => [...row].reverse()).reverse(), w)];
        if (typeof a.kappa === "number") expect(b.kappa).toBeCloseTo(a.kappa, 10);
        else expect(b.kappa).toEqual(a.kappa);
      }),
    );
  });

  it("without weights does not change when categories change places", () => {
    fc.assert(
      fc.property(table, (rows) => {
        const moved = (list: number[]): number[] => [...list.slice(1), list[0] as number];
        const places = moved(rows.map((_, i) => i));
        const changed = places.map((i) => places.map((j) => (rows[i] as number[])[j] as number));
        const [a, b] = [kappaOf(rows), kappaOf(changed)];
        if (typeof a.kappa !== "number") return;
        expect(b.kappa).toBeCloseTo(a.kappa, 10);
        expect(b.se1).toBeCloseTo(a.se1 as number, 10);
        expect(b.se0).toBeCloseTo(a.se0 as number, 10);
      }),
    );
  });

  it("stays, and its standard errors shrink with the root, when every unit is counted four times", () => {
    fc.assert(
      fc.property(table, weights, (rows, w) => {
        const [a, b] = [
          kappaOf(rows, w),
          kappaOf(
            rows.map((row) => row.map((count) => 4 * count)),
            w,
          ),
        ];
        if (typeof a.kappa !== "number") return;
        expect(b.kappa).toBeCloseTo(a.kappa, 10);
        expect(b.se1).toBeCloseTo((a.se1 as number) / 2, 9);
        expect(b.se0).toBeCloseTo((a.se0 as number) / 2, 9);
      }),
    );
  });

  it("is 1 for perfect agreement alone, never above, and lies in its interval", () => {
    fc.assert(
      fc.property(table, weights, (rows, w) => {
        const r = kappaOf(rows, w);
        if (typeof r.kappa !== "number") return;
        const perfect = rows.every((row, i) => row.every((count, j) => i === j || count === 0));
        expect(r.kappa === 1).toBe(perfect);
        expect(r.kappa).toBeLessThanOrEqual(1);
        const [interval, wide] = [r.interval, kappaOf(rows, w, 0.99).interval];
        if (!interval.ok || !wide.ok) throw new Error("there is an interval wherever there is a kappa");
        expect(interval.low).toBeLessThan(interval.high);
        expect(interval.low).toBeLessThanOrEqual(r.kappa);
        expect(interval.high).toBeGreaterThanOrEqual(r.kappa);
        expect(wide.low).toBeLessThanOrEqual(interval.low);
        if (!r.wald.ok) return;
        expect(r.wald.low).toBeLessThan(r.kappa);
        expect(r.wald.high).toBeGreaterThan(r.kappa);
        const wideWald = kappaOf(rows, w, 0.99).wald;
        expect(wideWald.ok && wideWald.low).toBeLessThan(r.wald.low);
      }),
    );
  });

  it("of two categories is the same with any weights", () => {
    fc.assert(
      fc.property(square(2), (rows) => {
        fc.pre(rows.flat().some((count) => count > 0));
        expect(kappaOf(rows, "linear")).toEqual(kappaOf(rows));
        expect(kappaOf(rows, "quadratic")).toEqual(kappaOf(rows));
      }),
    );
  });
});

const scale = [1, 2, 3];
const rating = fc.option(fc.constantFrom(...scale), { freq: 6, nil: null });
const ratings = fc
  .integer({ min: 2, max: 4 })
  .chain((readers) =>
    fc.array(fc.array(rating, { minLength: readers, maxLength: readers }), { minLength: 2, maxLength: 20 }),
  )
  .filter((list) => list.some((subject) => subject.filter((value) => value !== null).length >= 2));
const agreementOf = (
  list: readonly SubjectRatings[],
  w: "identity" | "linear" | "quadratic" | "ordinal" = "identity",
) => {
  const r = multiRaterAgreement(list, scale, w);
  if (!r.ok) throw new Error(r.reason);
  return r;
};
const coefficients = ["fleiss", "gwet", "brennanPrediger"] as const;

describe("agreement of several readers", () => {
  it("depends neither on the order of the readers nor on that of the units", () => {
    fc.assert(
      fc.property(ratings, fc.constantFrom("identity" as const, "ordinal" as const), (list, w) => {
        const [a, b] = [
          agreementOf(list, w),
          agreementOf(
            [...list].reverse().map((subject) => [...subject].reverse()),
            w,
          ),
        ];
        for (const name of coefficients) {
          const [r, s] = [a[name], b[name]];
          expect(s.ok).toBe(r.ok);
          if (!r.ok || !s.ok) continue;
          expect(s.coefficient).toBeCloseTo(r.coefficient, 10);
          if (typeof r.se === "number") expect(s.se).toBeCloseTo(r.se, 9);
        }
      }),
    );
  });

  it("without weights does not change when categories change places", () => {
    fc.assert(
      fc.property(ratings, (list) => {
        const changed = list.map((subject) =>
          subject.map((value) => (value === null ? null : (scale[value % 3] as number))),
        );
        const [a, b] = [agreementOf(list), agreementOf(changed)];
        for (const name of coefficients) {
          const [r, s] = [a[name], b[name]];
          if (r.ok && s.ok) expect(s.coefficient).toBeCloseTo(r.coefficient, 10);
          else expect(s).toEqual(r);
        }
        const [alpha, beta] = [krippendorffAlpha(list, "nominal"), krippendorffAlpha(changed, "nominal")];
        if (alpha.ok && beta.ok) expect(beta.alpha).toBeCloseTo(alpha.alpha, 10);
        else expect(beta).toEqual(alpha);
      }),
    );
  });

  it("is 1 where every unit is rated alike by all, and lies in its interval elsewhere", () => {
    fc.assert(
      fc.property(ratings, (list) => {
        const alike = list.map((subject, i) => subject.map(() => scale[i % 3] as number));
        const perfect = agreementOf(alike);
        for (const name of coefficients) {
          const r = perfect[name];
          expect(r.ok && r.coefficient).toBe(1);
          const mixed = agreementOf(list)[name];
          if (!mixed.ok || !mixed.interval.ok) continue;
          expect(mixed.interval.low).toBeLessThanOrEqual(mixed.coefficient);
          expect(mixed.interval.high).toBeGreaterThanOrEqual(mixed.coefficient);
        }
      }),
    );
  });

  it("of two readers has Brennan & Prediger's (k po - 1)/(k - 1)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...scale), fc.constantFrom(...scale)), { minLength: 2, maxLength: 30 }),
        (list) => {
          const observed = list.filter(([a, b]) => a === b).length / list.length;
          const r = agreementOf(list).brennanPrediger;
          expect(r.ok && r.coefficient).toBeCloseTo((3 * observed - 1) / 2, 12);
        },
      ),
    );
  });

  it("as alpha keeps under shift and unit (interval), under unit (ratio), and under any rising map (ordinal)", () => {
    fc.assert(
      fc.property(ratings, (list) => {
        const by = (f: (value: number) => number) =>
          list.map((subject) => subject.map((value) => (value === null ? null : f(value))));
        const same = (a: ReturnType<typeof krippendorffAlpha>, b: ReturnType<typeof krippendorffAlpha>) => {
          if (a.ok && b.ok) expect(b.alpha).toBeCloseTo(a.alpha, 9);
          else expect(b).toEqual(a);
        };
        same(
          krippendorffAlpha(list, "interval"),
          krippendorffAlpha(
            by((value) => 10 + 4 * value),
            "interval",
          ),
        );
        same(
          krippendorffAlpha(list, "ratio"),
          krippendorffAlpha(
            by((value) => 4 * value),
            "ratio",
          ),
        );
        same(
          krippendorffAlpha(list, "ordinal"),
          krippendorffAlpha(
            by((value) => value * value * value),
            "ordinal",
          ),
        );
        same(
          krippendorffAlpha(list, "nominal"),
          krippendorffAlpha([...by((value) => value), [2, null, null]], "nominal"),
        );
      }),
    );
  });
});

const reading = fc.integer({ min: -20, max: 20 });
const readings = fc
  .integer({ min: 2, max: 4 })
  .chain((readers) =>
    fc.array(fc.array(reading, { minLength: readers, maxLength: readers }), { minLength: 3, maxLength: 12 }),
  );
const forms: IccForm[] = ["1,1", "1,k", "C,1", "C,k", "A,1", "A,k"];

describe("intraclass correlation", () => {
  it.each(forms)("%s depends neither on order, nor on zero and unit of the scale", (form) => {
    fc.assert(
      fc.property(readings, (list) => {
        const changed = [...list].reverse().map((row) => [...row].reverse().map((value) => 100 + 4 * value));
        const [a, b] = [icc(list, form), icc(changed, form)];
        expect(b.ok).toBe(a.ok);
        if (!a.ok || !b.ok) return;
        expect(b.icc).toBeCloseTo(a.icc, 7);
        if (a.interval.ok && b.interval.ok) expect(b.interval.low).toBeCloseTo(a.interval.low, 6);
      }),
    );
  });

  it("of consistency does not see what a reader adds to all units; of absolute agreement does, and is lower", () => {
    fc.assert(
      fc.property(readings, (list) => {
        const biased = list.map((row) => row.map((value, reader) => value + 50 * reader));
        const [c, cBiased, a, aBiased] = [icc(list, "C,1"), icc(biased, "C,1"), icc(list, "A,1"), icc(biased, "A,1")];
        if (!c.ok || !cBiased.ok || !a.ok || !aBiased.ok) return;
        expect(cBiased.icc).toBeCloseTo(c.icc, 8);
        if (c.icc > 1e-9) expect(aBiased.icc).toBeLessThan(cBiased.icc);
      }),
    );
  });

  it("of the mean of readers follows from that of one (Spearman & Brown), and lies in its interval", () => {
    fc.assert(
      fc.property(readings, (list) => {
        const k = (list[0] as number[]).length;
        for (const model of ["1", "C", "A"] as const) {
          const [one, all] = [icc(list, `${model},1`), icc(list, `${model},k`)];
          if (!one.ok || !all.ok) continue;
          if (Math.abs(1 + (k - 1) * one.icc) > 1e-6)
            expect(all.icc).toBeCloseTo((k * one.icc) / (1 + (k - 1) * one.icc), 6);
          if (!one.interval.ok) continue;
          expect(one.interval.low).toBeLessThanOrEqual(one.icc + 1e-9);
          expect(one.interval.high).toBeGreaterThanOrEqual(one.icc - 1e-9);
        }
      }),
    );
  });
});

const measurements = fc
  .array(fc.tuple(reading, reading), { minLength: 3, maxLength: 25 })
  .map((list): [number[], number[]] => [list.map(([x]) => x), list.map(([, y]) => y)]);

describe("two series of measurements", () => {
  it("exchanged, change the sign of bias and limits of agreement", () => {
    fc.assert(
      fc.property(measurements, fc.constantFrom("exact" as const, "approximate" as const), ([x, y], variant) => {
        const [r, s] = [blandAltman(x, y, variant), blandAltman(y, x, variant)];
        if (!r.ok || !s.ok || !Array.isArray(r.limits) || !Array.isArray(s.limits)) throw new Error("there are pairs");
        expect(s.bias).toBeCloseTo(-r.bias, 12);
        expect(s.limits[0]).toBeCloseTo(-(r.limits[1] as number), 10);
        if (r.upperInterval.ok && s.lowerInterval.ok) expect(s.lowerInterval.low).toBeCloseTo(-r.upperInterval.high, 8);
      }),
      { numRuns: 40 },
    );
  });

  it("shifted or in another unit, shift and scale bias and limits", () => {
    fc.assert(
      fc.property(measurements, ([x, y]) => {
        const changed = blandAltman(
          x.map((value) => 2 * value),
          y.map((value) => 2 * value + 7),
          "approximate",
        );
        const plain = blandAltman(x, y, "approximate");
        if (!plain.ok || !changed.ok || !Array.isArray(plain.limits) || !Array.isArray(changed.limits))
          throw new Error("there are pairs");
        expect(changed.bias).toBeCloseTo(2 * plain.bias + 7, 10);
        expect(changed.limits[1]).toBeCloseTo(2 * (plain.limits[1] as number) + 7, 10);
        if (plain.upperInterval.ok && changed.upperInterval.ok) {
          expect(changed.upperInterval.low).toBeCloseTo(2 * plain.upperInterval.low + 7, 9);
          expect(plain.upperInterval.low).toBeLessThan(plain.limits[1] as number);
          expect(plain.upperInterval.high).toBeGreaterThan(plain.limits[1] as number);
        }
      }),
    );
  });

  it("concord alike in either order, in any unit, and never more than they correlate", () => {
    fc.assert(
      fc.property(measurements, ([x, y]) => {
        const [r, s] = [concordanceCorrelation(x, y), concordanceCorrelation(y, x)];
        expect(s.ok).toBe(r.ok);
        if (!r.ok || !s.ok) return;
        expect(s.ccc).toBeCloseTo(r.ccc, 12);
        const scaled = concordanceCorrelation(
          x.map((value) => 5 - 3 * value),
          y.map((value) => 5 - 3 * value),
        );
        expect(scaled.ok && scaled.ccc).toBeCloseTo(r.ccc, 10);
        if (typeof r.pearson !== "number" || typeof r.accuracy !== "number") return;
        expect(Math.abs(r.ccc)).toBeLessThanOrEqual(Math.abs(r.pearson) + 1e-12);
        expect(r.pearson * r.accuracy).toBeCloseTo(r.ccc, 12);
        if (!r.interval.ok) return;
        expect(r.interval.low).toBeLessThan(r.ccc);
        expect(r.interval.high).toBeGreaterThan(r.ccc);
      }),
    );
  });
});
