/** Rank tests: two groups, several groups, differences of pairs. Equal values share their mean rank. */
import { chiSquareTails } from "./gamma.js";
import { normalSf } from "./normal.js";
import { estimated, notEstimable, requireArgument, type NotEstimable, type Outcome } from "./outcome.js";
import { chosenSum, signedSum, sumTails } from "./rank-distributions.js";
import { midranks } from "./ranks.js";
import { neumaierSum } from "./summation.js";

type Part = number | NotEstimable;

/** Distance from the mean in standard errors; `corrected` takes ½ off it, down to 0. */
function standardised(statistic: number, mean: number, variance: number, corrected: boolean): { z: Part; p: Part } {
  if (variance === 0) return { z: notEstimable("zero-variance"), p: notEstimable("zero-variance") };
  const distance = statistic - mean;
  const size = Math.max(0, Math.abs(distance) - (corrected ? 0.5 : 0));
  const z = (Math.sign(distance) * size) / Math.sqrt(variance);
  return { z, p: 2 * normalSf(Math.abs(z)) };
}

function rankSum(x: readonly number[], y: readonly number[]): { u: number; ranks: Float64Array; ties: number } {
  const { ranks, ties } = midranks([...x, ...y]);
  const u = neumaierSum(ranks.subarray(0, x.length)) - (x.length * (x.length + 1)) / 2;
  return { u, ranks, ties };
}

/**
 * Mann-Whitney test by the normal approximation (1947, doi:10.1214/aoms/1177730491), variance corrected for ties; `u`
 * belongs to x: pairs with x > y, ties ½. Two-sided p; `corrected` with a continuity correction of ½.
 * An empty group: `no-data`; all values equal: z and p `zero-variance`.
 */
export function mannWhitney(
  x: readonly number[],
  y: readonly number[],
  corrected = false,
): Outcome<{ u: number; z: Part; p: Part }> {
  const { u, ties } = rankSum(x, y);
  const pairs = x.length * y.length;
  if (pairs === 0) return notEstimable("no-data");
  const count = x.length + y.length;
  const variance = (pairs / 12) * (count + 1 - ties / (count * (count - 1)));
  return estimated({ u, ...standardised(u, pairs / 2, variance, corrected) });
}

/**
 * Exact Mann-Whitney test: permutation distribution of the midranks, ties included. `p`: two-sided by distance from the
 * mean; `pLess`, `pGreater`: u at most, at least as large. Groups whose distribution costs more than 5e8 additions (about
 * 113 + 113 without ties): `no-convergence`; use {@link mannWhitney}.
 */
export function mannWhitneyExact(
  x: readonly number[],
  y: readonly number[],
): Outcome<{ u: number; p: number; pLess: number; pGreater: number }> {
  const { u, ranks } = rankSum(x, y);
  if (x.length === 0 || y.length === 0) return notEstimable("no-data");
  // The smaller group is cheaper; its sum mirrors that of the other.
  const mirrored = y.length < x.length;
  const chosen = mirrored ? y.length : x.length;
  const distribution = chosenSum(ranks, chosen);
  if (distribution === null) return notEstimable("no-convergence");
  const observed = (mirrored ? x.length * y.length - u : u) + (chosen * (chosen + 1)) / 2;
  const { p, pLess, pGreater } = sumTails(observed, (chosen * (ranks.length + 1)) / 2, distribution);
  return estimated(mirrored ? { u, p, pLess: pGreater, pGreater: pLess } : { u, p, pLess, pGreater });
}

/**
 * Kruskal-Wallis test of two or more groups (1952, doi:10.1080/01621459.1952.10483441), corrected for ties.
 * An empty group: `no-data`; one group: `too-few`; all values equal: h and p `zero-variance`.
 * A group without values: `no-data` for the whole, as R refuses it too; leave it out where that is meant.
 */
export function kruskalWallis(groups: readonly (readonly number[])[]): Outcome<{ h: Part; df: number; p: Part }> {
  const { ranks, ties } = midranks(groups.flat());
  const count = ranks.length;
  if (count === 0 || groups.some((group) => group.length === 0)) return notEstimable("no-data");
  if (groups.length === 1) return notEstimable("too-few");
  const df = groups.length - 1;
  const correction = 1 - ties / (count * count * count - count);
  if (correction === 0) return estimated({ h: notEstimable("zero-variance"), df, p: notEstimable("zero-variance") });
  let start = 0;
  const terms = groups.map((group) => {
    const end = start + group.length;
    const deviation = neumaierSum(ranks.subarray(start, end)) - (group.length * (count + 1)) / 2;
    start = end;
    return (deviation * deviation) / group.length;
  });
  const h = ((12 / (count * (count + 1))) * neumaierSum(terms)) / correction;
  return estimated({ h, df, p: chiSquareTails(h, df).upper });
}

/** Differences without the zeros, with the ranks of their sizes and the sum of those of the positive ones. */
function signedRanks(d: readonly number[]): { v: number; ranks: Float64Array; ties: number } {
  for (const difference of d) requireArgument(Number.isFinite(difference), `signed ranks: difference ${difference}`);
  const kept = d.filter((difference) => difference !== 0);
  const { ranks, ties } = midranks(kept.map((difference) => Math.abs(difference)));
  return { v: neumaierSum(ranks.filter((_, i) => (kept[i] as number) > 0)), ranks, ties };
}

/**
 * Wilcoxon's signed rank test by the normal approximation (1945, doi:10.2307/3001968), variance corrected for ties; zeros
 * are left out; `v` is the rank sum of the positive differences. Two-sided p. Nothing but zeros: z 0, p 1.
 */
export function wilcoxonSignedRank(d: readonly number[], corrected = false): Outcome<{ v: number; z: Part; p: Part }> {
  const { v, ranks, ties } = signedRanks(d);
  if (d.length === 0) return notEstimable("no-data");
  const count = ranks.length;
  if (count === 0) return estimated({ v, z: 0, p: 1 });
  const variance = (count * (count + 1) * (2 * count + 1)) / 24 - ties / 48;
  return estimated({ v, ...standardised(v, (count * (count + 1)) / 4, variance, corrected) });
}

/**
 * Exact signed rank test: all patterns of signs of the midranks, ties included; two-sided by distance from the mean.
 * Nothing but zeros: p = 1. More than about 790 differences (1000 without ties): `no-convergence`; use {@link wilcoxonSignedRank}.
 */
export function wilcoxonSignedRankExact(d: readonly number[]): Outcome<{ v: number; p: number }> {
  const { v, ranks } = signedRanks(d);
  if (d.length === 0) return notEstimable("no-data");
  const distribution = signedSum(ranks);
  if (distribution === null) return notEstimable("no-convergence");
  return estimated({ v, p: sumTails(v, (ranks.length * (ranks.length + 1)) / 4, distribution).p });
}
