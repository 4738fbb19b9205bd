/** Scores one product on one set: the operating point, and all metrics in all strata, prepared for estimation. */
import type { CaseIndex, IndexedCase } from "../contract/case-index.js";
import type { Prediction } from "../contract/prediction.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { Reference } from "../contract/reading.js";
import type { Submission } from "../contract/submission.js";
import { fail } from "../contract/errors.js";
import { metricByName } from "../metrics/index.js";
import { scoreClassification } from "../tasks/forms/classification.js";
import { scoreDetection } from "../tasks/forms/detection.js";
import { scoreMeasurement } from "../tasks/forms/measurement.js";
import { scoreMultiLabel, type DecisionRule } from "../tasks/forms/multi-label.js";
import { scoreSegmentation } from "../tasks/forms/segmentation.js";
import { scoreSequence } from "../tasks/forms/sequence.js";
import type { RecordPeriod } from "../tasks/forms/sequence/beat-matching.js";
import type { JoinedCase, ScoredSet, Selection, UnitSettings } from "../tasks/forms/scored-set.js";
import { checkAnswers } from "../tasks/given-answers.js";
import { classAttribute, type TaskProfile } from "../tasks/profile.js";
import type { MetricJob } from "./estimates.js";
import { joinCases, type Joined } from "./join.js";
import { enumerateStrata, type Stratum } from "./strata.js";

/** A metric of a stratum with what of the set it is made from. */
export interface ScoredJob extends MetricJob {
  readonly selection: Selection;
}

export interface Scored {
  readonly joined: Joined;
  readonly set: ScoredSet;
  readonly settings: UnitSettings;
  /** All cases that are counted (failed ones too, unless the protocol excludes them). */
  readonly overall: Selection;
  readonly strata: readonly Stratum[];
  readonly jobs: readonly ScoredJob[];
}

/** The FROC limits that any metric of the protocol asks for, rising. */
function frocLimits(names: readonly string[]): number[] {
  const limits = names.flatMap((name) => {
    const { definition, parameter } = metricByName(name);
    return definition.id === "froc-sensitivity" && parameter !== null ? [parameter] : [];
  });
  return [...new Set(limits)].sort((a, b) => a - b);
}

function operatingThreshold(
  set: ScoredSet,
  overall: Selection,
  protocol: EffectiveProtocol,
  manifest: Submission,
): { threshold: number | null; thresholdFromTestSet: boolean } {
  const rule = protocol.operatingPoint;
  if (rule === "none") return { threshold: null, thresholdFromTestSet: false };
  if (rule === "submission")
    return { threshold: manifest.operatingPoint?.threshold ?? null, thresholdFromTestSet: false };
  if ("threshold" in rule) return { threshold: rule.threshold, thresholdFromTestSet: false };
  return { threshold: set.thresholdAt(rule.falsePositivesPerCase, overall), thresholdFromTestSet: true };
}

/** Multi-label: the submission decides by its own labels or by thresholds a class; a threshold of the protocol holds for its scores. */
function decisionRule(protocol: EffectiveProtocol, manifest: Submission): DecisionRule {
  const rule = protocol.operatingPoint;
  const own = manifest.operatingPoint;
  if (rule === "submission")
    return { ownLabels: true, thresholdOf: (label) => own?.thresholds?.[label] ?? own?.threshold ?? null };
  const threshold = rule !== "none" && "threshold" in rule ? rule.threshold : null;
  return { ownLabels: false, thresholdOf: () => threshold };
}

/** Sampling and length of a record, as its attributes say. @throws SIGNAL_UNDESCRIBED */
function periodOf({ id, attributes }: IndexedCase, startSeconds: number): RecordPeriod {
  const [fs, seconds] = [attributes.samplingHz?.value, attributes.durationS?.value];
  if (typeof fs !== "number" || typeof seconds !== "number" || !(fs > 0) || !(seconds > 0))
    fail("SIGNAL_UNDESCRIBED", `case ${id} has no samplingHz or no durationS`);
  return { fs, length: Math.round(seconds * fs), start: Math.round(startSeconds * fs) };
}

function scoreForm(
  index: CaseIndex,
  { cases, patientCount }: Joined,
  protocol: EffectiveProtocol,
  profile: TaskProfile,
  manifest: Submission,
): ScoredSet {
  if (profile.classes) {
    const labels = profile.classes.map(({ id }) => id);
    if (profile.form === "segmentation") return scoreSegmentation(cases, patientCount, labels, protocol);
    if (profile.form === "measurement") return scoreMeasurement(cases, patientCount, labels);
    return scoreMultiLabel(cases, patientCount, labels, decisionRule(protocol, manifest));
  }
  if (profile.sequence) {
    const { startSeconds } = profile.sequence;
    return scoreSequence(
      cases,
      patientCount,
      index.cases.map((indexed) => periodOf(indexed, startSeconds)),
    );
  }
  if (profile.grading) return scoreClassification(cases, patientCount, profile.grading);
  return scoreDetection(cases, patientCount, protocol);
}

/** Why a case counts as failed: the code of its prediction, or that the product declared not gradable what the reference grades; null: answered. */
function failureOf({ prediction }: JoinedCase, at: number, set: ScoredSet): string | null {
  if (prediction.status === "failed") return prediction.error?.code ?? "CASE_ABSENT";
  return set.failed?.(at) ? "NOT_GRADABLE" : null;
}

/** Failed cases of the whole set, those that the protocol leaves out too: how many, and by why they failed, codes rising. */
export function failedCases({ joined, set }: Pick<Scored, "joined" | "set">): {
  failed: number;
  failures: Record<string, number>;
} {
  const codes = joined.cases.flatMap((one, at) => failureOf(one, at, set) ?? []).sort();
  const failures: Record<string, number> = {};
  for (const code of codes) failures[code] = (failures[code] ?? 0) + 1;
  return { failed: codes.length, failures };
}

/** Which metrics the protocol measures, the primary one among them. */
function metricNames(protocol: EffectiveProtocol): string[] {
  return [...new Set([...protocol.metrics, protocol.primary])];
}

/**
 * Joins, matches and prepares. Pure.
 * @param also metrics to prepare besides those of the protocol, such as those of a comparison
 * @param counted 0 for cases that are left out besides failed ones, such as those that another product failed on; by case
 * @throws PREDICTION_*, TRUTH_INCOMPLETE, METRIC_UNKNOWN, SUBMISSION_TASK, SIGNAL_UNDESCRIBED
 */
export function score(
  index: CaseIndex,
  reference: ReadonlyMap<string, Reference>,
  predictions: readonly Prediction[],
  protocol: EffectiveProtocol,
  profile: TaskProfile,
  manifest: Submission,
  also: readonly string[] = [],
  counted: Uint8Array | null = null,
): Scored {
  if (manifest.task !== protocol.task) {
    fail("SUBMISSION_TASK", `the submission is for ${manifest.task}, the protocol for ${protocol.task}`);
  }
  const joined = joinCases(index, reference, predictions, protocol);
  checkAnswers(
    joined.cases.map(({ prediction }) => prediction),
    profile,
  );
  const { cases } = joined;
  const set = scoreForm(index, joined, protocol, profile, manifest);
  const dropFailed = protocol.failedCases === "exclude";
  const overall: Selection = {
    cases: Uint8Array.from(cases, (one, at) =>
      (dropFailed && failureOf(one, at, set) !== null) || counted?.[at] === 0 ? 0 : 1,
    ),
  };
  const own = metricNames(protocol);
  const names = [...new Set([...own, ...also])];
  const settings: UnitSettings = {
    ...operatingThreshold(set, overall, protocol, manifest),
    frocReading: protocol.compatibility === "luna16" ? "linear" : "step",
    frocLimits: frocLimits(own),
  };
  const findings = cases.flatMap((_, at) => set.findings(at));
  // Classes are results, not a choice of the plan: they are always there, and first.
  const byClass = set.labels && !protocol.strata.includes(classAttribute) ? [classAttribute] : [];
  const strata = enumerateStrata([...byClass, ...protocol.strata], index, profile, findings);
  const all: Stratum = { key: {}, dimension: "", ...overall };
  const jobs = [all, ...strata].flatMap((stratum): ScoredJob[] => {
    const selected = Uint8Array.from(stratum.cases, (inside, at) => inside & (overall.cases[at] as number));
    const { finding, label } = stratum;
    const selection: Selection = { cases: selected, ...(finding && { finding }), ...(label && { label }) };
    const units = set.units(selection, settings);
    return names.flatMap((name): ScoredJob[] => {
      const { definition, parameter } = metricByName(name);
      if (finding && !definition.findingStrata) return [];
      if (set.labels && (label === undefined) !== (definition.overClasses ?? false)) return [];
      const unit = set.labels && definition.unit === "image" ? "case" : definition.unit;
      return [
        { name, definition, stratum: stratum.key, selection, unit, prepared: definition.prepare(units, parameter) },
      ];
    });
  });
  return { joined, set, settings, overall, strata, jobs };
}
