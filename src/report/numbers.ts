/**
 * How numbers are printed: rounded once, at output, from the stored full value, by GB/T 8170-2008 (exactly half goes to the even digit).
 * Ratios are rounded from their integers, other values from their decimal expansion, never from binary fractions.
 */
import type { MetricResult } from "../contract/result.js";

/** An exact number. The denominator is positive. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** How values of a metric are printed, see `metricTitles` of the result. */
export type NumberKind = MetricKind | "p" | "integer" | "millimetre";
export type MetricKind = "proportion" | "rate" | "index" | "score" | "number";

/** Decimals that are printed; of proportions, in percent. */
const decimalsOf: Readonly<Record<NumberKind, number>> = {
  proportion: 1,
  rate: 2,
  index: 3,
  score: 3,
  number: 3,
  p: 3,
  integer: 0,
  millimetre: 2,
};

const minus = "\u2212";

/** The exact value of the shortest decimal text of a number. @throws RangeError when it is not finite */
export function decimalOf(value: number): Rational {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (!match) throw new RangeError(`${value} has no decimal expansion`);
  const [, sign, whole = "0", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent) - fraction.length;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return shift >= 0
    ? { numerator: digits * power10(shift), denominator: 1n }
    : { numerator: digits, denominator: power10(-shift) };
}

function power10(exponent: number): bigint {
  return BigInt(`1${"0".repeat(exponent)}`);
}

function ratio(numerator: number, denominator: number): Rational {
  return { numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

/** Exact difference a - b. */
export function subtract(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator - b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** -1, 0 or 1 as a is below, equal to or above b. */
function compare(a: Rational, b: Rational): number {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Rounds to the nearest multiple of 10^-decimals; a half goes to the even digit; negative values by their absolute value. */
function roundHalfEven(value: Rational, decimals: number): bigint {
  const scaled = value.numerator * power10(decimals);
  const absolute = scaled < 0n ? -scaled : scaled;
  const quotient = absolute / value.denominator;
  const twice = 2n * (absolute % value.denominator);
  const up = twice > value.denominator || (twice === value.denominator && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return scaled < 0n ? -rounded : rounded;
}

/** Decimal text of a rounded value, with a true minus sign; a value that rounds to zero has no sign. */
export function roundTo(value: Rational, decimals: number): string {
  const units = roundHalfEven(value, decimals);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? digits : `${whole}.${digits.slice(-decimals)}`;
  return units < 0n ? `${minus}${text}` : text;
}

function percentOf(value: Rational): Rational {
  return { numerator: value.numerator * 100n, denominator: value.denominator };
}

/**
 * The exact value behind an estimate: its integers k/n where the result has them and they give the estimate,
 * else the decimal expansion of the stored number.
 */
export function exactEstimate(metric: Pick<MetricResult, "estimate" | "n">): Rational | null {
  if (metric.estimate === null) return null;
  const counts = countsOf(metric);
  return counts ? ratio(counts.numerator, counts.denominator) : decimalOf(metric.estimate);
}

/** Numerator and denominator where they are integers that give the estimate. */
export function countsOf(
  metric: Pick<MetricResult, "estimate" | "n">,
): { numerator: number; denominator: number } | null {
  const { numerator, denominator } = metric.n;
  if (numerator === undefined || denominator === undefined || metric.estimate === null) return null;
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator <= 0) return null;
  if (Math.abs(numerator / denominator - metric.estimate) > 1e-9) return null;
  return { numerator, denominator };
}

/** A value in the form of its kind, with its unit: `91.9 %`, `0.87`, `0.920`, `<0.001`. */
export function formatValue(value: Rational | number, kind: NumberKind, decimals: number = decimalsOf[kind]): string {
  const exact = typeof value === "number" ? decimalOf(value) : value;
  if (kind === "proportion") return `${roundTo(percentOf(exact), decimals)} %`;
  if (kind === "p" && compare(exact, { numerator: 1n, denominator: 1000n }) < 0) return "<0.001";
  return roundTo(exact, decimals);
}

/** A bound of an interval: a number, or an unbounded end. */
export function formatBound(value: number | "Infinity" | "-Infinity", kind: NumberKind, decimals?: number): string {
  if (value === "Infinity") return "∞";
  if (value === "-Infinity") return `${minus}∞`;
  return formatValue(value, kind, decimals);
}

/** `87.1 %–95.1 %`; with a negative end `−3.5 % … 0.6 %`, so that dash and minus can't be confused. */
export function formatInterval(
  interval: { low: number | "Infinity" | "-Infinity"; high: number | "Infinity" | "-Infinity" },
  kind: NumberKind,
  decimals?: number,
): string {
  const low = formatBound(interval.low, kind, decimals);
  const high = formatBound(interval.high, kind, decimals);
  return low.startsWith(minus) || high.startsWith(minus) ? `${low} … ${high}` : `${low}–${high}`;
}

/** A difference with its sign: proportions in percentage points without the percent sign. */
export function formatDifference(value: Rational | number, kind: NumberKind, decimals = decimalsOf[kind]): string {
  const exact = typeof value === "number" ? decimalOf(value) : value;
  const text = roundTo(kind === "proportion" ? percentOf(exact) : exact, decimals);
  return text.startsWith(minus) || /^[0.]+$/.test(text) ? text : `+${text}`;
}

/** Decimals that a number has in its shortest decimal text. */
function decimalsIn(value: Rational, most: number): number {
  for (let decimals = 0; decimals < most; decimals++) {
    const scaled = value.numerator * power10(decimals);
    if (scaled % value.denominator === 0n) return decimals;
  }
  return most;
}

/**
 * A value beside the limit it was judged by. Both have the same number of decimals: the usual ones of the kind, or those of the limit where it has more.
 * A value that rounds onto the limit without being equal to it carries (+) or (−).
 */
export function formatAgainstLimit(
  value: Rational | number | "Infinity" | "-Infinity",
  limit: number,
  kind: NumberKind,
): { value: string; limit: string } {
  const exactLimit = decimalOf(limit);
  const shownLimit = kind === "proportion" ? percentOf(exactLimit) : exactLimit;
  const decimals = Math.max(decimalsOf[kind], decimalsIn(shownLimit, 8));
  const limitText = formatValue(exactLimit, kind, decimals);
  if (typeof value === "string") return { value: formatBound(value, kind), limit: limitText };
  const exact = typeof value === "number" ? decimalOf(value) : value;
  const text = formatValue(exact, kind, decimals);
  const order = compare(exact, exactLimit);
  const mark = text === limitText && order !== 0 ? (order > 0 ? "(+)" : `(${minus})`) : "";
  return { value: `${text}${mark}`, limit: limitText };
}
