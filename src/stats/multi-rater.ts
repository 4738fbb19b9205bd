/**
 * Agreement of n readers on categories, missing ratings allowed: Fleiss kappa, Gwet's AC1/AC2, Brennan-Prediger with
 * Gwet's linearised variance over subjects (Gwet 2008, doi:10.1348/000711006X126600).
 */
import {
  estimated,
  notEstimable,
  requireArgument,
  requireName,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { studentQuantile } from "./student-fisher.js";
import { mean, neumaierSum, sumOfSquares } from "./summation.js";

export type AgreementWeights = "identity" | "linear" | "quadratic" | "ordinal";

/** Ratings of a subject, one a reader; null is missing. */
export type SubjectRatings = readonly (number | null)[];

export interface Coefficient {
  coefficient: number;
  se: number | NotEstimable;
  interval: IntervalOutcome;
  /** Observed and chance agreement. */
  pa: number;
  pe: number;
}

export interface MultiRaterAgreement {
  subjects: number;
  fleiss: Outcome<Coefficient>;
  gwet: Outcome<Coefficient>;
  brennanPrediger: Outcome<Coefficient>;
  /** Standard error of Fleiss kappa without agreement (Fleiss, Nee & Landis 1979); identity weights, nothing missing. */
  fleissNullSe: number | NotEstimable;
}

function weightMatrix(weights: AgreementWeights, values: readonly number[]): number[][] {
  const k = values.length;
  const range = (values[k - 1] as number) - (values[0] as number);
  return values.map((a, i) =>
    values.map((b, j) => {
      if (i === j) return 1;
      if (weights === "identity") return 0;
      if (weights === "ordinal") {
        const apart = Math.abs(i - j) + 1;
        return 1 - (apart * (apart - 1)) / (k * (k - 1));
      }
      const distance = Math.abs(a - b) / range;
      return 1 - (weights === "linear" ? distance : distance * distance);
    }),
  );
}

/** Counts by subject and category; subjects without a rating are left out. */
function countMatrix(ratings: readonly SubjectRatings[], categories: readonly number[]): number[][] {
  const place = new Map(categories.map((value, i) => [value, i]));
  const counts: number[][] = [];
  for (const subject of ratings) {
    const row = new Array<number>(categories.length).fill(0);
    let given = 0;
    for (const rating of subject) {
      if (rating === null) continue;
      const i = place.get(rating);
      requireArgument(i !== undefined, `agreement: ${rating} is not one of the categories`);
      row[i]! += 1;
      given++;
    }
    if (given > 0) counts.push(row);
  }
  return counts;
}

/**
 * All three coefficients; `categories` is the declared scale in rising order, unused values included (else an error). No
 * subject with two ratings: `too-few`; a scale of one category: `one-category`.
 */
export function multiRaterAgreement(
  ratings: readonly SubjectRatings[],
  categories: readonly number[],
  weights: AgreementWeights = "identity",
  level = 0.95,
): Outcome<MultiRaterAgreement> {
  requireLevel(level);
  requireName(weights, ["identity", "linear", "quadratic", "ordinal"], "weights");
  categories.forEach((value, i) => {
    const rises = Number.isFinite(value) && (i === 0 || value > (categories[i - 1] as number));
    requireArgument(rises, `agreement: category ${value} does not rise above the one before`);
  });
  const counts = countMatrix(ratings, categories);
  const n = counts.length;
  if (n === 0) return notEstimable("no-data");
  const k = categories.length;
  const w = weightMatrix(weights, categories);
  const raters = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const paired = raters.filter((r) => r >= 2).length;
  if (paired === 0) return notEstimable("too-few");
  if (k === 1) return notEstimable("one-category");
  const share = categories.map((_, c) => mean(counts.map((row, s) => (row[c] as number) / (raters[s] as number))));
  const pairAgreement = counts.map((row, s) => {
    const r = raters[s] as number;
    if (r < 2) return 0;
    let sum = 0;
    for (let a = 0; a < k; a++) {
      let weighted = 0;
      for (let b = 0; b < k; b++) weighted += (w[a] as number[])[b]! * (row[b] as number);
      sum += (row[a] as number) * (weighted - 1);
    }
    return sum / (r * (r - 1));
  });
  const pa = neumaierSum(pairAgreement) / paired;
  const unanimous = counts.every((row, s) => row.some((count) => count === raters[s]));
  const oneCategory = categories.some((_, c) => counts.every((row, s) => row[c] === raters[s]));

  /** Coefficient whose chance agreement moves by `gradient[c]` with the share of category c. */
  const coefficient = (pe: number, gradient: readonly number[] | null): Coefficient => {
    const value = (pa - pe) / (1 - pe);
    const parts = counts.map((row, s) => {
      const own = (n / paired) * (((pairAgreement[s] as number) - ((raters[s] as number) >= 2 ? pe : 0)) / (1 - pe));
      if (gradient === null) return own;
      let chance = 0;
      for (let c = 0; c < k; c++) chance += (gradient[c] as number) * (row[c] as number);
      return own - (2 * (1 - value) * (chance / (raters[s] as number) - pe)) / (1 - pe);
    });
    if (n < 2) {
      const none = notEstimable("too-few");
      return { coefficient: value, se: none, interval: none, pa, pe };
    }
    const squares = sumOfSquares(parts, value);
    const se = unanimous || squares < 1e-24 * n ? 0 : Math.sqrt(squares / n / (n - 1));
    const half = studentQuantile((1 - level) / 2, n - 1, "upper") * se;
    const interval =
      se === 0
        ? notEstimable("zero-variance")
        : estimated({ low: value - half, high: Math.min(1, value + half), level, method: "gwet_linearised_t" });
    return { coefficient: value, se, interval, pa, pe };
  };

  const average = categories.map((_, c) => {
    let sum = 0;
    for (let d = 0; d < k; d++) sum += ((w[c] as number[])[d] as number) * (share[d] as number);
    return sum;
  });
  const fleissChance = neumaierSum(average.map((value, c) => value * (share[c] as number)));
  const total = neumaierSum(w.map((row) => neumaierSum(row)));
  const gwetFactor = total / (k * (k - 1));
  const gwetChance = gwetFactor * neumaierSum(share.map((p) => p * (1 - p)));
  const complete = weights === "identity" && raters.every((r) => r === raters[0]) && everyRating(ratings);
  return estimated({
    subjects: n,
    fleiss: oneCategory ? notEstimable("one-category") : estimated(coefficient(fleissChance, average)),
    gwet: estimated(
      coefficient(
        gwetChance,
        share.map((p) => gwetFactor * (1 - p)),
      ),
    ),
    brennanPrediger: estimated(coefficient(total / (k * k), null)),
    fleissNullSe: complete ? fleissNullSe(share, n, raters[0] as number) : notEstimable("too-few"),
  });
}

const everyRating = (ratings: readonly SubjectRatings[]): boolean =>
  ratings.every((subject) => subject.every((rating) => rating !== null));

function fleissNullSe(share: readonly number[], n: number, raters: number): number | NotEstimable {
  const spread = neumaierSum(share.map((p) => p * (1 - p)));
  if (spread === 0) return notEstimable("one-category");
  const skew = neumaierSum(share.map((p) => p * (1 - p) * (1 - 2 * p)));
  return Math.sqrt((2 * (spread * spread - skew)) / (n * raters * (raters - 1))) / spread;
}
