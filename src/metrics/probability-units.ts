/** Scores as probabilities: which units have one, for the metrics of calibration. */
import type { Flag, Reason } from "../contract/reasons.js";
import type { BinaryUnits } from "./units.js";

/** Units with a probability; failed ones have none. */
export interface ProbabilityUnits {
  readonly patient: Int32Array;
  readonly label: Uint8Array;
  readonly probability: Float64Array;
  readonly patients: number;
  readonly n: Readonly<Record<"positives" | "negatives" | "failed" | "patients", number>>;
  readonly flags: readonly Flag[];
  /** Why nothing can be made of the scores; null also where no unit is left. */
  readonly reason: Reason | null;
}

const isProbability = (score: number): boolean => score >= 0 && score <= 1;

function read(units: BinaryUnits): ProbabilityUnits {
  const { patient, positive, score, failed } = units;
  const absent = (unit: number): boolean => failed[unit] === 1 && !Number.isFinite(score[unit]);
  const kept = Array.from(score.keys()).filter((unit) => !absent(unit));
  const label = Uint8Array.from(kept, (unit) => positive[unit] as number);
  const probability = Float64Array.from(kept, (unit) => score[unit] as number);
  const own = Int32Array.from(kept, (unit) => patient[unit] as number);
  const left = score.length - kept.length;
  const positives = label.reduce((sum, value) => sum + value, 0);
  const patients = new Set(own).size;
  const usable = kept.length === 0 || (units.scored && probability.every(isProbability));
  return {
    patient: own,
    label,
    probability,
    patients,
    n: { positives, negatives: kept.length - positives, failed: left, patients },
    flags: [...(units.scoreFlags ?? []), ...(left > 0 ? (["failed-left-out"] as const) : [])],
    reason: usable ? null : "no-scores",
  };
}

const known = new WeakMap<BinaryUnits, ProbabilityUnits>();

/** The units of a set that have a probability; read once. */
export function probabilityUnits(units: BinaryUnits): ProbabilityUnits {
  const own = known.get(units) ?? read(units);
  known.set(units, own);
  return own;
}

/** For the definitions: what happens without probabilities. */
export const probabilityEdges =
  "failed units are left out and counted; no unit left: no-data; no score, or one outside [0, 1], which is no probability: no-scores";
