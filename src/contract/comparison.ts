/** comparison.json: two runs on the same index and truth. */
import { z } from "zod";
import { bilingual, id, sha256 } from "./common.js";
import { defineDocument } from "./document.js";
import { isBeyondFailedCases } from "./protocol.js";
import { intervalType, stratumKey } from "./result.js";
import { reasons } from "./reasons.js";

export const comparisonVerdicts = ["superior", "non-inferior", "inconclusive", "inferior", "identical"] as const;
export const changeCodes = ["C0", "C1", "C2", "C3", "C4", "C5"] as const;

const side = z.strictObject({
  submission: id,
  version: z.strictObject({ release: z.string(), complete: z.string() }),
  product: bilingual,
  submissionHash: sha256,
  predictionsHash: sha256,
  modelSha256: sha256.nullable(),
});

export const difference = z.strictObject({
  metric: z.string(),
  title: bilingual,
  stratum: stratumKey,
  baseline: z.number().nullable(),
  candidate: z.number().nullable(),
  /** candidate - baseline. */
  difference: z.number().nullable(),
  interval: intervalType.nullable(),
  p: z.number().nullable(),
  /** p after the protocol's multiplicity rule; null where not adjusted. */
  adjustedP: z.number().nullable(),
  test: z.string().nullable(),
  margin: z.number(),
  /** null: the best value lies in between; the difference has no verdict. */
  higherIsBetter: z.boolean().nullable(),
  /** Paired counts: both right, only baseline, only candidate, both wrong, where units have outcomes. */
  pairs: z.strictObject({ both: z.int(), onlyBaseline: z.int(), onlyCandidate: z.int(), neither: z.int() }).nullable(),
  notEstimable: z.strictObject({ reason: z.enum(reasons) }).optional(),
  verdict: z.enum(comparisonVerdicts).nullable(),
});
export type Difference = z.infer<typeof difference>;

export const comparison = defineDocument("comparison", 1, {
  inputs: z
    .strictObject({ dataset: z.string(), cardHash: sha256, indexHash: sha256, truthHash: sha256, protocolHash: sha256 })
    .nullable(),
  /** The registered version. */
  baseline: side,
  candidate: side,
  openTruth: z.boolean(),
  /** Same index, truth and protocol: the comparison is paired. */
  paired: z.boolean(),
  /** Why the two can't be compared, where they can't. */
  notComparable: z.array(z.string()),
  primary: z.string().nullable(),
  differences: z.array(difference),
  /** Failed cases of both as `evaluate` counts them, of all cases of the set; null where they can't be compared. */
  failed: z
    .strictObject({
      cases: z.int().nonnegative(),
      baseline: z.int().nonnegative(),
      candidate: z.int().nonnegative(),
      /** The protocol's `maxFailedCases`: beyond this share the candidate is refused, whatever the verdict. */
      allowed: z.number().min(0).max(1),
    })
    .nullable(),
  /** Changed outcomes of units: counts, and (custodian's copy) which. */
  cases: z.strictObject({
    changed: z.int(),
    /** Cases that one of the two failed on, left out of both by the protocol's `failedCases: exclude`. */
    leftOut: z.int(),
    list: z
      .array(z.strictObject({ case: id, unit: z.string(), baseline: z.string(), candidate: z.string() }))
      .nullable(),
  }),
  /** What differs between the two models. */
  hashes: z.strictObject({
    graph: z.enum(["equal", "changed", "unknown"]),
    weights: z.enum(["equal", "changed", "unknown"]),
    preprocess: z.enum(["equal", "changed", "unknown"]),
    postprocess: z.enum(["equal", "changed", "unknown"]),
    threshold: z.enum(["equal", "changed", "unknown"]),
  }),
  changeCodes: z.array(z.enum(changeCodes)),
  verdict: z.enum([...comparisonVerdicts, "not-comparable"]),
  versionChange: z.strictObject({
    from: z.string(),
    to: z.string(),
    /** What the declared versions claim: the first field of X.Y.Z.B that differs. */
    claims: z.enum(["none", "build", "correction", "minor", "major", "backwards"]),
    /** Whether the measured change agrees with the claim. */
    agrees: z.boolean().nullable(),
    explanation: bilingual,
  }),
  seed: z.int(),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
});
export type Comparison = z.infer<typeof comparison.type>;

/** Whether the candidate failed on more cases than the protocol allows. */
export function isCandidateBeyondFailedCases({ failed }: Pick<Comparison, "failed">): boolean {
  return failed !== null && isBeyondFailedCases(failed.candidate, failed.cases, failed.allowed);
}
