/** Regularised incomplete gamma function with both tails, its inverse, and the chi-square distribution. */
import { requireSide, type Tails } from "./beta.js";
import { deviance, logGamma, logGammaOnePlus, stirlingCorrection } from "./log-gamma.js";
import { normalSf } from "./normal.js";
import { requireArgument } from "./outcome.js";

const twoPi = 6.28318530717958647693;

/** x^a e^-x / Γ(a): the density of Gamma(a) over ln x. */
function prefix(x: number, a: number): number {
  return Math.sqrt(a / twoPi) * Math.exp(-deviance(a, x) - stirlingCorrection(a));
}

/** Σ x^n / ((a+1)...(a+n)), n from 0. */
function series(x: number, a: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 1000000; n++) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

/** Legendre's continued fraction for the upper tail, without its prefix (Lentz); from x = a + 1 on no denominator is 0. */
function continuedFraction(x: number, a: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1000000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = an * d + b;
    c = b + an / c;
    d = 1 / d;
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 2e-16) break;
  }
  return h;
}

/** Both tails for a < 1, x <= 1.1: keeps the upper tail when the lower is almost 1. */
function smallShapeSeries(x: number, logX: number, a: number): Tails {
  let term = 1;
  let sum = 0;
  for (let n = 1; n < 200; n++) {
    term *= -x / n;
    sum += term / (a + n);
    if (Math.abs(term) < 1e-18) break;
  }
  sum *= a;
  const logLead = a * logX - logGammaOnePlus(a);
  const lead = Math.exp(logLead);
  return { lower: lead * (1 + sum), upper: -Math.expm1(logLead) - lead * sum };
}

/**
 * Both tails for a >= 1e6: the uniform expansion of Temme (1979, doi:10.1137/0510071; DLMF 8.12), ½ erfc of the deviance's
 * root and a rest S(η)/√(2πa) e^-deviance. The series above would need some √a terms.
 */
function largeShapeTails(x: number, a: number): Tails {
  // 40 standard deviations away the deviance is above 750, beyond the smallest number.
  if (Math.abs(x - a) > 40 * Math.sqrt(a)) return x < a ? { lower: 0, upper: 1 } : { lower: 1, upper: 0 };
  // Quarters (exact) keep x + a below the largest number.
  const half = 4 * deviance(a / 4, x / 4);
  const root = (x < a ? -1 : 1) * Math.sqrt(2 * half);
  const eta = root / Math.sqrt(a);
  const first = polynomial(eta, [
    -1 / 3,
    1 / 12,
    -2 / 135,
    1 / 864,
    1 / 2835,
    -139 / 777600,
    1 / 25515,
    -571 / 261273600,
    -281 / 151559100,
  ]);
  const second = polynomial(eta, [-1 / 540, -1 / 288, 1 / 378, -77 / 77760]);
  const rest = ((first + second / a) * Math.exp(-half)) / Math.sqrt(twoPi * a);
  return { lower: normalSf(-root) - rest, upper: normalSf(root) + rest };
}

/** Σ c_k x^k. */
function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduceRight((sum, coefficient) => coefficient + x * sum, 0);
}

/** Regularised incomplete gamma function P(a, x) and its complement; x >= 0, a > 0. `logX` where x underflows. */
export function gammaTails(x: number, a: number, logX = Math.log(x)): Tails {
  requireArgument(a > 0 && x >= 0, `gammaTails(${x}, ${a}) is not defined`);
  if (logX === -Infinity) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  if (a >= 1e6) return largeShapeTails(x, a);
  if (a < 1 && x <= 1.1) return smallShapeSeries(x, logX, a);
  if (x < 1e-300) return { lower: Math.exp(a * logX - logGamma(a + 1)), upper: 1 };
  const density = prefix(x, a);
  if (x < a + 1) {
    const lower = (density / a) * series(x, a);
    return { lower, upper: 1 - lower };
  }
  const upper = density * continuedFraction(x, a);
  return { lower: 1 - upper, upper };
}

/** Quantile of Gamma(a) with this probability below (or, `side` "upper", above): Newton steps on ln F over ln x. */
export function gammaQuantile(probability: number, a: number, side: keyof Tails = "lower"): number {
  requireArgument(a > 0 && probability >= 0 && probability <= 1, `gammaQuantile(${probability}, ${a}) is not defined`);
  requireSide(side);
  if (probability === 0 || probability === 1) return (probability === 0) === (side === "lower") ? 0 : Infinity;
  const useLower = side === "lower" ? probability <= 0.5 : probability > 0.5;
  const target = Math.log((side === "lower") === useLower ? probability : 1 - probability);
  let lowEnd = -1e5;
  let highEnd = 710;
  let u = Math.log(a);
  for (let i = 0; i < 400; i++) {
    const x = Math.exp(u);
    const tails = gammaTails(x, a, u);
    const tail = useLower ? tails.lower : tails.upper;
    const difference = tail > 0 ? Math.log(tail) - target : -Infinity;
    if (difference === 0) return x;
    const above = useLower ? difference > 0 : difference < 0;
    if (above) highEnd = u;
    else lowEnd = u;
    const slope = x < 1e-300 ? (useLower ? a : 0) : ((useLower ? 1 : -1) * prefix(x, a)) / tail;
    let next = u - difference / slope;
    if (!(next > lowEnd && next < highEnd)) {
      const width = highEnd - lowEnd;
      next = width > 1e3 ? (above ? u - 1 - Math.abs(u) : u + 1 + Math.abs(u)) : lowEnd + width / 2;
      if (!(next > lowEnd && next < highEnd)) next = lowEnd + width / 2;
    }
    const step = Math.abs(next - u);
    u = next;
    if (step <= 1e-16 * Math.max(1, Math.abs(u)) || highEnd - lowEnd <= 2e-16 * Math.max(1, Math.abs(u))) break;
  }
  return Math.exp(u);
}

/** Tails of the chi-square distribution. */
export function chiSquareTails(x: number, degrees: number): Tails {
  return gammaTails(x / 2, degrees / 2);
}

/** Quantile of the chi-square distribution. */
export function chiSquareQuantile(probability: number, degrees: number, side: keyof Tails = "lower"): number {
  return 2 * gammaQuantile(probability, degrees / 2, side);
}
