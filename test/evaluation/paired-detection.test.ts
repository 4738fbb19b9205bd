/** Differences of two detectors on the same cases, at a fixed threshold and at a fixed rate of false positives, for every detection metric. */
import { describe, expect, it } from "vitest";
import type { Difference } from "../../src/contract/comparison.js";
import { pairedDifferences } from "../../src/evaluation/differences.js";
import { score, type Scored } from "../../src/evaluation/scoring.js";
import { patientWeights, percentileInterval, tangoDifference } from "../../src/stats/index.js";
import { madeInputs, type MadeCase } from "./made-set.js";

const names = [
  "lesion-sensitivity",
  "lesion-precision",
  "lesion-f1",
  "false-positives-per-case",
  "false-positives-per-normal-case",
  "froc-sensitivity@0.5",
  "froc-sensitivity@1",
  "froc-score@0.25,0.5,1",
  "froc-area@1",
  "lesion-average-precision",
  "afroc",
  "wafroc",
  "afroc1",
  "wafroc1",
  "inferred-roc",
  "lroc",
  "fraction-correctly-localised",
];

/** 60 cases of 30 patients; `shift` moves scores of lesions, so that products differ in a known direction. */
function cases(shift: number): MadeCase[] {
  return Array.from({ length: 60 }, (_, at) => ({
    patient: `p${Math.floor(at / 2)}`,
    lesions:
      at % 3 === 0
        ? []
        : Array.from({ length: 1 + (at % 2) }, (_, n) => {
            const value = ((at * 37 + n * 53) % 100) / 100;
            return { score: value < 0.15 - shift / 2 ? null : Math.min(0.99, value + shift) };
          }),
    falseMarks: Array.from({ length: (at * 7) % 4 }, (_, n) => ((at * 61 + n * 29) % 90) / 100),
  }));
}

const protocolChanges = { strata: [], metrics: ["lesion-sensitivity", "froc-sensitivity@0.5"] };
function scored(made: MadeCase[], also = names): Scored {
  const { index, reference, predictions, protocol, profile, manifest } = madeInputs(
    "lung-nodule-detection",
    made,
    protocolChanges,
  );
  return score(index, reference, predictions, protocol, profile, manifest, also);
}

const base = madeInputs("lung-nodule-detection", cases(0), protocolChanges).protocol;
const protocol = {
  ...base,
  intervals: { ...base.intervals, replicates: 300 },
  comparison: { ...base.comparison, metrics: names, margin: 0.05 },
};
const [plain, better] = [scored(cases(0)), scored(cases(0.12))];
const rowsOf = (first: Scored, second: Scored, same = false) =>
  new Map(pairedDifferences(first, second, protocol, same).map((row): [string, Difference] => [row.metric, row]));

describe("paired differences of detectors", () => {
  const rows = rowsOf(plain, better);

  it("are given for every metric of the comparison, also for those that the results do not list", () => {
    expect([...rows.keys()].sort()).toEqual([...names].sort());
    expect(new Set(plain.jobs.map(({ name }) => name))).toEqual(new Set(names));
  });

  it("do not change the limits over which the FROC score of the protocol is taken", () => {
    expect(plain.settings.frocLimits).toEqual([0.5]);
    expect(scored(cases(0), []).settings.frocLimits).toEqual([0.5]);
  });

  /** Percentiles over patients drawn for both products at once. */
  function drawn(name: string): { low: number; high: number } {
    const [a, b] = [plain, better].map(({ jobs }) => jobs.find((job) => job.name === name)?.prepared);
    const weights = new Uint16Array(30);
    const replicates = Array.from({ length: 300 }, (_, replicate) => {
      patientWeights(BigInt(protocol.intervals.seed), "patient-bootstrap", replicate, 30, weights);
      return (b?.weighted(weights, replicate) as number) - (a?.weighted(weights, replicate) as number);
    });
    const interval = percentileInterval(replicates, 0.95);
    if (!interval.ok) throw new Error(interval.reason);
    return interval;
  }

  for (const name of names.filter((name) => !/^(lesion-sensitivity|false-positives|froc-sensitivity)/.test(name))) {
    it(`${name}: an interval from patients drawn for both at once`, () => {
      const row = rows.get(name) as Difference;
      expect(row.difference).toBeCloseTo((row.candidate as number) - (row.baseline as number), 12);
      expect(row.test).toBe("patient-clustered-paired-bootstrap");
      expect(row.difference).toBeGreaterThan(0);
      expect(row.p).toBeGreaterThanOrEqual(2 / 301);
      const { low, high } = drawn(name);
      expect([row.interval?.low, row.interval?.high]).toEqual([low, high]);
    });
  }

  /** Tango's interval of the lesions of all patients, found by both, the better, the plain one, neither. */
  function tangoOf(name: string) {
    const { pairs } = rows.get(name) as Difference;
    expect(pairs).toMatchObject({ onlyBaseline: 0 });
    const { both = 0, onlyCandidate = 0, neither = 0 } = pairs ?? {};
    const interval = tangoDifference(both, onlyCandidate, 0, neither);
    if (!interval.ok) throw new Error(interval.reason);
    return interval;
  }

  it("are judged by the lesions that one finds and the other does not, clustered by patient, at a threshold", () => {
    const row = rows.get("lesion-sensitivity") as Difference;
    expect(row).toMatchObject({ test: "cluster-tango-score", interval: { method: "cluster_paired_tango" } });
    // Six lesions of five patients are gained: hardly a design effect.
    expect(Number(row.interval?.low)).toBeCloseTo(tangoOf(row.metric).low, 2);
    expect(Number(row.interval?.high)).toBeCloseTo(tangoOf(row.metric).high, 1);
  });

  it("reach at least as far as the lesions say where none is lost, at a rate of false positives", () => {
    for (const name of ["froc-sensitivity@0.5", "froc-sensitivity@1"]) {
      const row = rows.get(name) as Difference;
      const [counted, resampled] = [tangoOf(name), drawn(name)];
      expect(row).toMatchObject({
        test: "patient-clustered-paired-bootstrap",
        interval: { method: "bootstrap_or_tango" },
      });
      expect(Number(row.interval?.low)).toBeLessThanOrEqual(Math.min(counted.low, resampled.low) + 1e-12);
      expect(Number(row.interval?.high)).toBeGreaterThanOrEqual(Math.max(counted.high, resampled.high) - 1e-12);
    }
  });

  it("have no verdict where no draw differs although the products do", () => {
    for (const name of ["false-positives-per-case", "false-positives-per-normal-case"]) {
      expect(rows.get(name)).toMatchObject({
        difference: 0,
        interval: null,
        verdict: null,
        notEstimable: { reason: "zero-variance" },
      });
    }
  });

  it("are inconclusive with few patients, though every lesion is found by both", () => {
    const found = (falseMarks: number[]): MadeCase[] =>
      Array.from({ length: 12 }, (_, at) => ({
        patient: `p${Math.floor(at / 2)}`,
        lesions: [{ score: 0.9 }],
        falseMarks,
      }));
    const row = rowsOf(scored(found([])), scored(found([0.95, 0.96]))).get("lesion-sensitivity") as Difference;
    // Six patients of two lesions count as six: z^2/(6 + z^2) = 0.39 on either side.
    expect(row).toMatchObject({ difference: 0, p: 1, verdict: "inconclusive" });
    expect(Number(row.interval?.high)).toBeCloseTo(0.39033, 5);
    expect(Number(row.interval?.low)).toBeCloseTo(-0.39033, 5);
  });

  it("turn round with the products", () => {
    const turned = rowsOf(better, plain);
    for (const name of names) {
      const [there, back] = [rows.get(name) as Difference, turned.get(name) as Difference];
      expect(back.difference).toBeCloseTo(-(there.difference as number), 12);
      if (!there.interval || !back.interval) continue;
      expect(back.interval.low).toBeCloseTo(-Number(there.interval.high), 12);
      expect(back.interval.high).toBeCloseTo(-Number(there.interval.low), 12);
      expect(back.p).toBeCloseTo(there.p as number, 12);
    }
  });

  it("count the lesions that one finds and the other does not, at a threshold and at a rate of false positives", () => {
    for (const name of ["lesion-sensitivity", "froc-sensitivity@0.5", "froc-sensitivity@1"]) {
      const { pairs, difference } = rows.get(name) as Difference;
      const all = Object.values(pairs ?? {}).reduce((sum, count) => sum + count, 0);
      expect(all).toBe(60);
      expect(((pairs?.onlyCandidate ?? 0) - (pairs?.onlyBaseline ?? 0)) / all).toBeCloseTo(difference as number, 12);
    }
    for (const name of ["afroc", "froc-score@0.25,0.5,1", "lesion-f1"]) expect(rows.get(name)?.pairs).toBeNull();
  });

  it("are identical for identical products", () => {
    for (const row of rowsOf(plain, scored(cases(0)), true).values())
      expect([row.difference, row.verdict], row.metric).toEqual([0, "identical"]);
  });

  it("find no lesion at a rate below the first false positive, rather than all of them", () => {
    const loud = cases(0).map((made) => ({ ...made, falseMarks: [0.995, 0.996] }));
    const { pairs } = rowsOf(scored(loud), better).get("froc-sensitivity@0.5") as Difference;
    expect([pairs?.both, pairs?.onlyBaseline]).toEqual([0, 0]);
    expect(pairs?.onlyCandidate).toBeGreaterThan(0);
  });
});
