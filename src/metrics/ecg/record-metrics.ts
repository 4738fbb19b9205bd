/** How a statistic of records becomes metrics: gross (sums over records) and average (mean over records where it is defined). */
import type { Bilingual } from "../../contract/common.js";
import type { Reason } from "../../contract/reasons.js";
import { mean, weightedMean } from "../../stats/summation.js";
import { undefinedMetric, type MetricDefinition, type PreparedMetric } from "../metric.js";
import { prepareCounts, proportionIntervalName, timeIntervalName } from "../proportions.js";
import type { CountedUnits, RecordUnits } from "../units.js";
import type { RecordStatistic } from "./record-statistics.js";

/** Counts of a statistic, a place a record. */
interface RecordCounts {
  readonly patient: Int32Array;
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
}

/** The counts of a statistic; null: the set has no records of signals. */
export function countsOf(units: CountedUnits, statistic: RecordStatistic): RecordCounts | null {
  const { records } = units;
  const counts = records?.counts.get(statistic);
  return counts ? { patient: (records as RecordUnits).patient, ...counts } : null;
}

/** Interval by resampling patients with all their records. */
export const recordBootstrap = "percentiles of resampling patients with all their records";

interface Parts {
  readonly id: string;
  readonly statistic: RecordStatistic;
  readonly title: Bilingual;
  readonly formula: Bilingual;
  readonly source: string;
  readonly unit: MetricDefinition["unit"];
  readonly higherIsBetter: boolean;
  /** The reason where no record has a denominator. */
  readonly whenEmpty: Reason;
}

/** The average over records: EC57 asks for it beside the gross value, as one long record can rule that. */
function prepareAverage({ patient, numerator, denominator }: RecordCounts, whenEmpty: Reason): PreparedMetric {
  const defined = [...patient.keys()].filter((at) => (denominator[at] as number) > 0);
  const patients = new Set(defined.map((at) => patient[at])).size;
  const n = { records: defined.length, patients };
  if (defined.length === 0) return undefinedMetric(whenEmpty, n);
  const owner = Int32Array.from(defined, (at) => patient[at] as number);
  const share = Float64Array.from(defined, (at) => (numerator[at] as number) / (denominator[at] as number));
  return {
    n,
    patients,
    estimate: mean(share),
    interval: null,
    weighted: (weights) =>
      weightedMean(
        share,
        owner.map((one) => weights[one] as number),
      ),
  };
}

/** A proportion of the record by record statistics, gross and average. */
export function grossAndAverageMetrics(parts: Parts): MetricDefinition[] {
  const { id, statistic, title, whenEmpty, ...rest } = parts;
  const inTime = rest.unit === "millisecond";
  const edges = `no record: no-data; denominator 0 in every record: ${whenEmpty}; a failed record finds nothing`;
  return [
    {
      ...rest,
      id,
      title,
      interval: inTime ? timeIntervalName : proportionIntervalName,
      edges,
      kind: "proportion",
      findingStrata: false,
      prepare(units) {
        const counts = countsOf(units, statistic);
        if (counts === null) return undefinedMetric("no-data");
        return prepareCounts(
          counts.patient,
          counts.numerator,
          counts.denominator,
          inTime ? "time" : "units",
          whenEmpty,
        );
      },
    },
    {
      ...rest,
      id: `average-${id}`,
      title: { "zh-CN": `${title["zh-CN"]}（记录平均）`, en: `${title.en}, average over records` },
      formula: {
        "zh-CN": `对有定义的记录取下式的均值：${rest.formula["zh-CN"]}`,
        en: `mean over the records where it is defined of: ${rest.formula.en}`,
      },
      unit: "record",
      interval: recordBootstrap,
      edges: `${edges}; equal in all records: no interval (zero-variance)`,
      kind: "index",
      findingStrata: false,
      prepare(units) {
        const counts = countsOf(units, statistic);
        if (counts === null) return undefinedMetric("no-data");
        return prepareAverage(counts, whenEmpty);
      },
    },
  ];
}
