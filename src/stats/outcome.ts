/** What every function of this room returns: numbers, or a typed reason why there are none; never NaN. */
import type { Flag, Reason } from "../contract/reasons.js";
import { fail } from "../contract/errors.js";

/** No number can be given, and why. */
export interface NotEstimable {
  ok: false;
  reason: Reason;
}

/** Numbers (`ok: true`, with flags that must be shown with them), or a reason. */
export type Outcome<T> = (T & { ok: true; flags?: readonly Flag[] }) | NotEstimable;

/** A two-sided interval; `low` and `high` lie in the parameter space, `high` may be Infinity for ratios. */
export interface Interval {
  low: number;
  high: number;
  /** Confidence level as a fraction, 0.95. */
  level: number;
  /** Name of the method, such as `wilson`. */
  method: string;
}

export type IntervalOutcome = Outcome<Interval>;

export function estimated<T extends object>(values: T, ...flags: Flag[]): T & { ok: true; flags?: readonly Flag[] } {
  return flags.length > 0 ? { ok: true, ...values, flags } : { ok: true, ...values };
}

export function notEstimable(reason: Reason): NotEstimable {
  return { ok: false, reason };
}

/** An interval that is clipped to [min, max]; one without width is `zero-variance`. */
export function clippedInterval(
  method: string,
  level: number,
  low: number,
  high: number,
  [min, max]: readonly [number, number],
  ...flags: Flag[]
): IntervalOutcome {
  const clippedLow = Math.min(max, Math.max(min, low));
  const clippedHigh = Math.min(max, Math.max(min, high));
  if (!(clippedLow < clippedHigh)) return notEstimable("zero-variance");
  return estimated({ low: clippedLow, high: clippedHigh, level, method }, ...flags);
}

/** Refuses an argument outside the domain of a function; `what` says which and what it may be. */
export function requireArgument(condition: boolean, what: string): asserts condition {
  if (!condition) fail("STATISTICS_ARGUMENT", what);
}

/** Refuses counts that are not whole numbers from 0. */
export function requireCounts(counts: readonly number[], what: string): void {
  for (const count of counts) {
    // The message is made where it is needed alone: numbers into text take longer than many an interval.
    if (!Number.isSafeInteger(count) || count < 0) requireArgument(false, `${what}: ${count} is not a count`);
  }
}

/** Largest measured value: its fourth power, and sums of many of them, are numbers still. */
const largestMeasured = 1e75;

/** Refuses a measured value that is not finite, or so large that squares of squares are no numbers. */
export function requireMeasured(value: number | undefined, what: string): void {
  // Not Math.abs alone, of which null is 0.
  if (!Number.isFinite(value) || Math.abs(value as number) > largestMeasured)
    requireArgument(false, `${what} ${value} is not a number from -1e75 to 1e75`);
}

/** Refuses a level outside (0, 1). */
export function requireLevel(level: number): void {
  if (!(level > 0 && level < 1)) requireArgument(false, `level: ${level} is not between 0 and 1`);
}

/** Refuses a name that is none of those that are known: another spelling would silently be another statistic. */
export function requireName<T extends string>(name: T, known: readonly T[], what: string): void {
  if (!known.includes(name)) requireArgument(false, `${what}: ${String(name)} is none of ${known.join(", ")}`);
}
