/** Records of signals: four records of three patients, one without anything to find. */
import type { RecordStatistic, RecordUnits } from "../../../src/metrics/index.js";
import { clusterLogit, kornGraubard } from "../../../src/stats/index.js";
import { nothing, type Worked } from "./worked.js";

/** Metric, what it counts, and its statistic. A statistic at place k has counts made of k, so that no two are the same. */
const statistics: readonly (readonly [id: string, is: string, statistic: RecordStatistic])[] = [
  ["qrs-sensitivity", "beat +", "qrsSensitivity"],
  ["qrs-ppv", "beat +", "qrsPpv"],
  ["veb-sensitivity", "beat +", "vebSensitivity"],
  ["veb-ppv", "beat +", "vebPpv"],
  ["veb-false-positive-rate", "beat -", "vebFalsePositiveRate"],
  ["sveb-sensitivity", "beat +", "svebSensitivity"],
  ["sveb-ppv", "beat +", "svebPpv"],
  ["af-episode-sensitivity", "episode +", "AF-episodeSensitivity"],
  ["af-episode-ppv", "episode +", "AF-episodePpv"],
  ["af-duration-sensitivity", "millisecond +", "AF-durationSensitivity"],
  ["af-duration-ppv", "millisecond +", "AF-durationPpv"],
  ["vf-episode-sensitivity", "episode +", "VF-episodeSensitivity"],
  ["vf-episode-ppv", "episode +", "VF-episodePpv"],
  ["vf-duration-sensitivity", "millisecond +", "VF-durationSensitivity"],
  ["vf-duration-ppv", "millisecond +", "VF-durationPpv"],
  ["ventricular-couplet-sensitivity", "run +", "ventricular-couplet-sensitivity"],
  ["ventricular-couplet-ppv", "run +", "ventricular-couplet-ppv"],
  ["ventricular-short-run-sensitivity", "run +", "ventricular-shortRun-sensitivity"],
  ["ventricular-short-run-ppv", "run +", "ventricular-shortRun-ppv"],
  ["ventricular-long-run-sensitivity", "run +", "ventricular-longRun-sensitivity"],
  ["ventricular-long-run-ppv", "run +", "ventricular-longRun-ppv"],
  ["supraventricular-couplet-sensitivity", "run +", "supraventricular-couplet-sensitivity"],
  ["supraventricular-couplet-ppv", "run +", "supraventricular-couplet-ppv"],
  ["supraventricular-short-run-sensitivity", "run +", "supraventricular-shortRun-sensitivity"],
  ["supraventricular-short-run-ppv", "run +", "supraventricular-shortRun-ppv"],
  ["supraventricular-long-run-sensitivity", "run +", "supraventricular-longRun-sensitivity"],
  ["supraventricular-long-run-ppv", "run +", "supraventricular-longRun-ppv"],
];

/** Found and all of each record: k of 2k + 1, 1 of 3, 0 of 0, 2k of 5k + 1. */
const countsOf = (k: number) => ({
  numerator: Float64Array.of(k, 1, 0, 2 * k),
  denominator: Float64Array.of(2 * k + 1, 3, 0, 5 * k + 1),
});

const records: RecordUnits = {
  patient: Int32Array.of(0, 0, 1, 2),
  counts: new Map([
    ...statistics.map(([, , statistic], at) => [statistic, countsOf(at + 1)] as const),
    // Squared errors, ms², and intervals.
    ["rrSquaredError", { numerator: Float64Array.of(40, 8, 0, 75), denominator: Float64Array.of(4, 2, 0, 3) }] as const,
  ]),
};
const set = { ...nothing, patientCount: 3, records };
const weights = [2, 5, 1];

function worked([id, is]: (typeof statistics)[number], k: number): Worked[] {
  const [unit, better] = is.split(" ") as [string, string];
  const [x, n] = [
    [k + 1, 2 * k],
    [2 * k + 4, 5 * k + 1],
  ] as const;
  const shares = [k / (2 * k + 1), 1 / 3, (2 * k) / (5 * k + 1)] as const;
  return [
    {
      name: id,
      is: `${unit} proportion ${better}`,
      units: set,
      estimate: (3 * k + 1) / (7 * k + 5),
      n: { numerator: 3 * k + 1, denominator: 7 * k + 5, patients: 2 },
      interval: (level) => (unit === "millisecond" ? clusterLogit(x, n, level) : kornGraubard(x, n, level)),
      weights,
      weighted: (2 * x[0] + x[1]) / (2 * n[0] + n[1]),
    },
    {
      name: `average-${id}`,
      is: `record index ${better}`,
      units: set,
      estimate: (shares[0] + shares[1] + shares[2]) / 3,
      n: { records: 3, patients: 2 },
      interval: null,
      weights,
      weighted: (2 * (shares[0] + shares[1]) + shares[2]) / 5,
    },
  ];
}

export const recordSets: readonly Worked[] = [
  ...statistics.flatMap((statistic, at) => worked(statistic, at + 1)),
  {
    name: "rr-error",
    is: "beat rate -",
    units: set,
    estimate: Math.sqrt(123 / 9),
    n: { intervals: 9, patients: 2 },
    interval: null,
    weights,
    weighted: Math.sqrt((2 * 48 + 75) / (2 * 6 + 3)),
  },
];
