/** Strata as the protocol writes them, the rules for small numbers, failed cases and acceptance criteria. */
import { describe, expect, it } from "vitest";
import { comparisonVerdicts } from "../../src/contract/comparison.js";
import { exitOfComparison, exitOfResults } from "../../src/cli/verdicts.js";
import type { AcceptanceCriterion, StratumAxis } from "../../src/contract/protocol.js";
import type { Result } from "../../src/contract/result.js";
import { enumerateStrata, parseBin } from "../../src/evaluation/strata.js";
import { evaluateMade, madeInputs, rowOf, type MadeCase } from "./made-set.js";

const nodules = "lung-nodule-detection";
const grades = "dr-grading";

/** `count` patients with one case each. */
const patients = (count: number, made: (n: number) => Omit<MadeCase, "patient">, prefix = "p"): MadeCase[] =>
  Array.from({ length: count }, (_, n) => ({ patient: `${prefix}${n}`, ...made(n) }));

const found = { lesions: [{ score: 0.9 }] };
const missed = { lesions: [{ score: null }] };

describe("bins", () => {
  it.each([
    ["[1,2]", 1, true],
    ["[1,2]", 2, true],
    ["(1,2)", 1, false],
    ["(1,2)", 2, false],
    ["[1,2)", 1, true],
    ["[1,2)", 2, false],
    ["(1,2]", 1, false],
    ["(1,2]", 2, true],
    ["[5,inf)", 1e9, true],
    ["[5,inf)", 4.999, false],
    ["(-inf,0)", -1e9, true],
    ["(-inf,0)", 0, false],
    ["[-1.5,2.5]", -1.5, true],
  ])("%s holds %d: %s", (text, value, held) => expect(parseBin(text).holds(value)).toBe(held));
});

describe("strata", () => {
  const thickness = { attribute: "sliceThickness", bins: ["(0,1)", "[1,2]", "(2,5)", "[5,inf)"] };

  function casesOf(result: Result, attribute: string): Record<string, number> {
    const rows = result.sample.composition.filter(({ stratum }) => Object.keys(stratum).join() === attribute);
    return Object.fromEntries(rows.map(({ stratum, cases }) => [stratum[attribute] as string, cases]));
  }

  it("are printed as written, empty ones too; values on a border stand where the brackets say", () => {
    const values = [0.625, 1, 2, 2.5, 7];
    const result = evaluateMade(
      nodules,
      values.map((sliceSpacingMm, n) => ({ patient: `p${n}`, attributes: { sliceSpacingMm } })),
      { strata: [thickness] },
    );
    expect(casesOf(result, "sliceThickness")).toEqual({ "(0,1)": 1, "[1,2]": 2, "(2,5)": 1, "[5,inf)": 1 });
    const empty = evaluateMade(nodules, [{ patient: "p", attributes: { sliceSpacingMm: 1 } }], { strata: [thickness] });
    expect(casesOf(empty, "sliceThickness")).toEqual({ "(0,1)": 0, "[1,2]": 1, "(2,5)": 0, "[5,inf)": 0 });
  });

  it("use the spacing of the positions, else the tag of slice thickness, and say how many of each", () => {
    const result = evaluateMade(
      nodules,
      [
        { patient: "a", attributes: { sliceSpacingMm: 0.7, sliceThicknessMm: 5 } },
        { patient: "b", attributes: { sliceThicknessMm: 5 } },
        { patient: "c", attributes: { sliceSpacingMm: null, sliceThicknessMm: 1.5 } },
        { patient: "d" },
      ],
      { strata: [thickness] },
    );
    expect(casesOf(result, "sliceThickness")).toEqual({
      "(0,1)": 1,
      "[1,2]": 1,
      "(2,5)": 0,
      "[5,inf)": 1,
      "not recorded": 1,
    });
    expect(result.context.attributeOrigins.sliceThickness).toEqual({
      "not recorded": 1,
      "sliceSpacingMm declared": 1,
      "sliceThicknessMm declared": 2,
    });
  });

  it("put an unknown site, an empty value and text among numbers under `not recorded`", () => {
    const result = evaluateMade(
      nodules,
      [
        { patient: "a", site: "A", attributes: { kernel: "B", ageYears: 50 } },
        { patient: "b", site: "unknown", attributes: { kernel: "", ageYears: "old" } },
        { patient: "c", site: "B", attributes: { ageYears: 200 } },
      ],
      { strata: ["site", "kernel", { attribute: "ageYears", bins: ["[0,65)", "[65,150)"] }] },
    );
    expect(casesOf(result, "site")).toEqual({ A: 1, B: 1, "not recorded": 1 });
    expect(casesOf(result, "kernel")).toEqual({ B: 1, "not recorded": 2 });
    expect(casesOf(result, "ageYears")).toEqual({
      "[0,65)": 1,
      "[65,150)": 0,
      "outside the bins": 1,
      "not recorded": 1,
    });
    expect(result.sample.sites).toBe(2);
  });

  it("cross two attributes: every case in one cell, empty cells left out, sums equal to the margins", () => {
    const cases = Array.from({ length: 60 }, (_, n) => ({
      patient: `p${n}`,
      site: ["A", "B", "C"][n % 3] as string,
      attributes: n % 7 === 0 ? {} : { sliceSpacingMm: n % 3 === 0 ? 1 : (n % 5) + 1 },
      lesions: [{ score: n % 4 === 0 ? null : 0.9 }],
    }));
    const result = evaluateMade(nodules, cases, { strata: ["site", thickness, { cross: ["site", thickness] }] });
    const crossed = result.sample.composition.filter(({ stratum }) => Object.keys(stratum).length === 2);
    expect(crossed.every((row) => row.cases > 0)).toBe(true);
    expect(crossed.reduce((sum, row) => sum + row.cases, 0)).toBe(60);
    for (const site of ["A", "B", "C"]) {
      const rows = result.metrics.filter(
        ({ metric, stratum }) =>
          metric === "lesion-sensitivity" && stratum.site === site && "sliceThickness" in stratum,
      );
      const sum = (name: string) => rows.reduce((total, { n }) => total + (n[name] ?? 0), 0);
      const margin = rowOf(result, "lesion-sensitivity", { site });
      expect([sum("numerator"), sum("denominator")]).toEqual([margin.n.numerator, margin.n.denominator]);
    }
  });

  it("of a crossing are the cells that occur, in the order of the axes, with their cases or findings", () => {
    const bins = ["[5,inf)", "(0,5)"];
    const cases: MadeCase[] = [
      { patient: "a", site: "B", attributes: { sex: "M" }, lesions: [{ score: 1, mm: 4, type: "solid" }] },
      { patient: "b", site: "A", attributes: { sex: "M" }, lesions: [{ score: 1, mm: 9, type: "solid" }] },
      { patient: "c", site: "unknown", attributes: { sex: "F" }, lesions: [{ score: 1, mm: 3, type: "part-solid" }] },
      { patient: "d", site: "A", attributes: { sex: "F" } },
      { patient: "e", site: "A", attributes: { sex: "M" } },
    ];
    const { index, reference, profile } = madeInputs(nodules, cases);
    const findings = [...reference.values()].flatMap((one) => one.findings);
    const cellsOf = (...cross: StratumAxis[]) =>
      enumerateStrata([{ cross }], index, profile, findings).map(({ key, dimension, cases: inside, finding }) => ({
        dimension,
        cell: Object.values(key).join(" "),
        cases: [...inside].join(""),
        findings: finding && findings.map((one) => (finding(one) ? 1 : 0)).join(""),
      }));
    const size = { attribute: "size", bins };
    expect(cellsOf("site", "sex")).toEqual([
      { dimension: "site x sex", cell: "A F", cases: "00010", findings: undefined },
      { dimension: "site x sex", cell: "A M", cases: "01001", findings: undefined },
      { dimension: "site x sex", cell: "B M", cases: "10000", findings: undefined },
      { dimension: "site x sex", cell: "not recorded F", cases: "00100", findings: undefined },
    ]);
    expect(cellsOf(size, "type").map(({ cell, cases: inside, findings: own }) => [cell, inside, own])).toEqual([
      ["[5,inf) solid", "11111", "010"],
      ["(0,5) part-solid", "11111", "001"],
      ["(0,5) solid", "11111", "100"],
    ]);
    // A bin of findings is shown with the cases of each site, those that hold none of it too.
    expect(cellsOf("sex", size).map(({ cell, cases: inside, findings: own }) => [cell, inside, own])).toEqual([
      ["F [5,inf)", "00110", "010"],
      ["F (0,5)", "00110", "101"],
      ["M [5,inf)", "11001", "010"],
      ["M (0,5)", "11001", "101"],
    ]);
    expect(cellsOf(size, { attribute: "ageYears", bins: ["[0,65)"] }).map(({ cell }) => cell)).toEqual([
      "[5,inf) not recorded",
      "(0,5) not recorded",
    ]);
    expect(enumerateStrata([{ cross: ["site", "sex"] }], { ...index, cases: [] }, profile, [])).toEqual([]);
  });

  it("of findings take the lesions of that size or type, with the marks of all cases", () => {
    const cases = patients(20, () => ({
      lesions: [
        { score: 0.9, mm: 4, type: "solid" },
        { score: null, mm: 20, type: "ground-glass" },
        { score: 0.9, mm: 30.5, type: "solid" },
      ],
      falseMarks: [0.8],
    }));
    const result = evaluateMade(nodules, cases);
    const of = (stratum: Record<string, string>, metric = "lesion-sensitivity") => rowOf(result, metric, stratum).n;
    expect(of({ size: "[4,6)" })).toMatchObject({ numerator: 20, denominator: 20 });
    expect(of({ size: "[20,30]" })).toMatchObject({ numerator: 0, denominator: 20 });
    expect(of({ size: "(30,inf)" })).toMatchObject({ numerator: 20, denominator: 20 });
    expect(of({ type: "solid" })).toMatchObject({ numerator: 40, denominator: 40 });
    expect(of({ type: "ground-glass" }, "froc-sensitivity@1")).toMatchObject({ cases: 20, falsePositives: 20 });
    const dimensions = result.metrics.filter(({ metric }) => metric === "false-positives-per-case");
    expect(dimensions.some(({ stratum }) => "size" in stratum || "type" in stratum)).toBe(false);
  });

  it("leave out what the protocol excludes: below 3 mm a finding is neither hit nor miss, above 30 mm it is counted", () => {
    const cases = patients(10, () => ({
      lesions: [
        { score: 0.9, mm: 2.9 },
        { score: null, mm: 3 },
      ],
    }));
    const result = evaluateMade(nodules, cases);
    expect(rowOf(result, "lesion-sensitivity").n).toMatchObject({ numerator: 0, denominator: 10 });
    expect(rowOf(result, "false-positives-per-case").estimate).toBe(0);
    expect(result.sample.excludedFindings).toBe(10);
    expect(result.sample.marks?.ignored).toBe(10);
  });
});

describe("small numbers", () => {
  it.each([
    [4, "too-few-clusters", false],
    [5, undefined, true],
    [29, undefined, true],
    [30, undefined, false],
  ])("%d patients: reason %s, flagged small-sample %s", (count, reason, flagged) => {
    const result = evaluateMade(
      nodules,
      patients(count, (n) => (n % 2 === 0 ? found : missed)),
    );
    for (const metric of ["lesion-sensitivity", "false-positives-per-case", "froc-sensitivity@1"]) {
      const row = rowOf(result, metric);
      expect(row.notEstimable?.reason === "too-few-clusters").toBe(reason !== undefined);
      expect(row.estimate === null).toBe(reason !== undefined);
      expect(row.flags.includes("small-sample")).toBe(flagged);
    }
    const row = rowOf(result, "lesion-sensitivity");
    expect(row.n).toEqual({ numerator: Math.ceil(count / 2), denominator: count, patients: count });
    expect(row.interval === null).toBe(reason !== undefined);
  });

  it("patients are counted, not lesions: 40 lesions of 4 patients give no number", () => {
    const cases = patients(4, () => ({ lesions: Array.from({ length: 10 }, () => ({ score: 0.9 })) }));
    const row = rowOf(evaluateMade(nodules, cases), "lesion-sensitivity");
    expect(row).toMatchObject({
      estimate: null,
      interval: null,
      notEstimable: { reason: "too-few-clusters" },
      n: { numerator: 40, denominator: 40, patients: 4 },
    });
  });

  it("where any patient has more than one unit the interval is clustered, else Wilson", () => {
    const single = patients(40, (n) => (n % 4 === 0 ? missed : found));
    expect(rowOf(evaluateMade(nodules, single), "lesion-sensitivity").interval?.method).toBe("wilson");
    const several = [...single, { patient: "p0", lesions: [{ score: 0.9 }] }];
    expect(rowOf(evaluateMade(nodules, several), "lesion-sensitivity").interval?.method).toBe("korn_graubard");
  });

  it("a set without lesions has no sensitivity, and no answer that looks like one", () => {
    const result = evaluateMade(
      nodules,
      patients(20, () => ({ falseMarks: [0.9] })),
    );
    for (const metric of ["lesion-sensitivity", "froc-sensitivity@1", "froc-score", "patient-auc"]) {
      const row = rowOf(result, metric);
      expect(row).toMatchObject({ estimate: null, interval: null, notEstimable: { reason: "no-positives" } });
    }
    expect(rowOf(result, "false-positives-per-case").estimate).toBe(1);
    expect(result.curves.filter(({ kind }) => kind === "froc")).toEqual([]);
  });

  it("without an operating point threshold metrics are not estimable, curves and areas are", () => {
    const cases = patients(40, (n) =>
      n % 2 === 0 ? { lesions: [{ score: 0.1 + n / 100 }] } : { falseMarks: [n / 50] },
    );
    const result = evaluateMade(nodules, cases, { operatingPoint: "none" });
    for (const metric of [
      "lesion-sensitivity",
      "false-positives-per-case",
      "lesion-precision",
      "patient-specificity",
    ]) {
      expect(rowOf(result, metric)).toMatchObject({ estimate: null, notEstimable: { reason: "no-operating-point" } });
    }
    expect(rowOf(result, "froc-score").estimate).not.toBeNull();
    expect(rowOf(result, "patient-auc").estimate).not.toBeNull();
    expect(result.threshold).toBeNull();
    expect(result.confusion).toEqual([]);
  });

  it("a threshold chosen on the test set is flagged wherever it is used", () => {
    const cases = patients(40, (n) => (n % 2 === 0 ? { lesions: [{ score: 0.8 }] } : { falseMarks: [n / 50] }));
    const result = evaluateMade(nodules, cases, { operatingPoint: { falsePositivesPerCase: 0.25 } });
    for (const metric of [
      "lesion-sensitivity",
      "false-positives-per-case",
      "lesion-precision",
      "patient-sensitivity",
    ]) {
      expect(rowOf(result, metric).flags).toContain("threshold-from-test-set");
    }
    expect(rowOf(result, "false-positives-per-case").estimate).toBeLessThanOrEqual(0.25);
    expect(rowOf(result, "patient-auc").flags).not.toContain("threshold-from-test-set");
  });
});

describe("failed cases", () => {
  const cases = [
    ...patients(20, () => found, "hit"),
    ...patients(20, () => ({ falseMarks: [0.2] }), "clear"),
    ...patients(5, () => ({ ...found, failed: true }), "lost"),
    ...patients(5, () => ({ failed: true }), "gone"),
  ];

  it("count against a detector: lesions missed, no false positives, positive patients negative and negative ones positive", () => {
    const result = evaluateMade(nodules, cases);
    expect(result.sample).toMatchObject({ failed: 10, failures: { MODEL_CRASHED: 10 } });
    expect(rowOf(result, "lesion-sensitivity").n).toMatchObject({ numerator: 20, denominator: 25 });
    expect(rowOf(result, "false-positives-per-case").n).toMatchObject({ numerator: 0, denominator: 50 });
    expect(rowOf(result, "patient-sensitivity").n).toMatchObject({ numerator: 20, denominator: 25 });
    expect(rowOf(result, "patient-specificity").n).toMatchObject({ numerator: 20, denominator: 25 });
    // 20 x 20 pairs right; a failed unit ranks worst against every unit of the other class.
    expect(rowOf(result, "patient-auc").estimate).toBeCloseTo(400 / 625, 12);
    expect(result.confusion[0]?.counts).toEqual([
      [20, 0, 5],
      [0, 20, 5],
    ]);
  });

  it("are left out everywhere where the protocol says so, and are still counted as failed", () => {
    const result = evaluateMade(nodules, cases, { failedCases: "exclude" });
    expect(rowOf(result, "lesion-sensitivity").n).toMatchObject({ numerator: 20, denominator: 20 });
    expect(rowOf(result, "patient-specificity").n).toMatchObject({ numerator: 20, denominator: 20 });
    expect(rowOf(result, "patient-auc").estimate).toBe(1);
    expect(result.sample.failed).toBe(10);
  });

  it("count against a grader: the grade is wrong, in a column of its own, and kappa is made without it", () => {
    const graded = [
      ...patients(20, () => ({ grade: 3, answer: 3, score: 0.9 }), "ill"),
      ...patients(20, () => ({ grade: 0, answer: 0, score: 0.1 }), "well"),
      ...patients(4, () => ({ grade: 3, failed: true }), "lost"),
      ...patients(6, () => ({ grade: 0, failed: true }), "gone"),
    ];
    const result = evaluateMade(grades, graded, { metrics: [...metricsOfGrades, "grade-accuracy"] });
    expect(rowOf(result, "grade-accuracy").n).toMatchObject({ numerator: 40, denominator: 50 });
    expect(rowOf(result, "quadratic-kappa")).toMatchObject({
      estimate: 1,
      n: { units: 40, failed: 10 },
      flags: ["failed-left-out"],
    });
    expect(rowOf(result, "patient-sensitivity").n).toMatchObject({ numerator: 20, denominator: 24 });
    expect(rowOf(result, "patient-specificity").n).toMatchObject({ numerator: 20, denominator: 26 });
    expect(rowOf(result, "answered-rate").n).toMatchObject({ numerator: 40, denominator: 50 });
    expect(rowOf(result, "auc").estimate).toBeCloseTo((20 * 20) / (24 * 26), 12);
    const table = result.confusion.find(({ unit, rows }) => unit === "image" && rows.length === 5);
    expect(table?.counts.map((row) => row.at(-1))).toEqual([6, 0, 0, 4, 0]);
  });

  it("too many of them refuse the submission, whatever the criteria say", () => {
    const lenient: AcceptanceCriterion[] = [{ metric: "lesion-sensitivity", compare: "estimate", atLeast: 0.5 }];
    const result = evaluateMade(nodules, cases, { acceptance: lenient, maxFailedCases: 0.1 });
    expect(result.verdict).toBe("pass");
    expect(exitOfResults([result])).toBe(4);
    expect(exitOfResults([evaluateMade(nodules, cases, { acceptance: lenient, maxFailedCases: 0.2 })])).toBe(0);
  });
});

const metricsOfGrades = [
  "patient-sensitivity",
  "patient-specificity",
  "auc",
  "patient-auc",
  "quadratic-kappa",
  "answered-rate",
];

describe("patients of several images", () => {
  it("have the worst grade and the highest score of their gradable images", () => {
    const cases = Array.from({ length: 20 }, (_, n): MadeCase[] => [
      { patient: `p${n}`, grade: 0, answer: 0, score: 0.1 },
      { patient: `p${n}`, grade: n < 10 ? 3 : 0, answer: n < 5 ? 3 : 0, score: n < 5 ? 0.9 : 0.2 },
      { patient: `p${n}`, grade: null, answer: 4, score: 0.99 },
    ]).flat();
    const result = evaluateMade(grades, cases);
    expect(rowOf(result, "patient-sensitivity").n).toMatchObject({ numerator: 5, denominator: 10 });
    expect(rowOf(result, "patient-specificity").n).toMatchObject({ numerator: 10, denominator: 10 });
    expect(rowOf(result, "sensitivity").n).toMatchObject({ numerator: 5, denominator: 10 });
    expect(rowOf(result, "specificity").n).toMatchObject({ numerator: 30, denominator: 30 });
    expect(result.sample.excludedFindings).toBe(20);
  });

  it("with grades alone the call is made from the grade, and there is no ROC", () => {
    const cases = patients(40, (n) => ({ grade: n % 5, answer: n % 4 }));
    const result = evaluateMade(grades, cases);
    expect(rowOf(result, "auc")).toMatchObject({ estimate: null, notEstimable: { reason: "no-scores" } });
    expect(result.curves).toEqual([]);
    const called = (n: number) => n % 4 >= 2;
    const positives = Array.from({ length: 40 }, (_, n) => n).filter((n) => n % 5 >= 2);
    expect(rowOf(result, "sensitivity").n).toMatchObject({
      numerator: positives.filter(called).length,
      denominator: positives.length,
    });
  });
});

describe("acceptance criteria", () => {
  const cases = patients(50, (n) => ({ ...(n < 40 ? found : missed), site: n < 25 ? "A" : "B" }));
  const judged = (...acceptance: AcceptanceCriterion[]) => evaluateMade(nodules, cases, { acceptance });
  const on = (compare: AcceptanceCriterion["compare"], limit: Partial<AcceptanceCriterion>): AcceptanceCriterion => ({
    metric: "lesion-sensitivity",
    compare,
    ...limit,
  });

  it("compare the unrounded value; a value on the limit passes", () => {
    expect(judged(on("estimate", { atLeast: 0.8 })).verdict).toBe("pass");
    expect(judged(on("estimate", { atLeast: 0.800000001 })).verdict).toBe("fail");
    expect(judged(on("estimate", { atMost: 0.8 })).verdict).toBe("pass");
    expect(judged(on("estimate", { atMost: 0.799999999 })).verdict).toBe("fail");
  });

  it("may ask for the bound of the interval", () => {
    const { low, high } = rowOf(judged(), "lesion-sensitivity").interval as { low: number; high: number };
    expect(judged(on("lower", { atLeast: low })).verdict).toBe("pass");
    expect(judged(on("lower", { atLeast: low + 1e-11 })).verdict).toBe("fail");
    expect(judged(on("upper", { atMost: high })).verdict).toBe("pass");
    expect(judged(on("upper", { atMost: high - 1e-11 })).verdict).toBe("fail");
  });

  it("may ask for a stratum", () => {
    const result = judged({ ...on("estimate", { atLeast: 0.9 }), stratum: { site: "A" } });
    expect(result.criteria[0]).toMatchObject({ value: 1, verdict: "pass" });
    expect(judged({ ...on("estimate", { atLeast: 0.9 }), stratum: { site: "B" } }).criteria[0]?.value).toBe(0.6);
  });

  it("that name what the protocol does not compute are an error", () => {
    expect(() => judged({ metric: "ppv", compare: "estimate", atLeast: 0 })).toThrowError(
      expect.objectContaining({ code: "CRITERION_UNKNOWN" }),
    );
    expect(() => judged({ ...on("estimate", { atLeast: 0 }), stratum: { site: "Z" } })).toThrowError(
      expect.objectContaining({ code: "CRITERION_UNKNOWN" }),
    );
  });

  it("that can't be judged are undetermined, with the reason; a failed one outweighs it", () => {
    const small = patients(4, () => found);
    const pass = on("estimate", { atLeast: 0 });
    const result = evaluateMade(nodules, small, { acceptance: [pass] });
    expect(result.criteria[0]).toMatchObject({ value: null, verdict: "undetermined", reason: "too-few-clusters" });
    expect([result.verdict, exitOfResults([result])]).toEqual(["undetermined", 6]);
    const unknown: AcceptanceCriterion = { metric: "patient-auc", compare: "estimate", atLeast: 0.5 };
    const mixed = judged(on("estimate", { atLeast: 0.99 }), unknown);
    expect(mixed.criteria.map(({ verdict }) => verdict)).toEqual(["fail", "undetermined"]);
    expect([mixed.verdict, exitOfResults([mixed])]).toEqual(["fail", 1]);
    expect(judged(pass, unknown).verdict).toBe("undetermined");
  });

  it("give the exit codes of the contract: pass and none 0, fail 1, undetermined 6", () => {
    const none = judged();
    const pass = judged(on("estimate", { atLeast: 0.5 }));
    const fail = judged(on("estimate", { atLeast: 0.9 }));
    expect([none.verdict, exitOfResults([none])]).toEqual(["no-criteria", 0]);
    expect(exitOfResults([pass])).toBe(0);
    expect(exitOfResults([pass, fail])).toBe(1);
    const verdicts = [...comparisonVerdicts, "not-comparable"] as const;
    expect(verdicts.map((verdict) => [verdict, exitOfComparison({ verdict, failed: null })])).toEqual([
      ["superior", 0],
      ["non-inferior", 0],
      ["inconclusive", 6],
      ["inferior", 1],
      ["identical", 0],
      ["not-comparable", 2],
    ]);
  });

  it("a compared candidate beyond the limit of failed cases gives 4 by any verdict; one on it, or the baseline, does not", () => {
    const exits = (candidate: number, baseline = 0) =>
      comparisonVerdicts.map((verdict) =>
        exitOfComparison({ verdict, failed: { cases: 40, baseline, candidate, allowed: 0.05 } }),
      );
    expect(exits(2)).toEqual([0, 0, 6, 1, 0]);
    expect(exits(3)).toEqual([4, 4, 4, 4, 4]);
    expect(exits(2, 40)).toEqual([0, 0, 6, 1, 0]);
  });
});
