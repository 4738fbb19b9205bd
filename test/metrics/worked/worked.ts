/** What a metric makes of a small set of units, worked out by hand. */
import type { Flag } from "../../../src/contract/reasons.js";
import type { CountedUnits } from "../../../src/metrics/index.js";
import type { IntervalOutcome } from "../../../src/stats/index.js";

export interface Worked {
  /** As a protocol names it. */
  readonly name: string;
  /** What is counted, the kind of number, and which side is better: "lesion proportion +"; a number without ends has no side. */
  readonly is: string;
  readonly units: CountedUnits;
  readonly estimate: number;
  readonly n: Readonly<Record<string, number>>;
  readonly flags?: readonly Flag[];
  /** The interval by a formula, from counts taken by hand; null: patients are resampled. */
  readonly interval: ((level: number) => IntervalOutcome) | null;
  /** How often each patient counts, and the value then. */
  readonly weights: readonly number[];
  readonly weighted: number;
}

/** A form without units of any kind: each set adds its own. */
export const nothing: CountedUnits = {
  patientCount: 0,
  casePatient: new Int32Array(0),
  answered: new Uint8Array(0),
  threshold: 0.5,
  thresholdFromTestSet: false,
  frocReading: "step",
  frocLimits: [],
  lesions: null,
  falsePositives: null,
  binary: {},
  graded: {},
  prepared: new Map(),
};
