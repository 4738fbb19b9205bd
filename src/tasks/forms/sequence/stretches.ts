/** Stretches of time on a record: union, membership, length, overlap. Any unit; ends may be Infinity. */

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The same time as stretches that rise and neither overlap nor touch. */
export function unionOf(stretches: readonly Stretch[]): Stretch[] {
  const union: Stretch[] = [];
  for (const { from, to } of [...stretches].sort((a, b) => a.from - b.from)) {
    const last = union.at(-1);
    if (last === undefined || from > last.to) union.push({ from, to });
    else union[union.length - 1] = { from: last.from, to: Math.max(last.to, to) };
  }
  return union;
}

/** Place of the first stretch of a union that ends at `time` or later. */
function firstEndingFrom(time: number, union: readonly Stretch[]): number {
  let low = 0;
  let high = union.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((union[middle] as Stretch).to < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether a time lies in a union, ends included. */
export function isWithin(time: number, union: readonly Stretch[]): boolean {
  const candidate = union[firstEndingFrom(time, union)];
  return candidate !== undefined && candidate.from <= time;
}

/** The parts of a union that lie in a stretch, those that only touch it included (length 0). */
export function partsWithin({ from, to }: Stretch, union: readonly Stretch[]): Stretch[] {
  const parts: Stretch[] = [];
  for (let at = firstEndingFrom(from, union); at < union.length; at++) {
    const other = union[at] as Stretch;
    if (other.from > to) break;
    parts.push({ from: Math.max(from, other.from), to: Math.min(to, other.to) });
  }
  return parts;
}

/** Total length of stretches that do not overlap. */
export function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { from, to }) => sum + (to - from), 0);
}
