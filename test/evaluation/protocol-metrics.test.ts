/** A protocol names metrics of calls, scores, probabilities and grades; the result holds them with intervals or reasons. */
import { describe, expect, it } from "vitest";
import {
  averagePrecision,
  brierScore,
  calibrationInTheLarge,
  cohenKappa,
  diagnosticValues,
  multiRaterAgreement,
  predictiveValuesAt,
  recalibration,
  reliability,
  rocPoints,
  sensitivityAtSpecificity,
  type Outcome,
} from "../../src/stats/index.js";
import { RandomStream } from "../../src/stats/random.js";
import { evaluateMade, rowOf, type MadeCase } from "./made-set.js";

const image = [
  "balanced-accuracy",
  "mcc",
  "youden",
  "lr-positive",
  "lr-negative",
  "ppv-at-prevalence@0.02",
  "npv-at-prevalence@0.02",
  "average-precision",
  "partial-auc@0.2",
  "partial-auc-corrected@0.2",
  "sensitivity-at-specificity@0.9",
  "specificity-at-sensitivity@0.9",
  "brier",
  "ece@10",
  "ece-equal-mass@10",
  "calibration-slope",
  "calibration-intercept",
  "grade-macro-f1",
  "cohen-kappa",
  "linear-kappa",
  "quadratic-kappa",
  "gwet-ac1",
  "gwet-ac2",
];
const metrics = image.flatMap((name) => [name, `patient-${name}`]);

/** Photographs with a grade of 0 to 4, an answer near it, and a score that knows something of it. */
function photographs(count: number, perPatient: number): MadeCase[] {
  const random = new RandomStream(9n, 1n);
  return Array.from({ length: count }, (_, at) => {
    const grade = Math.min(random.below(5), random.below(5));
    const answer = Math.max(0, Math.min(4, grade + random.below(3) - 1));
    return {
      patient: `p${Math.floor(at / perPatient)}`,
      site: at % 3 === 0 ? "A" : "B",
      grade,
      answer,
      score: (1 + 10 * grade + random.below(50)) / 100,
    };
  });
}

const cases = photographs(90, 1);
const labels = cases.map(({ grade }) => ((grade as number) >= 2 ? 1 : 0));
const scores = cases.map(({ score }) => score as number);
const result = evaluateMade("dr-grading", cases, { metrics }, 0.4);

function values<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome;
}

describe("metrics that a protocol names", () => {
  it("all have an estimate and an interval around it, for images and for patients", () => {
    for (const name of metrics) {
      const row = rowOf(result, name);
      expect(row.estimate, name).not.toBeNull();
      expect(row.interval, name).not.toBeNull();
      expect(row.n.patients, name).toBe(90);
      expect(row.unit).toBe(name.startsWith("patient-") ? "patient" : "image");
      // The error of calibration is biased upwards in resamples.
      if (name.includes("ece")) continue;
      expect(row.interval?.low, name).toBeLessThanOrEqual(row.estimate as number);
      expect(row.interval?.high, name).toBeGreaterThanOrEqual(row.estimate as number);
    }
  });

  it("are the numbers of the statistics library", () => {
    const points = rocPoints(labels, scores);
    const count = (label: number, call: boolean) =>
      labels.filter((own, at) => own === label && (scores[at] as number) >= 0.4 === call).length;
    const table = { tp: count(1, true), fp: count(0, true), fn: count(1, false), tn: count(0, false) };
    const grades = Array.from({ length: 5 }, (_, i) =>
      Array.from({ length: 5 }, (_, j) => cases.filter(({ grade, answer }) => grade === i && answer === j).length),
    );
    const pairs = cases.map(({ grade, answer }): [number, number] => [grade as number, answer as number]);
    const expected: Record<string, unknown> = {
      "balanced-accuracy": diagnosticValues(table).balancedAccuracy,
      mcc: diagnosticValues(table).mcc,
      "ppv-at-prevalence@0.02": predictiveValuesAt(table, 0.02).ppv.value,
      "average-precision": values(averagePrecision(points)).value,
      "sensitivity-at-specificity@0.9": values(sensitivityAtSpecificity(points, 0.9)).sensitivity,
      brier: values(brierScore(labels, scores)).brier,
      "ece@10": values(reliability(labels, scores, "width", 10)).ece,
      "ece-equal-mass@10": values(reliability(labels, scores, "mass", 10)).ece,
      "calibration-slope": values(recalibration(labels, scores)).slope,
      "calibration-intercept": values(calibrationInTheLarge(labels, scores)).intercept,
      "linear-kappa": values(cohenKappa(grades, "linear")).kappa,
      "gwet-ac1": values(values(multiRaterAgreement(pairs, [0, 1, 2, 3, 4])).gwet).coefficient,
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(rowOf(result, name).estimate, name).toBeCloseTo(value as number, 12);
      expect(rowOf(result, `patient-${name}`).estimate, name).toBeCloseTo(value as number, 12);
    }
  });

  it("say their interval's method", () => {
    const methods: Record<string, string> = {
      "balanced-accuracy": "balanced_accuracy_newcombe",
      mcc: "bootstrap_percentile",
      "lr-positive": "ratio_koopman",
      "ppv-at-prevalence@0.02": "predictive_logit",
      "average-precision": "bootstrap_percentile",
      brier: "bootstrap_percentile",
      "calibration-slope": "recalibration_wald",
      "gwet-ac2": "gwet_linearised_t",
    };
    for (const [name, method] of Object.entries(methods)) expect(rowOf(result, name).interval?.method).toBe(method);
  });

  it("have titles with their numbers, and a threshold that was chosen here is flagged", () => {
    const titles = result.context.metricTitles;
    expect(titles["ppv-at-prevalence@0.02"]?.title.en).toBe(
      "Image-level positive predictive value at a prevalence of 0.02",
    );
    expect(titles["patient-sensitivity-at-specificity@0.9"]?.title["zh-CN"]).toBe(
      "患者级灵敏度（特异度不低于 0.9 时）",
    );
    expect(titles["calibration-slope"]?.kind).toBe("number");
    expect(rowOf(result, "sensitivity-at-specificity@0.9").flags).toEqual(["threshold-from-test-set"]);
    expect(rowOf(result, "partial-auc@0.2").flags).toEqual([]);
  });

  it("are resampled by patient where patients have several images", () => {
    const several = evaluateMade("dr-grading", photographs(90, 2), { metrics }, 0.4);
    for (const name of image) {
      const [own, patient] = [rowOf(several, name), rowOf(several, `patient-${name}`)];
      expect(own.n.patients).toBe(45);
      expect(own.interval?.method, name).toBe("bootstrap_percentile");
      expect(patient.interval, name).not.toBeNull();
      // The same photographs: the same estimates, other intervals.
      expect(own.estimate, name).toBe(rowOf(result, name).estimate);
    }
  });

  it("have reasons where a stratum has one class only", () => {
    const split = cases.map((one) => ({ ...one, site: (one.grade as number) >= 2 ? "sick" : "well" }));
    const strata = [{ attribute: "site" }];
    const apart = evaluateMade("dr-grading", split, { metrics, strata }, 0.4);
    const reasonOf = (name: string, site: string) => rowOf(apart, name, { site }).notEstimable?.reason;
    for (const name of ["balanced-accuracy", "lr-positive", "partial-auc@0.2", "calibration-slope"]) {
      expect(reasonOf(name, "sick"), name).toBe("no-negatives");
      expect(reasonOf(name, "well"), name).toBe("no-positives");
    }
    expect(reasonOf("mcc", "sick")).toBe("zero-denominator");
    expect(reasonOf("brier", "sick")).toBeUndefined();
    expect(rowOf(apart, "average-precision", { site: "sick" }).estimate).toBe(1);
    expect(reasonOf("average-precision", "sick"), "an interval of no width").toBe("zero-variance");
    expect(reasonOf("average-precision", "well")).toBe("no-positives");
    expect(rowOf(apart, "grade-macro-f1", { site: "well" }).flags).toContain("classes-left-out");
  });

  it("have reasons where the answers are grades without scores", () => {
    const grades = cases.map(({ patient, grade, answer }): MadeCase => ({
      patient,
      grade: grade as number,
      answer: answer as number,
    }));
    const without = evaluateMade("dr-grading", grades, { metrics });
    for (const name of ["average-precision", "partial-auc@0.2", "brier", "ece@10", "calibration-slope"]) {
      expect(rowOf(without, name).notEstimable?.reason, name).toBe("no-scores");
    }
    expect(rowOf(without, "balanced-accuracy").estimate).not.toBeNull();
    expect(rowOf(without, "gwet-ac2").estimate).toBe(rowOf(result, "gwet-ac2").estimate);
  });
});
