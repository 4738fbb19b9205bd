/**
 * Intraclass correlation of k readers' measurements (Shrout & Fleiss 1979; McGraw & Wong 1996,
 * doi:10.1037/1082-989X.1.1.30).
 */
import {
  estimated,
  notEstimable,
  requireArgument,
  requireMeasured,
  requireLevel,
  requireName,
  type Interval,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { fisherQuantile, fisherTails } from "./student-fisher.js";
import { mean, neumaierSum } from "./summation.js";

/** 1 one-way, C two-way consistency, A two-way absolute agreement; single reader or mean of the k readers. */
export type IccForm = "1,1" | "1,k" | "C,1" | "C,k" | "A,1" | "A,k";
const forms: readonly IccForm[] = ["1,1", "1,k", "C,1", "C,k", "A,1", "A,k"];

export interface Icc {
  icc: number;
  f: number | NotEstimable;
  degrees1: number;
  degrees2: number;
  p: number | NotEstimable;
  interval: IntervalOutcome;
}

export interface MeanSquares {
  subjects: number;
  readers: number;
  /** Between subjects, between readers, residual, within subjects. */
  rows: number;
  columns: number;
  error: number;
  within: number;
}

/** Mean squares of a complete subjects x readers table. */
export function meanSquares(ratings: readonly (readonly number[])[]): Outcome<MeanSquares> {
  const n = ratings.length;
  if (n === 0) return notEstimable("no-data");
  const k = (ratings[0] as readonly number[]).length;
  for (const row of ratings) {
    requireArgument(row.length === k, `length-mismatch: ${row.length} readings, ${k} readers`);
    for (const value of row) requireMeasured(value, "icc: reading");
  }
  if (n < 2 || k < 2) return notEstimable("too-few");
  const grand = mean(ratings.flat());
  const rowMeans = ratings.map((row) => mean(row));
  const columnMeans = Array.from({ length: k }, (_, j) => mean(ratings.map((row) => row[j] as number)));
  const square = (value: number): number => value * value;
  const rows = k * neumaierSum(rowMeans.map((value) => square(value - grand)));
  const columns = n * neumaierSum(columnMeans.map((value) => square(value - grand)));
  const total = neumaierSum(ratings.flat().map((value) => square(value - grand)));
  const residual = neumaierSum(
    ratings.flatMap((row, i) =>
      row.map((value, j) => square(value - (rowMeans[i] as number) - (columnMeans[j] as number) + grand)),
    ),
  );
  const within = neumaierSum(ratings.flatMap((row, i) => row.map((value) => square(value - (rowMeans[i] as number)))));
  // Rounding noise where a sum is 0 in exact arithmetic.
  const scale = total + n * k * grand * grand;
  const cleared = (value: number): number => (value > 1e-26 * scale ? value : 0);
  return estimated({
    subjects: n,
    readers: k,
    rows: cleared(rows) / (n - 1),
    columns: cleared(columns) / (k - 1),
    error: cleared(residual) / ((n - 1) * (k - 1)),
    within: cleared(within) / (n * (k - 1)),
  });
}

/** What is left of sums that cancel in exact arithmetic, as a share of them. */
const roundingShare = 1e-13;

const modelOf = (form: IccForm) => form[0] as "1" | "C" | "A";

/** Coefficient of one reader, or of the mean of all where the form asks for it, from the mean squares. */
function coefficientOf({ subjects: n, readers: k, rows, columns, error, within }: MeanSquares, form: IccForm) {
  const model = modelOf(form);
  const below = model === "1" ? within : error;
  const readers = model === "A" ? (k / n) * (columns - error) : 0;
  const denominator = form.endsWith("k") ? rows + readers / k : rows + (k - 1) * below + readers;
  if (rows === 0 && below === 0) return notEstimable("zero-variance");
  // Of a mean of readers it can be negative too: where readers contradict each other there is no such coefficient.
  if (!(denominator > roundingShare * (rows + below))) return notEstimable("zero-denominator");
  return estimated({ icc: (rows - below) / denominator, below });
}

/** The coefficient alone, as {@link icc} gives it; for resamples. */
export function iccEstimate(
  ratings: readonly (readonly number[])[],
  form: IccForm = "A,1",
): Outcome<{ readonly icc: number }> {
  requireName(form, forms, "form");
  const squares = meanSquares(ratings);
  if (!squares.ok) return squares;
  const found = coefficientOf(squares, form);
  return found.ok ? estimated({ icc: found.icc }) : found;
}

/** Intraclass correlation with its F interval; default: absolute agreement of a single reader. */
export function icc(ratings: readonly (readonly number[])[], form: IccForm = "A,1", level = 0.95): Outcome<Icc> {
  requireLevel(level);
  requireName(form, forms, "form");
  const squares = meanSquares(ratings);
  if (!squares.ok) return squares;
  const { subjects: n, readers: k, rows, columns, error } = squares;
  const model = modelOf(form);
  const degrees1 = n - 1;
  const degrees2 = model === "1" ? n * (k - 1) : (n - 1) * (k - 1);
  const found = coefficientOf(squares, form);
  if (!found.ok) return found;
  const { icc: value, below } = found;
  const none = notEstimable("zero-variance");
  if (below === 0) return estimated({ icc: value, f: none, degrees1, degrees2, p: none, interval: none });
  const f = rows / below;
  if (rows === 0) return estimated({ icc: value, f, degrees1, degrees2, p: 1, interval: none });
  const tail = (1 - level) / 2;
  let low: number;
  let high: number;
  if (model === "A") {
    // Satterthwaite degrees of freedom at the estimate for one reader
    const single = (rows - error) / (rows + (k - 1) * error + (k / n) * (columns - error));
    const a = (k * single) / (n * (1 - single));
    const b = 1 + (k * single * (n - 1)) / (n * (1 - single));
    const sum = a * columns + b * error;
    const apart = (a * columns * a * columns) / (k - 1) + (b * error * b * error) / ((n - 1) * (k - 1));
    // A negative coefficient makes a negative, the parts of the sum cancel, and v falls to 0: with it the distance from the
    // estimate to the upper limit. A mean square has one degree of freedom at least.
    const v = Math.max(1, (sum * sum) / apart);
    const shared = k * columns + (k * n - k - n) * error;
    // At a low level an upper quantile can lie below 1, and the limit on the wrong side of the estimate.
    const lowF = Math.max(1, fisherQuantile(tail, degrees1, v, "upper"));
    const highF = Math.max(1, fisherQuantile(tail, v, degrees1, "upper"));
    low = (n * (rows - lowF * error)) / (lowF * shared + n * rows);
    high = (n * (highF * rows - error)) / (shared + n * highF * rows);
  } else {
    const lowF = f / fisherQuantile(tail, degrees1, degrees2, "upper");
    const highF = f * fisherQuantile(tail, degrees2, degrees1, "upper");
    low = (lowF - 1) / (lowF + k - 1);
    high = (highF - 1) / (highF + k - 1);
  }
  const p = fisherTails(f, degrees1, degrees2).upper;
  const interval = inForm(form, k, { low, high, level, method: `icc(${form})_f` });
  return estimated({ icc: value, f, degrees1, degrees2, p, interval });
}

/** Limits of one reader, or of the mean of k (Spearman & Brown), which has no lower end where the first is -1/(k - 1) or less. */
function inForm(form: IccForm, k: number, { low, high, ...rest }: Interval): IntervalOutcome {
  if (!form.endsWith("k")) return estimated({ low, high, ...rest });
  if (!(1 + (k - 1) * low > 0)) return notEstimable("zero-denominator");
  const averaged = (value: number): number => (k * value) / (1 + (k - 1) * value);
  return estimated({ low: averaged(low), high: averaged(high), ...rest });
}
