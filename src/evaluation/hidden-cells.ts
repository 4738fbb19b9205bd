/** Which cells of tables with known totals must be hidden so that no small cell can be computed from what is shown. */
import type { StratumKey } from "../contract/result.js";

/** A count of one stratum; {} is the total. */
export interface Cell {
  readonly key: StratumKey;
  readonly size: number;
  /** Cells of one dimension add up; default: the attributes of the key. */
  readonly dimension?: string;
}

export const keyText = (key: StratumKey): string => JSON.stringify(Object.entries(key));

/** Cells that add up to a margin: the total, or for crossings the stratum of one axis. */
interface Line {
  readonly cells: readonly Cell[];
  readonly margin: Cell | undefined;
}

/** All sums that a reader knows, over the cells of one count. */
function linesOf(cells: readonly Cell[]): Line[] {
  const byKey = new Map(cells.map((cell) => [keyText(cell.key), cell]));
  const lines = new Map<string, { cells: Cell[]; margin: Cell | undefined }>();
  for (const cell of cells) {
    const axes = Object.keys(cell.key);
    if (axes.length === 0) continue;
    const margins = axes.length === 1 ? [{}] : axes.map((axis) => ({ [axis]: cell.key[axis] as string }));
    for (const margin of margins) {
      const name = `${cell.dimension ?? axes.join(" x ")} | ${keyText(margin)}`;
      const line = lines.get(name) ?? { cells: [], margin: byKey.get(keyText(margin)) };
      line.cells.push(cell);
      lines.set(name, line);
    }
  }
  return [...lines.values()];
}

/** The unknowns that a system of sums determines (columns of its reduced row echelon form that stand alone). */
function determined(system: readonly number[][], unknowns: number): Set<number> {
  const rows = system.map((row) => [...row]);
  let rank = 0;
  for (let column = 0; column < unknowns && rank < rows.length; column++) {
    const found = rows.findIndex((row, at) => at >= rank && Math.abs(row[column] as number) > 1e-9);
    if (found === -1) continue;
    const pivot = rows[found] as number[];
    rows[found] = rows[rank] as number[];
    rows[rank] = pivot;
    const scale = pivot[column] as number;
    for (let at = 0; at < unknowns; at++) pivot[at] = (pivot[at] as number) / scale;
    for (const [at, row] of rows.entries()) {
      const factor = row[column] as number;
      if (at === rank || Math.abs(factor) <= 1e-9) continue;
      for (let place = 0; place < unknowns; place++) {
        row[place] = (row[place] as number) - factor * (pivot[place] as number);
      }
    }
    rank++;
  }
  const alone = rows.slice(0, rank).flatMap((row) => {
    const places = row.flatMap((value, at) => (Math.abs(value) > 1e-9 ? [at] : []));
    return places.length === 1 ? places : [];
  });
  return new Set(alone);
}

/** The next cell to hide for one count, or null when no cell of `small` can be computed (or nothing helps). */
function nextToHide(lines: readonly Line[], hidden: ReadonlySet<string>, small: ReadonlySet<string>): Cell | null {
  const isHidden = (cell: Cell) => cell.size > 0 && hidden.has(keyText(cell.key));
  const unknowns = new Map<string, number>();
  const concerned = lines.filter(({ cells, margin }) => [...cells, ...(margin ? [margin] : [])].some(isHidden));
  const system = concerned.map(({ cells, margin }) => {
    const row: [number, number][] = [];
    const add = (cell: Cell, sign: number) => {
      if (!isHidden(cell)) return;
      const text = keyText(cell.key);
      const at = unknowns.get(text) ?? unknowns.size;
      unknowns.set(text, at);
      row.push([at, sign]);
    };
    for (const cell of cells) add(cell, 1);
    if (margin) add(margin, -1);
    return row;
  });
  const dense = system.map((row) => {
    const values = new Array<number>(unknowns.size).fill(0);
    for (const [at, sign] of row) values[at] = sign;
    return values;
  });
  const known = determined(dense, unknowns.size);
  const next = (candidates: readonly Line[]) => {
    const rising = (cells: readonly Cell[]) =>
      cells
        .filter((cell) => cell.size > 0 && Object.keys(cell.key).length > 0 && !hidden.has(keyText(cell.key)))
        .sort((a, b) => a.size - b.size || (keyText(a.key) < keyText(b.key) ? -1 : 1));
    // Inner cells first: a margin says more than a cell.
    const [inner] = rising(candidates.flatMap(({ cells }) => cells));
    const [margin] = rising(candidates.flatMap((line) => (line.margin ? [line.margin] : [])));
    return inner ?? margin ?? null;
  };
  for (const [text, at] of unknowns) {
    if (!known.has(at) || !small.has(text)) continue;
    const through = concerned.filter(({ cells, margin }) =>
      [...cells, ...(margin ? [margin] : [])].some(({ key }) => keyText(key) === text),
    );
    const found = next(through) ?? next(concerned) ?? next(lines);
    if (found) return found;
  }
  return null;
}

/**
 * Strata to hide, as texts of their keys. `counts` holds, for each number that is printed, the units of every stratum; a
 * stratum that is hidden is hidden in all of them. Hidden are cells of 1 to `minimum` - 1 units and, so that none follows
 * from sums over an attribute or from the margins of a crossing, further ones from the smallest on. The total is only hidden
 * where it is small itself. Empty cells are taken as known.
 */
export function hiddenStrata(counts: readonly (readonly Cell[])[], minimum: number): Set<string> {
  const small = new Set(
    counts.flatMap((cells) => cells.filter(({ size }) => size > 0 && size < minimum).map(({ key }) => keyText(key))),
  );
  const hidden = new Set(small);
  const distinct = [...new Map(counts.map((cells) => [JSON.stringify(cells), cells])).values()];
  const tables = distinct.map(linesOf);
  let grown = hidden.size > 0;
  while (grown) {
    grown = false;
    for (const lines of tables) {
      for (let next = nextToHide(lines, hidden, small); next !== null; next = nextToHide(lines, hidden, small)) {
        hidden.add(keyText(next.key));
        grown = true;
      }
    }
  }
  return hidden;
}
