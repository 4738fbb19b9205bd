/** Agreement from tables and its resampled interval; statistics on stored resamples; formulas shared with resampling. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import {
  agreementReader,
  areaBetween,
  averagePrecision,
  bootstrapResamples,
  bootstrapSummary,
  clusteredKappa,
  cohenKappa,
  krippendorffAlpha,
  krippendorffInterval,
  multiRaterAgreement,
  partialAuc,
  patientWeights,
  percentileInterval,
  precisionArea,
  rocPoints,
  tableFormulas,
} from "../../src/stats/index.js";
import { ok, reasonOf } from "./outcomes.js";

const none = (reason: string) => ({ ok: false, reason });

describe("a table of two readers", () => {
  const table = fc.integer({ min: 2, max: 4 }).chain((k) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: k, maxLength: k }), {
      minLength: k,
      maxLength: k,
    }),
  );

  it("has the kappa of cohenKappa and the coefficient of multiRaterAgreement", () => {
    fc.assert(
      fc.property(table, fc.constantFrom("none", "linear", "quadratic"), (rows, weights) => {
        const k = rows.length;
        const read = agreementReader(k, weights as "none")(rows.flat());
        const pairs = rows.flatMap((row, i) =>
          row.flatMap((count, j) => Array.from({ length: count }, (): [number, number] => [i, j])),
        );
        const kappa = cohenKappa(rows, weights as "none");
        if (!kappa.ok) {
          expect(read.kappa).toBeNaN();
          expect(read.gwet).toBeNaN();
          return;
        }
        expect(read.total).toBe(pairs.length);
        if (typeof kappa.kappa === "number") expect(read.kappa).toBe(kappa.kappa);
        else expect(read.kappa).toBeNaN();
        const scale = [...Array(k).keys()];
        const gwet = multiRaterAgreement(pairs, scale, weights === "none" ? "identity" : (weights as "linear"));
        expect(read.gwet).toBeCloseTo(ok(ok(gwet).gwet).coefficient, 12);
      }),
    );
  });

  it("reads one table after the other", () => {
    const read = agreementReader(2, "none");
    expect(read([4, 0, 0, 5]).kappa).toBe(1);
    expect(read([9, 0, 0, 0]).kappa).toBeNaN();
    expect(read([9, 0, 0, 0]).pe).toBe(1);
    // Of so many that their square is rounded
    for (const table of [
      [94_906_267, 0, 0, 0],
      [0, 0, 0, 94_906_267],
    ]) {
      expect(read(table)).toMatchObject({ total: 94_906_267, po: 1, pe: 1, kappa: NaN });
    }
    // Each reader used one category, but not the same.
    expect(read([0, 9, 0, 0])).toMatchObject({ po: 0, pe: 0, kappa: 0 });
    expect(read([0, 0, 9, 0])).toMatchObject({ po: 0, pe: 0, kappa: 0 });
    expect(read([1, 1, 1, 1])).toEqual({ total: 4, po: 0.5, pe: 0.5, kappa: 0, gwet: 0 });
    expect(read([0, 3, 3, 0]).kappa).toBe(-1);
  });
});

/** Kappa of real counts by its definition, and how it changes with each count: nothing is shared with the library. */
function definedKappa(cells: readonly number[], k: number, weights: string): number {
  const weight = (i: number, j: number): number => {
    const distance = Math.abs(i - j) / (k - 1);
    if (weights === "none") return i === j ? 1 : 0;
    return weights === "linear" ? 1 - distance : 1 - distance * distance;
  };
  const total = cells.reduce((sum, count) => sum + count, 0);
  const row = (i: number) => [...Array(k).keys()].reduce((sum, j) => sum + (cells[i * k + j] as number), 0);
  const column = (j: number) => [...Array(k).keys()].reduce((sum, i) => sum + (cells[i * k + j] as number), 0);
  let [po, pe] = [0, 0];
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      po += (weight(i, j) * (cells[i * k + j] as number)) / total;
      pe += (weight(i, j) * row(i) * column(j)) / total / total;
    }
  }
  return (po - pe) / (1 - pe);
}
function slopes(cells: readonly number[], k: number, weights: string): number[] {
  const step = 1e-4;
  const moved = (at: number, by: number) =>
    definedKappa(
      cells.map((count, cell) => (cell === at ? count + by : count)),
      k,
      weights,
    );
  return cells.map((_, at) => (moved(at, step) - moved(at, -step)) / (2 * step));
}
/** What is added before the adjusted interval: as many agreements as disagreements, to rare categories less. */
function addedTo(cells: readonly number[], k: number, z: number): number[] {
  const total = cells.reduce((sum, count) => sum + count, 0);
  const observed = [...Array(k).keys()].map(
    (c) =>
      cells.reduce(
        (sum, count, cell) => sum + count * ((Math.floor(cell / k) === c ? 1 : 0) + (cell % k === c ? 1 : 0)),
        0,
      ) /
      (2 * total),
  );
  const shares = observed.map((share) => (2 / k) * (1 / k) + (1 - 2 / k) * share);
  const pairs = cells.map((_, cell) => {
    const [i, j] = [Math.floor(cell / k), cell % k];
    return i === j ? 0 : (shares[i] as number) * (shares[j] as number);
  });
  const apart = pairs.reduce((sum, share) => sum + share, 0);
  return pairs.map((share, cell) => {
    const agreed = cell % (k + 1) === 0 ? (shares[cell % k] as number) : 0;
    return ((z * z) / 2) * (agreed + share / apart);
  });
}

const tables: [string, number[][]][] = [
  ["of two categories", [[17, 3], [2, 8]]], // prettier-ignore
  ["of two categories without an agreement on the rare one", [[18, 1], [1, 0]]], // prettier-ignore
  ["of three categories", [[9, 2, 0], [1, 7, 3], [1, 0, 2]]], // prettier-ignore
  ["of four categories, one of them empty", [[6, 2, 0, 0], [1, 4, 1, 0], [0, 2, 5, 0], [0, 0, 0, 0]]], // prettier-ignore
];

describe("the adjusted interval of kappa", () => {
  it.each(tables)("is kappa with the units added ± z standard errors by the delta method, %s", (_, rows) => {
    const k = rows.length;
    for (const weights of ["none", "linear", "quadratic"] as const) {
      const z = 1.6448536269514722;
      const added = addedTo(rows.flat(), k, z);
      expect(added.reduce((sum, count) => sum + count, 0)).toBeCloseTo(z * z, 12);
      const cells = rows.flat().map((count, cell) => count + (added[cell] as number));
      const own = slopes(cells, k, weights);
      const variance = cells.reduce((sum, count, cell) => sum + count * (own[cell] as number) ** 2, 0);
      const interval = ok(ok(cohenKappa(rows, weights, 0.9)).interval);
      const kappa = definedKappa(cells, k, weights);
      expect(interval).toMatchObject({ level: 0.9, method: "kappa_adjusted_wald" });
      expect(interval.low).toBeCloseTo(kappa - z * Math.sqrt(variance), 6);
      expect(interval.high).toBeCloseTo(Math.min(1, kappa + z * Math.sqrt(variance)), 6);
    }
  });

  it("is that of Fleiss, Cohen & Everitt with one more unit in each cell of a 2 x 2 table where z is 2", () => {
    const level = 0.95449973610364158;
    for (const [a, b, c, d] of [
      [12, 3, 5, 20],
      [18, 1, 1, 0],
      [4, 9, 8, 3],
    ] as const) {
      const adjusted = ok(ok(cohenKappa([[a, b], [c, d]], "none", level)).interval); // prettier-ignore
      const plain = ok(ok(cohenKappa([[a + 1, b + 1], [c + 1, d + 1]], "none", level)).wald); // prettier-ignore
      expect([adjusted.low, adjusted.high]).toEqual([
        expect.closeTo(plain.low, 10) as number,
        expect.closeTo(plain.high, 10) as number,
      ]);
    }
  });

  it("is there without spread, where the large-sample one is not", () => {
    const perfect = ok(cohenKappa([[10, 0], [0, 10]])); // prettier-ignore
    expect([perfect.kappa, perfect.wald]).toEqual([1, none("zero-variance")]);
    expect(ok(perfect.interval).high).toBe(1);
    // With equal shares kappa is 2 po - 1: po = 21.92/23.84 after 0.96 units are added to each cell.
    const z = 1.959963984540054;
    const po = (20 + (z * z) / 2) / (20 + z * z);
    expect(ok(perfect.interval).low).toBeCloseTo(2 * po - 1 - 2 * z * Math.sqrt((po * (1 - po)) / (20 + z * z)), 12);
    const oneSided = ok(cohenKappa([[18, 2], [0, 0]])); // prettier-ignore
    expect([oneSided.kappa, oneSided.se0, oneSided.wald]).toEqual([0, 0, none("zero-variance")]);
    expect(oneSided.z).toEqual(none("zero-variance"));
    expect(ok(oneSided.interval).low).toBeLessThan(-0.1);
    expect(ok(oneSided.interval).high).toBeGreaterThan(0.1);
    const alone = ok(cohenKappa([[5, 0], [0, 0]])); // prettier-ignore
    expect([alone.se0, alone.se1, alone.z, alone.interval, alone.wald]).toEqual(Array(5).fill(none("one-category")));
    expect(ok(cohenKappa([[5]])).kappa).toEqual(none("one-category"));
    for (const table of [[], [[0]], [[0, 0], [0, 0]]]) expect(reasonOf(cohenKappa(table))).toBe("no-data"); // prettier-ignore
    // The largest scale that is taken; half of the two units agree by chance.
    const most = Array.from({ length: 1000 }, () => new Array<number>(1000).fill(0));
    for (const category of [0, 999]) (most[category] as number[])[category] = 1;
    expect(ok(cohenKappa(most))).toMatchObject({ kappa: 1, pe: 0.5 });
  });

  it("holds the estimate where two units disagree in two of five categories", () => {
    const rows = Array.from({ length: 5 }, () => [0, 0, 0, 0, 0]);
    rows[0] = [0, 1, 0, 0, 0];
    rows[1] = [1, 0, 0, 0, 0];
    const r = ok(cohenKappa(rows, "linear"));
    expect([r.kappa, ok(r.interval).low]).toEqual([-1, -1]);
    expect(ok(r.interval).high).toBeLessThan(1);
  });

  it("is cut at -1", () => {
    expect(ok(ok(cohenKappa([[0, 1], [1, 0]])).interval).low).toBe(-1); // prettier-ignore
  });
});

describe("kappa of units in clusters", () => {
  const cluster = ["a", "a", "b", "b", "c", "c", "d"];
  const first = [0, 1, 1, 0, 1, 1, 0];
  const second = [0, 1, 0, 0, 1, 0, 0];

  it("is that of the table, with the jackknife over clusters", () => {
    const r = ok(clusteredKappa(cluster, first, second, 2));
    const table = [
      [3, 0],
      [2, 2],
    ];
    expect(r).toMatchObject({ n: 7, clusters: 4, kappa: ok(cohenKappa(table)).kappa });
    const without = ["a", "b", "c", "d"].map((left) => {
      const kept = cluster.flatMap((name, at) => (name === left ? [] : [at]));
      const own = clusteredKappa(
        kept,
        kept.map((at) => first[at] as number),
        kept.map((at) => second[at] as number),
        2,
      );
      return ok(own).kappa as number;
    });
    const centre = without.reduce((sum, value) => sum + value, 0) / 4;
    const squares = without.reduce((sum, value) => sum + (value - centre) ** 2, 0);
    expect(r.se).toBeCloseTo(Math.sqrt((3 / 4) * squares), 12);
    const interval = ok(r.jackknife);
    // t with 3 degrees of freedom; the upper end is cut at 1
    expect(interval.low).toBeCloseTo((r.kappa as number) - 3.182446305284263 * (r.se as number), 9);
    expect(interval).toMatchObject({ high: 1, method: "kappa_jackknife_t", level: 0.95 });
  });

  it("has an interval from the variance between clusters, with as many clusters added as units without clusters", () => {
    for (const weights of ["none", "quadratic"] as const) {
      const [a, b] = [
        [0, 1, 2, 0, 1, 1, 2, 2, 0],
        [0, 1, 1, 0, 2, 1, 2, 2, 1],
      ];
      const names = ["a", "a", "a", "b", "b", "c", "d", "d", "e"];
      const cellOf = (u: number) => (a[u] as number) * 3 + (b[u] as number);
      const counts = Array.from({ length: 9 }, (_, cell) => names.filter((__, u) => cellOf(u) === cell).length);
      const z = 1.2815515655446004;
      const size = 9 / 5;
      const added = addedTo(counts, 3, z);
      const cells = counts.map((count, cell) => count + size * (added[cell] as number));
      const own = slopes(cells, 3, weights);
      const between = [...new Set(names)].map((name) =>
        names.reduce((sum, other, u) => (other === name ? sum + (own[cellOf(u)] as number) : sum), 0),
      );
      const variance =
        (5 / 4) * between.reduce((sum, change) => sum + change * change, 0) +
        added.reduce((sum, count, cell) => sum + count * (size * (own[cell] as number)) ** 2, 0);
      // t with 4 degrees of freedom
      const half = 1.5332062740589438 * Math.sqrt(variance);
      const interval = ok(ok(clusteredKappa(names, a, b, 3, weights, 0.8)).interval);
      const kappa = definedKappa(cells, 3, weights);
      expect(interval).toMatchObject({ level: 0.8, method: "kappa_adjusted_clusters_t" });
      expect(interval.low).toBeCloseTo(kappa - half, 6);
      expect(interval.high).toBeCloseTo(Math.min(1, kappa + half), 6);
      expect(interval.high).toBeLessThan(1);
    }
  });

  it("is left as it was by leaving clusters out", () => {
    const [x, y] = [clusteredKappa(cluster, first, second, 2), clusteredKappa(cluster, first, second, 2)];
    expect(x).toEqual(y);
    expect(ok(x).se).toBeGreaterThan(0);
  });

  it("edges", () => {
    expect(reasonOf(clusteredKappa([], [], [], 2))).toBe("no-data");
    expect(ok(clusteredKappa([1, 2], [0, 0], [0, 0], 2)).kappa).toEqual(none("one-category"));
    const alone = ok(clusteredKappa([1, 1], [0, 1], [0, 0], 2));
    expect([alone.kappa, alone.se]).toEqual([0, none("too-few-clusters")]);
    expect([alone.interval, alone.jackknife]).toEqual([none("too-few-clusters"), none("too-few-clusters")]);
    const left = ok(clusteredKappa([1, 1, 2], [0, 0, 1], [0, 0, 1], 2));
    expect([left.kappa, left.se, left.jackknife]).toEqual([
      1,
      none("resampling-degenerate"),
      none("resampling-degenerate"),
    ]);
    expect(ok(left.interval)).toMatchObject({ low: -1, high: 1 });
    const perfect = ok(clusteredKappa([1, 1, 2, 2], [0, 1, 0, 1], [0, 1, 0, 1], 2));
    expect([perfect.se, perfect.jackknife]).toEqual([0, none("zero-variance")]);
    const everyOne = ok(clusteredKappa([1, 2], [0, 0], [0, 0], 2));
    expect([everyOne.interval, everyOne.se, everyOne.jackknife]).toEqual(Array(3).fill(none("one-category")));
    expect(ok(clusteredKappa([1, 2], [0, 0], [0, 0], 1)).kappa).toEqual(none("one-category"));
    for (const categories of [0, 1001]) expect(() => clusteredKappa([], [], [], categories)).toThrow("categories");
    expect(() => clusteredKappa([1], [0], [0, 1], 2)).toThrow("length-mismatch");
    expect(() => clusteredKappa([1, 2], [0], [0], 2)).toThrow("length-mismatch");
    for (const wrong of [-1, 2, 0.5]) {
      expect(() => clusteredKappa([1], [wrong], [0], 2)).toThrow("ratings");
      expect(() => clusteredKappa([1], [0], [wrong], 2)).toThrow("ratings");
    }
  });
});

describe("alpha of ratios", () => {
  it("weighs a difference by the sum of both values", () => {
    // distances: 0 and 1: 1; 1 and 3: 1/4; 0 and 3: 1
    const r = ok(krippendorffAlpha([[0, 1], [1, 1], [1, 3]], "ratio")); // prettier-ignore
    // observed 2 (1 + 1/4); expected 2 (1·4·1 + 4·1/4 + 1·1)
    expect(r.alpha).toBeCloseTo(1 - (5 * 2.5) / 12, 12);
    // Two zeros differ by nothing: distances 0 and 1: 1, twice within, and expected 3·3 of it
    const zeros = ok(krippendorffAlpha([[0, 0], [0, 1], [1, 1]], "ratio")); // prettier-ignore
    expect(zeros.alpha).toBeCloseTo(1 - (5 * 2) / 18, 12);
  });

  it("are of values from 0", () => {
    for (const ratings of [
      [
        [-2, 2],
        [3, -3],
        [1, 1],
      ],
      [
        [1, 2],
        [2, 2],
        [-1, null],
      ],
    ]) {
      // prettier-ignore
      expect(() => krippendorffAlpha(ratings, "ratio")).toThrow("ratio scale");
      expect(() => krippendorffInterval(ratings, "ratio", { seed: 1n })).toThrow("ratio scale");
      expect(krippendorffAlpha(ratings, "interval").ok).toBe(true);
    }
  });
});

describe("alpha of values that differ by too little to be squared", () => {
  it("is no number", () => {
    expect(krippendorffAlpha([[0, 1e-200], [1e-200, 0]], "interval")).toEqual({ ok: false, reason: "zero-denominator" }); // prettier-ignore
  });
});

describe("interval of alpha", () => {
  const ratings = [[1, 1], [2, 2], [1, 2], [3, 3], [2, 3], [1, 1], [3, 2], [2, 2], [3, null], [null, 1]]; // prettier-ignore

  it("lies around alpha at every level of measurement, the same for the same seed", () => {
    for (const measurement of ["nominal", "ordinal", "interval", "ratio"] as const) {
      const { alpha, units } = ok(krippendorffAlpha(ratings, measurement));
      expect(units).toBe(8);
      const own = ok(krippendorffInterval(ratings, measurement, { seed: 5n }));
      expect(own).toMatchObject({ level: 0.95, method: "bootstrap_percentile" });
      expect(own.low).toBeLessThan(alpha);
      expect(own.high).toBeGreaterThan(alpha);
      expect(krippendorffInterval(ratings, measurement, { seed: 5n })).toEqual(own);
      expect(krippendorffInterval(ratings, measurement, { seed: 6n })).not.toEqual(own);
      expect(krippendorffInterval(ratings, measurement, { seed: 5n, stream: "other" })).not.toEqual(own);
      const narrow = ok(krippendorffInterval(ratings, measurement, { seed: 5n, level: 0.5 }));
      expect(narrow.high - narrow.low).toBeLessThan(own.high - own.low);
    }
  });

  it("needs two clusters, and no more", () => {
    const four = ratings.slice(0, 4);
    expect(krippendorffInterval(four, "nominal", { seed: 5n, cluster: [0, 0, 1, 1] }).ok).toBe(true);
    expect(reasonOf(krippendorffInterval(four, "nominal", { seed: 5n, cluster: [0, 0, 0, 0] }))).toBe(
      "too-few-clusters",
    );
  });

  it("each unit its own cluster is no cluster; units that always go together widen it", () => {
    const own = krippendorffInterval(ratings, "nominal", { seed: 5n, replicates: 500 });
    const names = ratings.map((_, at) => `unit ${at}`);
    expect(krippendorffInterval(ratings, "nominal", { seed: 5n, replicates: 500, cluster: names })).toEqual(own);
    const copies = [...ratings, ...ratings, ...ratings];
    const free = ok(krippendorffInterval(copies, "nominal", { seed: 5n }));
    const tied = ok(
      krippendorffInterval(copies, "nominal", { seed: 5n, cluster: copies.map((_, at) => at % ratings.length) }),
    );
    expect(tied.high - tied.low).toBeGreaterThan(1.3 * (free.high - free.low));
  });

  it("is that of the units repeated as often as their cluster was drawn", () => {
    // Units with one rating, and clusters of such units alone, are not drawn.
    const cluster = ["b", "a", "b", "c", "a", "c", "d", "d", "e", "b"];
    const kept = ratings.flatMap((unit, at) => (unit.includes(null) ? [] : [at]));
    const names = [...new Set(kept.map((at) => cluster[at] as string))];
    expect(names).toEqual(["b", "a", "c", "d"]);
    for (const measurement of ["nominal", "ordinal", "interval", "ratio"] as const) {
      const weights = new Uint16Array(names.length);
      const values = Array.from({ length: 200 }, (_, replicate) => {
        patientWeights(11n, "krippendorff-alpha", replicate, names.length, weights);
        const drawn = kept.flatMap((at) =>
          Array.from({ length: weights[names.indexOf(cluster[at] as string)] as number }, () => ratings[at] ?? []),
        );
        const r = krippendorffAlpha(drawn, measurement);
        return r.ok ? r.alpha : NaN;
      });
      const expected = ok(percentileInterval(values, 0.9));
      const r = ok(krippendorffInterval(ratings, measurement, { seed: 11n, replicates: 200, level: 0.9, cluster }));
      expect(r).toEqual({
        ...expected,
        low: expect.closeTo(expected.low, 12) as number,
        high: expect.closeTo(expected.high, 12) as number,
      });
    }
    const usual = krippendorffInterval(ratings, "ordinal", { seed: 5n });
    expect(krippendorffInterval(ratings, "ordinal", { seed: 5n, replicates: 2000, level: 0.95 })).toEqual(usual);
    expect(krippendorffInterval(ratings, "ordinal", { seed: 5n, replicates: 1999 })).not.toEqual(usual);
  });

  it("edges", () => {
    const seed = 1n;
    expect(reasonOf(krippendorffInterval([], "nominal", { seed }))).toBe("no-data");
    expect(reasonOf(krippendorffInterval([[1, null], [null, 2]], "nominal", { seed }))).toBe("too-few"); // prettier-ignore
    expect(reasonOf(krippendorffInterval([[1, 1], [1, 1]], "nominal", { seed }))).toBe("one-category"); // prettier-ignore
    expect(reasonOf(krippendorffInterval([[1, 2], [3, null]], "nominal", { seed }))).toBe("too-few-clusters"); // prettier-ignore
    expect(reasonOf(krippendorffInterval([[1, 2], [2, 2]], "nominal", { seed, cluster: ["a", "a"] }))).toBe("too-few-clusters"); // prettier-ignore
    expect(() => krippendorffInterval([[1, 2]], "nominal", { seed, cluster: [] })).toThrow("length-mismatch");
    expect(() => krippendorffInterval(ratings, "nominal", { seed, replicates: 0 })).toThrow("replicates");
    expect(() => krippendorffInterval(ratings, "nominal", { seed, level: 1 })).toThrow("level");
    expect(reasonOf(krippendorffInterval(ratings, "nominal", { seed, replicates: 1 }))).toBe("resampling-degenerate");
    expect(() => krippendorffAlpha([[1, Infinity]], "interval")).toThrow("alpha");
  });
});

describe("stored resamples", () => {
  const values = [1, 2, 4, 8];
  const meanOf = (drawn: readonly number[]) =>
    drawn.reduce((sum, unit) => sum + (values[unit] as number), 0) / drawn.length;
  const resamples = [[0, 0, 1, 2], [3, 3, 2, 1], [0, 1, 2, 3], [1, 1, 1, 1], [2, 2, 3, 0]]; // prettier-ignore

  it("give estimate, replicates, jackknife and all intervals", () => {
    const r = ok(bootstrapResamples(4, resamples, meanOf));
    expect(r.estimate).toBe(3.75);
    expect([...r.replicates]).toEqual([2, 5.5, 3.75, 2, 4.25]);
    expect([...r.jackknife]).toEqual([14 / 3, 13 / 3, 11 / 3, 7 / 3]);
    expect(r).toMatchObject(bootstrapSummary(3.75, r.replicates, r.jackknife));
    expect(r.degenerate).toBe(0);
    const narrow = ok(bootstrapResamples(4, resamples, meanOf, 0.5));
    expect(ok(narrow.percentile).high).toBeLessThan(ok(r.percentile).high);
  });

  it("leave out what has no value, in replicates and in the jackknife", () => {
    const withEight = (drawn: readonly number[]) => (drawn.includes(3) ? meanOf(drawn) : NaN);
    const r = ok(bootstrapResamples(4, resamples, withEight));
    expect([r.valid, r.degenerate]).toEqual([3, 2]);
    expect(r.jackknife[3]).toBeNaN();
    const kept = r.jackknife.filter((value) => !Number.isNaN(value));
    const by = bootstrapSummary(3.75, r.replicates, kept);
    expect("reason" in by ? by : by.acceleration).toBe(r.acceleration);
    // deviations from their mean -4/9, -1/9 and 5/9
    expect(r.acceleration).toBeCloseTo(60 / 729 / (6 * (42 / 81) * Math.sqrt(42 / 81)), 12);
  });

  it("edges", () => {
    expect(reasonOf(bootstrapResamples(0, [[]], () => 1))).toBe("no-data");
    expect(reasonOf(bootstrapResamples(4, [], meanOf))).toBe("no-data");
    expect(reasonOf(bootstrapResamples(4, resamples, () => NaN))).toBe("resampling-degenerate");
    const alone = ok(bootstrapResamples(1, [[0], [0]], () => 3));
    expect(alone.percentile).toEqual(none("zero-variance"));
    expect(alone.acceleration).toBe(0);
    // 0.1 + 0.2 and 0.3 are one value, 0 and what is above it two
    const rounded = [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3];
    const summary = bootstrapSummary(0.3, rounded, [0.3, 0.3]);
    if ("reason" in summary) throw new Error(summary.reason);
    for (const r of [percentileInterval(rounded), summary.percentile, summary.basic]) {
      expect(r).toEqual(none("zero-variance"));
    }
    expect(reasonOf(percentileInterval(rounded.map((value) => -value)))).toBe("zero-variance");
    for (const apart of [
      [0, 1e-20, 0, 1e-20],
      [-1e-20, 0, -1e-20, 0],
      [1, 1 + 1e-11, 1, 1 + 1e-11],
      [2, Infinity, 2, Infinity],
    ]) {
      // prettier-ignore
      expect(percentileInterval(apart).ok).toBe(true);
    }
    for (const wrong of [[[4]], [[-1]], [[0.5]]])
      expect(() => bootstrapResamples(4, wrong, meanOf)).toThrow("names a unit");
    for (const units of [-1, 1.5]) expect(() => bootstrapResamples(units, [], meanOf)).toThrow("units");
  });
});

describe("formulas for resamples", () => {
  it("of tables are NaN where the tables' functions have a reason", () => {
    const formulas = Object.entries(tableFormulas);
    const empty = { tp: 0, fp: 0, fn: 0, tn: 0 };
    for (const [name, formula] of formulas) expect(formula(empty, 0.5), name).toBeNaN();
    expect(tableFormulas.mcc({ tp: 0, fp: 0, fn: 5, tn: 5 })).toBeNaN();
    expect(tableFormulas.positiveRatio({ tp: 3, fp: 0, fn: 2, tn: 5 })).toBeNaN();
    expect(tableFormulas.negativeRatio({ tp: 3, fp: 5, fn: 2, tn: 0 })).toBeNaN();
    expect(tableFormulas.ppvAt({ tp: 0, fp: 0, fn: 5, tn: 5 }, 0.5)).toBeNaN();
    expect(tableFormulas.npvAt({ tp: 5, fp: 5, fn: 0, tn: 0 }, 0.5)).toBeNaN();
    expect(tableFormulas.ppvAt({ tp: 0, fp: 1, fn: 5, tn: 4 }, 0.5)).toBe(0);
    expect(tableFormulas.positiveRatio({ tp: 1, fp: 1, fn: 0, tn: 999_999 })).toBe(1e6);
  });

  it("of curves stand points that no drawn case reaches", () => {
    const counts = {
      tp: Float64Array.from([0, 0, 2, 2, 3]),
      fp: Float64Array.from([0, 0, 1, 1, 4]),
      positives: 3,
      negatives: 4,
    };
    expect(precisionArea(counts)).toBeCloseTo((2 * (2 / 3) + 3 / 7) / 3, 14);
    expect(areaBetween(counts, "fpr", 0, 1)).toBeCloseTo((0.25 * (2 / 3)) / 2 + (0.75 * (2 / 3 + 1)) / 2, 14);
    const points = rocPoints([1, 1, 1, 0, 0, 0, 0], [3, 3, 1, 3, 1, 1, 1]);
    expect(precisionArea(counts)).toBe(ok(averagePrecision(points)).value);
    expect(areaBetween(counts, "tpr", 0.2, 0.9)).toBeCloseTo(ok(partialAuc(points, "tpr", [0.2, 0.9])).area, 14);
  });
});
