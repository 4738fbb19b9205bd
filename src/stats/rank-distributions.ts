/** Permutation distributions of sums of ranks, ties included, by adding one rank after another. */

/** Additions that the distribution of a sum may cost. */
const largestWork = 5e8;

/** Scores as whole numbers: midranks are multiples of ½. `unit` is what 1 stands for. */
function wholeScores(ranks: ArrayLike<number>): { scores: Uint32Array; unit: number } {
  const doubled = Uint32Array.from(ranks, (rank) => 2 * rank).sort();
  const even = doubled.every((score) => score % 2 === 0);
  return even ? { scores: doubled.map((score) => score / 2), unit: 1 } : { scores: doubled, unit: 0.5 };
}

/** Probabilities of the sums least, least + unit, least + 2 unit, ... */
export interface SumDistribution {
  least: number;
  unit: number;
  probabilities: Float64Array;
}

/** Sum of the ranks of `chosen` units out of all, every choice equally probable; null beyond 5e8 additions. */
export function chosenSum(ranks: ArrayLike<number>, chosen: number): SumDistribution | null {
  const { scores, unit } = wholeScores(ranks);
  const count = scores.length;
  // In rising order, so that the least and the greatest sum of j of the first i are those of their first and last j.
  const base = scores[0] as number;
  const rises = scores.map((score) => score - base);
  const upTo = [0];
  for (const rise of rises) upTo.push((upTo.at(-1) as number) + rise);
  const least = (taken: number): number => upTo[taken] as number;
  const most = (among: number, taken: number): number => (upTo[among] as number) - (upTo[among - taken] as number);
  const width = most(count, chosen) + 1;
  if (count * chosen * width > largestWork) return null;
  // ways[j][s]: how many choices of j of the first i units have rises that add up to s
  const ways = Array.from({ length: chosen + 1 }, () => new Float64Array(width));
  (ways[0] as Float64Array)[0] = 1;
  for (let i = 0; i < count; i++) {
    const rise = rises[i] as number;
    // Fewer are of no use: the units that are left would not make up the number.
    const fewest = Math.max(1, chosen - (count - 1 - i));
    for (let j = Math.min(chosen, i + 1); j >= fewest; j--) {
      const row = ways[j] as Float64Array;
      const before = ways[j - 1] as Float64Array;
      const end = most(i, j - 1);
      for (let s = least(j - 1); s <= end; s++) row[s + rise] = (row[s + rise] as number) + (before[s] as number);
    }
  }
  const probabilities = shares((ways[chosen] as Float64Array).subarray(least(chosen)));
  return { least: (chosen * base + least(chosen)) * unit, unit, probabilities };
}

/** Counts by their sum; they stay below 2^1000 within the work allowed. */
function shares(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

/** Sum of the ranks that get a positive sign, every pattern of signs equally probable; null beyond 5e8 additions. */
export function signedSum(ranks: ArrayLike<number>): SumDistribution | null {
  const { scores, unit } = wholeScores(ranks);
  const width = scores.reduce((sum, score) => sum + score, 0) + 1;
  if (scores.length * width > largestWork) return null;
  const ways = new Float64Array(width);
  ways[0] = 1;
  let reach = 0;
  for (const score of scores) {
    reach += score;
    for (let s = reach; s >= score; s--) ways[s] = (ways[s] as number) + (ways[s - score] as number);
  }
  return { least: 0, unit, probabilities: shares(ways) };
}

/** Tails of a sum at an observed value, and the probability of sums at least as far from the middle of the range. */
export function sumTails(
  observed: number,
  mean: number,
  { least, unit, probabilities }: SumDistribution,
): { p: number; pLess: number; pGreater: number } {
  const at = (observed - least) / unit;
  // Sums and mean are multiples of ¼: the comparison is exact.
  const distance = Math.abs(observed - mean);
  let [p, pLess, pGreater] = [0, 0, 0];
  probabilities.forEach((share, s) => {
    if (s <= at) pLess += share;
    if (s >= at) pGreater += share;
    if (Math.abs(least + s * unit - mean) >= distance) p += share;
  });
  return { p: Math.min(1, p), pLess: Math.min(1, pLess), pGreater: Math.min(1, pGreater) };
}
