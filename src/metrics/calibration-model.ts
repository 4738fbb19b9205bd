/** Slope of the recalibration model, and calibration in the large. */
import {
  calibrationInTheLarge,
  recalibration,
  weightedRecalibration,
  type Interval,
  type NotEstimable,
} from "../stats/index.js";
import { atBothLevels } from "./binary.js";
import { orResampled } from "./decision-table.js";
import { undefinedMetric, type PreparedMetric } from "./metric.js";
import { probabilityEdges, probabilityUnits, type ProbabilityUnits } from "./probability-units.js";
import type { BinaryUnits } from "./units.js";

type Fit = ReturnType<typeof weightedRecalibration>;
const fits = new WeakMap<ProbabilityUnits, Fit>();

function fitOf(units: ProbabilityUnits): Fit {
  const fit = fits.get(units) ?? weightedRecalibration(units.label, units.probability);
  fits.set(units, fit);
  return fit;
}

interface ModelMetric {
  value: (units: ProbabilityUnits, level: number) => { ok: true; value: number; interval: Interval } | NotEstimable;
  weighted: (fit: Fit) => number;
}

function prepareModel(units: BinaryUnits, { value, weighted }: ModelMetric): PreparedMetric {
  const own = probabilityUnits(units);
  const { patient, patients, n, flags, reason } = own;
  if (reason !== null) {
    const oneClass = n.positives === 0 ? "no-positives" : n.negatives === 0 ? "no-negatives" : null;
    return undefinedMetric(oneClass ?? reason, n, patients);
  }
  const outcome = value(own, 0.95);
  if (!outcome.ok) return undefinedMetric(outcome.reason, n, patients);
  const clustered = patients < patient.length;
  return {
    n,
    patients,
    estimate: outcome.value,
    flags,
    interval: clustered
      ? null
      : (level) => {
          // There is a value, so there is an interval at any level.
          const { interval } = value(own, level) as typeof outcome;
          return { ok: true, ...interval };
        },
    weighted(weights) {
      const fit = fitOf(own);
      for (let unit = 0; unit < patient.length; unit++) {
        fit.weight[unit] = weights[patient[unit] as number] as number;
      }
      return weighted(fit);
    },
  };
}

const shared = {
  interval: orResampled("Wald"),
  kind: "number",
  of: "scores",
} as const;

export const calibrationSlope = atBothLevels({
  ...shared,
  id: "calibration-slope",
  title: { "zh-CN": "校准斜率", en: "calibration slope" },
  formula: {
    "zh-CN": "以最大似然法拟合 logit P(阳性) = a + b logit(概率) 所得的 b；以 1 为最佳，小于 1 表示概率过于极端",
    en: "b of logit P(positive) = a + b logit(probability) by maximum likelihood; best at 1, below 1: too extreme",
  },
  source: "Cox 1958, doi:10.1093/biomet/45.3-4.562; Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7",
  edges: `${probabilityEdges}; one class only: no-positives or no-negatives; all equal: zero-variance; classes apart: separated; a probability of 0 or 1: infinite-logit`,
  higherIsBetter: null,
  prepare: (units) =>
    prepareModel(units, {
      value: ({ label, probability }, level) => {
        const model = recalibration(label, probability, level);
        return model.ok ? { ok: true, value: model.slope, interval: model.slopeInterval } : model;
      },
      weighted: (fit) => fit.slope(),
    }),
});

export const calibrationIntercept = atBothLevels({
  ...shared,
  id: "calibration-intercept",
  title: { "zh-CN": "校准截距（总体校准）", en: "calibration in the large" },
  formula: {
    "zh-CN": "以最大似然法拟合 logit P(阳性) = a + logit(概率) 所得的 a；以 0 为最佳，小于 0 表示概率偏高",
    en: "a of logit P(positive) = a + logit(probability) by maximum likelihood; best at 0, below 0: probabilities too high",
  },
  source: "Cox 1958, doi:10.1093/biomet/45.3-4.562; Van Calster et al. 2019, doi:10.1186/s12916-019-1466-7",
  edges: `${probabilityEdges}; one class only: no-positives or no-negatives; a probability of 0 or 1: infinite-logit`,
  higherIsBetter: null,
  prepare: (units) =>
    prepareModel(units, {
      value: ({ label, probability }, level) => {
        const model = calibrationInTheLarge(label, probability, level);
        return model.ok ? { ok: true, value: model.intercept, interval: model.interval } : model;
      },
      weighted: (fit) => fit.inTheLarge(),
    }),
});
