/** Do two, or several, ratings of the same units have the same margins? Square tables, and yes/no ratings by many raters. */
import { chiSquareTest, totalsOf, type ChiSquareTest, type CountTable } from "./contingency-tables.js";
import { estimated, notEstimable, requireArgument, type Outcome } from "./outcome.js";
import { chiSquareTails } from "./gamma.js";
import { neumaierSum } from "./summation.js";

function requireSquare(table: CountTable): { rows: number[]; columns: number[]; total: number } {
  const totals = totalsOf(table);
  requireArgument(
    totals.rows.length === totals.columns.length,
    `table: ${totals.rows.length} by ${totals.columns.length} is not square`,
  );
  return totals;
}

const cell = (table: CountTable, i: number, j: number): number => (table[i] as readonly number[])[j] as number;

/**
 * Bowker's test of symmetry of a square table (1948, doi:10.1080/01621459.1948.10483284). Pairs of cells without a count
 * are no degree of freedom; nothing off the diagonal, or one category: chi2 0, df 0, p 1. For two categories it is
 * McNemar's test.
 */
export function bowker(table: CountTable): ChiSquareTest {
  const { total, rows } = requireSquare(table);
  if (total === 0) return notEstimable("no-data");
  const terms: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    for (let j = i + 1; j < rows.length; j++) {
      const [up, down] = [cell(table, i, j), cell(table, j, i)];
      if (up + down > 0) terms.push(((up - down) * (up - down)) / (up + down));
    }
  }
  return chiSquareTest(neumaierSum(terms), terms.length);
}

/** Categories that are linked by counts off the diagonal, by group; categories without any are left out. */
function linkedCategories(weights: readonly Float64Array[]): number[][] {
  const seen = new Set<number>();
  const groups: number[][] = [];
  for (let start = 0; start < weights.length; start++) {
    if (seen.has(start)) continue;
    seen.add(start);
    const group = [start];
    for (const at of group) {
      (weights[at] as Float64Array).forEach((weight, next) => {
        if (weight > 0 && !seen.has(next)) {
          seen.add(next);
          group.push(next);
        }
      });
    }
    if (group.length > 1) groups.push(group);
  }
  return groups;
}

/** d' V⁻¹ d for a symmetric positive definite matrix, by elimination; both are overwritten. */
function quadraticForm(matrix: Float64Array[], d: Float64Array): number {
  const terms: number[] = [];
  for (let k = 0; k < d.length; k++) {
    const pivotRow = matrix[k] as Float64Array;
    const pivot = pivotRow[k] as number;
    terms.push(((d[k] as number) * (d[k] as number)) / pivot);
    for (let i = k + 1; i < d.length; i++) {
      const row = matrix[i] as Float64Array;
      const factor = (row[k] as number) / pivot;
      for (let j = k; j < d.length; j++) row[j] = (row[j] as number) - factor * (pivotRow[j] as number);
      d[i] = (d[i] as number) - factor * (d[k] as number);
    }
  }
  return neumaierSum(terms);
}

/**
 * Stuart and Maxwell's test of equal margins of a square table (1955, doi:10.1093/biomet/42.3-4.412). Categories that no
 * count off the diagonal links to others are left out, and groups that are not linked are tested apart and added up: the
 * covariance matrix is then never singular. Nothing off the diagonal: chi2 0, df 0, p 1.
 */
export function stuartMaxwell(table: CountTable): ChiSquareTest {
  const { rows, columns, total } = requireSquare(table);
  if (total === 0) return notEstimable("no-data");
  const weights = rows.map((_, i) =>
    Float64Array.from(rows, (_, j) => (i === j ? 0 : cell(table, i, j) + cell(table, j, i))),
  );
  const groups = linkedCategories(weights);
  const parts = groups.map((group) => {
    // The differences of a group add up to 0: its last category follows from the others.
    const kept = group.slice(0, -1);
    const matrix = kept.map((i) =>
      Float64Array.from(kept, (j) =>
        i === j ? neumaierSum(weights[i] as Float64Array) : -((weights[i] as Float64Array)[j] as number),
      ),
    );
    return quadraticForm(
      matrix,
      Float64Array.from(kept, (i) => (rows[i] as number) - (columns[i] as number)),
    );
  });
  const df = groups.reduce((sum, group) => sum + group.length - 1, 0);
  return chiSquareTest(neumaierSum(parts), df);
}

/**
 * Cochran's Q: do k raters (or products) say yes equally often on the same units? (1950, doi:10.1093/biomet/37.3-4.256.)
 * `ratings`: a row of 0 and 1 for each unit, a column for each rater. No unit on which they differ: q 0, p 1; one rater:
 * `too-few`. For two raters it is McNemar's test.
 */
export function cochranQ(ratings: readonly (readonly number[])[]): Outcome<{ q: number; df: number; p: number }> {
  const raters = ratings[0]?.length ?? 0;
  for (const row of ratings) {
    requireArgument(row.length === raters, `length-mismatch: ${row.length} ratings where others have ${raters}`);
    for (const rating of row) requireArgument(rating === 0 || rating === 1, `cochranQ: rating ${rating} is not 0 or 1`);
  }
  if (raters === 0) return notEstimable("no-data");
  if (raters === 1) return notEstimable("too-few");
  const byUnit = ratings.map((row) => neumaierSum(row));
  const total = neumaierSum(byUnit);
  const spread = neumaierSum(byUnit.map((sum) => sum * (raters - sum)));
  const df = raters - 1;
  if (spread === 0) return estimated({ q: 0, df, p: 1 });
  const distances = Array.from({ length: raters }, (_, j) => {
    const distance = raters * neumaierSum(ratings.map((row) => row[j] as number)) - total;
    return distance * distance;
  });
  // (k - 1)(k ΣC² - T²) with kΣC² - T² = Σ(kC - T)²/k
  const q = ((df / raters) * neumaierSum(distances)) / spread;
  return estimated({ q, df, p: chiSquareTails(q, df).upper });
}
