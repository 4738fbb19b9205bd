/**
 * The rules of the LUNA16 script `noduleCADEvaluationLUNA16` (Setio et al. 2017, doi:10.1016/j.media.2017.06.015): match
 * rule, curve read by linear interpolation, bounds of the bootstrap.
 */
import type { MatchRule } from "../../../contract/protocol.js";
import { FrocSweep } from "../../../metrics/index.js";
import type { FrocCounts } from "./events.js";

/** Strict distance to the annotated radius; a mark may find several nodules; 100 marks a scan, ties at the cut all dropped. */
export const luna16Rule: MatchRule = {
  rule: "centre-distance",
  comparator: "lt",
  minRadiusMm: 0,
  assignment: "hit-rule",
  duplicates: "separate",
  excluded: "ignore",
  maxMarksPerCase: 100,
  capTies: "drop",
};

/** The limits of false positives per scan over which the competition averages. */
export const luna16Limits: readonly number[] = [0.125, 0.25, 0.5, 1, 2, 4, 8];

/**
 * Sensitivity at each (rising) limit as the script gives it, but for its rounding of counts. Null where the script gives no
 * number: NaN without a true positive.
 */
export function luna16Sensitivities(
  { lesions, falsePositives, cases }: FrocCounts,
  limits: readonly number[] = luna16Limits,
): (number | null)[] {
  if (!lesions.some((score) => score > -Infinity)) return limits.map(() => null);
  const units = (scores: readonly number[]) => ({
    patient: new Int32Array(scores.length),
    score: Float64Array.from(scores),
  });
  const sweep = new FrocSweep(
    { patientCount: 1, casePatient: new Int32Array(cases), frocLimits: limits, frocReading: "linear" },
    units(lesions),
    units(falsePositives),
  );
  return sweep.readings().map(({ sensitivity }) => sensitivity);
}

/** Bounds of bootstrap replicates as the script picks them: sorted values at floor(0.025 B) and floor(0.975 B); B >= 1. */
export function luna16Bounds(replicates: ArrayLike<number>): [number, number] {
  const sorted = Float64Array.from(replicates).sort();
  return [sorted[Math.floor(0.025 * sorted.length)] as number, sorted[Math.floor(0.975 * sorted.length)] as number];
}
