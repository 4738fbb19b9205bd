/** Error of RR intervals: root mean square over intervals whose two beats are found. */
import { weightedMean } from "../../stats/summation.js";
import { undefinedMetric, type MetricDefinition } from "../metric.js";
import { countsOf, recordBootstrap } from "./record-metrics.js";

export const rrError: MetricDefinition = {
  id: "rr-error",
  title: { "zh-CN": "RR 间期均方根误差 (ms)", en: "RR interval error, root mean square (ms)" },
  formula: {
    "zh-CN": "√((参考 RR 间期 - 产品 RR 间期)² 的均值)，仅计参考与产品双方均前后相继的两个配对搏动之间的间期",
    en: "sqrt(mean of (reference RR - test RR)²) over intervals between matched beats that follow each other on both sides",
  },
  source: "ANSI/AAMI EC57; unlike WFDB bxb, intervals next to a missed or extra beat are left out",
  interval: recordBootstrap,
  edges: "no such interval: no-data; no error at all: 0 without interval (zero-variance)",
  unit: "beat",
  kind: "rate",
  higherIsBetter: false,
  findingStrata: false,
  prepare(units) {
    const counts = countsOf(units, "rrSquaredError");
    if (counts === null) return undefinedMetric("no-data");
    const used = [...counts.patient.keys()].filter((at) => (counts.denominator[at] as number) > 0);
    if (used.length === 0) return undefinedMetric("no-data");
    const patient = Int32Array.from(used, (at) => counts.patient[at] as number);
    const intervals = Float64Array.from(used, (at) => counts.denominator[at] as number);
    const meanSquares = intervals.map((count, at) => (counts.numerator[used[at] as number] as number) / count);
    // Records by their numbers of intervals: equal records give what each of them has.
    const rootMeanSquare = (weightAt: (at: number) => number): number =>
      Math.sqrt(
        weightedMean(
          meanSquares,
          intervals.map((count, at) => count * weightAt(at)),
        ),
      );
    const patients = new Set(patient).size;
    return {
      n: { intervals: intervals.reduce((sum, count) => sum + count, 0), patients },
      patients,
      estimate: rootMeanSquare(() => 1),
      interval: null,
      weighted: (weights) => rootMeanSquare((at) => weights[patient[at] as number] as number),
    };
  },
};
