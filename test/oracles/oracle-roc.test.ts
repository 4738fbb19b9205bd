/** ROC analysis against reference values: AUC, DeLong, Obuchowski, operating points, average precision. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { delongAuc, hanleyMcNeilSe, newcombeAuc, rocAuc, splitByLabel } from "../../src/stats/auc.js";
import {
  clusteredAuc,
  clusteredAucDifference,
  delongDifference,
  delongGlobal,
} from "../../src/stats/auc-comparison.js";
import {
  diagnosticValues,
  likelihoodRatios,
  predictiveValuesAt,
  youdenIntervals,
  type ValueWithInterval,
} from "../../src/stats/diagnostic-table.js";
import type { ClassMean } from "../../src/stats/class-means.js";
import { multiclassAuc, multiclassValues } from "../../src/stats/multiclass.js";
import { multilabelRanking, multilabelValues } from "../../src/stats/multilabel.js";
import type { IntervalOutcome } from "../../src/stats/outcome.js";
import { bootstrapResamples, quantileOfSorted, signFlipTest } from "../../src/stats/resampling.js";
import {
  averagePrecision,
  partialAuc,
  rocPoints,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
  youden,
} from "../../src/stats/roc-curve.js";
import { checkFolder, reasonBut, type Answer, type Answerer } from "./reading.js";

interface Scored {
  labels: number[];
  scores: number[];
}

/** The stated linear congruential generator of large inputs. */
function lcg(input: { n: number; levels: number; shift: number; prev: [number, number]; seed: number }): Scored {
  let state = input.seed;
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  const labels: number[] = [];
  const scores: number[] = [];
  for (let i = 0; i < input.n; i++) {
    const label = draw() % input.prev[1] < input.prev[0] ? 1 : 0;
    const first = draw() % input.levels;
    labels.push(label);
    scores.push(first + (draw() % input.levels) + input.shift * label);
  }
  return { labels, scores };
}

/* eslint-disable @typescript-eslint/no-explicit-any -- inputs of reference cases have the shape their README says */
function scored(input: any, folder: string): Scored {
  if (typeof input.dataset === "string") {
    const all = JSON.parse(readFileSync(join(folder, "datasets.json"), "utf8")) as Record<string, Scored>;
    return all[input.dataset]!;
  }
  return input.generator === "lcg" ? lcg(input) : input;
}

const ends = (r: IntervalOutcome): unknown => (r.ok ? [r.low, r.high] : r);

function fraction(numerator: number, denominator: number): string {
  let [a, b] = [numerator, denominator];
  while (b > 0) [a, b] = [b, a % b];
  const [top, bottom] = [numerator / a, denominator / a];
  return bottom === 1 ? String(top) : `${top}/${bottom}`;
}

/** The area of each list of scores. */
const areas = (labels: number[], scores: number[][]): ReturnType<typeof rocAuc>[] =>
  scores.map((list) => {
    const { positives, negatives } = splitByLabel(labels, list);
    return rocAuc(positives, negatives);
  });

const offered: Record<string, Answerer> = {
  "auc.delong": (input, folder): Answer => {
    const { labels, scores } = scored(input, folder);
    const { positives, negatives } = splitByLabel(labels, scores);
    const r = delongAuc(positives, negatives, input.level);
    if (!r.ok) return reasonBut(r, { n_pos: positives.length, n_neg: negatives.length });
    const ap = averagePrecision(rocPoints(labels, scores));
    return {
      values: {
        n_pos: r.positives,
        n_neg: r.negatives,
        auc: r.auc,
        auc_fraction: fraction(r.twoU, 2 * r.positives * r.negatives),
        var_delong: r.variance,
        se_delong: r.se,
        ci_wald: ends(r.wald),
        ci_logit: ends(r.logit),
        se_hanley_mcneil: hanleyMcNeilSe(r.auc, r.positives, r.negatives),
        ci_newcombe5: ends(newcombeAuc(r.auc, r.positives, r.negatives, input.level)),
        average_precision: ap.ok ? ap.value : ap,
      },
    };
  },
  "delong.paired": ({ labels, scores, level }) => {
    const r = delongDifference(labels, scores[0], scores[1], level);
    if (!r.ok) {
      const [first, second] = areas(labels, scores);
      return reasonBut(
        r,
        first?.ok && second?.ok ? { auc: [first.auc, second.auc], diff: first.auc - second.auc } : {},
      );
    }
    const { auc, covariance: cov, difference: diff, se, z, p, interval } = r;
    return { values: { auc, cov, diff, se_diff: se, z, p, ci_diff: ends(interval) } };
  },
  "delong.global": ({ labels, scores }) => {
    const r = delongGlobal(labels, scores);
    if (!r.ok) {
      const auc = areas(labels, scores).flatMap((area) => (area.ok ? [area.auc] : []));
      return reasonBut(r, auc.length > 0 ? { auc } : {});
    }
    return { values: { auc: r.auc, cov: r.covariance, chi2: r.chi2, df: r.degrees, p: r.p } };
  },
  "auc.clustered.obuchowski": ({ cluster, labels, scores, level }) => {
    if (!Array.isArray(scores[0])) {
      const r = clusteredAuc(cluster, labels, scores, level);
      return { values: r.ok ? { auc: r.auc, var: r.variance, ci_wald: ends(r.wald) } : r };
    }
    const both = (scores as number[][]).map((list) => clusteredAuc(cluster, labels, list, level));
    const d = clusteredAucDifference(cluster, labels, scores[0], scores[1], level);
    if (!d.ok) {
      const given = both.flatMap((r) => (r.ok ? [r] : []));
      if (given.length === 0) return { values: d };
      return reasonBut(d, {
        auc: given.map((r) => r.auc),
        var: given.map((r) => r.variance),
        ci_wald: given.map((r) => ends(r.wald)),
        diff: given[0]!.auc - given[1]!.auc,
      });
    }
    const single = delongDifference(labels, scores[0], scores[1]);
    const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-12;
    return {
      values: {
        auc: d.auc,
        var: [d.covariance[0][0], d.covariance[1][1]],
        cov: d.covariance[0][1],
        ci_wald: both.map((r: any) => ends(r.wald)),
        diff: d.difference,
        z_diff: d.z,
        p_diff: d.p,
        equals_delong: single.ok && near(single.covariance[0][0], d.covariance[0][0]),
      },
    };
  },
  "roc.points": (input, folder) => {
    const { labels, scores } = scored(input, folder);
    const p = rocPoints(labels, scores);
    const thresholds = [...p.thresholds].map((t) => (t === Infinity ? null : t));
    return { values: { thresholds, tp: p.tp, fp: p.fp, n_pos: p.positives, n_neg: p.negatives } };
  },
  "pr.average_precision": (input, folder) => {
    const { labels, scores } = scored(input, folder);
    const points = rocPoints(labels, scores);
    const r = averagePrecision(points);
    if (!r.ok) return { values: r };
    const { value, precision, recall } = r;
    return { values: { average_precision: value, thresholds: points.thresholds.slice(1), precision, recall } };
  },
  sensitivity_at_specificity: (input, folder) => {
    const { labels, scores } = scored(input, folder);
    const r = sensitivityAtSpecificity(rocPoints(labels, scores), input.specificity);
    return { values: r.ok ? { ...r, threshold: finite(r.threshold), sensitivity_linear: r.linear } : r };
  },
  specificity_at_sensitivity: (input, folder) => {
    const { labels, scores } = scored(input, folder);
    const r = specificityAtSensitivity(rocPoints(labels, scores), input.sensitivity);
    return { values: r.ok ? { ...r, threshold: finite(r.threshold), specificity_linear: r.linear } : r };
  },
  youden: (input, folder) => {
    const { labels, scores } = scored(input, folder);
    const r = youden(rocPoints(labels, scores));
    if (!r.ok) return { values: r };
    const thresholds = r.points.map((point) => finite(point.threshold));
    return { values: { J: r.j, thresholds, operating_points: r.points.map((p) => [p.sensitivity, p.specificity]) } };
  },
  "auc.partial": (input, folder) => {
    const { labels, scores } = scored(input, folder);
    const r = partialAuc(rocPoints(labels, scores), input.axis, input.range);
    return { values: r.ok ? { pauc: r.area, pauc_corrected: r.corrected, min: r.min, max: r.max } : r };
  },
};

/** Replicates of a statistic on stored resamples of rows or clusters, and its jackknife; null = no value. */
function bootstrapAnswer(
  units: number,
  resamples: number[][],
  level: number | undefined,
  statistic: (drawn: readonly number[]) => number,
): Answer {
  const r = bootstrapResamples(units, resamples, statistic, level);
  if (!r.ok) {
    const theta = statistic(Array.from({ length: units }, (_, unit) => unit));
    if (Number.isNaN(theta)) return { values: r };
    const replicates = resamples.map((drawn) => statistic(drawn)).map((value) => (Number.isNaN(value) ? null : value));
    const degenerate = replicates.filter((value) => value === null).length;
    return reasonBut(r, { theta, n_valid: replicates.length - degenerate, n_degenerate: degenerate, replicates });
  }
  return {
    values: {
      theta: r.estimate,
      n_valid: r.valid,
      n_degenerate: r.degenerate,
      se: r.se,
      percentile: ends(r.percentile),
      basic: ends(r.basic),
      z0: r.z0,
      accel: r.acceleration,
      bca_probs: r.bcaProbabilities,
      bca: ends(r.bca),
      replicates: [...r.replicates].map((value) => (Number.isNaN(value) ? null : value)),
      jackknife: r.jackknife,
    },
  };
}

const parts = ({ value, interval }: ValueWithInterval, name: string): object => ({
  [name]: value,
  [`${name}_ci`]: ends(interval),
});

const tables: Record<string, Answerer> = {
  "confusion.binary": (input) => {
    const values = diagnosticValues(input);
    const ratios = likelihoodRatios(input, input.level);
    const j = youdenIntervals(input, input.level);
    const prevalence = input.declared_prevalence ?? 0.5;
    const [plain, adjusted] = [
      predictiveValuesAt(input, prevalence, false, input.level),
      predictiveValuesAt(input, prevalence, true, input.level),
    ];
    return {
      values: {
        ...values,
        balanced_accuracy: values.balancedAccuracy,
        youden: j.youden,
        youden_ci_wald: ends(j.wald),
        youden_ci_newcombe: ends(j.newcombe),
        balanced_accuracy_ci_wald: ends(j.balancedAccuracyWald),
        ...parts(ratios.positive, "lr_pos"),
        ...parts(ratios.negative, "lr_neg"),
        ...parts(ratios.oddsRatio, "dor"),
        at_prevalence: { ...parts(plain.ppv, "ppv"), ...parts(plain.npv, "npv") },
        at_prevalence_adjusted: {
          ...parts(adjusted.ppv, "ppv"),
          ...parts(adjusted.npv, "npv"),
          ppv_centre: adjusted.ppv.value,
          npv_centre: adjusted.npv.value,
        },
      },
    };
  },
};

const sumOf = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
const pick = (values: readonly number[], drawn: readonly number[]): number[] => drawn.map((i) => values[i]!);

const bootstraps: Record<string, Answerer> = {
  "bootstrap.mean": ({ values, resamples, level }) =>
    bootstrapAnswer(values.length, resamples, level, (drawn) => sumOf(pick(values, drawn)) / drawn.length),
  "bootstrap.median": ({ values, resamples, level }) =>
    bootstrapAnswer(values.length, resamples, level, (drawn) =>
      quantileOfSorted(
        pick(values, drawn).sort((a, b) => a - b),
        0.5,
      ),
    ),
  "bootstrap.ratio": ({ detected, total, resamples, level }) =>
    bootstrapAnswer(
      total.length,
      resamples,
      level,
      (drawn) => sumOf(pick(detected, drawn)) / sumOf(pick(total, drawn)),
    ),
  "bootstrap.auc": ({ labels, scores, cluster, resamples, level }) => {
    const [whole] = areas(labels, [scores]);
    if (!whole!.ok) return { values: whole };
    const names = cluster === undefined ? null : [...new Set<string | number>(cluster)];
    const rowsOf = (unit: number): number[] =>
      names === null
        ? [unit]
        : (cluster as (string | number)[]).flatMap((name, i) => (name === names[unit] ? [i] : []));
    return bootstrapAnswer(names?.length ?? labels.length, resamples, level, (drawn) => {
      const rows = drawn.flatMap(rowsOf);
      const { positives, negatives } = splitByLabel(pick(labels, rows), pick(scores, rows));
      const r = rocAuc(positives, negatives);
      return r.ok ? r.auc : NaN;
    });
  },
  "signflip.exact": ({ differences }) => {
    const r = signFlipTest(differences);
    return {
      values: {
        count_two_sided: r.twoSided,
        count_greater: r.greater,
        count_less: r.less,
        total: r.total,
        p_two_sided: r.twoSided / r.total,
        p_greater: r.greater / r.total,
        p_less: r.less / r.total,
      },
    };
  },
};

function finite(threshold: number): number | null {
  return threshold === Infinity ? null : threshold;
}

const values = (means: Record<"precision" | "recall" | "f1", ClassMean>): object => ({
  precision: means.precision.value,
  recall: means.recall.value,
  f1: means.f1.value,
});

const manyClasses: Record<string, Answerer> = {
  multiclass: ({ k, truth, pred, prob }) => {
    const table = Array.from({ length: k }, () => new Array<number>(k).fill(0));
    (truth as number[]).forEach((t, i) => (table[t]![pred[i]]! += 1));
    const r = multiclassValues(table);
    if (!r.ok) return { values: r };
    const areas = prob === undefined ? null : multiclassAuc(truth, prob, k);
    const ranked = areas?.ok
      ? {
          auc_ovr: areas.perClass,
          auc_ovr_macro_defined: areas.macro.value,
          auc_ovr_weighted: areas.weighted.value,
          auc_micro: areas.micro,
          auc_ovo_hand_till: areas.handTill.value,
        }
      : {};
    return {
      values: {
        matrix: table,
        accuracy: r.accuracy,
        per_class: r.perClass,
        balanced_accuracy: r.balancedAccuracy,
        mcc: r.mcc,
        kappa: r.kappa,
        macro_zero: r.macroZero,
        macro_defined: values(r.macro),
        weighted: r.weighted,
        ...ranked,
      },
    };
  },
  multilabel: ({ truth, pred, score }) => {
    const r = multilabelValues(truth, pred);
    if (!r.ok) return { values: r };
    const ranked = score === undefined ? null : multilabelRanking(truth, score);
    return {
      values: {
        ...r,
        f1_macro: r.f1Macro.value,
        f1_micro: r.f1Micro,
        f1_samples: r.f1Samples,
        subset_accuracy: r.subsetAccuracy,
        hamming_loss: r.hammingLoss,
        ...(ranked?.ok
          ? {
              auc: ranked.auc,
              auc_macro: ranked.aucMacro.value,
              auc_micro: ranked.aucMicro,
              ap: ranked.ap,
              ap_macro: ranked.apMacro.value,
              ap_micro: ranked.apMicro,
            }
          : {}),
      },
    };
  },
};

describe("ROC analysis agrees with the reference values", () => {
  checkFolder("roc", { ...offered, ...bootstraps, ...tables, ...manyClasses }, 345);
});
