/** Lesion sensitivity at a limit of false positives per case, and the mean over the limits of the protocol (FROC score, CPM). */
import type { Flag } from "../contract/reasons.js";
import { mean } from "../stats/summation.js";
import { frocSweep, type FrocReading, type FrocSweep } from "./froc-sweep.js";
import { undefinedMetric, type MetricDefinition, type MetricParameter, type PreparedMetric } from "./metric.js";
import type { CountedUnits } from "./units.js";

function flagsOf(readings: readonly FrocReading[], limits: readonly number[], cases: number): Flag[] {
  const plateau = readings.some((reading) => !reading.limitReached);
  // A tie group that jumps over the limit leaves the attained rate well below it.
  const wide = readings.some(
    (reading, at) => reading.crossingTies > 1 && reading.falsePositives / cases < 0.9 * (limits[at] as number),
  );
  return [...(plateau ? (["plateau"] as const) : []), ...(wide ? (["wide-tie"] as const) : [])];
}

function ready(
  units: CountedUnits,
  limits: readonly number[] = units.frocLimits,
): { sweep: FrocSweep; readings: FrocReading[] } | null {
  const sweep = frocSweep(units, limits);
  if (!sweep || sweep.lesionCount === 0 || sweep.caseCount === 0) return null;
  const name = `froc-readings ${limits.join()}`;
  const cached = units.prepared.get(name) as FrocReading[] | undefined;
  const readings = cached ?? sweep.readings();
  units.prepared.set(name, readings);
  return { sweep, readings };
}

/** Why there is no reading. */
function nothing(units: CountedUnits): PreparedMetric {
  return undefinedMetric(units.casePatient.length === 0 ? "no-data" : "no-positives", { denominator: 0 });
}

const shared = {
  source: "Bunch et al. 1978; Setio et al. 2017, doi:10.1016/j.media.2017.06.015 (limits)",
  interval: "percentiles of 2,000 patient resamples (type 7), the threshold chosen anew in each",
  edges:
    "no included lesion: no-positives; no marks: 0; curve ends before the limit: flag plateau; many equal scores at the limit: flag wide-tie",
  unit: "lesion",
  higherIsBetter: true,
  findingStrata: true,
} as const;

/** The number after `@` of metrics that are read at, or up to, a rate of false positives. */
export const falsePositiveLimit: MetricParameter = {
  name: { "zh-CN": "每例假阳性数上限", en: "limit of false positives per case" },
  example: 1,
  accepts: (limit) => limit > 0,
  suffix: (limit) => ({ "zh-CN": `（${limit} FP/例）`, en: ` at ${limit} FP/case` }),
};

export const frocSensitivity: MetricDefinition = {
  ...shared,
  id: "froc-sensitivity",
  title: { "zh-CN": "FROC 灵敏度", en: "FROC sensitivity" },
  formula: {
    "zh-CN": "平均每例假阳性数 ≤ 上限的各阈值中，病灶级灵敏度的最大值",
    en: "largest lesion sensitivity among the thresholds with false positives per case <= limit",
  },
  kind: "proportion",
  parameter: falsePositiveLimit,
  prepare(units, parameter) {
    const limit = parameter as number;
    // One sweep serves all limits of the protocol.
    const parts = ready(units, units.frocLimits.includes(limit) ? units.frocLimits : [limit]);
    if (!parts) return nothing(units);
    const { sweep, readings } = parts;
    const at = sweep.limits.indexOf(limit);
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

/** The mean over a grid of limits; without one, over the limits of the protocol. */
function scoreOver(grid: readonly number[] | undefined): MetricDefinition {
  return {
    ...shared,
    id: "froc-score",
    title: {
      "zh-CN": grid ? `FROC 得分（每例假阳性数 ${grid.join("、")} 处的平均灵敏度）` : "FROC 得分（平均灵敏度，CPM）",
      en: grid ? `FROC score (mean sensitivity at ${grid.join(", ")} FP/case)` : "FROC score (mean sensitivity, CPM)",
    },
    formula: grid
      ? {
          "zh-CN": `平均每例假阳性数上限为 ${grid.join("、")} 时 FROC 灵敏度的均值`,
          en: `mean of the FROC sensitivities at ${grid.join(", ")} false positives per case`,
        }
      : {
          "zh-CN": "@ 后所列各上限处 FROC 灵敏度的均值；未列出时取方案中 froc-sensitivity 的各上限",
          en: "mean of the FROC sensitivities at the limits after @, or at the protocol's froc-sensitivity limits",
        },
    kind: "score",
    grid: {
      name: { "zh-CN": "每例假阳性数上限", en: "limits of false positives per case" },
      example: [0.25, 0.5, 1, 2, 4, 8],
      accepts: (limit) => falsePositiveLimit.accepts(limit),
      of: scoreOver,
    },
    prepare(units) {
      const parts = ready(units, grid);
      if (!parts) return nothing(units);
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
        estimate: mean(readings.map(({ sensitivity }) => sensitivity)),
        flags: flagsOf(readings, sweep.limits, sweep.caseCount),
        interval: null,
        weighted: (weights, replicate) => mean(sweep.weighted(weights, replicate)),
      };
    },
  };
}

export const frocScore = scoreOver(undefined);
