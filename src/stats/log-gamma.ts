/**
 * ln Γ(x), its Stirling correction, and the saddle-point pieces from which the densities of beta, gamma, binomial and
 * Poisson are built without cancellation (Loader 2000, "Fast and accurate computation of binomial probabilities").
 */

/** ζ(k) - 1 for k = 2, 3, ... */
const zetaMinusOne = [
  6.44934066848226436472e-1, 2.020569031595942854e-1, 8.2323233711138191516e-2, 3.69277551433699263314e-2,
  1.73430619844491397145e-2, 8.3492773819228268398e-3, 4.07735619794433937869e-3, 2.00839282608221441785e-3,
  9.94575127818085337146e-4, 4.94188604119464558702e-4, 2.46086553308048298638e-4, 1.22713347578489146752e-4,
  6.12481350587048292585e-5, 3.05882363070204935517e-5, 1.52822594086518717326e-5, 7.6371976378997622736e-6,
  3.81729326499983985646e-6, 1.90821271655393892566e-6, 9.53962033872796113152e-7, 4.76932986787806463117e-7,
  2.38450502727732990004e-7, 1.19219925965311073068e-7, 5.96081890512594796124e-8, 2.98035035146522801861e-8,
  1.49015548283650412347e-8, 7.45071178983542949198e-9, 3.72533402478845705482e-9, 1.8626597235130490064e-9,
];
const oneMinusEuler = 0.42278433509846713939;
const halfLogTwoPi = 0.91893853320467274178;

/** ln Γ(2 + w) for |w| <= 1/2, from the Taylor series whose coefficients are (ζ(k) - 1)/k. */
function logGammaNearTwo(w: number): number {
  let sum = 0;
  for (let i = zetaMinusOne.length - 1; i >= 0; i--) {
    const k = i + 2;
    sum = (zetaMinusOne[i] as number) / k - w * sum;
  }
  return w * (oneMinusEuler + w * sum);
}

/** Stirling's series for the correction, x >= 10. */
function stirlingSeries(x: number): number {
  const r = 1 / (x * x);
  return (
    (1 / 12 -
      r *
        (1 / 360 -
          r *
            (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - r * (691 / 360360 - r * (1 / 156 - r * (3617 / 122400)))))))) /
    x
  );
}

/** δ(x) = ln Γ(x) - ((x - ½) ln x - x + ½ ln 2π), x > 0. */
export function stirlingCorrection(x: number): number {
  if (x >= 10) return stirlingSeries(x);
  if (x < 1e-8) return logGamma(x) - (x - 0.5) * Math.log(x) + x - halfLogTwoPi;
  let sum = 0;
  let y = x;
  for (; y < 10; y++) sum += (y + 0.5) * Math.log1p(1 / y) - 1;
  return sum + stirlingSeries(y);
}

/** ln Γ(x), x > 0, with small relative error near its zeros 1 and 2 as well. */
export function logGamma(x: number): number {
  if (x < 0.5) return logGammaOnePlus(x) - Math.log(x);
  if (x < 1.5) return logGammaNearTwo(x - 1) - Math.log1p(x - 1);
  if (x <= 2.5) return logGammaNearTwo(x - 2);
  if (x < 10) {
    let product = 1;
    let y = x;
    while (y > 2.5) product *= --y;
    return Math.log(product) + logGammaNearTwo(y - 2);
  }
  return (x - 0.5) * (Math.log(x) - 1) + (halfLogTwoPi - 0.5) + stirlingSeries(x);
}

/** ln Γ(1 + a) for 0 <= a <= 1, without rounding 1 + a. */
export function logGammaOnePlus(a: number): number {
  return a <= 0.5 ? logGammaNearTwo(a) - Math.log1p(a) : logGammaNearTwo(a - 1);
}

/** ln Γ(a + b) - ln Γ(b) for 0 < a <= 1, b > 0, with small relative error for tiny a. */
export function logGammaIncrease(a: number, b: number): number {
  let sum = 0;
  let base = b;
  for (; base < 10; base++) sum -= Math.log1p(a / base);
  const growth = Math.log1p(a / base);
  sum += (base - 0.5) * growth + a * Math.log(base + a) - a;
  const coefficients = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
  let power = 1 / base;
  for (let i = 0; i < coefficients.length; i++) {
    sum += (coefficients[i] as number) * power * Math.expm1(-(2 * i + 1) * growth);
    power /= base * base;
  }
  return sum;
}

/** Deviance part x ln(x/m) + m - x, x > 0, m > 0, without cancellation near x = m. */
export function deviance(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) < 0.1 * (x + m)) {
    const v = difference / (x + m);
    let sum = difference * v;
    let term = 2 * x * v;
    for (let j = 1; j < 1000; j++) {
      term *= v * v;
      const next = sum + term / (2 * j + 1);
      if (next === sum) break;
      sum = next;
    }
    return sum;
  }
  const ratio = x / m;
  // Below the normal numbers a quotient has lost its digits.
  return x * (ratio > 1e-300 ? Math.log(ratio) : Math.log(x) - Math.log(m)) + m - x;
}
