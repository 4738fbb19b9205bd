/** Makes the result of one product on one set: pure, the same inputs give the same bytes. */
import type { CaseIndex } from "../contract/case-index.js";
import type { DatasetCard } from "../contract/dataset-card.js";
import type { Prediction } from "../contract/prediction.js";
import type { EffectiveProtocol, StratumDefinition } from "../contract/protocol.js";
import type { Reading, Reference } from "../contract/reading.js";
import type { AgreementResult, CompositionRow, MatchVariant, Result, StratumKey } from "../contract/result.js";
import type { ModelFacts } from "../contract/run.js";
import type { Submission } from "../contract/submission.js";
import { metricByName } from "../metrics/index.js";
import { classAttribute, type TaskProfile } from "../tasks/profile.js";
import { judgeCriteria } from "./criteria.js";
import { frocCurve, rocCurve, thresholdText, withOwnDecisions } from "./curves.js";
import { estimate } from "./estimates.js";
import { heterogeneity, worstStratum } from "./heterogeneity.js";
import { matchSensitivity } from "./match-sensitivity.js";
import { matchingText } from "./matching-text.js";
import { metricTitle } from "./metric-title.js";
import { panelMeasures, readerPanel } from "./reader-panel.js";
import { failedCases, score, type Scored } from "./scoring.js";
import { attributeOrigins, isFindingAttribute } from "./strata.js";
import type { ScoredSet, Selection } from "../tasks/forms/scored-set.js";

export interface EvaluationInputs {
  readonly card: DatasetCard;
  readonly index: CaseIndex;
  readonly reference: ReadonlyMap<string, Reference>;
  readonly readings: readonly Reading[];
  readonly agreement: readonly AgreementResult[];
  readonly protocol: EffectiveProtocol;
  readonly profile: TaskProfile;
  readonly manifest: Submission;
  readonly submission: string;
  readonly model: ModelFacts | null;
  readonly predictions: readonly Prediction[];
  readonly hashes: Result["inputs"];
  readonly openTruth: boolean;
  readonly attempt: number | null;
  readonly tool: Result["tool"];
}

/** The custodian's result, and the scored set behind it (for errors.csv and comparisons). */
export function makeResult(
  inputs: EvaluationInputs,
  onReplicate?: (done: number) => void,
): { result: Result; scored: Scored } {
  const { index, protocol, profile, card } = inputs;
  const scored = score(index, inputs.reference, inputs.predictions, protocol, profile, inputs.manifest);
  const metrics = estimate(scored.jobs, scored.joined.patientCount, protocol.intervals, onReplicate);
  const { criteria, verdict } = judgeCriteria(protocol, metrics);
  // Classes answer different questions: that their numbers differ says nothing.
  const dimensions = [
    ...new Set(scored.strata.flatMap(({ dimension, label }) => (label === undefined ? [dimension] : []))),
  ];
  const primary = metricByName(protocol.primary).definition;
  const panel = readerPanel(scored, inputs.readings, card, profile, protocol.intervals);
  const result: Result = {
    schema: "medassay/result/1",
    inputs: inputs.hashes,
    submission: inputs.submission,
    openTruth: inputs.openTruth,
    suppressed: false,
    attempt: inputs.attempt,
    context: {
      card,
      manifest: inputs.manifest,
      model: inputs.model,
      protocol,
      task: {
        id: profile.id,
        title: profile.title,
        form: profile.form,
        caseUnit: profile.caseUnit,
        ...(profile.classes ? { classes: [...profile.classes] } : {}),
      },
      metricTitles: metricTitles(protocol, profile, panel.readerPanel === undefined ? [] : panelMeasures),
      ...attributeTexts(scored, index, profile, protocol),
      matching: matchingText(protocol, profile),
      gates: index.gates,
      joins: index.joins,
    },
    sample: sampleOf(scored, index, profile),
    threshold: thresholdText(scored.settings.threshold),
    agreement: [...inputs.agreement],
    metrics,
    worstStratum: worstStratum(metrics, protocol.primary, primary),
    heterogeneity: heterogeneity(metrics, protocol.primary, dimensions, protocol.strata),
    ...(profile.form === "detection" && { matchSensitivity: matchSensitivityOf(scored, protocol) }),
    ...consistencyOf(scored.set),
    ...panel,
    curves: curvesOf(scored),
    confusion: wholes(scored).flatMap(({ selection, stratum }) =>
      scored.set.confusion(selection, scored.settings).map((table) => ({ ...table, stratum })),
    ),
    criteria,
    verdict,
    seed: protocol.intervals.seed,
    tool: inputs.tool,
  };
  return { result, scored };
}

function matchSensitivityOf({ joined, overall, settings }: Scored, protocol: EffectiveProtocol): MatchVariant[] {
  const counted = joined.cases.filter((_, at) => overall.cases[at] === 1);
  return matchSensitivity(counted, joined.patientCount, protocol, settings);
}

/** What stands for the whole sample: all of it, or each class of a multi-label set. */
function wholes({ set, overall }: Scored): { selection: Selection; stratum: StratumKey }[] {
  if (set.labels === undefined) return [{ selection: overall, stratum: {} }];
  return set.labels.map((label) => ({ selection: { ...overall, label }, stratum: { [classAttribute]: label } }));
}

function curvesOf(scored: Scored): Result["curves"] {
  const { set, settings } = scored;
  return wholes(scored).flatMap(({ selection, stratum }) => {
    const units = set.units(selection, settings);
    const levels = (["image", "patient"] as const).map((level) => {
      const binary = units.binary[level];
      if (!binary) return null;
      if (set.labels === undefined) return rocCurve(binary, level, settings.threshold);
      const curve = rocCurve(binary, "case", null);
      return curve && withOwnDecisions(curve, binary);
    });
    const curves = [frocCurve(units), ...levels].filter((curve) => curve !== null);
    return curves.map((curve) => ({ ...curve, stratum }));
  });
}

/** Scores against decisions, where the form has both. */
function consistencyOf({ consistency }: ScoredSet): Pick<Result, "decisionConsistency"> {
  if (consistency === undefined || consistency.length === 0) return {};
  return {
    decisionConsistency: consistency.map(({ label, ...found }) => ({ stratum: { [classAttribute]: label }, ...found })),
  };
}

function metricTitles(
  protocol: EffectiveProtocol,
  profile: TaskProfile,
  others: readonly string[],
): Result["context"]["metricTitles"] {
  const names = [...new Set([...protocol.metrics, protocol.primary, ...others])];
  return Object.fromEntries(
    names.map((name) => {
      const { formula, kind, higherIsBetter, source } = metricByName(name).definition;
      const title = metricTitle(name, profile.classes !== undefined);
      return [name, { title, formula, kind, higherIsBetter, source }];
    }),
  );
}

const axesOf = (definition: StratumDefinition) =>
  (typeof definition === "object" && "cross" in definition ? definition.cross : [definition]).map((axis) =>
    typeof axis === "string" ? { attribute: axis } : axis,
  );

/** Titles of the attributes that strata use, of their values, and where the values came from. */
function attributeTexts(scored: Scored, index: CaseIndex, profile: TaskProfile, protocol: EffectiveProtocol) {
  const axes = protocol.strata.flatMap(axesOf);
  const classes = profile.classes ? [classAttribute] : [];
  const names = [...new Set([...classes, ...axes.map(({ attribute }) => attribute)])];
  const findings = scored.joined.cases.flatMap((_, at) => scored.set.findings(at));
  const attributeTitles = Object.fromEntries(
    names.map((name) => [name, profile.attributes[name]?.title ?? { "zh-CN": name, en: name }]),
  );
  const valueTitles = Object.fromEntries(
    names.map((name) => {
      const binned = axes.flatMap((axis) =>
        "bins" in axis && axis.attribute === name && axis.names
          ? (axis.bins ?? []).map((bin, at) => [bin, axis.names?.[at]] as const)
          : [],
      );
      const named = Object.fromEntries(binned.flatMap(([bin, title]) => (title ? [[bin, title]] : [])));
      return [name, { ...profile.attributes[name]?.values, ...named }];
    }),
  );
  const ofCases = names.filter(
    (name) => !classes.includes(name) && !isFindingAttribute(name, profile, index, findings),
  );
  return {
    attributeTitles,
    valueTitles,
    attributeOrigins: Object.fromEntries(ofCases.map((name) => [name, attributeOrigins(index, name, profile)])),
  };
}

function sampleOf(scored: Scored, index: CaseIndex, { grading }: TaskProfile): Result["sample"] {
  const { joined, set, overall, settings, strata } = scored;
  const findingCount = (at: number) => set.findings(at).length;
  const total = (value: (at: number) => number) => joined.cases.reduce((sum, _, at) => sum + value(at), 0);
  const { failed, failures } = failedCases(scored);
  const composition = strata.map((stratum): CompositionRow => {
    const inside = joined.cases.flatMap((_, at) => (stratum.cases[at] === 1 ? [at] : []));
    const findings = inside.map(
      (at) => set.findings(at).filter((finding) => stratum.finding?.(finding) ?? true).length,
    );
    const counted = stratum.finding ? inside.filter((_, place) => (findings[place] as number) > 0) : inside;
    return {
      stratum: stratum.key,
      cases: counted.length,
      patients: new Set(counted.map((at) => index.cases[at]?.patient)).size,
      positiveCases: stratum.finding
        ? counted.length
        : counted.filter((at) => set.positive(at, stratum.label) === true).length,
      findings: findings.reduce((sum, count) => sum + count, 0),
    };
  });
  return {
    cases: joined.cases.length,
    patients: new Set(index.cases.map(({ patient }) => patient)).size,
    sites: new Set(index.cases.map(({ site }) => site).filter((site) => site !== "unknown")).size,
    findings: total(findingCount),
    excludedFindings: set.excludedFindings({ cases: new Uint8Array(joined.cases.length).fill(1) }),
    positiveCases: total((at) => (set.positive(at) === true ? 1 : 0)),
    assumedPatients: index.cases.filter(({ attributes }) => attributes.patient?.origin === "assumed").length,
    composition,
    failed,
    absent: joined.absent,
    // Images that the reference can't grade are in the set, but in no metric of grades.
    ...(grading && {
      analysed: total((at) => (overall.cases[at] === 1 && set.positive(at) !== null ? 1 : 0)),
    }),
    failures,
    marks: set.marks(overall, settings.threshold),
  };
}
