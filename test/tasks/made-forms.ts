/** Small sets of masks and of quantities, scored and estimated as the evaluation does it. */
import type { CaseIndex } from "../../src/contract/case-index.js";
import type { Finding } from "../../src/contract/finding.js";
import type { Prediction } from "../../src/contract/prediction.js";
import type { EffectiveProtocol } from "../../src/contract/protocol.js";
import type { Reference } from "../../src/contract/reading.js";
import type { MetricResult } from "../../src/contract/result.js";
import { estimate } from "../../src/evaluation/estimates.js";
import { score, type Scored } from "../../src/evaluation/scoring.js";
import { effectiveProtocol } from "../../src/tasks/effective-protocol.js";
import type { TaskProfile } from "../../src/tasks/profile.js";
import { taskProfile } from "../../src/tasks/profiles/index.js";

export interface MadeFormCase {
  /** Default: a patient of its own. */
  readonly patient?: string;
  readonly truth: { findings?: Finding[]; quantities?: Record<string, number> };
  /** Null: the product failed; `silent`: without a code. */
  readonly answer: { findings?: Finding[]; quantities?: Record<string, number> } | null | "silent";
}

export interface MadeForm {
  readonly form: "segmentation" | "measurement";
  readonly classes: readonly string[];
  readonly metrics: readonly string[];
  readonly protocol?: Partial<EffectiveProtocol>;
}

export function scoreMade({ form, classes, metrics, protocol = {} }: MadeForm, cases: readonly MadeFormCase[]): Scored {
  const base = taskProfile("dr-grading");
  const { grading: _, ...rest } = base;
  const profile: TaskProfile = {
    ...rest,
    id: "made",
    form,
    classes: classes.map((id) => ({ id, title: { "zh-CN": id, en: id } })),
    attributes: { class: { title: { "zh-CN": "类别", en: "class" }, level: "class" } },
    defaults: { ...base.defaults, metrics: [...metrics], primary: metrics[0] as string, strata: [] },
  };
  const index: CaseIndex = {
    schema: "medassay/index/1",
    dataset: { id: "made", version: "1", cardHash: "0".repeat(64) },
    task: "made",
    cases: cases.map(({ patient }, at) => ({
      id: `c${at}`,
      patient: patient ?? `p${at}`,
      site: "unknown",
      kind: "none",
      files: [],
      attributes: {},
      issues: [],
    })),
    gates: [],
    joins: [],
    tool: { name: "medassay", version: "0" },
  };
  const empty = { findings: [], labels: {}, quantities: {}, events: [] };
  const reference = new Map(
    cases.map(({ truth }, at): [string, Reference] => [
      `c${at}`,
      { ...empty, case: `c${at}`, basis: { rule: "made", readers: [] }, ...truth },
    ]),
  );
  const predictions = cases.map(({ answer }, at): Prediction => {
    const line = { ...empty, case: `c${at}`, scores: {} };
    if (answer === "silent") return { ...line, status: "failed" };
    return answer === null
      ? { ...line, status: "failed", error: { code: "MODEL_CRASHED", message: "" } }
      : { ...line, status: "ok", ...answer };
  });
  const effective = effectiveProtocol(profile, null);
  return score(
    index,
    reference,
    predictions,
    { ...effective, intervals: { ...effective.intervals, replicates: 200 }, ...protocol },
    profile,
    {
      schema: "medassay/submission/1",
      id: "product",
      vendor: "nobody",
      product: { name: { "zh-CN": "产品", en: "product" }, model: "P", version: { release: "1", complete: "1" } },
      task: "made",
      kind: "predictions",
    },
  );
}

/** Rows of the result by metric, of one class. */
export function estimateMade(made: MadeForm, cases: readonly MadeFormCase[], label: string): Map<string, MetricResult> {
  const { jobs, joined } = scoreMade(made, cases);
  const rows = estimate(jobs, joined.patientCount, { level: 0.95, cluster: "patient", replicates: 200, seed: 1 });
  return new Map(rows.filter(({ stratum }) => stratum.class === label).map((row) => [row.metric, row]));
}
