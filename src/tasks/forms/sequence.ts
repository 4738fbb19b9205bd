/** The sequence form: beats, rhythms and episodes marked on a signal, against those of the reference, record by record. */
import { beatRows, type CountedUnits, type RecordStatistic, type RecordUnits } from "../../metrics/index.js";
import type { RecordPeriod } from "./sequence/beat-matching.js";
import type { Annotation } from "./sequence/beats.js";
import { annotationsOf, marksArrhythmia } from "./sequence/events.js";
import { compareRecord, type ComparedRecord } from "./sequence/records.js";
import type { ErrorRow, JoinedCase, ScoredSet, Selection, UnitOutcome, UnitSettings } from "./scored-set.js";

interface SequenceCase {
  readonly joined: JoinedCase;
  readonly failed: boolean;
  readonly positive: boolean;
  readonly fs: number;
  readonly reference: readonly Annotation[];
  readonly test: readonly Annotation[];
  readonly compared: ComparedRecord;
}

/**
 * Compares every record once; everything else is counted from it. A failed record has no answer: its beats and episodes are
 * missed, nothing is false.
 * @param periods of each case: sampling frequency, length, and start of the test period
 */
export function scoreSequence(
  cases: readonly JoinedCase[],
  patientCount: number,
  periods: readonly RecordPeriod[],
): ScoredSet {
  const records = cases.map((joined, at): SequenceCase => {
    const period = periods[at] as RecordPeriod;
    const failed = joined.prediction.status === "failed";
    const events = joined.reference.events ?? [];
    const reference = annotationsOf(events, period.fs);
    const test = failed ? [] : annotationsOf(joined.prediction.events ?? [], period.fs);
    const compared = compareRecord(reference, test, period);
    return { joined, failed, positive: marksArrhythmia(events), fs: period.fs, reference, test, compared };
  });
  const selected = (selection: Selection) => records.filter((_, at) => selection.cases[at] === 1);
  return {
    patientCount,
    findings: () => [],
    positive: (at) => (records[at] as SequenceCase).positive,
    thresholdAt: () => null,
    units: (selection, settings) => unitsOf(selected(selection), patientCount, settings),
    marks: () => null,
    excludedFindings: () => 0,
    confusion: (selection) => [
      { unit: "beat", rows: [...beatRows], columns: [...beatRows], counts: matrixOf(selected(selection)) },
    ],
    errors: () => records.flatMap(errorRows),
    outcomes: () => records.map(outcomeOf),
  };
}

function unitsOf(records: readonly SequenceCase[], patientCount: number, settings: UnitSettings): CountedUnits {
  const casePatient = Int32Array.from(records, ({ joined }) => joined.patient);
  return {
    patientCount,
    casePatient,
    answered: Uint8Array.from(records, ({ failed }) => (failed ? 0 : 1)),
    ...settings,
    lesions: null,
    falsePositives: null,
    binary: {},
    graded: {},
    records: recordUnits(records, casePatient),
    prepared: new Map(),
  };
}

function recordUnits(records: readonly SequenceCase[], patient: Int32Array): RecordUnits {
  const counts = new Map<RecordStatistic, { numerator: Float64Array; denominator: Float64Array }>();
  records.forEach(({ compared }, at) => {
    for (const [name, ratio] of compared.statistics) {
      const own = counts.get(name) ?? {
        numerator: new Float64Array(records.length),
        denominator: new Float64Array(records.length),
      };
      counts.set(name, own);
      own.numerator[at] = ratio.numerator;
      own.denominator[at] = ratio.denominator;
    }
  });
  return { patient, counts };
}

/** Beats of all records by class of the reference and of the answer. */
function matrixOf(records: readonly SequenceCase[]): number[][] {
  return beatRows.map((_, row) =>
    beatRows.map((_, column) =>
      records.reduce((sum, { compared }) => sum + (compared.beats.matrix[row]?.[column] as number), 0),
    ),
  );
}

function errorRows({ joined, failed, fs, reference, test, compared }: SequenceCase, at: number): ErrorRow[] {
  const row = { case: at, finding: null, mark: null, nearest: null, score: null };
  if (failed) {
    const answer = joined.prediction.error?.code ?? "";
    return [{ ...row, kind: "failed", unit: "case", reference: `${compared.beats.pairs.length} beats`, answer }];
  }
  const place = (annotation: Annotation | undefined, letter: string): string =>
    annotation === undefined ? letter : `${letter} at ${(annotation.sample / fs).toFixed(3)} s`;
  return compared.beats.pairs
    .filter((pair) => pair.row !== pair.column)
    .map((pair): ErrorRow => {
      const kind = pair.test === null ? "missed-beat" : pair.reference === null ? "extra-beat" : "wrong-beat";
      return {
        ...row,
        kind,
        unit: "beat",
        reference: place(reference[pair.reference ?? -1], pair.row),
        answer: place(test[pair.test ?? -1], pair.column),
      };
    });
}

function outcomeOf({ joined, failed, compared }: SequenceCase): UnitOutcome {
  const pairs = compared.beats.pairs;
  const missed = pairs.filter(({ test }) => test === null).length;
  const extra = pairs.filter(({ reference }) => reference === null).length;
  const wrong = pairs.filter(({ row, column }) => row !== column).length - missed - extra;
  return {
    key: `record ${joined.id}`,
    case: joined.id,
    unit: "record",
    outcome: failed ? "failed" : `${missed} beats missed, ${extra} extra, ${wrong} of another class`,
  };
}
