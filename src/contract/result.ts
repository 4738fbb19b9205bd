/** result.json: every number of an evaluation. Deterministic: the same inputs give the same bytes. */
import { z } from "zod";
import { bilingual, id, sha256 } from "./common.js";
import { datasetCard } from "./dataset-card.js";
import { gateFinding } from "./case-index.js";
import { defineDocument } from "./document.js";
import { acceptanceCriterion, effectiveProtocol, isBeyondFailedCases } from "./protocol.js";
import { modelFacts } from "./run.js";
import { submission } from "./submission.js";
import { flags, reasons } from "./reasons.js";

/** An unbounded end is the string "Infinity". */
export const bound = z.union([z.number(), z.literal("Infinity"), z.literal("-Infinity")]);
/** Decisions are positive from this score on; "Infinity": above all scores, where no threshold keeps a rate of false positives. */
const threshold = z.union([z.number(), z.literal("Infinity")]);

export const intervalType = z.strictObject({ low: bound, high: bound, level: z.number(), method: z.string() });
export type ResultInterval = z.infer<typeof intervalType>;

/** Stratum as {attribute: value}; {} is overall. */
export const stratumKey = z.record(z.string(), z.string());
export type StratumKey = z.infer<typeof stratumKey>;

export const metricResult = z.strictObject({
  metric: z.string(),
  stratum: stratumKey,
  /** What is counted: lesion, mark, case, image, patient. */
  unit: z.string(),
  /** Counts by name: numerator, denominator, patients, cases ... */
  n: z.record(z.string(), z.number()),
  estimate: z.number().nullable(),
  interval: intervalType.nullable(),
  /** Why the estimate or the interval is null. */
  notEstimable: z.strictObject({ reason: z.enum(reasons) }).optional(),
  flags: z.array(z.enum(flags)).default([]),
});
export type MetricResult = z.infer<typeof metricResult>;

export const curve = z.strictObject({
  kind: z.enum(["froc", "roc"]),
  stratum: stratumKey,
  unit: z.string(),
  /** FROC: [false positives per case, sensitivity, threshold]; ROC: [1 - specificity, sensitivity, threshold]; threshold null = above all. */
  points: z.array(z.tuple([z.number(), z.number(), z.number().nullable()])),
  n: z.record(z.string(), z.number()),
  /** The operating point in force; threshold null: the product's own decisions, which need not lie on the curve. */
  operatingPoint: z.strictObject({ x: z.number(), y: z.number(), threshold: threshold.nullable() }).nullable(),
});
export type Curve = z.infer<typeof curve>;

export const confusion = z.strictObject({
  unit: z.string(),
  stratum: stratumKey,
  /** Row = reference, column = answer; the last column may be `failed`. */
  rows: z.array(z.string()),
  columns: z.array(z.string()),
  counts: z.array(z.array(z.int().nonnegative())),
});
export type Confusion = z.infer<typeof confusion>;

export const criterionResult = z.strictObject({
  criterion: acceptanceCriterion,
  value: bound.nullable(),
  verdict: z.enum(["pass", "fail", "undetermined"]),
  reason: z.string().optional(),
});
export type CriterionResult = z.infer<typeof criterionResult>;

/** Agreement between or within readers. */
export const agreementResult = z.strictObject({
  measure: z.string(),
  title: bilingual,
  between: z.array(z.string()),
  rounds: z.array(z.int()),
  n: z.record(z.string(), z.number()),
  estimate: z.number().nullable(),
  interval: intervalType.nullable(),
  notEstimable: z.strictObject({ reason: z.enum(reasons) }).optional(),
});
export type AgreementResult = z.infer<typeof agreementResult>;

/** A value with its interval, or the reason why one of them is not there. */
const panelEstimate = z.strictObject({
  estimate: z.number().nullable(),
  interval: intervalType.nullable(),
  notEstimable: z.strictObject({ reason: z.enum(reasons) }).optional(),
});
export type PanelEstimate = z.infer<typeof panelEstimate>;

const panelRater = z.strictObject({
  /** `product`, or the reader's id. */
  rater: z.string(),
  role: z.enum(["product", "reader"]),
  /** Against the reference. */
  counts: z.strictObject({ tp: z.int(), fp: z.int(), fn: z.int(), tn: z.int() }),
  metrics: z.array(metricResult),
});
export type PanelRater = z.infer<typeof panelRater>;

/** Two on the same cases: both yes, first only, second only, neither. */
const pairCounts = z.strictObject({ both: z.int(), onlyFirst: z.int(), onlySecond: z.int(), neither: z.int() });

const panelPair = z.strictObject({
  /** `reference`, `product`, or readers' ids. */
  between: z.tuple([z.string(), z.string()]),
  /** Who calls the class. */
  calls: pairCounts,
  /** Cohen's kappa of the calls. */
  kappa: panelEstimate,
  /** Who is right against the reference; null where one of the two is the reference. */
  correctness: z
    .strictObject({
      counts: pairCounts,
      /** Share right, first minus second. */
      difference: panelEstimate,
      /** Tests of no difference. `mcnemar-uncorrected` is the chi-square without continuity correction. */
      tests: z.array(
        z.strictObject({
          test: z.enum(["mcnemar-uncorrected", "mcnemar-exact", "mcnemar-mid-p", "cluster-mcnemar-obuchowski"]),
          statistic: z.number().nullable(),
          p: z.number(),
        }),
      ),
    })
    .nullable(),
});
export type PanelPair = z.infer<typeof panelPair>;

/** Results of detection under a match rule that differs from the protocol's in one point. */
const matchVariant = z.strictObject({
  /** `in-force` is the protocol's own rule. */
  id: z.string(),
  title: bilingual,
  /** Metrics by name, without intervals. */
  values: z.record(z.string(), z.number().nullable()),
  /** At the threshold in force, or of all marks where there is none. */
  counts: z.strictObject({
    lesionsFound: z.int(),
    falsePositive: z.int(),
    duplicate: z.int(),
    ignored: z.int(),
  }),
});
export type MatchVariant = z.infer<typeof matchVariant>;

const compositionRow = z.strictObject({
  stratum: stratumKey,
  cases: z.int(),
  patients: z.int(),
  positiveCases: z.int(),
  findings: z.int(),
});

export const result = defineDocument("result", 1, {
  inputs: z.strictObject({
    dataset: z.string(),
    cardHash: sha256,
    indexHash: sha256,
    truthCommitment: sha256.nullable(),
    truthHash: sha256,
    protocolHash: sha256,
    submissionHash: sha256,
    predictionsHash: sha256,
  }),
  submission: id,
  openTruth: z.boolean(),
  /** True in the client's copy: small cells are suppressed. */
  suppressed: z.boolean(),
  /** Attempt number of this product on this set; null for open runs. */
  attempt: z.int().positive().nullable(),
  context: z.strictObject({
    card: datasetCard.type,
    manifest: submission.type,
    model: modelFacts.nullable(),
    protocol: effectiveProtocol.type,
    /** Title, form and units of the task profile; names of metrics and attributes used, for printing. */
    task: z.strictObject({
      id,
      title: bilingual,
      form: z.string(),
      caseUnit: z.string(),
      /** Multi-label tasks: the classes in their order. */
      classes: z.array(z.strictObject({ id: z.string(), title: bilingual })).optional(),
    }),
    metricTitles: z.record(
      z.string(),
      z.strictObject({
        title: bilingual,
        formula: bilingual,
        kind: z.enum(["proportion", "rate", "index", "score", "number"]),
        higherIsBetter: z.boolean().nullable(),
        source: z.string(),
      }),
    ),
    attributeTitles: z.record(z.string(), bilingual),
    /** Where the values of an attribute came from: origin (or the attribute used instead) -> cases. */
    attributeOrigins: z.record(z.string(), z.record(z.string(), z.int())),
    /** Names of stratum values where they have one: attribute -> value -> name. */
    valueTitles: z.record(z.string(), z.record(z.string(), bilingual)),
    /** The matching rule in one sentence. */
    matching: bilingual.nullable(),
    gates: z.array(gateFinding),
    joins: z.array(z.strictObject({ table: z.string(), joined: z.int(), notRecorded: z.int(), unused: z.int() })),
  }),
  sample: z.strictObject({
    cases: z.int(),
    patients: z.int(),
    sites: z.int(),
    findings: z.int(),
    excludedFindings: z.int(),
    positiveCases: z.int(),
    assumedPatients: z.int(),
    composition: z.array(compositionRow),
    failed: z.int(),
    absent: z.int(),
    /** Cases that metrics count; absent where that is every case, but for failed ones that the protocol leaves out. */
    analysed: z.int().optional(),
    failures: z.record(z.string(), z.int()),
    /** Marks by what became of them: truePositive, falsePositive, duplicate, ignored, capped, onSeveral, identical, pointLesions; overall, at the operating point and in all. */
    marks: z.record(z.string(), z.int()).nullable(),
  }),
  threshold: threshold.nullable(),
  agreement: z.array(agreementResult),
  metrics: z.array(metricResult),
  /** The stratum of one attribute, with ten patients at least, that has the worst estimate of the primary metric. */
  worstStratum: z
    .strictObject({ metric: z.string(), stratum: stratumKey, estimate: z.number(), overall: z.number() })
    .nullable(),
  /** Detection: how the results depend on the match rule, the protocol's first. */
  matchSensitivity: z.array(matchVariant).optional(),
  /** One test a dimension: does the primary metric differ between its strata? */
  heterogeneity: z.array(
    z.strictObject({
      dimension: z.string(),
      metric: z.string(),
      statistic: z.number(),
      df: z.int(),
      p: z.number(),
      adjustedP: z.number(),
      method: z.string(),
    }),
  ),
  /** Multi-label: scores against the product's own decisions by class; not consistent: no threshold on the scores gives the decisions. */
  decisionConsistency: z
    .array(
      z.strictObject({
        stratum: stratumKey,
        /** Highest score that the product calls negative, lowest that it calls positive. */
        highestNegative: z.number().nullable(),
        lowestPositive: z.number().nullable(),
        consistent: z.boolean(),
      }),
    )
    .optional(),
  /** Multi-label sets with readings: product and readers against the reference and in pairs, by class. */
  readerPanel: z
    .array(
      z.strictObject({
        stratum: stratumKey,
        raters: z.array(panelRater),
        pairs: z.array(panelPair),
      }),
    )
    .optional(),
  curves: z.array(curve),
  confusion: z.array(confusion),
  criteria: z.array(criterionResult),
  verdict: z.enum(["pass", "fail", "undetermined", "no-criteria"]),
  seed: z.int(),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
});
export type Result = z.infer<typeof result.type>;

/** Whether the product failed on more cases than the protocol allows. */
export function isResultBeyondFailedCases({ sample, context }: Pick<Result, "sample" | "context">): boolean {
  return isBeyondFailedCases(sample.failed, sample.cases, context.protocol.maxFailedCases);
}
export type CompositionRow = z.infer<typeof compositionRow>;
