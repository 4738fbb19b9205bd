/** Error function and normal distribution, both tails to full relative accuracy. */
import { requireArgument } from "./outcome.js";

const twoOverRootPi = 1.1283791670955125739;
const rootHalf = 0.7071067811865475244;

/** e^(-x²) with the rounding error of x² removed. */
function expMinusSquare(x: number): number {
  const head = Math.fround(x);
  return Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
}

/** erf for |x| < 2: series of positive terms. */
function erfSeries(x: number): number {
  const square = x * x;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 200; n++) {
    term *= (2 * square) / (2 * n + 1);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return twoOverRootPi * x * expMinusSquare(x) * sum;
}

/** e^(x²) erfc(x) for x >= 2: continued fraction, evaluated from its end. */
function scaledErfc(x: number): number {
  const terms = Math.ceil(20 + 320 / (x * x));
  let fraction = 0;
  for (let k = terms; k >= 1; k--) fraction = k / 2 / (x + fraction);
  return 0.5641895835477562869 / (x + fraction);
}

/** Error function. */
export function erf(x: number): number {
  if (Math.abs(x) < 2) return erfSeries(x);
  return x > 0 ? 1 - erfc(x) : erfc(-x) - 1;
}

/** Complementary error function, accurate in the upper tail. */
export function erfc(x: number): number {
  if (x < 2) return 1 - erf(x);
  return x > 28 ? 0 : scaledErfc(x) * expMinusSquare(x);
}

/** P(Z > x). */
export function normalSf(x: number): number {
  const y = x * rootHalf;
  if (y < 2) return 0.5 * erfc(y);
  if (x > 39) return 0;
  const head = Math.fround(x);
  return 0.5 * scaledErfc(y) * Math.exp(-0.5 * head * head) * Math.exp(-0.5 * (x - head) * (x + head));
}

/** P(Z <= x). */
export function normalCdf(x: number): number {
  return normalSf(-x);
}

const central = {
  top: [
    3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
    67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ],
  bottom: [
    1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
    28729.085735721942674, 5226.495278852854561,
  ],
};
const middle = {
  top: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
    1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
  ],
  bottom: [
    1, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455, 0.14810397642748007459,
    0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
};
const far = {
  top: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
    0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  bottom: [
    1, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525, 7.868691311456132591e-4,
    1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
};

function rational({ top, bottom }: { top: readonly number[]; bottom: readonly number[] }, r: number): number {
  let numerator = 0;
  let denominator = 0;
  for (let i = top.length - 1; i >= 0; i--) {
    numerator = numerator * r + (top[i] as number);
    denominator = denominator * r + (bottom[i] as number);
  }
  return numerator / denominator;
}

/** Normal quantile of p in (0, 1): algorithm AS 241 (Wichura 1988, doi:10.2307/2347330). */
export function normalQuantile(p: number): number {
  requireArgument(p >= 0 && p <= 1, `normalQuantile: ${p} is not a probability`);
  if (p === 0) return -Infinity;
  if (p === 1) return Infinity;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(central, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const value = r <= 5 ? rational(middle, r - 1.6) : rational(far, r - 5);
  return q < 0 ? -value : value;
}

/** The z of a two-sided interval of this level. */
export function zOfLevel(level: number): number {
  return -normalQuantile((1 - level) / 2);
}
