/** Lesion sensitivity at a limit of false positives per case, and the mean over the limits of the protocol (FROC score, CPM). */
import type { Flag } from "../contract/reasons.js";
import { frocSweep, type FrocReading, type FrocSweep } from "./froc-sweep.js";
import { undefinedMetric, type MetricDefinition } from "./metric.js";
import type { CountedUnits } from "./units.js";

function flagsOf(readings: readonly FrocReading[], limits: readonly number[], cases: number): Flag[] {
  const plateau = readings.some((reading) => !reading.limitReached);
  // A tie group that jumps over the limit leaves the attained rate well below it.
  const wide = readings.some(
    (reading, at) => reading.crossingTies > 1 && reading.falsePositives / cases < 0.9 * (limits[at] as number),
  );
  return [...(plateau ? (["plateau"] as const) : []), ...(wide ? (["wide-tie"] as const) : [])];
}

function ready(units: CountedUnits): { sweep: FrocSweep; readings: FrocReading[] } | null {
  const sweep = frocSweep(units);
  if (!sweep || sweep.lesionCount === 0 || sweep.caseCount === 0) return null;
  const cached = units.prepared.get("froc-readings") as FrocReading[] | undefined;
  const readings = cached ?? sweep.readings();
  units.prepared.set("froc-readings", readings);
  return { sweep, readings };
}

const shared = {
  source:
    "Bunch et al. 1978; Setio et al. 2017, doi:10.1016/j.media.2017.06.015 (limits); exact step curve: docs/statistics.md",
  interval: "percentiles of 2,000 patient resamples (type 7), the threshold chosen anew in each",
  edges:
    "no included lesion: no-positives; no marks: 0; curve ends before the limit: flag plateau; many equal scores at the limit: flag wide-tie",
  unit: "lesion",
  higherIsBetter: true,
  findingStrata: true,
} as const;

export const frocSensitivity: MetricDefinition = {
  ...shared,
  id: "froc-sensitivity",
  title: { "zh-CN": "FROC 灵敏度", en: "FROC sensitivity" },
  formula: "largest lesion sensitivity among the thresholds with false positives per case <= limit",
  kind: "proportion",
  parameter: {
    name: { "zh-CN": "每例假阳性数上限", en: "limit of false positives per case" },
    example: 1,
    accepts: (limit) => limit > 0 && limit < Infinity,
    suffix: (limit) => ({ "zh-CN": `（${limit} FP/例）`, en: ` at ${limit} FP/case` }),
  },
  prepare(units, parameter) {
    const parts = ready(units);
    if (!parts) return undefinedMetric(units.casePatient.length === 0 ? "no-data" : "no-positives", { denominator: 0 });
    const { sweep, readings } = parts;
    const at = sweep.limits.indexOf(parameter ?? Number.NaN);
    const reading = readings[at] as FrocReading;
    return {
      n: {
        numerator: reading.truePositives,
        denominator: sweep.lesionCount,
        falsePositives: reading.falsePositives,
        cases: sweep.caseCount,
        patients: sweep.contributingPatients,
      },
      patients: sweep.contributingPatients,
      estimate: reading.sensitivity,
      flags: flagsOf([reading], [sweep.limits[at] as number], sweep.caseCount),
      interval: null,
      weighted: (weights, replicate) => sweep.weighted(weights, replicate)[at] as number,
    };
  },
};

export const frocScore: MetricDefinition = {
  ...shared,
  id: "froc-score",
  title: { "zh-CN": "FROC 得分（平均灵敏度，CPM）", en: "FROC score (mean sensitivity, CPM)" },
  formula: "mean of the FROC sensitivities at the protocol's limits",
  kind: "score",
  prepare(units) {
    const parts = ready(units);
    if (!parts) return undefinedMetric(units.casePatient.length === 0 ? "no-data" : "no-positives", { denominator: 0 });
    const { sweep, readings } = parts;
    if (readings.length === 0) return undefinedMetric("no-data");
    return {
      n: {
        lesions: sweep.lesionCount,
        cases: sweep.caseCount,
        limits: readings.length,
        patients: sweep.contributingPatients,
      },
      patients: sweep.contributingPatients,
      estimate: readings.reduce((total, reading) => total + reading.sensitivity, 0) / readings.length,
      flags: flagsOf(readings, sweep.limits, sweep.caseCount),
      interval: null,
      weighted(weights, replicate) {
        const values = sweep.weighted(weights, replicate);
        let total = 0;
        for (let at = 0; at < values.length; at++) total += values[at] as number;
        return total / values.length;
      },
    };
  },
};
