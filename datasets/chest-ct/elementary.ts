/**
 * Sine, cosine and powers from basic arithmetic only, so that a phantom has the same bytes on every supported Node:
 * the engine's own trigonometric functions are not specified to the last bit and have changed between versions.
 */
import type { RandomStream } from "../../src/stats/random.js";

const HALF_PI_HIGH = 1.5707963267341256;
const HALF_PI_LOW = 6.077100506506192e-11;

/** Sine by reduction to [-pi/4, pi/4] and Taylor polynomials (error below 1e-13 for |x| < 1e5). */
export function sin(x: number): number {
  return quarter(x, 0);
}

/** Cosine, see {@link sin}. */
export function cos(x: number): number {
  return quarter(x, 1);
}

function quarter(x: number, shift: number): number {
  const turns = Math.round(x / (Math.PI / 2));
  const r = x - turns * HALF_PI_HIGH - turns * HALF_PI_LOW;
  const q = (((turns + shift) % 4) + 4) % 4;
  const s = r * r;
  const value =
    q % 2 === 0
      ? r * (1 - (s / 6) * (1 - (s / 20) * (1 - (s / 42) * (1 - (s / 72) * (1 - (s / 110) * (1 - s / 156))))))
      : 1 -
        (s / 2) * (1 - (s / 12) * (1 - (s / 30) * (1 - (s / 56) * (1 - (s / 90) * (1 - (s / 132) * (1 - s / 182))))));
  return q < 2 ? value : -value;
}

/** e^x by reduction with ln 2 and a Taylor polynomial (relative error below 1e-14). */
export function exp(x: number): number {
  if (x < -700) return 0;
  const n = Math.round(x / Math.LN2);
  const r = x - n * 0.6931471803691238 - n * 1.9082149292705877e-10;
  let term = 1;
  let sum = 1;
  for (let i = 1; i <= 13; i++) {
    term *= r / i;
    sum += term;
  }
  return scaleByPowerOfTwo(sum, n);
}

function scaleByPowerOfTwo(x: number, n: number): number {
  let value = x;
  const step = n < 0 ? 0.5 : 2;
  for (let i = Math.abs(n); i > 0; i--) value *= step;
  return value;
}

/** Natural logarithm for x > 0: reduction to [sqrt(1/2), sqrt(2)) and the series of artanh. */
export function ln(x: number): number {
  let m = x;
  let n = 0;
  while (m >= Math.SQRT2) {
    m *= 0.5;
    n++;
  }
  while (m < Math.SQRT1_2) {
    m *= 2;
    n--;
  }
  const t = (m - 1) / (m + 1);
  const s = t * t;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * s + 1 / k;
  return n * Math.LN2 + 2 * t * sum;
}

/** x^y for x >= 0. */
export function power(x: number, y: number): number {
  return x <= 0 ? 0 : exp(y * ln(x));
}

/** A standard normal number (polar method of Marsaglia). */
export function normal(random: RandomStream): number {
  for (;;) {
    const u = 2 * random.float() - 1;
    const v = 2 * random.float() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * ln(s)) / s);
  }
}

/** Uniform in [low, high). */
export function between(random: RandomStream, low: number, high: number): number {
  return low + (high - low) * random.float();
}

/** x held inside [low, high]. */
export function clamp(x: number, low: number, high: number): number {
  return x < low ? low : x > high ? high : x;
}

/** 0 below a, 1 above b, smooth between. */
export function smoothStep(a: number, b: number, x: number): number {
  const t = clamp((x - a) / (b - a), 0, 1);
  return t * t * (3 - 2 * t);
}

/** Minimum of two distances with a rounded joint of radius k (polynomial form). */
export function smoothMin(a: number, b: number, k: number): number {
  const h = k - Math.abs(a - b);
  return (a < b ? a : b) - (h > 0 ? (h * h) / (4 * k) : 0);
}

/** Maximum of two distances with a rounded joint of radius k. */
export function smoothMax(a: number, b: number, k: number): number {
  return -smoothMin(-a, -b, k);
}
