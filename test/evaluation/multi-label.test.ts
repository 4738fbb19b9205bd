/** Results of multi-label sets: rows by class and over classes, the panel of readers, what the client may see, paired differences. */
import { describe, expect, it } from "vitest";
import type { Prediction } from "../../src/contract/prediction.js";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import type { Reading, Reference } from "../../src/contract/reading.js";
import { result as resultDocument, type Result } from "../../src/contract/result.js";
import type { Submission } from "../../src/contract/submission.js";
import { suppressed } from "../../src/evaluation/disclosure.js";
import { pairedDifferences } from "../../src/evaluation/differences.js";
import { makeResult, type EvaluationInputs } from "../../src/evaluation/result.js";
import { cohenKappa, mcnemarMidP, tangoDifference } from "../../src/stats/index.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";
import { madeInputs, rowOf } from "./made-set.js";

const classes = (taskProfile("ecg-diagnosis").classes ?? []).map(({ id }) => id);

/** One case: classes that are there, that the product calls, that readers call. */
interface Made {
  readonly patient?: string;
  readonly site?: string;
  readonly truth: readonly string[];
  /** Null: failed. */
  readonly answer: readonly string[] | null;
  readonly readers?: Readonly<Record<string, readonly string[]>>;
}

const labelsOf = (there: readonly string[]) =>
  Object.fromEntries(classes.map((id): [string, number] => [id, there.includes(id) ? 1 : 0]));

function inputsOf(
  made: readonly Made[],
  protocol: Partial<EffectiveProtocol> = {},
  more: Partial<Pick<EvaluationInputs, "predictions" | "manifest">> = {},
): EvaluationInputs {
  const base = madeInputs(
    "ecg-diagnosis",
    made.map(({ patient, site }, at) => ({ patient: patient ?? `p${at}`, ...(site === undefined ? {} : { site }) })),
    protocol,
  );
  const empty = { findings: [], quantities: {} };
  const reference = new Map(
    [...base.reference].map(([id, line], at): [string, Reference] => [
      id,
      { ...line, labels: labelsOf(made[at]?.truth ?? []) },
    ]),
  );
  const predictions = base.predictions.map((line, at): Prediction => {
    const answer = made[at]?.answer ?? null;
    if (answer === null) return { ...line, status: "failed", error: { code: "MODEL_CRASHED", message: "" } };
    return { ...line, labels: labelsOf(answer) };
  });
  const readings = made.flatMap(({ readers = {} }, at) =>
    Object.entries(readers).map(([reader, there]): Reading => ({
      ...empty,
      case: `c${at}`,
      reader,
      round: 1,
      labels: labelsOf(there),
    })),
  );
  return { ...base, reference, predictions, readings, ...more };
}

const evaluated = (made: readonly Made[], protocol?: Partial<EffectiveProtocol>): Result =>
  makeResult(inputsOf(made, protocol)).result;

/** So many cases of each kind. */
const times = (count: number, made: Made): Made[] => new Array<Made>(count).fill(made);

/** 40 cases: 12 AF (2 missed), 14 SB (all found), 3 alarms of AF; two sites. */
const sites: Made[] = [
  ...times(10, { site: "s1", truth: ["AF"], answer: ["AF"] }),
  ...times(2, { site: "s2", truth: ["AF"], answer: [] }),
  ...times(14, { site: "s2", truth: ["SB"], answer: ["SB"] }),
  ...times(3, { site: "s1", truth: [], answer: ["AF"] }),
  ...times(11, { site: "s2", truth: [], answer: [] }),
];

describe("results of a multi-label set", () => {
  const protocol = { strata: ["site", { cross: ["class", "site"] as ["class", "site"] }] };
  const result = evaluated(sites, protocol);

  it("are a document of the contract", () => {
    expect(resultDocument.type.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();
    expect(result.context.task.classes?.map(({ id }) => id)).toEqual(classes);
  });

  it("stand by class, whether the plan names the classes or not, with metrics of decisions", () => {
    expect(rowOf(result, "sensitivity", { class: "AF" })).toMatchObject({
      unit: "case",
      estimate: 10 / 12,
      n: { numerator: 10, denominator: 12 },
    });
    expect(rowOf(result, "specificity", { class: "AF" }).estimate).toBe(25 / 28);
    expect(rowOf(result, "sensitivity", { class: "SB" }).estimate).toBe(1);
    expect(rowOf(result, "sensitivity", { class: "RBBB" })).toMatchObject({
      estimate: null,
      notEstimable: { reason: "no-positives" },
    });
    const axes = new Set(
      result.metrics.filter(({ metric }) => metric === "sensitivity").map(({ stratum }) => Object.keys(stratum).join()),
    );
    expect([...axes]).toEqual(["class", "class,site"]);
  });

  it("stand over all classes, overall and by attributes of cases, with averages", () => {
    expect(rowOf(result, "macro-sensitivity").estimate).toBeCloseTo((10 / 12 + 1) / 2, 15);
    expect(rowOf(result, "macro-sensitivity").flags).toContain("classes-left-out");
    expect(rowOf(result, "subset-accuracy")).toMatchObject({ n: { numerator: 35, denominator: 40 } });
    expect(rowOf(result, "subset-accuracy", { site: "s1" })).toMatchObject({ n: { numerator: 10, denominator: 13 } });
    const axes = new Set(
      result.metrics.filter(({ metric }) => metric === "macro-f1").map(({ stratum }) => Object.keys(stratum).join()),
    );
    expect([...axes]).toEqual(["", "site"]);
  });

  it("cross classes with attributes", () => {
    expect(rowOf(result, "sensitivity", { class: "AF", site: "s2" }).n).toMatchObject({ numerator: 0, denominator: 2 });
    expect(rowOf(result, "sensitivity", { class: "AF", site: "s1" }).n).toMatchObject({
      numerator: 10,
      denominator: 10,
    });
  });

  it("count the cases of a class", () => {
    const count = (stratum: Record<string, string>) =>
      result.sample.composition.find((row) => JSON.stringify(row.stratum) === JSON.stringify(stratum));
    expect(count({ class: "AF" })).toMatchObject({ cases: 40, positiveCases: 12 });
    expect(count({ class: "AF", site: "s2" })).toMatchObject({ cases: 27, positiveCases: 2 });
    expect(count({ site: "s1" })).toMatchObject({ cases: 13, positiveCases: 10 });
    expect(result.sample.positiveCases).toBe(26);
  });

  it("have a confusion table a class and no test of differences between classes", () => {
    expect(result.confusion.map(({ stratum }) => stratum.class)).toEqual(classes);
    expect(result.confusion.find(({ stratum }) => stratum.class === "AF")?.counts).toEqual([
      [10, 2, 0],
      [3, 25, 0],
    ]);
    expect(result.heterogeneity.map(({ dimension }) => dimension)).toEqual(["site"]);
    expect(result.decisionConsistency).toBeUndefined();
    expect(result.curves).toEqual([]);
    expect(result.readerPanel).toBeUndefined();
  });

  it("name metrics without a level", () => {
    expect(result.context.metricTitles.sensitivity?.title).toEqual({ "zh-CN": "灵敏度", en: "Sensitivity" });
    const other = evaluated(sites, { metrics: ["sensitivity", "ppv-at-prevalence@0.1"], primary: "sensitivity" });
    expect(other.context.metricTitles["ppv-at-prevalence@0.1"]?.title.en).toMatch(/^Positive predictive value.*0\.1/);
  });

  it("have one ROC a class, with the product's decisions where they lie", () => {
    const made = inputsOf(sites);
    const predictions = made.predictions.map((line, at): Prediction => ({
      ...line,
      scores: Object.fromEntries(classes.map((id) => [id, (at % 7) / 7])),
    }));
    const { curves, decisionConsistency, metrics } = makeResult({ ...made, predictions }).result;
    expect(curves.map(({ stratum }) => stratum.class)).toEqual(["SB", "AF"]);
    expect(curves[1]).toMatchObject({ unit: "case", operatingPoint: { x: 3 / 28, y: 10 / 12, threshold: null } });
    // Scores of no meaning: neither class that is called can come from them.
    expect(decisionConsistency?.filter(({ consistent }) => !consistent).map(({ stratum }) => stratum.class)).toEqual([
      "SB",
      "AF",
    ]);
    const areas = metrics.filter(({ metric, stratum }) => metric === "auc" && Object.keys(stratum).length === 1);
    expect(areas.find(({ stratum }) => stratum.class === "AF")?.flags).toContain("scores-contradict-decisions");
  });
});

describe("operating points of a multi-label set", () => {
  const made = inputsOf(times(8, { truth: ["AF"], answer: [] }));
  const predictions = made.predictions.map((line): Prediction => ({
    ...line,
    labels: {},
    scores: Object.fromEntries(classes.map((id) => [id, 0.4])),
  }));
  const sensitivity = (
    operatingPoint: Submission["operatingPoint"],
    rule: EffectiveProtocol["operatingPoint"] = "submission",
  ) => {
    const manifest: Submission = { ...made.manifest, operatingPoint };
    const protocol = { ...made.protocol, operatingPoint: rule };
    return rowOf(makeResult({ ...made, predictions, manifest, protocol }).result, "sensitivity", { class: "AF" });
  };

  it("are the submission's threshold, or the one of the class", () => {
    expect(sensitivity({ threshold: 0.4 }).estimate).toBe(1);
    expect(sensitivity({ threshold: 0.5 }).estimate).toBe(0);
    expect(sensitivity({ threshold: 0.5, thresholds: { AF: 0.3 } }).estimate).toBe(1);
    expect(sensitivity({ thresholds: { AF: 0.3 } }).estimate).toBe(1);
    expect(sensitivity({ thresholds: { SB: 0.3 } }).notEstimable).toEqual({ reason: "no-operating-point" });
    expect(sensitivity(undefined).notEstimable).toEqual({ reason: "no-operating-point" });
  });

  it("are the plan's threshold where it sets one; a rate of false positives or none gives none", () => {
    expect(sensitivity({ threshold: 0.9 }, { threshold: 0.4 }).estimate).toBe(1);
    expect(sensitivity({ threshold: 0.1 }, { threshold: 0.5 }).estimate).toBe(0);
    expect(sensitivity({ threshold: 0.1 }, "none").notEstimable).toEqual({ reason: "no-operating-point" });
    expect(sensitivity({ threshold: 0.1 }, { falsePositivesPerCase: 1 }).notEstimable).toEqual({
      reason: "no-operating-point",
    });
  });
});

/** 20 cases of AF in 40; r1 misses 4, r2 misses 2 others and has 3 alarms, the product misses 1. */
const read: Made[] = [
  ...times(13, { truth: ["AF"], answer: ["AF"], readers: { r1: ["AF"], r2: ["AF"] } }),
  ...times(4, { truth: ["AF"], answer: ["AF"], readers: { r1: [], r2: ["AF"] } }),
  ...times(2, { truth: ["AF"], answer: ["AF"], readers: { r1: ["AF"], r2: [] } }),
  ...times(1, { truth: ["AF"], answer: [], readers: { r1: ["AF"], r2: ["AF"] } }),
  ...times(3, { truth: [], answer: [], readers: { r1: [], r2: ["AF"] } }),
  ...times(17, { truth: [], answer: [], readers: { r1: [], r2: [] } }),
];

describe("product and readers", () => {
  const panelOf = (made: readonly Made[], id = "AF", protocol?: Partial<EffectiveProtocol>) => {
    const found = evaluated(made, protocol).readerPanel?.find(({ stratum }) => stratum.class === id);
    if (!found) throw new Error(`no panel of ${id}`);
    return found;
  };
  const panel = panelOf(read);
  const pairIn = ({ pairs }: ReturnType<typeof panelOf>, a: string, b: string) => {
    const found = pairs.find(({ between }) => between[0] === a && between[1] === b);
    if (!found) throw new Error(`no pair ${a}, ${b}`);
    return found;
  };

  it("are each held against the reference", () => {
    expect(panel.raters.map(({ rater, role, counts }) => [rater, role, counts])).toEqual([
      ["product", "product", { tp: 19, fp: 0, fn: 1, tn: 20 }],
      ["r1", "reader", { tp: 16, fp: 0, fn: 4, tn: 20 }],
      ["r2", "reader", { tp: 18, fp: 3, fn: 2, tn: 17 }],
    ]);
    const [, r1] = panel.raters;
    expect(r1?.metrics.map(({ metric }) => metric)).toEqual(["sensitivity", "specificity", "ppv", "npv", "f1"]);
    expect(r1?.metrics[0]).toMatchObject({
      estimate: 0.8,
      stratum: { class: "AF" },
      unit: "case",
      interval: { method: "wilson" },
    });
    expect(evaluated(read).context.metricTitles.npv?.kind).toBe("proportion");
  });

  it("are compared in all pairs by kappa", () => {
    expect(panel.pairs.map(({ between }) => between.join("|"))).toEqual([
      "reference|product",
      "reference|r1",
      "reference|r2",
      "product|r1",
      "product|r2",
      "r1|r2",
    ]);
    const { calls, kappa, correctness } = pairIn(panel, "r1", "r2");
    // Both AF: 13 + 1; r1 alone: 2; r2 alone: 4 + 3; neither: 17.
    expect(calls).toEqual({ both: 14, onlyFirst: 2, onlySecond: 7, neither: 17 });
    const expected = cohenKappa([
      [17, 7],
      [2, 14],
    ]);
    expect(kappa.estimate).toBe(expected.ok && expected.kappa);
    expect(kappa.interval).toMatchObject({ method: "kappa_adjusted_wald", level: 0.95 });
    // Right where the other is wrong: r1 in 2 + 3, r2 in 4.
    expect(correctness?.counts).toEqual({ both: 31, onlyFirst: 5, onlySecond: 4, neither: 0 });
    expect(correctness?.difference.estimate).toBe(1 / 40);
    const tango = tangoDifference(31, 5, 4, 0);
    expect(correctness?.difference.interval).toMatchObject({
      low: tango.ok && tango.low,
      high: tango.ok && tango.high,
    });
    expect(pairIn(panel, "reference", "r1").correctness).toBeNull();
  });

  it("are tested by McNemar's test in three variants that are named", () => {
    const tests = pairIn(panel, "r1", "r2").correctness?.tests ?? [];
    expect(tests.map(({ test }) => test)).toEqual(["mcnemar-uncorrected", "mcnemar-exact", "mcnemar-mid-p"]);
    expect(tests[0]?.statistic).toBeCloseTo(1 / 9, 15);
    expect(tests[1]?.p).toBeCloseTo(1, 12);
    const midP = mcnemarMidP(5, 4);
    expect(tests[2]?.p).toBe(midP.ok && midP.p);
  });

  it("have a kappa of 1 with an interval where they agree on every case, and none where nobody calls anything", () => {
    const perfect = times(6, { truth: ["AF"], answer: ["AF"], readers: { r1: ["AF"] } }).concat(
      times(6, { truth: [], answer: [], readers: { r1: [] } }),
    );
    expect(pairIn(panelOf(perfect), "product", "r1").kappa).toMatchObject({
      estimate: 1,
      interval: { low: expect.closeTo(0.436, 3) as number, high: 1, method: "kappa_adjusted_wald" },
    });
    expect(pairIn(panelOf(perfect, "SB"), "product", "r1").kappa).toEqual({
      estimate: null,
      interval: null,
      notEstimable: { reason: "one-category" },
    });
    expect(pairIn(panelOf(perfect), "product", "r1").correctness?.tests.map(({ p }) => p)).toEqual([1, 1, 1]);
  });

  it("leave out of a pair what one of the two did not read", () => {
    const some = read.map((made, at): Made =>
      at % 2 === 0 ? made : { ...made, readers: { r1: made.readers?.r1 ?? [] } },
    );
    const own = panelOf(some);
    const read2 = Object.values(own.raters[2]?.counts ?? {}).reduce((sum, count) => sum + count, 0);
    expect(read2).toBe(20);
    expect(Object.values(pairIn(own, "r1", "r2").calls).reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(Object.values(pairIn(own, "product", "r1").calls).reduce((sum, count) => sum + count, 0)).toBe(40);
  });

  it("say nothing for fewer than five patients, or for readers who share no case", () => {
    const few = read.map((made, at): Made => {
      const { r1 = [], r2 = [] } = made.readers ?? {};
      return { ...made, readers: at < 4 ? { r1, r2 } : at % 2 === 0 ? { r1 } : { r2 } };
    });
    const { kappa, correctness } = pairIn(panelOf(few), "r1", "r2");
    expect(kappa).toEqual({ estimate: null, interval: null, notEstimable: { reason: "too-few-clusters" } });
    expect(correctness).toMatchObject({ difference: { notEstimable: { reason: "too-few-clusters" } }, tests: [] });
    const apart = read.map((made, at): Made => ({ ...made, readers: at % 2 === 0 ? { r1: [] } : { r2: [] } }));
    const none = pairIn(panelOf(apart), "r1", "r2");
    expect(none.kappa.notEstimable).toEqual({ reason: "no-data" });
    expect(none.correctness).toMatchObject({ difference: { notEstimable: { reason: "no-data" } }, tests: [] });
  });

  it("are judged by patient where a patient has several cases", () => {
    const paired = read.map((made, at): Made => ({ ...made, patient: `p${Math.floor(at / 2)}` }));
    const { kappa, correctness, calls } = pairIn(panelOf(paired), "r1", "r2");
    expect(calls).toEqual(pairIn(panel, "r1", "r2").calls);
    expect(kappa.estimate).toBe(pairIn(panel, "r1", "r2").kappa.estimate);
    expect(kappa.interval?.method).toBe("kappa_adjusted_clusters_t");
    expect(correctness?.tests.map(({ test }) => test)).toEqual(["cluster-mcnemar-obuchowski"]);
    expect(correctness?.difference.interval?.method).toBe("cluster_paired_tango");
    // Discordant cases that cancel within every patient leave nothing to test.
    const cancelled = times(6, { truth: ["AF"], answer: [], readers: { r1: ["AF"] } }).flatMap((made, at): Made[] => [
      { ...made, patient: `q${at}` },
      { ...made, patient: `q${at}`, answer: ["AF"], readers: { r1: [] } },
    ]);
    expect(pairIn(panelOf(cancelled), "product", "r1").correctness).toMatchObject({
      counts: { both: 0, onlyFirst: 6, onlySecond: 6, neither: 0 },
      difference: { estimate: 0, interval: { method: "cluster_paired_tango" } },
      tests: [],
    });
  });

  it("count a failed case as the product's wrong answer, unless the plan leaves failed cases out", () => {
    const failing = [...read.slice(1), { ...(read[0] as Made), answer: null }];
    expect(panelOf(failing).raters[0]?.counts).toEqual({ tp: 18, fp: 0, fn: 2, tn: 20 });
    expect(panelOf(failing, "AF", { failedCases: "exclude" }).raters[0]?.counts).toEqual({
      tp: 18,
      fp: 0,
      fn: 1,
      tn: 20,
    });
  });
});

describe("the client's copy of a multi-label result", () => {
  // AF 6, SB 12, ST 15, LBBB 20, the others none.
  const small: Made[] = [
    ...times(6, { truth: ["AF"], answer: ["AF"], readers: { r1: ["AF"] } }),
    ...times(12, { truth: ["SB"], answer: ["SB"], readers: { r1: [] } }),
    ...times(15, { truth: ["ST"], answer: ["ST"], readers: { r1: ["ST"] } }),
    ...times(20, { truth: ["LBBB"], answer: [], readers: { r1: ["LBBB"] } }),
    ...times(40, { truth: [], answer: [], readers: { r1: [] } }),
  ];
  const whole = evaluated(small, { strata: ["class"] });
  const copy = suppressed(whole);
  const hidden = (id: string) =>
    copy.metrics.filter(({ stratum }) => stratum.class === id).every(({ flags }) => flags.includes("suppressed"));

  it("hides a small class, and another one, for the averages would give it away", () => {
    expect(hidden("AF")).toBe(true);
    expect(classes.filter(hidden).length).toBeGreaterThan(1);
    expect(hidden("LBBB")).toBe(false);
    expect(
      copy.metrics.find(({ metric, stratum }) => metric === "macro-f1" && Object.keys(stratum).length === 0)?.estimate,
    ).toBe(rowOf(whole, "macro-f1").estimate);
  });

  it("shows nothing else of a hidden class: no table, no count, no panel", () => {
    const shownIn = (rows: readonly { stratum: Readonly<Record<string, string>> }[]) =>
      [...new Set(rows.flatMap(({ stratum }) => stratum.class ?? []))].filter(hidden);
    expect(shownIn(copy.confusion)).toEqual([]);
    expect(shownIn(copy.sample.composition)).toEqual([]);
    expect(shownIn(copy.readerPanel ?? [])).toEqual([]);
    expect(copy.readerPanel?.map(({ stratum }) => stratum.class)).toContain("LBBB");
    expect(whole.readerPanel?.map(({ stratum }) => stratum.class)).toEqual(classes);
    expect(resultDocument.type.safeParse(JSON.parse(JSON.stringify(copy))).success).toBe(true);
  });

  it("hides the panel of a small class where the plan has no metric of it", () => {
    const without = suppressed(evaluated(small, { strata: ["class"], metrics: ["macro-f1"], primary: "macro-f1" }));
    expect(without.readerPanel?.map(({ stratum }) => stratum.class)).not.toContain("AF");
  });

  it("keeps all where nothing is small", () => {
    const large = [...sites, ...sites].map((made): Made => ({ ...made, site: "s1", readers: { r1: made.truth } }));
    const own = evaluated(large, { strata: ["class"] });
    const shown = suppressed(own);
    expect(shown.readerPanel).toEqual(own.readerPanel);
    expect(shown.metrics).toEqual(own.metrics);
  });
});

describe("two multi-label products", () => {
  const better = sites.map((made): Made => (made.truth.includes("AF") ? { ...made, answer: ["AF"] } : made));
  const scored = (made: readonly Made[]) => makeResult(inputsOf(made)).scored;
  const { protocol } = inputsOf(sites);
  const differences = pairedDifferences(scored(sites), scored(better), protocol, false);
  const row = (metric: string, id?: string) =>
    differences.find(
      (one) =>
        one.metric === metric &&
        one.stratum.class === id &&
        Object.keys(one.stratum).length === (id === undefined ? 0 : 1),
    );

  it("are compared class by class on the same cases", () => {
    expect(row("sensitivity", "AF")).toMatchObject({
      title: { en: "Sensitivity" },
      baseline: 10 / 12,
      candidate: 1,
      test: "mcnemar-mid-p",
      pairs: { both: 10, onlyBaseline: 0, onlyCandidate: 2, neither: 0 },
    });
    expect(row("sensitivity", "SB")?.pairs).toEqual({ both: 14, onlyBaseline: 0, onlyCandidate: 0, neither: 0 });
    expect(row("specificity", "AF")?.pairs).toEqual({ both: 25, onlyBaseline: 0, onlyCandidate: 0, neither: 3 });
    expect(row("macro-sensitivity")).toMatchObject({ pairs: null, test: "patient-clustered-paired-bootstrap" });
    expect(row("sensitivity")).toBeUndefined();
  });

  it("have every class among the tests that are adjusted", () => {
    const holm = { ...protocol, comparison: { ...protocol.comparison, multiplicity: "holm" as const } };
    const adjusted = pairedDifferences(scored(sites), scored(better), holm, false);
    const judged = adjusted.filter(({ adjustedP }) => adjustedP !== null);
    expect(judged.map(({ stratum }) => stratum.class)).toContain("AF");
    expect(judged.every(({ p, adjustedP }) => (adjustedP as number) >= (p as number))).toBe(true);
    expect(adjusted.filter(({ p, stratum }) => p !== null && Object.keys(stratum).length === 2)).toEqual([]);
  });
});
