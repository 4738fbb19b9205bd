/** What holds for every result: disclosure, curves, duplicated lesions, order, determinism, comparisons. */
import fc from "../seeded.js";
import { describe, expect, it } from "vitest";
import type { Comparison, Difference } from "../../src/contract/comparison.js";
import {
  result as resultDocument,
  type MetricResult,
  type Result,
  type StratumKey,
} from "../../src/contract/result.js";
import type { SubmissionRun } from "../../src/contract/run.js";
import { changeCodesOf, claimOf, compareParts, versionChangeOf } from "../../src/evaluation/change-assessment.js";
import { corners } from "../../src/evaluation/curves.js";
import { pairedDifferences, verdictOf } from "../../src/evaluation/differences.js";
import { suppressed } from "../../src/evaluation/disclosure.js";
import { estimate } from "../../src/evaluation/estimates.js";
import { hiddenStrata, type Cell } from "../../src/evaluation/hidden-cells.js";
import { makeResult } from "../../src/evaluation/result.js";
import { firstDifference } from "../../src/evaluation/verify.js";
import { metricByName, type CountedUnits } from "../../src/metrics/index.js";
import { RandomStream } from "../../src/stats/random.js";
import { canonicalJson } from "../../src/storage/canonical-json.js";
import { evaluateMade, madeInputs, rowOf, type MadeCase, type MadeLesion } from "./made-set.js";

const nodules = "lung-nodule-detection";
const thickness = { attribute: "sliceThickness", bins: ["[0,1)", "[1,2)", "[2,inf)"] };

/** Cases of a random set: several cases a patient, several lesions a case, coarse scores. */
function randomCases(seed: number, count: number): MadeCase[] {
  const random = new RandomStream(BigInt(seed), 1n);
  const score = () => (1 + random.below(9)) / 10;
  return Array.from({ length: count }, () => ({
    patient: `p${random.below(Math.ceil(count * 0.8))}`,
    site: ["A", "B", "C", "D"][Math.min(random.below(5), random.below(5), 3)] as string,
    attributes: { sliceSpacingMm: random.below(3), kernel: ["soft", "hard"][random.below(2)] as string },
    lesions: Array.from({ length: random.below(4) }, (): MadeLesion => ({
      score: random.below(4) === 0 ? null : score(),
      mm: 3 + random.below(30),
      type: ["solid", "ground-glass"][random.below(2)] as string,
    })),
    falseMarks: Array.from({ length: random.below(3) }, score),
    failed: random.below(25) === 0,
  }));
}

describe("disclosure: the client's copy", () => {
  /** Rank over the integers modulo a prime; coefficients are -1, 0 and 1. */
  function rank(matrix: readonly (readonly number[])[]): number {
    const prime = 1_000_003;
    const rows = matrix.map((row) => row.map((value) => (value + prime) % prime));
    const inverse = (value: number) => {
      let [power, base, left] = [1, value, prime - 2];
      for (; left > 0; left = Math.floor(left / 2)) {
        if (left % 2 === 1) power = (power * base) % prime;
        base = (base * base) % prime;
      }
      return power;
    };
    let found = 0;
    for (let column = 0; column < (rows[0]?.length ?? 0); column++) {
      const at = rows.findIndex((row, place) => place >= found && row[column] !== 0);
      if (at === -1) continue;
      [rows[found], rows[at]] = [rows[at] as number[], rows[found] as number[]];
      const pivot = rows[found] as number[];
      const scale = inverse(pivot[column] as number);
      for (let place = found + 1; place < rows.length; place++) {
        const row = rows[place] as number[];
        const factor = ((row[column] as number) * scale) % prime;
        for (let k = column; k < row.length; k++) {
          row[k] = ((((row[k] as number) - factor * (pivot[k] as number)) % prime) + prime) % prime;
        }
      }
      found++;
    }
    return found;
  }

  /**
   * Keys of small cells (below 10) that follow from the shown ones though hidden: a cell is known when adding it to the sums that a reader knows does
   * not raise their rank. Empty cells are taken as known.
   */
  function computable(cells: readonly Cell[], hidden: (key: StratumKey) => boolean): string[] {
    const unknown = cells.filter(({ key, size }) => size > 0 && hidden(key));
    const column = new Map(unknown.map(({ key }, at) => [JSON.stringify(key), at]));
    const sums: number[][] = [];
    const margins = cells.filter(({ key }) => Object.keys(key).length < 2);
    const dimensions = new Set(cells.map(({ key }) => Object.keys(key).join()).filter((name) => name !== ""));
    for (const margin of margins) {
      for (const dimension of dimensions) {
        const axes = dimension.split(",");
        if (axes.length !== Object.keys(margin.key).length + 1) continue;
        if (!Object.keys(margin.key).every((axis) => axes.includes(axis))) continue;
        const row = new Array<number>(unknown.length).fill(0);
        for (const cell of cells) {
          if (Object.keys(cell.key).join() !== dimension) continue;
          if (!Object.entries(margin.key).every(([axis, value]) => cell.key[axis] === value)) continue;
          const at = column.get(JSON.stringify(cell.key));
          if (at !== undefined) row[at] = 1;
        }
        const own = column.get(JSON.stringify(margin.key));
        if (own !== undefined) row[own] = -1;
        sums.push(row);
      }
    }
    const base = rank(sums);
    return unknown.flatMap(({ key, size }, at) => {
      if (size >= 10) return [];
      const alone = unknown.map((_, place) => (place === at ? 1 : 0));
      return rank([...sums, alone]) === base ? [JSON.stringify(key)] : [];
    });
  }

  const total = (cells: readonly Cell[]): Cell => ({ key: {}, size: cells.reduce((sum, { size }) => sum + size, 0) });
  const sizes = fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 8 });

  it("hides no cell that the others of its attribute and the total give away", () => {
    fc.assert(
      fc.property(sizes, (counts) => {
        const cells = counts.map((size, at) => ({ key: { site: `s${at}` }, size }));
        const all = [total(cells), ...cells];
        const hidden = hiddenStrata([all], 10);
        const isHidden = (key: StratumKey) => hidden.has(JSON.stringify(Object.entries(key)));
        for (const { key, size } of cells) if (size > 0 && size < 10) expect(isHidden(key)).toBe(true);
        if (isHidden({})) expect(total(cells).size).toBeLessThan(10);
        else expect(computable(all, isHidden)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("nor a crossing with its margins, whichever cells are small", () => {
    let helped = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.oneof(fc.nat({ max: 12 }), fc.constant(0), fc.integer({ min: 10, max: 60 })), {
          minLength: 20,
          maxLength: 20,
        }),
        (rows, columns, counts) => {
          const inner: Cell[] = [];
          for (let a = 0; a < rows; a++) {
            for (let b = 0; b < columns; b++)
              inner.push({ key: { a: `a${a}`, b: `b${b}` }, size: counts[4 * a + b] ?? 0 });
          }
          const marginOf = (axis: "a" | "b", n: number): Cell[] =>
            Array.from({ length: n }, (_, at) => {
              const key = { [axis]: `${axis}${at}` };
              return { key, size: total(inner.filter((cell) => cell.key[axis] === `${axis}${at}`)).size };
            });
          const all = [total(inner), ...marginOf("a", rows), ...marginOf("b", columns), ...inner];
          if ((all[0] as Cell).size < 10) return;
          const small = (key: StratumKey) => {
            const cell = all.find((one) => one.key === key) as Cell;
            return cell.size > 0 && cell.size < 10;
          };
          const hidden = hiddenStrata([all], 10);
          if (computable(all, small).length > 0) helped++;
          expect(computable(all, (key) => hidden.has(JSON.stringify(Object.entries(key))))).toEqual([]);
          for (const { key } of all) if (small(key)) expect(hidden.has(JSON.stringify(Object.entries(key)))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    // The check sees what hiding the small cells alone would give away.
    expect(helped).toBeGreaterThan(50);
  });

  it("two cells in every row and column are not enough: a single bridge between two blocks follows", () => {
    const shown = 30;
    const places = ["00", "01", "10", "11", "22", "23", "32", "33", "12"];
    const inner = [0, 1, 2, 3].flatMap((a) =>
      [0, 1, 2, 3].map((b): Cell => ({
        key: { a: `a${a}`, b: `b${b}` },
        size: places.includes(`${a}${b}`) ? 9 : shown,
      })),
    );
    const small = (key: StratumKey) => (inner.find((cell) => cell.key === key)?.size ?? shown) < 10;
    const margins = (["a", "b"] as const).flatMap((axis) =>
      [0, 1, 2, 3].map((at) => ({
        key: { [axis]: `${axis}${at}` } as StratumKey,
        size: total(inner.filter((cell) => cell.key[axis] === `${axis}${at}`)).size,
      })),
    );
    const all = [total(inner), ...margins, ...inner];
    expect(computable(all, small)).toEqual(['{"a":"a1","b":"b2"}']);
    const hidden = hiddenStrata([all], 10);
    expect(computable(all, (key) => hidden.has(JSON.stringify(Object.entries(key))))).toEqual([]);
  });

  it("of whole results: hidden rows have no number, shown ones are unchanged, none is computable", () => {
    for (let seed = 1; seed <= 12; seed++) {
      const result = evaluateMade(nodules, randomCases(seed, 40 + 20 * seed), {
        strata: ["site", "kernel", thickness, { cross: ["site", thickness] }, "type"],
        metrics: ["lesion-sensitivity", "false-positives-per-case", "lesion-precision", "froc-sensitivity@1"],
      });
      const client = suppressed(result);
      const before = JSON.stringify(result);
      expect(resultDocument.type.safeParse(client).success).toBe(true);
      expect(client.suppressed).toBe(true);
      client.metrics.forEach((row, at) => {
        const own = result.metrics[at] as MetricResult;
        if (!row.flags.includes("suppressed")) return expect(row).toEqual(own);
        expect(row).toEqual({ ...row, n: {}, estimate: null, interval: null, flags: ["suppressed"] });
      });
      for (const metric of ["lesion-sensitivity", "lesion-precision", "false-positives-per-case"]) {
        const rows = result.metrics.filter((row) => row.metric === metric);
        const cells = rows.map((row) => ({ key: row.stratum, size: row.n.denominator ?? 0 }));
        const masked = (key: StratumKey) => rowOf(client, metric, key).flags.includes("suppressed");
        expect(computable(cells, masked)).toEqual([]);
        for (const { key, size } of cells) if (size > 0 && size < 10) expect(masked(key)).toBe(true);
      }
      expect(JSON.stringify(result)).toBe(before);
    }
  });

  it("hides metrics of the same counts together: what is hidden of the ill does not follow from all and the well", () => {
    const cases = Array.from({ length: 200 }, (_, n): MadeCase => ({
      patient: `p${n}`,
      site: n < 100 ? "A" : "B",
      grade: n % 100 < (n < 100 ? 7 : 50) ? 3 : 0,
      answer: n % 3,
      score: (n % 10) / 10,
    }));
    const client = suppressed(evaluateMade("dr-grading", cases, { strata: ["site"] }));
    const masked = client.metrics.filter(({ flags }) => flags.includes("suppressed"));
    const patientLevel = client.metrics.filter(({ unit, stratum }) => unit === "patient" && "site" in stratum);
    expect(patientLevel.every((row) => masked.includes(row))).toBe(true);
    expect(rowOf(client, "answered-rate", { site: "A" }).n.denominator).toBe(100);
    expect(rowOf(client, "patient-sensitivity").estimate).not.toBeNull();
  });

  it("hides what else tells of a hidden stratum: worst stratum, test over strata, value of a criterion", () => {
    const cases = Array.from({ length: 60 }, (_, n): MadeCase => ({
      patient: `p${n}`,
      site: n < 50 ? "A" : "B",
      lesions: n < 40 || n >= 52 ? [{ score: n % 3 === 0 || n > 50 ? null : 0.9 }] : [],
    }));
    const result = evaluateMade(nodules, cases, {
      strata: ["site"],
      acceptance: [{ metric: "lesion-sensitivity", stratum: { site: "B" }, compare: "estimate", atLeast: 0.5 }],
    });
    const client = suppressed(result);
    expect(result.heterogeneity).toHaveLength(1);
    expect(result.criteria[0]?.value).toBe(0);
    expect(client.heterogeneity).toEqual([]);
    expect(client.criteria[0]).toMatchObject({ value: null, verdict: "fail" });
    const tiny = suppressed(evaluateMade(nodules, cases.slice(0, 8)));
    expect(tiny.metrics.filter(({ unit }) => unit === "lesion").every(({ estimate: value }) => value === null)).toBe(
      true,
    );
    expect([tiny.curves, tiny.confusion]).toEqual([[], []]);
  });

  it("with a minimum of 0 hides nothing", () => {
    const result = evaluateMade(nodules, randomCases(3, 60), { disclosure: { minimumCell: 0 } });
    expect(suppressed(result)).toEqual({ ...result, suppressed: true });
  });
});

describe("curves", () => {
  /** The y that a step curve reaches at or below x; slanting steps belong to their upper end. */
  const heightAt = (points: readonly { x: number; y: number }[], x: number) =>
    Math.max(...points.filter((point) => point.x <= x).map(({ y }) => y));

  it("corners lose nothing: every height of the full curve can be read off them", () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (moves) => {
        const points = [{ x: 0, y: 0 }];
        for (const [dx, dy] of moves) {
          const last = points.at(-1) as { x: number; y: number };
          if (dx + dy > 0) points.push({ x: last.x + dx, y: last.y + dy });
        }
        const kept = corners(points);
        expect(kept.every((point) => points.includes(point))).toBe(true);
        expect(kept[0]).toBe(points[0]);
        expect(kept.at(-1)).toBe(points.at(-1));
        for (let x = 0; x <= (points.at(-1)?.x ?? 0); x++) expect(heightAt(kept, x)).toBe(heightAt(points, x));
        // And the other way: at every height the least x.
        for (const { y } of points) {
          const least = (list: typeof points) => Math.min(...list.filter((point) => point.y >= y).map(({ x }) => x));
          expect(least(kept)).toBe(least(points));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("carry the operating point, which lies on the curve and agrees with the metrics", () => {
    const result = evaluateMade(nodules, randomCases(5, 80));
    const froc = result.curves.find(({ kind }) => kind === "froc");
    expect(froc?.operatingPoint).toMatchObject({
      x: rowOf(result, "false-positives-per-case").estimate,
      y: rowOf(result, "lesion-sensitivity").estimate,
      threshold: 0.5,
    });
    const roc = result.curves.find(({ kind }) => kind === "roc");
    const specificity = rowOf(result, "patient-specificity").estimate as number;
    expect(roc?.operatingPoint?.y).toBe(rowOf(result, "patient-sensitivity").estimate);
    // Failed negative patients are called positive at every threshold: no point of the curve can be left of them.
    expect(roc?.operatingPoint?.x).toBeCloseTo(1 - specificity, 12);
  });
});

describe("duplicating every lesion of every patient", () => {
  interface Drawn {
    readonly lesions: readonly (number | null)[];
    readonly falsePositives: readonly number[];
  }
  const score = fc.constantFrom(0.2, 0.4, 0.6, 0.8);
  const sets = fc.array(
    fc.record<Drawn>({
      lesions: fc.array(fc.option(score, { freq: 3 }), { maxLength: 4 }),
      falsePositives: fc.array(score, { maxLength: 3 }),
    }),
    { minLength: 5, maxLength: 25 },
  );

  function unitsOf(patients: readonly Drawn[], times: number): CountedUnits {
    const list = (of: (one: Drawn) => readonly (number | null)[]) => {
      const units = patients.flatMap((one, patient) =>
        of(one).flatMap((value) => new Array<[number, number]>(times).fill([patient, value ?? -Infinity])),
      );
      return {
        patient: Int32Array.from(units, ([patient]) => patient),
        score: Float64Array.from(units, ([, value]) => value),
      };
    };
    return {
      patientCount: patients.length,
      casePatient: Int32Array.from(patients.keys()),
      answered: new Uint8Array(patients.length).fill(1),
      threshold: 0.5,
      thresholdFromTestSet: false,
      frocReading: "step",
      lesions: list(({ lesions }) => lesions),
      falsePositives: list(({ falsePositives }) => falsePositives),
      binary: {},
      graded: {},
      frocLimits: [0.5, 1].map((limit) => limit * times),
      prepared: new Map(),
    };
  }

  const intervals = { level: 0.95, cluster: "patient", replicates: 200, seed: 11 } as const;
  function rowsOf(units: CountedUnits, names: readonly string[]): MetricResult[] {
    const jobs = names.map((name) => {
      const { definition, parameter } = metricByName(name);
      return { name, definition, stratum: {}, unit: definition.unit, prepared: definition.prepare(units, parameter) };
    });
    return estimate(jobs, units.patientCount, intervals);
  }
  const width = ({ interval }: MetricResult) => (interval ? Number(interval.high) - Number(interval.low) : Infinity);

  it("never narrows the interval of sensitivity or precision, unless it is flagged", () => {
    let compared = 0;
    fc.assert(
      fc.property(sets, (patients) => {
        const names = ["lesion-sensitivity", "lesion-precision"];
        const once = rowsOf(unitsOf(patients, 1), names);
        for (const times of [2, 3]) {
          rowsOf(unitsOf(patients, times), names).forEach((row, at) => {
            const own = once[at] as MetricResult;
            expect(row.estimate).toBe(own.estimate);
            if (own.interval === null) return expect(row.interval).toBeNull();
            const flagged = [...own.flags, ...row.flags].some((flag) =>
              ["capped-n-eff", "exact-on-clusters"].includes(flag),
            );
            if (flagged) return;
            expect(width(row)).toBeGreaterThanOrEqual(width(own) - 1e-12);
            compared++;
          });
        }
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it("leaves FROC values and their intervals exactly as they are", () => {
    fc.assert(
      fc.property(sets, (patients) => {
        const once = rowsOf(unitsOf(patients, 1), ["froc-sensitivity@0.5", "froc-sensitivity@1", "froc-score"]);
        const twice = rowsOf(unitsOf(patients, 2), ["froc-sensitivity@1", "froc-sensitivity@2", "froc-score"]);
        twice.forEach((row, at) => {
          expect([row.estimate, row.interval, row.notEstimable]).toEqual([
            once[at]?.estimate,
            once[at]?.interval,
            once[at]?.notEstimable,
          ]);
        });
      }),
      { numRuns: 40 },
    );
  });

  it("where all lesions are found the interval counts patients, and is flagged", () => {
    const patients = Array.from({ length: 20 }, (): Drawn => ({ lesions: [0.8], falsePositives: [] }));
    const [once] = rowsOf(unitsOf(patients, 1), ["lesion-sensitivity"]);
    const [twice] = rowsOf(unitsOf(patients, 2), ["lesion-sensitivity"]);
    const [often] = rowsOf(unitsOf(patients, 20), ["lesion-sensitivity"]);
    expect(twice?.flags).toContain("exact-on-clusters");
    expect(often?.interval).toEqual(twice?.interval);
    expect(width(twice as MetricResult)).toBeGreaterThan(width(once as MetricResult));
  });
});

describe("order and determinism", () => {
  const cases = randomCases(9, 120);
  const protocol = { strata: ["site", { cross: ["site", thickness] }] };

  it("the same inputs give the same bytes", () => {
    const bytes = () => JSON.stringify(evaluateMade(nodules, cases, protocol));
    expect(bytes()).toBe(bytes());
  });

  it("the order of lines in predictions and reference does not matter, to the byte", () => {
    const inputs = madeInputs(nodules, cases, protocol);
    const random = new RandomStream(3n, 3n);
    const shuffled = {
      ...inputs,
      predictions: random.shuffle([...inputs.predictions]),
      reference: new Map(random.shuffle([...inputs.reference])),
    };
    expect(JSON.stringify(makeResult(shuffled).result)).toBe(JSON.stringify(makeResult(inputs).result));
  });

  it("the order of cases does not change counts, estimates and analytic intervals", () => {
    const turned = [...cases].reverse();
    const [a, b] = [cases, turned].map((list) => evaluateMade(nodules, list, protocol)) as [Result, Result];
    expect(b.metrics.length).toBe(a.metrics.length);
    for (const row of a.metrics) {
      const other = rowOf(b, row.metric, row.stratum);
      expect(other.n).toEqual(row.n);
      if (row.estimate !== null) expect(other.estimate).toBeCloseTo(row.estimate, 12);
      if (row.interval === null || row.interval.method === "bootstrap_percentile") continue;
      expect(other.interval?.low).toBeCloseTo(Number(row.interval.low), 10);
      expect(other.interval?.high).toBeCloseTo(Number(row.interval.high), 10);
    }
    expect(b.sample).toEqual(a.sample);
    expect(b.confusion).toEqual(a.confusion);
  });

  it("results are documents of the contract, and hold no number that JSON can't carry", () => {
    for (const [task, list] of [
      [nodules, cases],
      [nodules, cases.slice(0, 3)],
      ["dr-grading", [{ patient: "p", grade: 2, answer: 1, score: 0.4 }]],
    ] as const) {
      const result = evaluateMade(task, list);
      expect(resultDocument.type.safeParse(result).error).toBeUndefined();
      expect(firstDifference(result, JSON.parse(JSON.stringify(result)))).toBeNull();
      expect(() => canonicalJson(result)).not.toThrow();
    }
  });
});

describe("firstDifference", () => {
  it("names the first place where two documents differ, as a JSON pointer", () => {
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBeNull();
    expect(firstDifference({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] })).toBe("/a/1/b");
    expect(firstDifference({ a: 1 }, { a: 1, c: 2 })).toBe("/c");
    expect(firstDifference({ "a/b": { "~": 1 } }, { "a/b": { "~": 2 } })).toBe("/a~1b/~0");
    expect(firstDifference([1, 2], [1])).toBe("/1");
    expect(firstDifference({ a: [] }, { a: {} })).toBe("/a");
    expect(firstDifference(1, 2)).toBe("/");
    expect(firstDifference({ a: null }, { a: 0 })).toBe("/a");
  });

  it("finds any single changed number of a result", () => {
    const result = evaluateMade(nodules, randomCases(2, 40), { metrics: ["lesion-sensitivity"], strata: ["site"] });
    const places: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]) => {
      if (typeof value === "number") places.push(path);
      else if (value !== null && typeof value === "object") {
        for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
      }
    };
    walk(result, []);
    expect(places.length).toBeGreaterThan(100);
    for (const path of places) {
      const copy = JSON.parse(JSON.stringify(result));
      let at = copy;
      for (const key of path.slice(0, -1)) at = at[key];
      at[path.at(-1) as string] += 1e-9 + 1e-9 * Math.abs(at[path.at(-1) as string]);
      expect(firstDifference(result, copy)).toBe(`/${path.join("/")}`);
    }
  });
});

describe("comparison verdicts", () => {
  it.each([
    [{ low: 0.01, high: 0.05 }, 0.05, true, "superior"],
    [{ low: 0, high: 0.05 }, 0.05, true, "non-inferior"],
    [{ low: -0.049, high: 0.02 }, 0.05, true, "non-inferior"],
    [{ low: -0.049, high: -0.001 }, 0.05, true, "non-inferior"],
    [{ low: -0.05, high: 0.02 }, 0.05, true, "inconclusive"],
    [{ low: -0.2, high: 0 }, 0.05, true, "inconclusive"],
    [{ low: -0.2, high: -0.01 }, 0.05, true, "inferior"],
    [{ low: -0.2, high: -0.01 }, 0.05, false, "superior"],
    [{ low: 0.01, high: 0.2 }, 0.05, false, "inferior"],
    [{ low: -0.1, high: 0.049 }, 0.05, false, "non-inferior"],
    [{ low: -0.1, high: 0.1 }, 0, true, "inconclusive"],
    [{ low: 0.01, high: 0.05 }, 0.05, null, null],
    // What rounding leaves is no gain, and no loss smaller than the margin.
    [{ low: 2e-16, high: 0.1 }, 0, true, "inconclusive"],
    [{ low: -0.05 + 7e-17, high: 0.1 }, 0.05, true, "inconclusive"],
    [{ low: -0.1, high: -2e-16 }, 0.05, true, "inconclusive"],
    [{ low: -100, high: -5 + 1e-13 }, 5, false, "superior"],
    [{ low: -7, high: 5 + 1e-13 }, 5, false, "inconclusive"],
  ])("%j, margin %d, higher is better %s: %s", (interval, margin, higherIsBetter, verdict) =>
    expect(verdictOf(interval, margin, higherIsBetter)).toBe(verdict),
  );

  function differencesOf(before: readonly MadeCase[], after: readonly MadeCase[], task: "dr-grading" | typeof nodules) {
    const [a, b] = [before, after].map((list) => madeInputs(task, list));
    const [first, second] = [a, b].map((inputs) => makeResult(inputs as NonNullable<typeof inputs>).scored);
    return pairedDifferences(
      first as NonNullable<typeof first>,
      second as NonNullable<typeof second>,
      (a as NonNullable<typeof a>).protocol,
      JSON.stringify(before) === JSON.stringify(after),
    );
  }
  const overall = (rows: readonly Difference[], metric: string) =>
    rows.find((row) => row.metric === metric && Object.keys(row.stratum).length === 0) as Difference;

  it("the same predictions are identical, without a test", () => {
    const cases = randomCases(4, 60);
    for (const row of differencesOf(cases, cases, nodules)) {
      if (row.difference !== null) expect(row).toMatchObject({ difference: 0, interval: null, verdict: "identical" });
    }
  });

  it("single decisions of patients are judged by McNemar and Tango, with the pairs that were counted", () => {
    const before = Array.from({ length: 100 }, (_, n): MadeCase => ({
      patient: `p${n}`,
      grade: n < 60 ? 3 : 0,
      answer: 3,
      score: n < 30 ? 0.9 : 0.1,
    }));
    const after = before.map((made, n) => (n >= 30 && n < 50 ? { ...made, score: 0.9 } : made));
    const row = overall(differencesOf(before, after, "dr-grading"), "patient-sensitivity");
    expect(row).toMatchObject({
      baseline: 0.5,
      candidate: 50 / 60,
      pairs: { both: 30, onlyBaseline: 0, onlyCandidate: 20, neither: 10 },
      test: "mcnemar-mid-p",
      verdict: "superior",
    });
    // Half of the observed outcome, on both sides.
    expect(row.p).toBeCloseTo(1 / 2 ** 20, 12);
    const back = overall(differencesOf(after, before, "dr-grading"), "patient-sensitivity");
    expect(back.verdict).toBe("inferior");
    expect(Number(back.interval?.low)).toBeCloseTo(-Number(row.interval?.high), 12);
  });

  it("clustered units are judged by patients; exchanging the products turns the sign and swaps the words", () => {
    const before = randomCases(6, 150).map((made) => ({ ...made, failed: false }));
    const after = before.map((made, n) => ({
      ...made,
      lesions: (made.lesions ?? []).map((lesion) => (n % 2 === 0 ? { ...lesion, score: 0.9 } : lesion)),
    }));
    const forth = overall(differencesOf(before, after, nodules), "lesion-sensitivity");
    const back = overall(differencesOf(after, before, nodules), "lesion-sensitivity");
    expect(forth).toMatchObject({ test: "cluster-tango-score", verdict: "superior" });
    expect(back.verdict).toBe("inferior");
    expect(back.difference).toBe(-(forth.difference as number));
    expect(Number(back.interval?.low)).toBeCloseTo(-Number(forth.interval?.high), 12);
    expect(back.p).toBe(forth.p);
  });

  it("too few patients give no difference", () => {
    const cases = randomCases(7, 60).map((made) => ({ ...made, patient: `p${made.patient.length % 4}` }));
    const row = overall(
      differencesOf(
        cases,
        randomCases(8, 60).map((made, n) => ({ ...made, patient: cases[n]?.patient ?? "p" })),
        nodules,
      ),
      "lesion-sensitivity",
    );
    expect(row).toMatchObject({ difference: null, verdict: null, notEstimable: { reason: "too-few-clusters" } });
  });
});

describe("change assessment", () => {
  const equal: Comparison["hashes"] = {
    graph: "equal",
    weights: "equal",
    preprocess: "equal",
    postprocess: "equal",
    threshold: "equal",
  };
  const retrained = { ...equal, weights: "changed" } as const;
  const difference = (low: number, high: number, higherIsBetter: boolean | null = true): Difference => ({
    metric: "m",
    title: { "zh-CN": "", en: "" },
    stratum: {},
    baseline: 0.5,
    candidate: 0.5,
    difference: (low + high) / 2,
    interval: { low, high, level: 0.95, method: "x" },
    p: 0.5,
    adjustedP: null,
    test: "x",
    margin: 0.05,
    higherIsBetter,
    pairs: null,
    verdict: "inconclusive",
  });

  it.each([
    ["C1", -0.02, 0.03],
    ["C2", 0.001, 0.01],
    ["C3", -0.01, -0.001],
    ["C4", -0.06, 0.01],
    ["C4", -0.01, 0.06],
    ["C4", -0.05, 0.01],
  ])("%s for an interval from %d to %d with a margin of 0.05", (code, low, high) => {
    expect(changeCodesOf(true, difference(low, high), retrained)).toEqual([code]);
    // Where lower is better the same change has the other sign.
    expect(changeCodesOf(true, difference(-high, -low, false), retrained)).toEqual([code]);
  });

  it("C0 where the two can't be compared, and no code where nothing can be estimated", () => {
    expect(changeCodesOf(false, difference(0.1, 0.2), equal)).toEqual(["C0"]);
    expect(changeCodesOf(true, undefined, equal)).toEqual([]);
    expect(changeCodesOf(true, difference(0.01, 0.02, null), equal)).toEqual([]);
    expect(changeCodesOf(true, { ...difference(0, 0), interval: null, verdict: "identical" }, equal)).toEqual(["C1"]);
  });

  it.each(["graph", "preprocess", "postprocess", "threshold"] as const)(
    "C5 beside the others when the %s changes; new weights alone are no C5",
    (part) => {
      expect(changeCodesOf(true, difference(0.01, 0.02), { ...equal, [part]: "changed" })).toEqual(["C2", "C5"]);
      expect(changeCodesOf(false, undefined, { ...equal, [part]: "changed" })).toEqual(["C0", "C5"]);
      expect(changeCodesOf(true, difference(0.01, 0.02), { ...equal, [part]: "unknown" })).toEqual(["C2"]);
    },
  );

  it.each([
    ["1.2.3.4", "1.2.3.4", "none"],
    ["1.2.3.4", "1.2.3.5", "build"],
    ["1.2.3.4", "1.2.4.0", "correction"],
    ["1.2.3.4", "1.3.0.0", "minor"],
    ["1.2.3.4", "2.0.0.0", "major"],
    ["1.2.3.4", "1.2.3.3", "backwards"],
    ["2.0.0.0", "1.9.9.9", "backwards"],
    ["1.9.0.0", "1.10.0.0", "minor"],
  ])("%s to %s claims %s", (from, to, claim) => expect(claimOf(from, to)).toBe(claim));

  it("a structural or significant change calls for X; a change of weights for a new number; no change for none", () => {
    const agrees = (to: string, codes: Comparison["changeCodes"], hashes: Comparison["hashes"]) =>
      versionChangeOf("1.0.0.0", to, codes, hashes).agrees;
    const graph = { ...retrained, graph: "changed" } as const;
    expect(agrees("2.0.0.0", ["C1", "C5"], graph)).toBe(true);
    expect(agrees("1.1.0.0", ["C1", "C5"], graph)).toBe(false);
    expect(agrees("1.1.0.0", ["C2"], retrained)).toBe(false);
    expect(agrees("2.0.0.0", ["C3"], retrained)).toBe(true);
    expect(agrees("1.0.1.0", ["C1"], retrained)).toBe(true);
    expect(agrees("1.0.0.0", ["C1"], retrained)).toBe(false);
    expect(agrees("0.9.0.0", ["C1"], retrained)).toBe(false);
    expect(agrees("1.0.0.0", ["C1"], equal)).toBe(true);
    expect(agrees("1.0.1.0", [], retrained)).toBeNull();
    expect(agrees("1.0.1.0", ["C0"], retrained)).toBeNull();
  });

  it("parts are equal, changed, or unknown where one side does not tell", () => {
    const entry = (hashes: object | undefined, sha256: string | undefined) =>
      ({ hashes, model: sha256 === undefined ? undefined : { sha256 } }) as unknown as SubmissionRun;
    const own = { graph: "g", preprocess: "a", postprocess: "b", threshold: "t" };
    expect(compareParts(entry(own, "w"), entry(own, "w"))).toEqual(equal);
    expect(compareParts(entry(own, "w"), entry({ ...own, graph: "h" }, "v"))).toEqual({
      ...equal,
      graph: "changed",
      weights: "changed",
    });
    expect(compareParts(entry(own, "w"), entry(undefined, undefined))).toEqual({
      graph: "unknown",
      weights: "unknown",
      preprocess: "unknown",
      postprocess: "unknown",
      threshold: "unknown",
    });
  });
});
