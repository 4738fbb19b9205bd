/** The measurement form: quantities against the reference's to bias, errors, agreement and limits. */
import { describe, expect, it } from "vitest";
import { blandAltman, concordanceCorrelation, icc } from "../../src/stats/index.js";
import { estimateMade, scoreMade, type MadeForm, type MadeFormCase } from "./made-forms.js";

const metrics = [
  "bias",
  "mean-absolute-error",
  "root-mean-square-error",
  "within-tolerance@2",
  "within-relative-tolerance@0.1",
  "quantity-icc",
  "concordance-correlation",
  "limit-of-agreement-lower",
  "limit-of-agreement-upper",
  "answered-rate",
];
const made: MadeForm = { form: "measurement", classes: ["ef", "volume"], metrics };

const pair = (truth: number | null, answer: number | null | "failed", patient?: string): MadeFormCase => ({
  ...(patient === undefined ? {} : { patient }),
  truth: { quantities: truth === null ? {} : { ef: truth } },
  // An answer that lacks this quantity gives another one; an answer without any is refused.
  answer: answer === "failed" ? null : { quantities: answer === null ? { volume: 1 } : { ef: answer } },
});

const truth = [50, 60, 55, 30, 42, 20];
const answer = [52, 57, 55, 34, 41, 22];
const cases = truth.map((value, at) => pair(value, answer[at] as number));

describe("a set of quantities", () => {
  it("has the mean and the spread of answer - reference", () => {
    const rows = estimateMade(made, cases, "ef");
    // Differences: 2, -3, 0, 4, -1, 2.
    expect(rows.get("bias")?.estimate).toBeCloseTo(4 / 6, 12);
    expect(rows.get("mean-absolute-error")?.estimate).toBeCloseTo(2, 12);
    expect(rows.get("root-mean-square-error")?.estimate).toBeCloseTo(Math.sqrt(34 / 6), 12);
    expect(rows.get("mean-absolute-error")?.interval?.method).toBe("bootstrap_percentile");
    expect(rows.get("bias")?.interval?.method).toBe("bias_t");
  });

  it("has the share within a tolerance, on the limit included", () => {
    const rows = estimateMade(made, cases, "ef");
    expect(rows.get("within-tolerance@2")?.n).toMatchObject({ numerator: 4, denominator: 6 });
    // 10 % of 20 is 2: on the limit; 4 of 30 is beyond.
    expect(rows.get("within-relative-tolerance@0.1")?.n).toMatchObject({ numerator: 5, denominator: 6 });
    expect(rows.get("within-tolerance@2")?.interval?.method).toBe("wilson");
    const near = estimateMade(
      { ...made, metrics: ["within-tolerance@0.3"] },
      [0, 1, 2, 3, 4].map((value) => pair(value, value + 0.1 + 0.1 + 0.1)),
      "ef",
    );
    expect(near.get("within-tolerance@0.3")?.estimate).toBe(1);
  });

  it("agrees with the statistics of method comparison, intervals too", () => {
    const rows = estimateMade(made, cases, "ef");
    const limits = blandAltman(truth, answer);
    const lin = concordanceCorrelation(truth, answer);
    const single = icc(truth.map((value, at) => [value, answer[at] as number]));
    if (!limits.ok || !lin.ok || !single.ok || "ok" in limits.limits) throw new Error("defined for these numbers");
    const intervalOf = (name: string) => {
      const interval = rows.get(name)?.interval;
      return { low: interval?.low, high: interval?.high };
    };
    expect(rows.get("limit-of-agreement-lower")?.estimate).toBe(limits.limits[0]);
    expect(rows.get("limit-of-agreement-upper")?.estimate).toBe(limits.limits[1]);
    expect(limits.lowerInterval).toMatchObject(intervalOf("limit-of-agreement-lower"));
    expect(limits.upperInterval).toMatchObject(intervalOf("limit-of-agreement-upper"));
    expect(limits.biasInterval).toMatchObject(intervalOf("bias"));
    expect(rows.get("concordance-correlation")?.estimate).toBe(lin.ccc);
    expect(lin.interval).toMatchObject(intervalOf("concordance-correlation"));
    expect(rows.get("quantity-icc")?.estimate).toBe(single.icc);
    expect(single.interval).toMatchObject(intervalOf("quantity-icc"));
  });

  it("keeps limits of 95 % at any level of their interval", () => {
    const { jobs } = scoreMade(made, cases);
    const lower = jobs.find(({ name, stratum }) => name === "limit-of-agreement-lower" && stratum.class === "ef");
    const [wide, narrow] = [0.99, 0.8].map((level) => lower?.prepared.interval?.(level));
    if (!wide?.ok || !narrow?.ok) throw new Error("defined for these numbers");
    for (const interval of [wide, narrow]) {
      expect(interval.low).toBeLessThan(lower?.prepared.estimate as number);
      expect(interval.high).toBeGreaterThan(lower?.prepared.estimate as number);
    }
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
  });

  it("draws patients where one has several cases", () => {
    const rows = estimateMade(made, [...cases, pair(48, 51, "p0")], "ef");
    for (const name of ["bias", "quantity-icc", "concordance-correlation", "limit-of-agreement-upper"]) {
      expect(rows.get(name)?.interval?.method, name).toBe("bootstrap_percentile");
      expect(rows.get(name)?.n).toMatchObject({ cases: 7, patients: 6 });
    }
  });

  it("leaves failures and missing answers out and says so; they are not within a tolerance", () => {
    const rows = estimateMade(made, [...cases, pair(40, "failed"), pair(40, null)], "ef");
    expect(rows.get("bias")).toMatchObject({ n: { cases: 8, valued: 6, failed: 2 } });
    expect(rows.get("bias")?.flags).toContain("failed-left-out");
    expect(rows.get("bias")?.estimate).toBeCloseTo(4 / 6, 12);
    expect(rows.get("within-tolerance@2")?.n).toMatchObject({ numerator: 4, denominator: 8 });
    expect(estimateMade(made, cases, "ef").get("bias")?.flags).not.toContain("failed-left-out");
  });

  it("counts no case without a reference", () => {
    const { set, overall } = scoreMade(made, [...cases, pair(null, 50)]);
    expect(set.excludedFindings(overall)).toBe(1);
    expect(set.excludedFindings({ ...overall, label: "ef" })).toBe(1);
    // Of a quantity alone: all seven cases are without it.
    expect(set.excludedFindings({ ...overall, label: "volume" })).toBe(7);
    expect(estimateMade(made, [...cases, pair(null, 50)], "ef").get("bias")?.n).toMatchObject({ cases: 6 });
  });

  it("has no number where there is nothing, one case, or no spread", () => {
    expect(estimateMade(made, [], "ef").get("bias")?.notEstimable?.reason).toBe("no-data");
    expect(estimateMade(made, [], "ef").get("within-tolerance@2")?.notEstimable?.reason).toBe("no-data");
    const failed = estimateMade(made, [pair(1, "failed")], "ef");
    expect(failed.get("mean-absolute-error")?.notEstimable?.reason).toBe("no-data");
    const one = estimateMade(made, [pair(1, 2)], "ef");
    expect(one.get("quantity-icc")?.notEstimable?.reason).toBe("too-few");
    expect(one.get("concordance-correlation")?.notEstimable?.reason).toBe("too-few");
    expect(one.get("limit-of-agreement-lower")?.notEstimable?.reason).toBe("too-few");
    const same = estimateMade(
      made,
      [1, 1, 1, 1, 1].map((value) => pair(value, value)),
      "ef",
    );
    expect(same.get("quantity-icc")?.notEstimable?.reason).toBe("zero-variance");
    expect(same.get("bias")).toMatchObject({ estimate: 0, interval: null, notEstimable: { reason: "zero-variance" } });
    expect(same.get("limit-of-agreement-upper")).toMatchObject({ estimate: 0, interval: null });
  });

  it("lists the cases without an answer", () => {
    const { set } = scoreMade(made, [pair(40, 41), pair(40, "failed"), pair(40, null), pair(null, null)]);
    expect(set.errors(null).map(({ case: at, kind, reference, answer: said }) => [at, kind, reference, said])).toEqual([
      [1, "failed", "ef 40", "MODEL_CRASHED"],
      [2, "failed", "ef 40", "no ef"],
    ]);
    for (const row of set.errors(null))
      expect(row).toMatchObject({ unit: "case", finding: null, mark: null, nearest: null, score: null });
    expect(set.outcomes(null).slice(0, 4)).toEqual(
      ["41", "failed", "failed", "failed"].map((outcome, at) => ({
        key: `case c${at} ef`,
        case: `c${at}`,
        unit: "case",
        outcome,
      })),
    );
  });

  it("knows the patient of every case and whether it was answered, in the cases of the selection", () => {
    const { set, overall, settings } = scoreMade(made, [
      pair(40, 41, "a"),
      pair(40, "failed", "b"),
      pair(null, 40, "a"),
      pair(42, null, "c"),
    ]);
    const all = set.units({ ...overall, label: "ef" }, settings);
    expect([[...all.casePatient], [...all.answered]]).toEqual([
      [0, 1, 0, 2],
      [1, 0, 1, 1],
    ]);
    expect([...(all.quantities?.patient ?? [])]).toEqual([0, 1, 2]);
    expect([...(all.quantities?.reference ?? [])]).toEqual([40, 40, 42]);
    expect([...(all.quantities?.answer ?? [])]).toEqual([41, Number.NaN, Number.NaN]);
    const some = set.units({ cases: Uint8Array.of(0, 1, 1, 0), label: "ef" }, settings);
    expect([[...some.casePatient], [...(some.quantities?.patient ?? [])]]).toEqual([[1, 0], [1]]);
  });

  it("has neither classes of cases, marks, confusion, findings nor a threshold", () => {
    const { set, overall, settings } = scoreMade(made, cases);
    expect(set.positive(0)).toBeNull();
    expect(set.marks(overall, null)).toBeNull();
    expect(set.confusion(overall, settings)).toEqual([]);
    expect(set.findings(0)).toEqual([]);
    expect(set.thresholdAt(1, overall)).toBeNull();
    expect(set.units(overall, settings).quantities).toBeUndefined();
  });

  it("is one number a quantity", () => {
    const both: MadeForm = { ...made, classes: ["ef", "mass"] };
    const set = [1, 2, 3, 4, 5].map((value): MadeFormCase => ({
      truth: { quantities: { ef: value, mass: 100 } },
      answer: { quantities: { ef: value + 1, mass: 100 - value } },
    }));
    expect(estimateMade(both, set, "ef").get("bias")?.estimate).toBe(1);
    expect(estimateMade(both, set, "mass").get("bias")?.estimate).toBe(-3);
  });
});
