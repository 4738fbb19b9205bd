/** Small test sets made in memory: what the evaluation gets from the other stages, said in a few words a case. */
import type { CaseIndex } from "../../src/contract/case-index.js";
import type { DatasetCard } from "../../src/contract/dataset-card.js";
import type { AttributeValue, Finding } from "../../src/contract/finding.js";
import type { Prediction } from "../../src/contract/prediction.js";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import type { Reference } from "../../src/contract/reading.js";
import type { MetricResult, Result, StratumKey } from "../../src/contract/result.js";
import type { Submission } from "../../src/contract/submission.js";
import { metricRow } from "../../src/evaluation/criteria.js";
import { makeResult, type EvaluationInputs } from "../../src/evaluation/result.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";

/** A lesion of 6 mm, the n-th of its case, found at `score` (null: no mark on it). */
export interface MadeLesion {
  readonly score: number | null;
  readonly mm?: number;
  readonly type?: string;
}

export interface MadeCase {
  readonly patient: string;
  readonly site?: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  /** Detection: lesions, and scores of marks that lie on nothing. */
  readonly lesions?: readonly MadeLesion[];
  readonly falseMarks?: readonly number[];
  /** Grading: grade of the reference (null: not gradable), and the product's grade and score. */
  readonly grade?: number | null;
  readonly answer?: number;
  readonly score?: number;
  readonly failed?: boolean;
}

const hash = (letter: string): string => letter.repeat(64);

const card: DatasetCard = {
  schema: "medassay/dataset/1",
  id: "made",
  version: "1",
  title: { "zh-CN": "测试", en: "made" },
  task: "lung-nodule-detection",
  modality: "CT",
  owner: "nobody",
  licence: "none",
  provenance: "synthetic",
  sites: [],
  annotators: [],
  annotation: { design: "imported" },
  collection: {},
  waivers: [],
};

function manifestOf(task: string, threshold: number): Submission {
  return {
    schema: "medassay/submission/1",
    id: "product",
    vendor: "nobody",
    product: {
      name: { "zh-CN": "产品", en: "product" },
      model: "P",
      version: { release: "1", complete: "1.0.0.0" },
    },
    task,
    operatingPoint: { threshold },
    kind: "predictions",
  };
}

/** Lesions lie 100 mm apart on a line; false marks on a line beside it. */
const place = (n: number): [number, number, number] => [100 * n, 0, 0];

function findingsOf(made: MadeCase): { truth: Finding[]; marks: Finding[] } {
  const lesions = made.lesions ?? [];
  const truth = lesions.map(({ mm = 6, type }, n): Finding => ({
    id: `l${n}`,
    geometry: { type: "sphere", center: place(n), diameterMm: mm },
    ...(type === undefined ? {} : { attributes: { type } }),
  }));
  const hits = lesions.flatMap(({ score }, n): Finding[] =>
    score === null ? [] : [{ id: `m${n}`, geometry: { type: "point", at: place(n) }, score }],
  );
  const alarms = (made.falseMarks ?? []).map((score, n): Finding => ({
    id: `f${n}`,
    geometry: { type: "point", at: [100 * n, 5000, 0] },
    score,
  }));
  return { truth, marks: [...hits, ...alarms] };
}

export type MadeTask = "lung-nodule-detection" | "dr-grading" | "ecg-diagnosis";

/** Everything that makeResult needs. Cases are named c0, c1 ... in the order given. */
export function madeInputs(
  task: MadeTask,
  cases: readonly MadeCase[],
  protocol: Partial<EffectiveProtocol> = {},
  threshold = 0.5,
): EvaluationInputs {
  const profile = taskProfile(task);
  const index: CaseIndex = {
    schema: "medassay/index/1",
    dataset: { id: card.id, version: card.version, cardHash: hash("0") },
    task,
    cases: cases.map((made, at) => ({
      id: `c${at}`,
      patient: made.patient,
      site: made.site ?? "unknown",
      kind: "none",
      files: [],
      attributes: Object.fromEntries(
        Object.entries(made.attributes ?? {}).map(([name, value]) => [name, { value, origin: "declared" as const }]),
      ),
      issues: [],
    })),
    gates: [],
    joins: [],
    tool: { name: "medassay", version: "0" },
  };
  const reference = new Map(
    cases.map((made, at): [string, Reference] => [
      `c${at}`,
      {
        case: `c${at}`,
        findings: findingsOf(made).truth,
        labels: made.grade === undefined ? {} : made.grade === null ? { gradable: false } : { icdr: made.grade },
        quantities: {},
        basis: { rule: "made", readers: [] },
      },
    ]),
  );
  const predictions = cases.map((made, at): Prediction => {
    const line = { case: `c${at}`, scores: {}, labels: {}, quantities: {} };
    if (made.failed) {
      return {
        ...line,
        status: "failed",
        findings: [],
        error: { code: "MODEL_CRASHED", message: "" },
      };
    }
    return {
      ...line,
      status: "ok",
      findings: findingsOf(made).marks,
      scores: made.score === undefined ? {} : { referable: made.score },
      labels: made.answer === undefined ? {} : { icdr: made.answer },
    };
  });
  const effective = effectiveProtocol(profile, null);
  return {
    card: { ...card, task },
    index,
    reference,
    readings: [],
    agreement: [],
    protocol: { ...effective, intervals: { ...effective.intervals, replicates: 100 }, ...protocol },
    profile,
    manifest: manifestOf(task, threshold),
    submission: "product",
    model: null,
    predictions,
    hashes: {
      dataset: "made 1",
      cardHash: hash("0"),
      indexHash: hash("1"),
      truthCommitment: null,
      truthHash: hash("2"),
      protocolHash: hash("3"),
      submissionHash: hash("4"),
      predictionsHash: hash("5"),
    },
    openTruth: false,
    attempt: 1,
    tool: { name: "medassay", version: "0" },
  };
}

/** The result of a set made of these cases. */
export function evaluateMade(
  task: MadeTask,
  cases: readonly MadeCase[],
  protocol: Partial<EffectiveProtocol> = {},
  threshold?: number,
): Result {
  return makeResult(madeInputs(task, cases, protocol, threshold)).result;
}

/** The row of a metric that must be there. */
export function rowOf(result: Result, metric: string, stratum: StratumKey = {}): MetricResult {
  const row = metricRow(result.metrics, metric, stratum);
  if (!row) throw new Error(`no row ${metric} ${JSON.stringify(stratum)}`);
  return row;
}
