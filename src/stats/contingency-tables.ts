/** Chi-square tests of tables of counts (rows by columns) and the trend of a proportion over ordered groups. */
import { chiSquareTails } from "./gamma.js";
import { normalSf } from "./normal.js";
import { estimated, notEstimable, requireArgument, requireCounts, type Outcome } from "./outcome.js";
import { neumaierSum } from "./summation.js";

/** Counts by row and column; all rows have the same length. */
export type CountTable = readonly (readonly number[])[];

/** Two rows and two columns: [[a, b], [c, d]]. */
export type TwoByTwo = readonly [readonly [number, number], readonly [number, number]];

/** Row, column and overall totals of a table of any size, none included. Refuses one that is not rectangular. */
export function totalsOf(table: CountTable): { rows: number[]; columns: number[]; total: number } {
  const width = table[0]?.length ?? 0;
  for (const row of table) {
    requireArgument(row.length === width, `table: a row of ${row.length} where others have ${width}`);
    requireCounts(row, "table");
  }
  const rows = table.map((row) => neumaierSum(row));
  const columns = Array.from({ length: width }, (_, j) => neumaierSum(table.map((row) => row[j] as number)));
  return { rows, columns, total: neumaierSum(rows) };
}

/** Refuses a table that is not two by two. */
export function requireTwoByTwo(table: CountTable): asserts table is TwoByTwo {
  const { rows, columns } = totalsOf(table);
  requireArgument(rows.length === 2 && columns.length === 2, `table: ${rows.length} by ${columns.length}, not 2 by 2`);
}

/** A chi-square statistic with its degrees of freedom and upper tail. */
export type ChiSquareTest = Outcome<{ chi2: number; df: number; p: number }>;

/** The test of a statistic; without a degree of freedom nothing can differ and p is 1. */
export function chiSquareTest(chi2: number, df: number): ChiSquareTest & { ok: true } {
  return estimated({ chi2, df, p: df === 0 ? 1 : chiSquareTails(chi2, df).upper });
}

function independence(table: CountTable, corrected: boolean): ChiSquareTest {
  const { rows, columns, total } = totalsOf(table);
  if (total === 0) return notEstimable("no-data");
  if (rows.includes(0) || columns.includes(0)) return notEstimable("zero-denominator");
  // observed - expected = (n O - r c)/n: the difference of products is exact for counts that anybody has
  const distances = table.flatMap((row, i) =>
    row.map((count, j) => Math.abs(count * total - (rows[i] as number) * (columns[j] as number)) / total),
  );
  const correction = corrected ? Math.min(0.5, ...distances) : 0;
  const terms = distances.map((distance, at) => {
    const rest = distance - correction;
    const [i, j] = [Math.floor(at / columns.length), at % columns.length];
    return ((rest * rest) / (rows[i] as number) / (columns[j] as number)) * total;
  });
  return chiSquareTest(neumaierSum(terms), (rows.length - 1) * (columns.length - 1));
}

/**
 * Pearson's chi-square test of independence (1900). Nothing counted: `no-data`; an empty row or column:
 * `zero-denominator`; a table of one row or one column is what its margins say: chi2 0, df 0, p 1.
 */
export function pearsonChiSquare(table: CountTable): ChiSquareTest {
  return independence(table, false);
}

/** Pearson's test of a 2 by 2 table with Yates's correction (1934, doi:10.2307/2983604), min(½, |O - E|). */
export function yatesChiSquare(table: CountTable): ChiSquareTest {
  requireTwoByTwo(table);
  return independence(table, true);
}

/**
 * Trend of a proportion x[i]/n[i] over groups with scores (Cochran-Armitage; Armitage 1955, doi:10.2307/3001775), N in
 * the variance. Two-sided p. Equal outcomes: `all-one-outcome`; equal scores: `zero-variance`.
 */
export function cochranArmitage(
  x: readonly number[],
  n: readonly number[],
  scores: readonly number[],
): Outcome<{ z: number; chi2: number; p: number }> {
  requireArgument(
    x.length === n.length && n.length === scores.length,
    `length-mismatch: ${x.length} counts, ${n.length} sizes, ${scores.length} scores`,
  );
  requireCounts([...x, ...n], "trend");
  for (let i = 0; i < n.length; i++) {
    requireArgument((x[i] as number) <= (n[i] as number), `trend: ${x[i]} of ${n[i]} is not a proportion`);
    requireArgument(Number.isFinite(scores[i]), `trend: score ${scores[i]}`);
  }
  const total = neumaierSum(n);
  const hits = neumaierSum(x);
  if (total === 0) return notEstimable("no-data");
  if (hits === 0 || hits === total) return notEstimable("all-one-outcome");
  const occupied = scores.filter((_, i) => (n[i] as number) > 0);
  if (new Set(occupied).size < 2) return notEstimable("zero-variance");
  // The unit of the scores does not matter: the largest is taken as 1, so that no square is lost to 0 or Infinity.
  const unit = Math.max(...occupied.map(Math.abs));
  const scaled = scores.map((score, i) => ((n[i] as number) > 0 ? score / unit : 0));
  const centre = neumaierSum(n.map((size, i) => size * (scaled[i] as number))) / total;
  const deviations = scaled.map((score) => score - centre);
  const spread = neumaierSum(n.map((size, i) => size * (deviations[i] as number) * (deviations[i] as number)));
  const p = hits / total;
  const z =
    neumaierSum(deviations.map((deviation, i) => ((x[i] as number) - p * (n[i] as number)) * deviation)) /
    Math.sqrt(p * (1 - p) * spread);
  return estimated({ z, chi2: z * z, p: 2 * normalSf(Math.abs(z)) });
}
