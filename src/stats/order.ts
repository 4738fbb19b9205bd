/**
 * The order of many numbers by a radix sort on the bits of the doubles: stable, linear in time, the same on every
 * (little-endian) platform, two to four times as fast as a sort by comparisons. The one sort of scores in this package.
 */
import { requireArgument } from "./outcome.js";

const digitBits = 11;
const digits = 1 << digitBits;
const digitMask = digits - 1;
/** Up to this many numbers, insertion is faster than counting digits. */
const shortRun = 32;
const counts = new Uint32Array(3 * digits);

/** Room for a sort: the numbers, their words (of 32 bits, the low one first), and their indices where these are asked for. */
interface Lane {
  values: Float64Array;
  words: Int32Array;
  order: Uint32Array | null;
}

function lane(length: number, ordered: boolean): Lane {
  const values = new Float64Array(length);
  return { values, words: new Int32Array(values.buffer), order: ordered ? new Uint32Array(length) : null };
}

/** Up to this many numbers, the room that a sort needs besides the result is kept for the next one. */
const mostKept = 1 << 17;
let kept = lane(0, true);

function spareLane(length: number): Lane {
  if (length > mostKept) return lane(length, true);
  if (kept.values.length < length) kept = lane(length, true);
  return kept;
}

function insert({ values, order }: Lane, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const value = values[i] as number;
    let j = i - 1;
    while (j >= from && (values[j] as number) > value) j--;
    if (++j === i) continue;
    values.copyWithin(j + 1, j, i);
    values[j] = value;
    if (order === null) continue;
    const index = order[i] as number;
    order.copyWithin(j + 1, j, i);
    order[j] = index;
  }
}

/**
 * Sorts numbers from..to by their high (1) or low (0) word, digit by digit from the least. A word is turned so that its
 * unsigned order is that of the numbers: negative ones are complemented, and the sign bit of the high word flipped.
 */
function sortByWord(word: 0 | 1, from: number, to: number, filled: Lane, spare: Lane): void {
  const flip = word === 1 ? 0x80000000 : 0;
  let min = 0xffffffff;
  let max = 0;
  const { words } = filled;
  for (let i = from; i < to; i++) {
    const key = ((words[2 * i + word] as number) ^ (((words[2 * i + 1] as number) >> 31) | flip)) >>> 0;
    if (key < min) min = key;
    if (key > max) max = key;
  }
  const passes = Math.ceil((32 - Math.clz32(max - min)) / digitBits);
  counts.fill(0, 0, passes * digits);
  for (let i = from; i < to; i++) {
    const key = (((words[2 * i + word] as number) ^ (((words[2 * i + 1] as number) >> 31) | flip)) - min) >>> 0;
    counts[key & digitMask]! += 1;
    counts[digits + ((key >>> digitBits) & digitMask)]! += 1;
    counts[2 * digits + (key >>> (2 * digitBits))]! += 1;
  }
  let source = filled;
  let target = spare;
  for (let pass = 0; pass < passes; pass++) {
    const start = pass * digits;
    let place = from;
    for (let digit = start; digit < start + digits; digit++) {
      const count = counts[digit] as number;
      counts[digit] = place;
      place += count;
    }
    const shift = pass * digitBits;
    const sourceWords = source.words;
    const sourceValues = source.values;
    const targetValues = target.values;
    const [sourceOrder, targetOrder] = filled.order === null ? [null, null] : [source.order, target.order];
    for (let i = from; i < to; i++) {
      const turned = (sourceWords[2 * i + word] as number) ^ (((sourceWords[2 * i + 1] as number) >> 31) | flip);
      const digit = start + (((turned - min) >>> shift) & digitMask);
      const to = counts[digit] as number;
      counts[digit] = to + 1;
      targetValues[to] = sourceValues[i] as number;
      if (targetOrder !== null) targetOrder[to] = (sourceOrder as Uint32Array)[i] as number;
    }
    [source, target] = [target, source];
  }
  if (source === filled) return;
  filled.values.set(spare.values.subarray(from, to), from);
  filled.order?.set((spare.order as Uint32Array).subarray(from, to), from);
}

/** Sorts numbers that have no NaN and no -0 (whose bits are not in the order of the numbers). */
function sort(filled: Lane): Lane {
  const { words, values } = filled;
  const length = values.length;
  if (length <= shortRun) {
    insert(filled, 0, length);
    return filled;
  }
  const spare = spareLane(length);
  sortByWord(1, 0, length, filled, spare);
  for (let from = 0; from < length;) {
    const high = words[2 * from + 1];
    let to = from + 1;
    while (to < length && words[2 * to + 1] === high) to++;
    if (to - from <= shortRun) insert(filled, from, to);
    else sortByWord(0, from, to, filled, spare);
    from = to;
  }
  return filled;
}

function filled(numbers: ArrayLike<number>, sign: 1 | -1, ordered: boolean): Lane {
  const result = lane(numbers.length, ordered);
  const { values, order } = result;
  let missing = false;
  for (let i = 0; i < values.length; i++) {
    // 0 + makes 0 of -0.
    const value = 0 + sign * (numbers[i] as number);
    if (value !== value) missing = true;
    values[i] = value;
  }
  requireArgument(!missing, "non-finite-score: a score is NaN");
  if (order !== null) for (let i = 0; i < order.length; i++) order[i] = i;
  return result;
}

/** Numbers from the least to the greatest, -0 as 0. Refuses NaN (STATISTICS_ARGUMENT), which has no place in an order. */
export function sortedNumbers(numbers: ArrayLike<number>): Float64Array {
  return sort(filled(numbers, 1, false)).values;
}

/**
 * Indices of numbers in rising or falling order; equal ones, 0 and -0 among them, keep the order given.
 * @param numbers no NaN; infinities stand at the ends
 * @throws STATISTICS_ARGUMENT for NaN
 */
export function sortedOrder(numbers: ArrayLike<number>, direction: "rising" | "falling"): Uint32Array {
  return sort(filled(numbers, direction === "rising" ? 1 : -1, true)).order as Uint32Array;
}
