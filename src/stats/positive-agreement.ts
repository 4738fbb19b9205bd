/** Positive agreement of two readers who mark findings: 2a/(2a + b + c), by patient. */
import { kornGraubard, type Part } from "./clustered-proportion.js";
import { estimated, notEstimable, requireCounts, type IntervalOutcome, type Outcome } from "./outcome.js";

/** Marks of a patient: by both readers (pairs), by the first only, by the second only. */
export type MarkCounts = readonly [both: number, firstOnly: number, secondOnly: number];

/**
 * Share of marks that the other reader has made too. Interval: Korn-Graubard with patients as clusters; a pair counts as
 * two marks of its patient.
 */
export function positiveAgreement(
  patients: readonly MarkCounts[],
  level = 0.95,
): Outcome<{ value: number; marks: number; patients: number; interval: IntervalOutcome; nEff: Part }> {
  for (const counts of patients) requireCounts(counts, "marks");
  const agreed = patients.map(([both]) => 2 * both);
  const all = patients.map(([both, first, second]) => 2 * both + first + second);
  const total = all.reduce((sum, value) => sum + value, 0);
  if (total === 0) return notEstimable("no-data");
  const result = kornGraubard(agreed, all, level);
  return estimated({
    value: agreed.reduce((sum, value) => sum + value, 0) / total,
    marks: total,
    patients: all.filter((value) => value > 0).length,
    interval: result,
    nEff: result.ok ? result.nEff : result,
  });
}
