/** Beat-by-beat statistics of ANSI/AAMI EC57 from the matrix of reference and test classes, and their totals over records. */
import { notEstimable, type NotEstimable } from "../../stats/index.js";
import { mean } from "../../stats/summation.js";

/**
 * Rows (reference) and columns (test) of a beat matrix: normal, supraventricular and ventricular ectopic, fusion of
 * ventricular and normal, unclassifiable or paced; O: no beat; X: no beat, in a shutdown of that side.
 */
export const beatRows = ["N", "S", "V", "F", "Q", "O", "X"] as const;
export type BeatRow = (typeof beatRows)[number];

/** A row per reference class, a column per test class, in the order of {@link beatRows}. */
export type BeatMatrix = readonly (readonly number[])[];

/** A proportion before the division: the denominator may be 0. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

export const beatStatisticNames = [
  "qrsSensitivity",
  "qrsPpv",
  "vebSensitivity",
  "vebPpv",
  "vebFalsePositiveRate",
  "svebSensitivity",
  "svebPpv",
] as const;
export type BeatStatistics = Readonly<Record<(typeof beatStatisticNames)[number], Ratio>>;

const at = (letters: string): number[] => [...letters].map((letter) => beatRows.indexOf(letter as BeatRow));

function total(matrix: BeatMatrix, rows: string, columns: string): number {
  let sum = 0;
  for (const row of at(rows)) for (const column of at(columns)) sum += matrix[row]?.[column] ?? 0;
  return sum;
}

const share = (numerator: number, rest: number): Ratio => ({ numerator, denominator: numerator + rest });

/**
 * QRS, VEB and SVEB statistics of a beat matrix (EC57; WFDB `bxb`, Moody). A fusion or unclassifiable beat that is called V
 * is no false VEB, an unclassifiable one that is called S no false SVEB. The false positive rate of VEB is of beats that
 * the test side called anything: missed beats are in neither part.
 */
export function beatStatistics(matrix: BeatMatrix): BeatStatistics {
  const sum = (rows: string, columns: string): number => total(matrix, rows, columns);
  const paired = sum("NSVFQ", "NSVFQ");
  const falseVeb = sum("NSOX", "V");
  return {
    qrsSensitivity: share(paired, sum("NSVFQ", "OX")),
    qrsPpv: share(paired, sum("OX", "NSVFQ")),
    vebSensitivity: share(sum("V", "V"), sum("V", "NSFQOX")),
    vebPpv: share(sum("V", "V"), falseVeb),
    vebFalsePositiveRate: share(falseVeb, sum("NSFQOX", "NSFQ")),
    svebSensitivity: share(sum("S", "S"), sum("S", "NVFQOX")),
    svebPpv: share(sum("S", "S"), sum("NVFOX", "S")),
  };
}

/** A value of a result that may have none. */
export type PartialValue = number | NotEstimable;

/**
 * Gross statistic (sums over records) and average statistic (mean over the records where it is defined) of EC57: `no-data`
 * without a record, `zero-denominator` where no record has a denominator.
 */
export function grossAndAverage(records: readonly Ratio[]): {
  gross: PartialValue;
  average: PartialValue;
  recordsDefined: number;
} {
  let numerator = 0;
  let denominator = 0;
  const shares: number[] = [];
  for (const record of records) {
    if (record.denominator === 0) continue;
    numerator += record.numerator;
    denominator += record.denominator;
    shares.push(record.numerator / record.denominator);
  }
  const recordsDefined = shares.length;
  if (recordsDefined === 0) {
    const none = notEstimable(records.length === 0 ? "no-data" : "zero-denominator");
    return { gross: none, average: none, recordsDefined };
  }
  return { gross: numerator / denominator, average: mean(shares), recordsDefined };
}
