/** Exact tests of tables with fixed margins: Fisher's for 2 by 2 with the conditional odds ratio, Freeman-Halton's for more. */
import { requireTwoByTwo, totalsOf, type CountTable } from "./contingency-tables.js";
import {
  atLeast,
  atMost,
  hypergeometric,
  hypergeometricPmf,
  improbable,
  stepUp,
  tilted,
  type Hypergeometric,
} from "./hypergeometric.js";
import {
  estimated,
  notEstimable,
  requireLevel,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
import { fallingRoot } from "./root.js";

/** Outcomes as probable as the observed one count as such in spite of rounding. */
const tie = 1 + 1e-7;

/** Largest total of a 2 by 2 table whose distribution is summed. */
const largestTotal = 1e8;

/** Cells of the largest table that {@link fisherFreemanHalton} takes. */
const largestTable = 400;

/** Logarithms of odds between which the limits of any table up to {@link largestTotal} lie. */
const widestLogOdds = 150;

function firstCell(table: CountTable): { count: number; total: number; distribution: Hypergeometric } {
  requireTwoByTwo(table);
  const { rows, columns, total } = totalsOf(table);
  const distribution = hypergeometric(rows[0] as number, rows[1] as number, columns[0] as number);
  return { count: table[0][0], total, distribution };
}

/**
 * Fisher's exact test of a 2 by 2 table. Two-sided: all tables with the same margins that are at most as probable as the
 * one observed (times 1 + 1e-7); `pLess`, `pGreater`: first cell at most, at least as large.
 * A table of more than 1e8 units: `no-convergence`.
 */
export function fisherExact(table: CountTable): Outcome<{ p: number; pLess: number; pGreater: number }> {
  const { count, total, distribution } = firstCell(table);
  if (total === 0) return estimated({ p: 1, pLess: 1, pGreater: 1 }, "no-data");
  if (total > largestTotal) return notEstimable("no-convergence");
  const limit = hypergeometricPmf(count, distribution) * tie;
  return estimated({
    p: improbable(limit, distribution),
    pLess: atMost(count, distribution),
    pGreater: atLeast(count, distribution),
  });
}

/**
 * Conditional maximum likelihood estimate of the odds ratio of a 2 by 2 table and Cornfield's exact interval (1956): each
 * tail of the noncentral hypergeometric distribution is (1 - level)/2. 0 or Infinity at the ends of the support; on a
 * support of one point there is no estimate (`no-solution`), and the interval is [0, Infinity].
 */
export function conditionalOddsRatio(
  table: CountTable,
  level = 0.95,
): Outcome<{ oddsRatio: number | NotEstimable; interval: IntervalOutcome }> {
  requireLevel(level);
  const { count, total, distribution } = firstCell(table);
  const method = "fisher_conditional";
  if (total === 0) {
    const interval = estimated({ low: 0, high: Infinity, level, method }, "no-data");
    return estimated({ oddsRatio: notEstimable("no-data"), interval }, "no-data");
  }
  if (total > largestTotal) return notEstimable("no-convergence");
  const { low, high } = distribution;
  const tail = (1 - level) / 2;
  const solve = (f: (tilt: ReturnType<typeof tilted>) => number): number =>
    Math.exp(fallingRoot(-widestLogOdds, widestLogOdds, (u) => f(tilted(count, u, distribution))));
  const interval = estimated({
    low: count === low ? 0 : solve(({ atLeast }) => tail - atLeast),
    high: count === high ? Infinity : solve(({ atMost }) => atMost - tail),
    level,
    method,
  });
  if (low === high) return estimated({ oddsRatio: notEstimable("no-solution"), interval });
  if (count === low) return estimated({ oddsRatio: 0, interval });
  if (count === high) return estimated({ oddsRatio: Infinity, interval });
  return estimated({ oddsRatio: solve(({ mean }) => count - mean), interval });
}

/**
 * Exact test of a table of any size (Freeman & Halton 1951, doi:10.1093/biomet/38.1-2.141): all tables with the same
 * margins that are at most as probable as the one observed (times 1 + 1e-7). Cells are filled one by one; what is already
 * too improbable counts with all that would follow. More than 400 cells in use, 1e8 units, or `mostCounts` counts tried in
 * cells on the way (30 million take about two seconds): `no-convergence`.
 */
export function fisherFreemanHalton(table: CountTable, mostCounts = 3e7): Outcome<{ p: number }> {
  const all = totalsOf(table);
  if (all.total === 0) return estimated({ p: 1 }, "no-data");
  const rows = all.rows.filter((count) => count > 0);
  const columns = all.columns.filter((count) => count > 0);
  if (rows.length === 1 || columns.length === 1) return estimated({ p: 1 });
  if (all.total > largestTotal || rows.length * columns.length > largestTable) return notEstimable("no-convergence");
  const [more, fewer] = rows.length < columns.length ? [columns, rows] : [rows, columns];
  const p = improbableTables(more, fewer, probabilityOf(table, all) * tie, mostCounts);
  return p === null ? notEstimable("no-convergence") : estimated({ p });
}

/** Probability of a table given its margins: each cell is hypergeometric given those before it. */
function probabilityOf(table: CountTable, { rows, columns, total }: ReturnType<typeof totalsOf>): number {
  const left = [...columns];
  let unused = total;
  let probability = 1;
  table.forEach((row, i) => {
    let open = rows[i] as number;
    let outside = unused;
    row.forEach((count, j) => {
      const column = left[j] as number;
      outside -= column;
      if (open > 0) probability *= hypergeometricPmf(count, hypergeometric(column, outside, open));
      open -= count;
      left[j] = column - count;
    });
    unused -= rows[i] as number;
  });
  return probability;
}

/** What {@link fillTables} is bound by and gives: `room` counts the tries left; below 0 there are too many tables. */
interface Filling {
  /** Tables, whole or begun, at most as probable as this count as improbable and are not followed. */
  readonly limit: number;
  readonly improbable: (probability: number) => void;
  /** A table above the limit, with what its last row holds. */
  readonly found: (probability: number, lastRow: readonly number[]) => unknown;
  readonly room: { tries: number };
}

/** All tables with given margins, filled cell by cell; a table's probability is that given the margins, times `start`. */
function fillTables(rows: readonly number[], columns: readonly number[], start: number, filling: Filling): void {
  const { limit, improbable, found, room } = filling;
  const left = [...columns];
  const lastFreeColumn = columns.length - 2;
  /** Fills what follows cell (i, j): `open` units of row i and `outside` units right of column j are left. */
  function fill(i: number, j: number, open: number, outside: number, probability: number): void {
    if (probability <= limit) {
      improbable(probability);
      return;
    }
    if (i === rows.length - 1) {
      found(probability, left);
      return;
    }
    const column = left[j] as number;
    const cell = hypergeometric(column, outside, open);
    const { low, high, mode } = cell;
    // Probabilities as multiples of that of the mode, which follows from their sum.
    let total = 1;
    for (let count = mode, share = 1; count < high; count++) total += share *= stepUp(count, cell);
    for (let count = mode, share = 1; count > low; count--) total += share /= stepUp(count - 1, cell);
    room.tries -= high - low + 1;
    const put = (count: number, share: number): void => {
      left[j] = column - count;
      if (j < lastFreeColumn) fill(i, j + 1, open - count, outside - (left[j + 1] as number), share);
      else {
        // The last column takes the rest of the row.
        const end = left[j + 1] as number;
        left[j + 1] = end - (open - count);
        startRow(i + 1, share);
        left[j + 1] = end;
      }
    };
    const top = probability / total;
    put(mode, top);
    for (let count = mode, share = top; count < high && room.tries >= 0; count++) {
      put(count + 1, (share *= stepUp(count, cell)));
    }
    for (let count = mode, share = top; count > low && room.tries >= 0; count--) {
      put(count - 1, (share /= stepUp(count - 1, cell)));
    }
    left[j] = column;
  }
  function startRow(i: number, probability: number): void {
    fill(i, 0, rows[i] as number, totalOf(left) - (left[0] as number), probability);
  }
  startRow(0, start);
}

const totalOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * Probability of all tables that are at most as probable as `limit`; null where there are too many to look at. Given what
 * of each column lies in the upper half of the rows, the two halves are independent: each upper half is looked up among
 * the sorted lower halves instead of being filled on with every one of them.
 */
function improbableTables(
  rows: readonly number[],
  columns: readonly number[],
  limit: number,
  mostCounts: number,
): number | null {
  const upper = rows.slice(0, rows.length >> 1);
  const lower = rows.slice(rows.length >> 1);
  const room = { tries: mostCounts };
  let sum = 0;
  let rest = 0;
  const improbable = (probability: number): void => void (sum += probability);

  /** All tables with these columns of the lower half. */
  function join(probability: number, ofLower: readonly number[]): void {
    const ofUpper = columns.map((count, j) => count - (ofLower[j] as number));
    const uppers: number[] = [];
    fillTables(upper, ofUpper, probability, { limit, room, improbable, found: (share) => uppers.push(share) });
    if (uppers.length === 0) return;
    const rising = Float64Array.from(uppers).sort();
    const most = rising.at(-1) as number;
    // Lower halves that are too improbable for the most probable upper half are so for all.
    let unlikely = 0;
    const lowers: number[] = [];
    fillTables(lower, ofLower, 1, {
      limit: limit / most,
      room,
      improbable: (share) => void (unlikely += share),
      found: (share) => lowers.push(share),
    });
    const likely = Float64Array.from(lowers).sort();
    const all = likely.reduce((total, share) => total + share, unlikely);
    let next = 0;
    for (let at = rising.length - 1; at >= 0; at--) {
      const share = rising[at] as number;
      while (next < likely.length && share * (likely[next] as number) <= limit) unlikely += likely[next++] as number;
      sum += share * unlikely;
      rest += share * (all - unlikely);
    }
  }

  fillTables([totalOf(upper), totalOf(lower)], columns, 1, {
    limit,
    room,
    improbable,
    found: join,
  });
  return room.tries >= 0 ? sum / (sum + rest) : null;
}
