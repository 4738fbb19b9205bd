/** What every answer form makes of truth and predictions: units for any selection of cases, counts, and the list of errors. */
import type { Finding } from "../../contract/finding.js";
import type { Prediction } from "../../contract/prediction.js";
import type { Reference } from "../../contract/reading.js";
import type { Confusion } from "../../contract/result.js";
import type { CountedUnits } from "../../metrics/index.js";

/** A case with its truth and the product's answer, joined by id. */
export interface JoinedCase {
  readonly id: string;
  /** Index of the patient, the same for the whole set. */
  readonly patient: number;
  readonly reference: Reference;
  readonly prediction: Prediction;
}

/** Which cases (and, for strata of findings, which findings) are counted. */
export interface Selection {
  /** 1: the case is in. By case. */
  readonly cases: Uint8Array;
  /** Strata of findings: true for the findings that are in. Absent: all. */
  readonly finding?: (finding: Finding) => boolean;
  /** Multi-label sets: the class whose decisions are counted. Absent: all of them together. */
  readonly label?: string;
}

/** Settings that hold for all selections. */
export interface UnitSettings {
  readonly threshold: number | null;
  readonly thresholdFromTestSet: boolean;
  readonly frocReading: "step" | "linear";
  readonly frocLimits: readonly number[];
}

/** A miss, a false alarm, a wrong grade or a failure: a row of errors.csv. */
export interface ErrorRow {
  readonly case: number;
  readonly kind:
    | "missed-lesion"
    | "false-positive"
    | "missed-positive"
    | "false-alarm"
    | "wrong-grade"
    | "missed-beat"
    | "extra-beat"
    | "wrong-beat"
    | "failed";
  readonly unit: string;
  readonly finding: Finding | null;
  readonly mark: Finding | null;
  /** Distance to the nearest counterpart, mm (pixels). */
  readonly nearest: number | null;
  readonly score: number | null;
  readonly reference: string;
  readonly answer: string;
}

/** Outcome of a unit, for the paired list of changes. */
export interface UnitOutcome {
  readonly key: string;
  readonly case: string;
  readonly unit: string;
  readonly outcome: string;
}

/** A decision in the list of outcomes: 1, 0, or -1 where there is no operating point. */
export const callText = (call: number): string => (call === -1 ? "undecided" : call === 1 ? "positive" : "negative");

/** Scores of a class against the product's own decisions: is there a threshold that gives the decisions? */
export interface DecisionConsistency {
  readonly label: string;
  /** Highest score of a case that the product calls negative, lowest of one that it calls positive; null: no such case. */
  readonly highestNegative: number | null;
  readonly lowestPositive: number | null;
  readonly consistent: boolean;
}

export interface ScoredSet {
  readonly patientCount: number;
  /** Included findings of a case (detection). */
  findings(caseAt: number): readonly Finding[];
  /** Whether a case counts as failed, where that is more than a prediction that failed (grading: declared not gradable). */
  failed?(caseAt: number): boolean;
  /** Classes of a multi-label set, in their order; absent in all others. */
  readonly labels?: readonly string[];
  /** Multi-label sets: one entry a class that has both decisions of its own and scores. */
  readonly consistency?: readonly DecisionConsistency[];
  /** Whether a case is positive by the reference (multi-label: has the class, or any); null: can't be judged (not gradable). */
  positive(caseAt: number, label?: string): boolean | null;
  /** Scores of all answers from high to low are enough to place a threshold at a rate of false positives; null: the form has none. */
  thresholdAt(falsePositivesPerCase: number, selection: Selection): number | null;
  units(selection: Selection, settings: UnitSettings): CountedUnits;
  /** What became of the marks at the threshold and in all; null: the form has no marks. */
  marks(selection: Selection, threshold: number | null): Record<string, number> | null;
  excludedFindings(selection: Selection): number;
  confusion(selection: Selection, settings: UnitSettings): Omit<Confusion, "stratum">[];
  errors(threshold: number | null): ErrorRow[];
  outcomes(threshold: number | null): UnitOutcome[];
}
