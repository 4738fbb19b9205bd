/** The 2x2 table of a diagnostic test: derived measures with their intervals, predictive values at a declared prevalence. */
import { cohenKappa } from "./kappa.js";
import { zOfLevel } from "./normal.js";
import {
  clippedInterval,
  estimated,
  notEstimable,
  requireArgument,
  requireCounts,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
} from "./outcome.js";
import { wilson } from "./proportion.js";

export interface DiagnosticTable {
  tp: number;
  fp: number;
  fn: number;
  tn: number;
}

type Value = number | NotEstimable;

const ratio = (top: number, bottom: number, none: NotEstimable): Value => (bottom > 0 ? top / bottom : none);
const zeroDenominator = notEstimable("zero-denominator");

function requireDiagnosticTable(table: DiagnosticTable): void {
  requireCounts([table.tp, table.fp, table.fn, table.tn], "diagnostic table");
}

const positiveRate = ({ tp, fn }: DiagnosticTable): number => tp / (tp + fn);
const negativeRate = ({ tn, fp }: DiagnosticTable): number => tn / (tn + fp);
const missRate = ({ tp, fn }: DiagnosticTable): number => fn / (tp + fn);
const alarmRate = ({ tn, fp }: DiagnosticTable): number => fp / (tn + fp);
/** a / b with 0 / 0 and a / 0 as NaN. */
const quotient = (a: number, b: number): number => (b > 0 ? a / b : Number.NaN);

/**
 * The formulas of this page for loops over resamples: of a table whose counts may be weighted sums, NaN where undefined.
 * For one table take the functions below, which say why.
 */
export const tableFormulas = {
  // Whole numbers up to the one division, so that nine tenths are 0.9.
  balancedAccuracy: ({ tp, fp, fn, tn }: DiagnosticTable): number =>
    (tp * (tn + fp) + tn * (tp + fn)) / (2 * (tp + fn) * (tn + fp)),
  youden: ({ tp, fp, fn, tn }: DiagnosticTable): number => (tp * tn - fp * fn) / ((tp + fn) * (tn + fp)),
  mcc: ({ tp, fp, fn, tn }: DiagnosticTable): number =>
    // Where all or none are right both factors below the root are the same number, and the value is exactly 1 or -1.
    (tp * tn - fp * fn) / Math.sqrt((tp + fp) * (tn + fn) * ((tp + fn) * (tn + fp))),
  positiveRatio: (table: DiagnosticTable): number => quotient(positiveRate(table), alarmRate(table)),
  negativeRatio: (table: DiagnosticTable): number => quotient(missRate(table), negativeRate(table)),
  ppvAt: (table: DiagnosticTable, prevalence: number): number =>
    predicted(positiveRate(table), alarmRate(table), prevalence),
  npvAt: (table: DiagnosticTable, prevalence: number): number =>
    predicted(negativeRate(table), missRate(table), 1 - prevalence),
} as const;

/** Share of hits among the calls where hits weigh `weight` and alarms the rest. */
const predicted = (hit: number, alarm: number, weight: number): number =>
  quotient(hit * weight, hit * weight + alarm * (1 - weight));

/** A number, or the reason where it is none. */
const orReason = (value: number, reason: NotEstimable): Value => (Number.isNaN(value) ? reason : value);

/** Point values; each undefined one says why. */
export function diagnosticValues(
  table: DiagnosticTable,
): Record<
  | "sensitivity"
  | "specificity"
  | "accuracy"
  | "balancedAccuracy"
  | "ppv"
  | "npv"
  | "f1"
  | "prevalence"
  | "mcc"
  | "kappa",
  Value
> {
  requireDiagnosticTable(table);
  const { tp, fp, fn, tn } = table;
  const total = tp + fp + fn + tn;
  const none = (reason: NotEstimable): NotEstimable => (total === 0 ? notEstimable("no-data") : reason);
  const sensitivity = ratio(tp, tp + fn, none(notEstimable("no-positives")));
  const specificity = ratio(tn, tn + fp, none(notEstimable("no-negatives")));
  const balancedAccuracy =
    typeof sensitivity !== "number"
      ? sensitivity
      : typeof specificity !== "number"
        ? specificity
        : tableFormulas.balancedAccuracy(table);
  const kappa = cohenKappa([
    [tp, fp],
    [fn, tn],
  ]);
  return {
    sensitivity,
    specificity,
    accuracy: ratio(tp + tn, total, none(zeroDenominator)),
    balancedAccuracy,
    ppv: ratio(tp, tp + fp, none(zeroDenominator)),
    npv: ratio(tn, tn + fn, none(zeroDenominator)),
    f1: ratio(2 * tp, 2 * tp + fp + fn, none(zeroDenominator)),
    prevalence: ratio(tp + fn, total, none(zeroDenominator)),
    mcc: orReason(tableFormulas.mcc(table), none(zeroDenominator)),
    kappa: kappa.ok ? kappa.kappa : kappa,
  };
}

/** Both classes have a case: what the functions below need. */
function requireClasses({ tp, fp, fn, tn }: DiagnosticTable): NotEstimable | null {
  if (tp + fp + fn + tn === 0) return notEstimable("no-data");
  if (tp + fn === 0) return notEstimable("no-positives");
  return tn + fp === 0 ? notEstimable("no-negatives") : null;
}

export interface ValueWithInterval {
  value: Value;
  interval: IntervalOutcome;
}

const both = (none: NotEstimable): ValueWithInterval => ({ value: none, interval: none });

/** A ratio that has no value, or is 0, comes with an empty cell, whose variance is infinite. */
function logInterval(method: string, value: number, variance: number, level: number): IntervalOutcome {
  if (variance === Infinity) return notEstimable("zero-cell");
  if (variance === 0) return notEstimable("zero-variance");
  const factor = Math.exp(zOfLevel(level) * Math.sqrt(variance));
  return estimated({ low: value / factor, high: value * factor, level, method });
}

/** Likelihood ratios (log interval, Simel 1991) and odds ratio (Woolf); an interval with an empty cell is `zero-cell`. */
export function likelihoodRatios(
  table: DiagnosticTable,
  level = 0.95,
): { positive: ValueWithInterval; negative: ValueWithInterval; oddsRatio: ValueWithInterval } {
  requireDiagnosticTable(table);
  requireLevel(level);
  const none = requireClasses(table);
  if (none !== null) return { positive: both(none), negative: both(none), oddsRatio: both(none) };
  const { tp, fp, fn, tn } = table;
  const [n1, n0] = [tp + fn, tn + fp];
  const of = (method: string, value: number, variance: number): ValueWithInterval => ({
    value: orReason(value, zeroDenominator),
    interval: logInterval(method, value, variance, level),
  });
  return {
    positive: of("lr_log", tableFormulas.positiveRatio(table), 1 / tp - 1 / n1 + 1 / fp - 1 / n0),
    negative: of("lr_log", tableFormulas.negativeRatio(table), 1 / fn - 1 / n1 + 1 / tn - 1 / n0),
    oddsRatio: of("odds_ratio_woolf", quotient(tp * tn, fp * fn), 1 / tp + 1 / fp + 1 / fn + 1 / tn),
  };
}

/**
 * Youden's J and balanced accuracy, (J + 1)/2: Wald (variances added), and square and add of two Wilson intervals
 * (Newcombe 1998, method 10, Stat Med 17:873), which never lacks width.
 */
export function youdenIntervals(
  table: DiagnosticTable,
  level = 0.95,
): {
  youden: Value;
  wald: IntervalOutcome;
  newcombe: IntervalOutcome;
  balancedAccuracyWald: IntervalOutcome;
  balancedAccuracyNewcombe: IntervalOutcome;
} {
  requireDiagnosticTable(table);
  requireLevel(level);
  const none = requireClasses(table);
  if (none !== null) {
    return {
      youden: none,
      wald: none,
      newcombe: none,
      balancedAccuracyWald: none,
      balancedAccuracyNewcombe: none,
    };
  }
  const { tp, fp, fn, tn } = table;
  const [n1, n0] = [tp + fn, tn + fp];
  const [se, sp] = [tp / n1, tn / n0];
  const youden = tableFormulas.youden(table);
  const half = zOfLevel(level) * Math.sqrt((se * (1 - se)) / n1 + (sp * (1 - sp)) / n0);
  const balanced = tableFormulas.balancedAccuracy(table);
  const [first, second] = [wilson(tp, n1, level), wilson(tn, n0, level)];
  const low = youden - Math.hypot(se - first.low, sp - second.low);
  const high = youden + Math.hypot(first.high - se, second.high - sp);
  return {
    youden,
    wald: clippedInterval("youden_wald", level, youden - half, youden + half, [-1, 1]),
    newcombe: clippedInterval("youden_newcombe", level, low, high, [-1, 1]),
    balancedAccuracyWald: clippedInterval(
      "balanced_accuracy_wald",
      level,
      balanced - half / 2,
      balanced + half / 2,
      [0, 1],
    ),
    balancedAccuracyNewcombe: clippedInterval(
      "balanced_accuracy_newcombe",
      level,
      (low + 1) / 2,
      (high + 1) / 2,
      [0, 1],
    ),
  };
}

interface Predictive {
  ppv: ValueWithInterval;
  npv: ValueWithInterval;
}

function predictive(
  se: number,
  sp: number,
  n1: number,
  n0: number,
  prevalence: number,
  level: number,
  method: string,
): Predictive {
  const z = zOfLevel(level);
  const of = (hit: number, alarm: number, weight: number, variance: number): ValueWithInterval => {
    const value = orReason(predicted(hit, alarm, weight), zeroDenominator);
    // Without hits or alarms a term of the variance is divided by 0.
    if (variance === Infinity) return { value, interval: notEstimable("zero-cell") };
    const centre = Math.log((hit * weight) / (alarm * (1 - weight)));
    const half = z * Math.sqrt(variance);
    const expit = (u: number): number => 1 / (1 + Math.exp(-u));
    return { value, interval: clippedInterval(method, level, expit(centre - half), expit(centre + half), [0, 1]) };
  };
  return {
    ppv: of(se, 1 - sp, prevalence, (1 - se) / (se * n1) + sp / ((1 - sp) * n0)),
    npv: of(sp, 1 - se, 1 - prevalence, se / ((1 - se) * n1) + (1 - sp) / (sp * n0)),
  };
}

/**
 * Predictive values at a declared prevalence with logit intervals (Mercaldo, Lau & Zhou 2007, doi:10.1002/sim.2677);
 * `adjusted` uses (x + z²/2)/(n + z²) for sensitivity and specificity and is defined with empty cells.
 */
export function predictiveValuesAt(
  table: DiagnosticTable,
  prevalence: number,
  adjusted = false,
  level = 0.95,
): Predictive {
  requireDiagnosticTable(table);
  requireLevel(level);
  requireArgument(prevalence > 0 && prevalence < 1, `prevalence: ${prevalence} is not between 0 and 1`);
  const none = requireClasses(table);
  if (none !== null) return { ppv: both(none), npv: both(none) };
  const { tp, fp, fn, tn } = table;
  const extra = adjusted ? zOfLevel(level) * zOfLevel(level) : 0;
  const [n1, n0] = [tp + fn + extra, tn + fp + extra];
  const [se, sp] = [(tp + extra / 2) / n1, (tn + extra / 2) / n0];
  const method = adjusted ? "predictive_logit_adjusted" : "predictive_logit";
  return predictive(se, sp, n1, n0, prevalence, level, method);
}
