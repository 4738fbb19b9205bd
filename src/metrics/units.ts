/**
 * Counted units: what metrics are computed from. A unit belongs to a patient, named by an index 0..patientCount-1
 * that is the same in every stratum, so that one draw of patients serves all of them.
 */
import type { Flag } from "../contract/reasons.js";
import type { RecordStatistic } from "./ecg/record-statistics.js";
import type { MaskUnits } from "./segmentation/mask-units.js";

/** Lesions (score at which they are found, -Infinity = missed) or false positives (their score). */
export interface ScoredUnits {
  readonly patient: Int32Array;
  readonly score: Float64Array;
}

/**
 * Cases of a detection test and their marks, in the order of `casePatient`: what AFROC, LROC and the ROC by case need.
 * A failed case counts against: a normal one ranks above all (Infinity), an abnormal one has no mark.
 */
export interface DetectionCases {
  /** 1: the case has an included lesion. */
  readonly abnormal: Uint8Array;
  /** Highest score of the marks that are not on excluded findings; -Infinity: no mark. */
  readonly topScore: Float64Array;
  /** 1: every mark that has the top score lies on an included lesion. */
  readonly topOnLesion: Uint8Array;
  /** Highest score of the false positives; -Infinity: none. */
  readonly topFalsePositive: Float64Array;
  /** Case (index into the arrays above) of each of `lesions` and of each of `falsePositives`. */
  readonly lesionCase: Int32Array;
  readonly falsePositiveCase: Int32Array;
}

/** Images or patients that are positive or negative. */
export interface BinaryUnits {
  readonly patient: Int32Array;
  /** 1: positive by the reference. */
  readonly positive: Uint8Array;
  /** 1 called positive, 0 called negative, -1 no call (no operating point). */
  readonly call: Int8Array;
  /** Higher = more positive; a failed unit has the worst rank of its class (-Infinity, Infinity). */
  readonly score: Float64Array;
  readonly failed: Uint8Array;
  /** False: the answers carry no score, so that there is no ROC. */
  readonly scored: boolean;
  /** What must be known about numbers made from the scores. */
  readonly scoreFlags?: readonly Flag[];
}

/** Images or patients with a grade. */
export interface GradedUnits {
  readonly patient: Int32Array;
  /** Index into the declared scale. */
  readonly truth: Int32Array;
  /** Index into the scale; -1: failed or not graded. */
  readonly answer: Int32Array;
  readonly grades: number;
}

/** Records of signals: numerator and denominator of each statistic, a place a record. */
export interface RecordUnits {
  readonly patient: Int32Array;
  readonly counts: ReadonlyMap<
    RecordStatistic,
    { readonly numerator: Float64Array; readonly denominator: Float64Array }
  >;
}

/** A quantity by case. */
export interface QuantityUnits {
  readonly patient: Int32Array;
  readonly reference: Float64Array;
  /** NaN: the case failed, or the product did not give the quantity. */
  readonly answer: Float64Array;
}

export type UnitLevel = "image" | "patient";

export interface CountedUnits {
  readonly patientCount: number;
  /** Patient of each case (detection) or image (classification) of the stratum, failed ones included. */
  readonly casePatient: Int32Array;
  /** 1: answered by the product; 0: failed. By case. */
  readonly answered: Uint8Array;
  /** Operating threshold in force; null: none. */
  readonly threshold: number | null;
  readonly thresholdFromTestSet: boolean;
  /** LUNA16 reads the curve by linear interpolation, all else by steps. */
  readonly frocReading: "step" | "linear";
  readonly lesions: ScoredUnits | null;
  readonly falsePositives: ScoredUnits | null;
  /** Marks that find a lesion, where one may find several; absent: each lesion found has a mark of its own. */
  readonly truePositives?: ScoredUnits;
  /** Absent: the form has no marks, or its maker does not know cases. */
  readonly detectionCases?: DetectionCases;
  readonly binary: Readonly<Partial<Record<UnitLevel, BinaryUnits>>>;
  readonly graded: Readonly<Partial<Record<UnitLevel, GradedUnits>>>;
  /** Multi-label: the same cases once a class, for metrics over all classes. */
  readonly labels?: readonly BinaryUnits[];
  /** Sequences: the statistics of each record. */
  readonly records?: RecordUnits;
  /** Segmentations: pairs of masks of one structure. */
  readonly masks?: MaskUnits;
  /** Measurements: one quantity. */
  readonly quantities?: QuantityUnits;
  /** FROC limits that any metric of the protocol asks for: one sweep serves them all. */
  readonly frocLimits: readonly number[];
  /** Prepared parts that several metrics share. */
  readonly prepared: Map<string, unknown>;
}
