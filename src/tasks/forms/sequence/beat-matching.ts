/** Pairs the beats of a reference and a test annotation of a record, one to one, and counts the matrix of their classes. */
import { beatRows, type BeatRow } from "../../../metrics/index.js";
import { readBeats, type Annotation, type Beat } from "./beats.js";
import { isWithin, lengthOf, partsWithin } from "./stretches.js";

/** What a comparison of a record needs to know besides the annotations. */
export interface RecordPeriod {
  /** Sampling frequency, Hz. */
  readonly fs: number;
  /** Length of the record, samples. */
  readonly length: number;
  /** Start of the test period, samples; EC57: five minutes. What lies before it is for learning. */
  readonly start: number;
}

/** Largest distance of a match in samples, itself included: 150 ms, rounded half up. */
export function matchWindow(fs: number): number {
  return Math.floor(0.15 * fs + 0.5);
}

/** A counted pair; one of the two is null where the other side has no beat. Places in the lists of annotations. */
export interface BeatPair {
  readonly reference: number | null;
  readonly test: number | null;
  readonly row: BeatRow;
  readonly column: BeatRow;
}

export interface BeatComparison {
  readonly pairs: readonly BeatPair[];
  /** By reference class and test class, in the order of `beatRows`. */
  readonly matrix: readonly (readonly number[])[];
  /** Errors (reference - test, samples) of RR intervals whose two ends are matched beats that follow each other on both sides. */
  readonly rrErrors: readonly number[];
  /** Samples of the test period that the test side could not read. */
  readonly testShutdown: number;
}

/** Time of a beat that is not there: later than any, and finite, so that distances are numbers. */
const never = Number.MAX_SAFE_INTEGER;
const timeOf = (beat: Beat | undefined): number => beat?.sample ?? never;

/**
 * Beat-by-beat comparison of ANSI/AAMI EC57 with the rules of WFDB `bxb` (Moody; 10.7.0): a beat pairs with the nearest one
 * of the other side within the window (inclusive); of two at equal distance the later one is taken. A test beat
 * before the start may match the first reference beat after it; a test beat just after the start that the next one
 * beats belongs to the learning period. Test beats in reference VF are not counted; beats of the other side in a shutdown are X.
 * @param reference, test annotations that rise in time
 * @param window samples, {@link matchWindow} unless a record says otherwise
 */
export function matchBeats(
  reference: readonly Annotation[],
  test: readonly Annotation[],
  { fs, length, start }: RecordPeriod,
  window = matchWindow(fs),
): BeatComparison {
  const left = readBeats(reference, window);
  const right = readBeats(test, window);
  const pairs: BeatPair[] = [];
  const rrErrors: number[] = [];
  let lastMatch: readonly [number, number] | null = null;

  const match = (i: number, j: number): void => {
    const [a, b] = [left.beats[i] as Beat, right.beats[j] as Beat];
    pairs.push({ reference: a.at, test: b.at, row: a.class, column: b.class });
    const follows = lastMatch?.[0] === i - 1 && lastMatch[1] === j - 1;
    if (follows && !a.afterGap && !b.afterGap) {
      const before = a.sample - timeOf(left.beats[i - 1]);
      rrErrors.push(before - (b.sample - timeOf(right.beats[j - 1])));
    }
    lastMatch = [i, j];
  };
  const miss = (beat: Beat): void => {
    const column = isWithin(beat.sample, right.shutdown) ? "X" : "O";
    pairs.push({ reference: beat.at, test: null, row: beat.class, column });
  };
  const alarm = (beat: Beat): void => {
    if (isWithin(beat.sample, left.fibrillation)) return;
    const row = isWithin(beat.sample, left.shutdown) ? "X" : "O";
    pairs.push({ reference: null, test: beat.at, row, column: beat.class });
  };
  const referenceAt = (k: number): number => timeOf(left.beats[k]);
  const testAt = (k: number): number => timeOf(right.beats[k]);

  let i = left.beats.filter(({ sample }) => sample < start).length;
  let j = right.beats.filter(({ sample }) => sample < start).length;
  if (start > 0) {
    const first = referenceAt(i);
    const before = j > 0 ? first - testAt(j - 1) : never;
    if (before <= window && before < Math.abs(first - testAt(j))) match(i++, j - 1);
    else if (testAt(j) - start <= window && Math.abs(first - testAt(j + 1)) < Math.abs(first - testAt(j))) j++;
  }
  while (Math.min(referenceAt(i), testAt(j)) <= length) {
    const [now, next] = [referenceAt(i), referenceAt(i + 1)];
    const [call, nextCall] = [testAt(j), testAt(j + 1)];
    const gap = Math.abs(now - call);
    // The rival is the next beat of the side that lags: it wins unless it is farther, or closer to another.
    const rival = call < now ? Math.abs(now - nextCall) : Math.abs(call - next);
    if (gap <= window && (gap < rival || Math.abs(next - nextCall) < rival)) match(i++, j++);
    else if (call < now) alarm(right.beats[j++] as Beat);
    else miss(left.beats[i++] as Beat);
  }
  const testShutdown = lengthOf(partsWithin({ from: start, to: length }, right.shutdown));
  return { pairs, matrix: matrixOf(pairs), rrErrors, testShutdown };
}

function matrixOf(pairs: readonly BeatPair[]): number[][] {
  const matrix = beatRows.map(() => beatRows.map(() => 0));
  for (const { row, column } of pairs) {
    const cells = matrix[beatRows.indexOf(row)] as number[];
    const at = beatRows.indexOf(column);
    cells[at] = (cells[at] as number) + 1;
  }
  return matrix;
}
