/**
 * Probability that a unit of one side ranks above one of the other when units are drawn as clusters: what AUC, AFROC and
 * LROC are made of. Sorted once; a draw is only a set of weights.
 */
import { sortedOrder } from "./order.js";

/** Units of one side. */
export interface RankedUnits {
  /** Number of the patient (or other cluster) of each unit. */
  readonly patient: ArrayLike<number>;
  /** Infinities are ranks like any other: equal ones are ties. */
  readonly score: ArrayLike<number>;
  /** What a unit adds to the denominator; 1 where left out. Whole numbers keep sums, and so equal ratios, exact. */
  readonly share?: ArrayLike<number>;
  /** What it adds where it ranks above; `share` where left out. 0: it never does. */
  readonly gain?: ArrayLike<number>;
}

/** Units in rising order, in a tie those of the lower side first; tie groups that hold both sides as start, middle, end. */
interface Ranking {
  /** The patient's number, and the sign bit where the unit is of the upper side: one word to read. */
  readonly unit: Int32Array;
  readonly ties: Uint32Array;
  /** Index in the lower side, or the length of the lower side and the index in the upper one. */
  readonly order: Uint32Array;
}

const patientBits = 0x7fffffff;

function rank(upper: RankedUnits, lower: RankedUnits): Ranking {
  const lowers = lower.score.length;
  const scores = new Float64Array(lowers + upper.score.length);
  scores.set(lower.score);
  scores.set(upper.score, lowers);
  const order = sortedOrder(scores, "rising");
  const count = order.length;
  const units = new Int32Array(count);
  const ties: number[] = [];
  let start = 0;
  let middle = 0;
  for (let at = 0; at < count; at++) {
    const unit = order[at] as number;
    const score = scores[unit] as number;
    units[at] =
      unit < lowers ? (lower.patient[unit] as number) : ~patientBits | (upper.patient[unit - lowers] as number);
    if (at === 0 || score !== scores[order[at - 1] as number]) start = middle = at;
    if (unit < lowers) middle = at + 1;
    const ends = at + 1 === count || score !== scores[order[at + 1] as number];
    if (ends && start < middle && middle <= at) ties.push(start, middle, at + 1);
  }
  ties.push(count, count, count);
  return { unit: units, ties: Uint32Array.from(ties), order };
}

/** Where all units count the same: whole numbers, a third of the time of the general case. */
function unweightedArea({ unit, ties }: Ranking, weights: Uint16Array): number {
  let below = 0;
  let above = 0;
  let wins = 0;
  let at = 0;
  for (let tie = 0; tie < ties.length; tie += 3) {
    for (const start = ties[tie] as number; at < start; at++) {
      const word = unit[at] as number;
      const weight = weights[word & patientBits] as number;
      const upper = weight & (word >> 31);
      wins += upper * below;
      // | 0: sums of weights stay whole numbers of 32 bits.
      above = (above + upper) | 0;
      below = (below + weight - upper) | 0;
    }
    let tiedLower = 0;
    for (const middle = ties[tie + 1] as number; at < middle; at++) {
      tiedLower += weights[(unit[at] as number) & patientBits] as number;
    }
    let tiedUpper = 0;
    for (const end = ties[tie + 2] as number; at < end; at++) {
      tiedUpper += weights[(unit[at] as number) & patientBits] as number;
    }
    wins += tiedUpper * (below + tiedLower / 2);
    below += tiedLower;
    above += tiedUpper;
  }
  return above === 0 || below === 0 ? Number.NaN : wins / (above * below);
}

/** Shares and gains of the ranked units, in their order. */
interface Counted {
  readonly share: Float64Array;
  readonly gain: Float64Array;
}

function countedArea({ unit, ties }: Ranking, { share, gain }: Counted, weights: Uint16Array): number {
  let below = 0;
  let wins = 0;
  let lowerShares = 0;
  let upperShares = 0;
  let tie = 0;
  let tiedLower = 0;
  for (let at = 0; at < unit.length; at++) {
    const word = unit[at] as number;
    const weight = weights[word & patientBits] as number;
    const own = weight * (gain[at] as number);
    if (at === ties[tie]) tiedLower = 0;
    if (word >= 0) {
      lowerShares += weight * (share[at] as number);
      below += own;
      tiedLower += own;
    } else {
      upperShares += weight * (share[at] as number);
      const inTie = at >= (ties[tie] as number);
      wins += own * (inTie ? below - tiedLower / 2 : below);
    }
    if (at + 1 === ties[tie + 2]) tie += 3;
  }
  return lowerShares > 0 && upperShares > 0 ? wins / (upperShares * lowerShares) : Number.NaN;
}

/**
 * Sum over all pairs of gain x (1 above, 1/2 equal), divided by the product of the sums of shares (Mann-Whitney), when
 * patient i counts weights[i] times; NaN where a side is not drawn. A call is one pass and allocates nothing.
 */
export function weightedRankArea(upper: RankedUnits, lower: RankedUnits): (weights: Uint16Array) => number {
  const ranking = rank(upper, lower);
  // The passes take their arrays as parameters: what a closure holds would be looked up for every unit.
  if (![upper, lower].some(({ share, gain }) => share ?? gain)) return (weights) => unweightedArea(ranking, weights);
  const { order } = ranking;
  const lowers = lower.score.length;
  const share = new Float64Array(order.length);
  const gain = new Float64Array(order.length);
  order.forEach((unit, at) => {
    const [side, own] = unit < lowers ? [lower, unit] : [upper, unit - lowers];
    share[at] = side.share?.[own] ?? 1;
    gain[at] = side.gain?.[own] ?? (share[at] as number);
  });
  return (weights) => countedArea(ranking, { share, gain }, weights);
}
