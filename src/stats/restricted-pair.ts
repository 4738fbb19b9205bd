/** Two proportions under the restriction that their difference is given: what score tests and sample sizes rest on. */
import { zOfLevel } from "./normal.js";
import { clippedInterval, type IntervalOutcome } from "./outcome.js";
import { fallingRoot } from "./root.js";

/** x1 of n1 and x2 of n2; may be real (expected counts of a group of size 1). */
export interface Groups {
  x1: number;
  n1: number;
  x2: number;
  n2: number;
}

/** A term of the likelihood equation; one without a count drops out, however small the probability is. */
function part(count: number, probability: number): number {
  return count === 0 ? 0 : count / Math.max(0, probability);
}

/** The derivative of the log likelihood in p2; it falls. */
function score({ x1, n1, x2, n2 }: Groups, delta: number, p2: number): number {
  const p1 = p2 + delta;
  return part(x2, p2) - part(n2 - x2, 1 - p2) + part(x1, p1) - part(n1 - x1, 1 - p1);
}

/** A Newton step of less than this share of p2 and of 1 - p2 leaves an error of its square, below the last digit. */
const lastStep = 1e-9;

/** Maximum likelihood p2 under p1 - p2 = delta: trigonometric root of the cubic, polished on the likelihood equation. */
export function restrictedSecond(groups: Groups, delta: number): number {
  const { x1, n1, x2, n2 } = groups;
  const total = n1 + n2;
  const min = Math.max(0, -delta);
  const max = Math.min(1, 1 - delta);
  // At an end one probability is 0, and a count there makes the score infinite: only without it may the maximum lie there.
  if ((delta > 0 ? n1 - x1 : n2 - x2) === 0 && score(groups, delta, max) >= 0) return max;
  if ((delta < 0 ? x1 : x2) === 0 && score(groups, delta, min) <= 0) return min;
  const l2 = (n1 + 2 * n2) * delta - total - x1 - x2;
  const l1 = (n2 * delta - total - 2 * x2) * delta + x1 + x2;
  const l0 = x2 * delta * (1 - delta);
  const third = l2 / (3 * total);
  const q = third * third * third - (l1 * l2) / (6 * total * total) + l0 / (2 * total);
  const root = Math.sqrt(Math.max(0, third * third - l1 / (3 * total)));
  const p = q > 0 ? root : -root;
  const cosine = p === 0 ? 0 : Math.min(1, Math.max(-1, q / (p * p * p)));
  let p2 = Math.min(max, Math.max(min, 2 * p * Math.cos((Math.PI + Math.acos(cosine)) / 3) - third));
  for (let i = 0; i < 4 && p2 > min && p2 < max; i++) {
    const p1 = p2 + delta;
    const [a, b] = [part(x2, p2), part(n2 - x2, 1 - p2)];
    const [c, d] = [part(x1, p1), part(n1 - x1, 1 - p1)];
    const step = (a - b + c - d) / (a / p2 + b / (1 - p2) + c / p1 + d / (1 - p1));
    const next = p2 + step;
    if (!(next > min && next < max)) break;
    p2 = next;
    if (Math.abs(step) < lastStep * Math.min(p2 - min, max - p2)) break;
  }
  return p2;
}

/**
 * Discordant share of the second only under a paired difference of delta: larger root of Tango's quadratic (1998), from b
 * and c discordant of `total` pairs.
 */
export function restrictedDiscordance(b: number, c: number, total: number, delta: number): number {
  const linear = (2 * total - b + c) * delta - b - c;
  if (delta < 0) {
    // The same discriminant by the distance from -1, where both roots meet: a sum of terms none of which is negative.
    const rest = 1 + delta;
    const apart = 2 * (total - c) - rest * (2 * total - c);
    const shared = rest * b * (4 * (total + c) - 2 * rest * (2 * total + c) + rest * b);
    return (Math.sqrt(apart * apart + shared) - linear) / (4 * total);
  }
  const constant = -c * delta * (1 - delta);
  const root = Math.sqrt(linear * linear - 8 * total * constant);
  return linear > 0 ? (-2 * constant) / (root + linear) : (root - linear) / (4 * total);
}

/** Tango's score statistic of difference = delta; ±Infinity where the restricted variance is 0. */
export function tangoScore(b: number, c: number, total: number, delta: number): number {
  const q = restrictedDiscordance(b, c, total, delta);
  // The share of the first only is q + delta; a negative delta leaves that one to add, lest digits cancel near -1.
  const variance = delta < 0 ? 2 * Math.max(0, q + delta) - delta * (1 + delta) : 2 * q + delta * (1 - delta);
  const difference = b - c - total * delta;
  return difference === 0 ? 0 : difference / Math.sqrt(total * variance);
}

/** Tango's score interval (1998) of b and c discordant of `total` pairs, which need not be whole (counts over a design effect). */
export function tangoInterval(method: string, b: number, c: number, total: number, level: number): IntervalOutcome {
  const z = zOfLevel(level);
  const estimate = (b - c) / total;
  const low = estimate === -1 ? -1 : fallingRoot(-1, estimate, (x) => tangoScore(b, c, total, x) - z);
  const high = estimate === 1 ? 1 : fallingRoot(estimate, 1, (x) => tangoScore(b, c, total, x) + z);
  return clippedInterval(method, level, low, high, [-1, 1]);
}
