/** Documents as the other stages write them, judged by the contract's schemas: a sealed nodule set, a grading set, a comparison. */
import type { Comparison } from "../../src/contract/comparison.js";
import { comparison as comparisonDocument } from "../../src/contract/comparison.js";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import { reportConfig, type ReportConfig } from "../../src/contract/report-config.js";
import {
  result as resultDocument,
  type MetricResult,
  type Result,
  type StratumKey,
} from "../../src/contract/result.js";
import { runDocument, type RunDocument } from "../../src/contract/run.js";
import type { Submission } from "../../src/contract/submission.js";

const hash = (letter: string): string => letter.repeat(64);

/** Wilson's interval at 95 %, enough for a plausible picture. */
function wilson(k: number, n: number): { low: number; high: number } {
  const z2 = 1.959963984540054 * 1.959963984540054;
  const centre = (k + z2 / 2) / (n + z2);
  const half = (Math.sqrt(z2) / (n + z2)) * Math.sqrt((k * (n - k)) / n + z2 / 4);
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** A proportion k/n with its interval. */
export function proportion(
  metric: string,
  k: number,
  n: number,
  stratum: StratumKey = {},
  unit = "lesion",
): MetricResult {
  const { low, high } = wilson(k, n);
  return {
    metric,
    stratum,
    unit,
    n: { numerator: k, denominator: n, patients: Math.max(5, Math.round(n * 0.7)) },
    estimate: k / n,
    interval: { low, high, level: 0.95, method: "wilson" },
    flags: n * 0.7 < 30 ? ["small-sample"] : [],
  };
}

/** A masked cell of a client's copy. */
export function maskedCell(metric: string, stratum: StratumKey): MetricResult {
  return { metric, stratum, unit: "lesion", n: {}, estimate: null, interval: null, flags: ["suppressed"] };
}

const title = (zh: string, en: string) => ({ "zh-CN": zh, en });

const protocol: EffectiveProtocol = {
  schema: "medassay/effective-protocol/1",
  id: "lung-nodule-plan",
  version: "1.2",
  task: "lung-nodule-detection",
  title: title("肺结节检出评测方案", "Plan for pulmonary nodule detection"),
  compatibility: "none",
  match: {
    rule: "centre-in-lesion",
    comparator: "le",
    minRadiusMm: 0,
    assignment: "one-to-one",
    duplicates: "separate",
    excluded: "ignore",
    maxMarksPerCase: null,
    capTies: "keep",
  },
  exclude: { belowMm: 3 },
  operatingPoint: "submission",
  metrics: [
    "lesion-sensitivity",
    "false-positives-per-case",
    "patient-auc",
    "froc-sensitivity@0.125",
    "froc-sensitivity@1",
    "froc-score",
  ],
  primary: "lesion-sensitivity",
  strata: ["site", { attribute: "sliceThickness", bins: ["(0,1)", "[1,2]", "[5,inf)"] }, "type"],
  intervals: { level: 0.95, cluster: "patient", replicates: 2000, seed: 20260101 },
  acceptance: [
    { id: "5.1", metric: "lesion-sensitivity", compare: "estimate", atLeast: 0.9 },
    { id: "5.2", metric: "false-positives-per-case", compare: "estimate", atMost: 1 },
  ],
  comparison: { metrics: ["lesion-sensitivity"], margin: 0.03, alpha: 0.05, multiplicity: "primary-only" },
  absentCases: "error",
  failedCases: "count-against",
  maxFailedCases: 0.05,
  blinding: "sealed",
  isolation: { atLeast: "L1" },
  deadlines: { createSeconds: 60, caseSeconds: 120 },
  attempts: { limit: 5, per: "product" },
  requireComposition: false,
  disclosure: { minimumCell: 10 },
};

const manifest: Submission = {
  schema: "medassay/submission/1",
  id: "nodule-a",
  vendor: "Example Imaging Ltd",
  product: {
    name: title("肺结节辅助检测软件", "Pulmonary nodule detector"),
    model: "ND-1",
    version: { release: "2.1", complete: "2.1.0.17" },
    intendedUse: title("供放射科医师辅助检出肺结节", "Assists radiologists in finding pulmonary nodules"),
  },
  task: "lung-nodule-detection",
  operatingPoint: { threshold: 0.42 },
  training: { summary: "1,200 scans of 7 hospitals, 2018-2023", testDataUsed: false },
  kind: "onnx",
  model: { file: "model.onnx", sha256: hash("a") },
  inputs: [
    {
      name: "volume",
      dtype: "float32",
      shape: ["n", 1, 64, 64, 64],
      axes: ["n", "c", "z(I->S)", "y(A->P)", "x(R->L)"],
      preprocess: [{ op: "window", low: -1000, high: 400 }],
    },
  ],
  outputs: [{ name: "heat", dtype: "float32", shape: ["n", 1, 64, 64, 64], scoreDirection: "higher" }],
  postprocess: [{ op: "peaks", least: 0.1 }],
  tests: [],
};

const model = {
  bytes: 812_345,
  sha256: hash("a"),
  irVersion: 9,
  opsets: { "": 17 },
  producer: "pytorch",
  nodes: 41,
  initializers: 36,
  operators: { Conv: 14, Relu: 13 },
  inputs: [{ name: "volume", dtype: "float32", shape: ["n", 1, 64, 64, 64] }],
  outputs: [{ name: "heat", dtype: "float32", shape: ["n", 1, 64, 64, 64] }],
};

/** 186 lesions of 340 cases; the numbers of the examples that reports are checked with. */
function metricsOfNodules(): MetricResult[] {
  const { low, high } = { low: 0.741, high: 1.012 };
  return [
    proportion("lesion-sensitivity", 171, 186),
    {
      metric: "false-positives-per-case",
      stratum: {},
      unit: "case",
      n: { numerator: 296, denominator: 340, patients: 340 },
      estimate: 296 / 340,
      interval: { low, high, level: 0.95, method: "quasi_poisson_t" },
      flags: [],
    },
    {
      metric: "patient-auc",
      stratum: {},
      unit: "patient",
      n: { positives: 150, negatives: 190, patients: 340 },
      estimate: 0.9205,
      interval: { low: 0.8895, high: 0.9431, level: 0.95, method: "auc_delong_logit" },
      flags: [],
    },
    ...(
      [
        [0.125, 0.7043],
        [1, 0.9247],
      ] as const
    ).map(([rate, estimate]): MetricResult => ({
      metric: `froc-sensitivity@${rate}`,
      stratum: {},
      unit: "lesion",
      n: { lesions: 186, cases: 340 },
      estimate,
      interval: { low: estimate - 0.06, high: estimate + 0.04, level: 0.95, method: "bootstrap_percentile" },
      flags: [],
    })),
    {
      metric: "froc-score",
      stratum: {},
      unit: "lesion",
      n: { lesions: 186, cases: 340 },
      estimate: 0.8571,
      interval: { low: 0.81, high: 0.89, level: 0.95, method: "bootstrap_percentile" },
      flags: [],
    },
    proportion("lesion-sensitivity", 62, 64, { sliceThickness: "(0,1)" }),
    proportion("lesion-sensitivity", 71, 78, { sliceThickness: "[1,2]" }),
    proportion("lesion-sensitivity", 38, 44, { sliceThickness: "[5,inf)" }),
    proportion("lesion-sensitivity", 100, 106, { type: "solid" }),
    proportion("lesion-sensitivity", 62, 70, { type: "ground-glass" }),
    maskedCell("lesion-sensitivity", { type: "calcified" }),
    {
      metric: "lesion-sensitivity",
      stratum: { type: "cavitary" },
      unit: "lesion",
      n: { numerator: 0, denominator: 0, patients: 0 },
      estimate: null,
      interval: null,
      notEstimable: { reason: "no-positives" },
      flags: [],
    },
  ];
}

/** A sealed nodule set in the client's copy, second attempt, all criteria met. */
export function noduleResult(): Result {
  const composition: Result["sample"]["composition"] = [
    { stratum: { sliceThickness: "(0,1)" }, cases: 120, patients: 120, positiveCases: 52, findings: 64 },
    { stratum: { sliceThickness: "[1,2]" }, cases: 140, patients: 140, positiveCases: 60, findings: 78 },
    { stratum: { sliceThickness: "[5,inf)" }, cases: 80, patients: 80, positiveCases: 38, findings: 44 },
    { stratum: { type: "solid" }, cases: 80, patients: 80, positiveCases: 80, findings: 106 },
    { stratum: { type: "ground-glass" }, cases: 61, patients: 61, positiveCases: 61, findings: 70 },
  ];
  const document: Result = {
    schema: "medassay/result/1",
    inputs: {
      dataset: "chest-demo",
      cardHash: hash("1"),
      indexHash: hash("2"),
      truthCommitment: hash("3"),
      truthHash: hash("4"),
      protocolHash: hash("5"),
      submissionHash: hash("6"),
      predictionsHash: hash("7"),
    },
    submission: "nodule-a",
    openTruth: false,
    suppressed: true,
    attempt: 2,
    context: {
      card: {
        schema: "medassay/dataset/1",
        id: "chest-demo",
        version: "1.0",
        title: title("胸部 CT 测试集", "Chest CT test set"),
        task: "lung-nodule-detection",
        modality: "CT",
        owner: "Test House",
        licence: "closed",
        provenance: "clinical",
        sites: [{ id: "A", name: "Site A", region: "East", level: "3A", ethicsApproval: "EC-2025-01" }],
        annotators: [
          { id: "r1", role: "reader", qualification: "attending", years: 8 },
          { id: "r2", role: "reader", qualification: "attending", years: 11 },
          { id: "a1", role: "arbiter", qualification: "chief", years: 21 },
        ],
        annotation: {
          design: "two-readers-two-rounds-blind-with-arbiter",
          adjudication: {
            rule: "two-readers-arbiter",
            pairing: { rule: "centre-distance", factor: 1, minDistanceMm: 3 },
            size: "mean",
            label: "majority",
          },
        },
        collection: { period: "2024-01/2025-06", inclusion: "adults", exclusion: "motion" },
        waivers: [],
      },
      manifest,
      model,
      protocol,
      task: {
        id: "lung-nodule-detection",
        title: title("肺部CT：肺结节检出", "Chest CT: pulmonary nodule detection"),
        form: "detection",
        caseUnit: "case",
      },
      metricTitles: {
        "lesion-sensitivity": {
          title: title("病灶级召回率", "Lesion sensitivity"),
          formula: title("TP / (TP + FN)", "TP / (TP + FN)"),
          kind: "proportion",
          higherIsBetter: true,
          source: "YY/T 1833.1-2022",
        },
        "false-positives-per-case": {
          title: title("平均每例假阳性数", "False positives per case"),
          formula: title("假阳性标记数 / 病例数", "FP / cases"),
          kind: "rate",
          higherIsBetter: false,
          source: "YY/T 1833.1-2022",
        },
        "patient-auc": {
          title: title("患者级AUC", "Patient-level AUC"),
          formula: title("ROC 曲线下面积", "area under the ROC curve"),
          kind: "index",
          higherIsBetter: true,
          source: "YY/T 1833.1-2022",
        },
        "froc-sensitivity@0.125": {
          title: title("召回率（0.125 FP/例）", "Sensitivity at 0.125 FP/case"),
          formula: title("", ""),
          kind: "proportion",
          higherIsBetter: true,
          source: "",
        },
        "froc-sensitivity@1": {
          title: title("召回率（1 FP/例）", "Sensitivity at 1 FP/case"),
          formula: title("", ""),
          kind: "proportion",
          higherIsBetter: true,
          source: "",
        },
        "froc-score": {
          title: title("FROC 得分", "FROC score"),
          formula: title("均值", "mean"),
          kind: "proportion",
          higherIsBetter: true,
          source: "LUNA16",
        },
      },
      attributeTitles: {
        site: title("机构", "site"),
        sliceThickness: title("层厚 (mm)", "slice thickness (mm)"),
        type: title("类型", "type"),
      },
      attributeOrigins: { site: { declared: 340 }, sliceThickness: { "sliceSpacingMm computed": 340 } },
      valueTitles: { type: { solid: title("实性", "solid"), "ground-glass": title("纯磨玻璃", "pure ground-glass") } },
      matching: title(
        "标记中心位于病灶内（含边界）即为命中。",
        "A mark hits a lesion when its centre lies in it (border included).",
      ),
      gates: [
        {
          code: "COMPOSITION_SITES_FEW",
          severity: "warning",
          cases: [],
          files: [],
          message: "1 site, 5 are asked for",
          remedy: "add sites",
        },
      ],
      joins: [],
    },
    sample: {
      cases: 340,
      patients: 340,
      sites: 1,
      findings: 186,
      excludedFindings: 12,
      positiveCases: 150,
      assumedPatients: 0,
      composition,
      failed: 2,
      absent: 0,
      failures: { MODEL_TIMEOUT: 2 },
      marks: {
        given: 900,
        truePositive: 180,
        falsePositive: 690,
        truePositiveAtThreshold: 171,
        falsePositiveAtThreshold: 296,
      },
    },
    threshold: 0.42,
    agreement: [
      {
        measure: "positive-agreement",
        title: title("阳性一致率", "Positive agreement"),
        between: ["r1", "r2"],
        rounds: [2],
        n: { a: 150, b: 20, c: 18 },
        estimate: 300 / 338,
        interval: { low: 0.85, high: 0.92, level: 0.95, method: "bootstrap_percentile" },
      },
    ],
    metrics: metricsOfNodules(),
    worstStratum: {
      metric: "lesion-sensitivity",
      stratum: { sliceThickness: "[5,inf)" },
      estimate: 38 / 44,
      overall: 171 / 186,
    },
    heterogeneity: [
      {
        dimension: "sliceThickness",
        metric: "lesion-sensitivity",
        statistic: 4.31,
        df: 2,
        p: 0.1159,
        adjustedP: 0.2318,
        method: "cochran-q-holm",
      },
    ],
    curves: [
      {
        kind: "froc",
        stratum: {},
        unit: "lesion",
        points: [
          [0, 0, null],
          [0.05, 0.6, 0.9],
          [0.125, 0.7043, 0.8],
          [0.5, 0.88, 0.6],
          [296 / 340, 171 / 186, 0.42],
          [4, 0.96, 0.1],
          [8.5, 0.97, 0.05],
        ],
        n: { lesions: 186, cases: 340 },
        operatingPoint: { x: 296 / 340, y: 171 / 186, threshold: 0.42 },
      },
      {
        kind: "roc",
        stratum: {},
        unit: "patient",
        points: [
          [0, 0, null],
          [0.05, 0.7, 0.8],
          [0.2, 0.92, 0.42],
          [1, 1, 0],
        ],
        n: { positives: 150, negatives: 190 },
        operatingPoint: { x: 0.2, y: 0.92, threshold: 0.42 },
      },
    ],
    confusion: [
      {
        unit: "patient",
        stratum: {},
        rows: ["positive", "negative"],
        columns: ["positive", "negative", "failed"],
        counts: [
          [138, 11, 1],
          [38, 151, 1],
        ],
      },
    ],
    criteria: [
      {
        criterion: protocol.acceptance[0] as Result["criteria"][number]["criterion"],
        value: 171 / 186,
        verdict: "pass",
      },
      {
        criterion: protocol.acceptance[1] as Result["criteria"][number]["criterion"],
        value: 296 / 340,
        verdict: "pass",
      },
    ],
    verdict: "pass",
    seed: 20260101,
    tool: { name: "medassay", version: "0.1.0" },
  };
  return resultDocument.type.parse(document);
}

/** The run that the result came from. */
export function noduleRun(result: Result): RunDocument {
  return runDocument.type.parse({
    schema: "medassay/run/1",
    dataset: { id: "chest-demo", version: "1.0", path: "../chest-demo" },
    cardHash: hash("1"),
    indexHash: hash("2"),
    protocol,
    protocolHash: hash("5"),
    openTruth: result.openTruth,
    truthCommitment: result.inputs.truthCommitment,
    kind: "inference",
    submissions: [
      {
        id: result.submission,
        manifest: result.context.manifest,
        manifestHash: hash("6"),
        ...(result.context.model ? { model: result.context.model } : {}),
        hashes: { graph: hash("8"), preprocess: hash("9"), postprocess: hash("b"), threshold: hash("c") },
        status: "complete",
        cases: 340,
        failed: 2,
        failures: { MODEL_TIMEOUT: 2 },
        predictionsHash: result.inputs.predictionsHash,
        repeat: { cases: 6, equal: 6 },
        notes: [],
      },
    ],
    isolation: { level: "L2", probes: { network: false, truthReadable: false }, method: "bubblewrap" },
    concurrency: { processes: 2, threadsPerProcess: 1 },
    environment: {
      node: "20.19.0",
      onnxruntime: "1.30.0",
      provider: "cpu",
      platform: "linux",
      arch: "x64",
      cpu: "Example CPU",
      cores: 2,
      memoryMb: 8192,
    },
    startedAt: "2026-03-01T09:00:00Z",
    endedAt: "2026-03-01T09:01:10Z",
    lastProcessEndedAt: "2026-03-01T09:01:05Z",
    tool: { name: "medassay", version: "0.1.0" },
  });
}

/** An update of the same product against it: 340 paired cases, 9 only baseline right, 4 only candidate right. */
export function noduleComparison(result: Result): Comparison {
  const side = (submission: string, complete: string, predictions: string) => ({
    submission,
    version: { release: "2.1", complete },
    product: manifest.product.name,
    submissionHash: hash("6"),
    predictionsHash: predictions,
    modelSha256: hash("a"),
  });
  const document: Comparison = {
    schema: "medassay/comparison/1",
    inputs: {
      dataset: "chest-demo",
      cardHash: hash("1"),
      indexHash: hash("2"),
      truthHash: hash("4"),
      protocolHash: hash("5"),
    },
    baseline: side("nodule-0", "2.0.3.11", hash("0")),
    candidate: side(result.submission, "2.1.0.17", result.inputs.predictionsHash),
    openTruth: result.openTruth,
    paired: true,
    notComparable: [],
    primary: "lesion-sensitivity",
    differences: [
      {
        metric: "lesion-sensitivity",
        title: title("病灶级召回率", "Lesion sensitivity"),
        stratum: {},
        baseline: 0.935,
        candidate: 0.92,
        difference: -5 / 340,
        interval: { low: -0.0354, high: 0.006, level: 0.95, method: "paired_diff_tango" },
        p: 0.26684570313,
        adjustedP: null,
        test: "mcnemar-exact",
        margin: 0.03,
        higherIsBetter: true,
        pairs: { both: 300, onlyBaseline: 9, onlyCandidate: 4, neither: 27 },
        verdict: "inconclusive",
      },
      {
        metric: "lesion-sensitivity",
        title: title("病灶级召回率", "Lesion sensitivity"),
        stratum: { sliceThickness: "[5,inf)" },
        baseline: 0.9,
        candidate: 0.8636,
        difference: -0.0364,
        interval: { low: -0.11, high: 0.03, level: 0.95, method: "bootstrap_percentile" },
        p: 0.31,
        adjustedP: null,
        test: "patient-clustered-paired-bootstrap",
        margin: 0.03,
        higherIsBetter: true,
        pairs: null,
        verdict: "inconclusive",
      },
    ],
    failed: { cases: 340, baseline: 3, candidate: 2, allowed: 0.05 },
    cases: { changed: 13, leftOut: 0, list: null },
    hashes: { graph: "equal", weights: "changed", preprocess: "equal", postprocess: "equal", threshold: "equal" },
    changeCodes: ["C4"],
    verdict: "inconclusive",
    versionChange: {
      from: "2.0.3.11",
      to: "2.1.0.17",
      claims: "minor",
      agrees: null,
      explanation: title("未检出显著改变。", "No significant change was found."),
    },
    seed: 20260101,
    tool: { name: "medassay", version: "0.1.0" },
  };
  return comparisonDocument.type.parse(document);
}

/** report.yaml with what people add. */
export function signedConfig(more: Record<string, unknown> = {}): ReportConfig {
  return reportConfig.type.parse({
    schema: "medassay/report/1",
    number: "MA-2026-0042-R0",
    date: "2026-03-05",
    body: title("某测试中心", "A test house"),
    client: { name: "Example Imaging Ltd", address: "1 Example Road" },
    ...more,
  });
}
