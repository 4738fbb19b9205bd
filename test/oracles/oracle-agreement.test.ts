/** Agreement of readers against reference values: kappa, alpha, intraclass correlation, method comparison. */
import { describe } from "vitest";
import { icc, meanSquares, type IccForm } from "../../src/stats/icc.js";
import { cohenKappa } from "../../src/stats/kappa.js";
import { blandAltman, concordanceCorrelation } from "../../src/stats/method-comparison.js";
import { krippendorffAlpha } from "../../src/stats/krippendorff.js";
import { normalQuantile } from "../../src/stats/normal.js";
import { multiRaterAgreement, type AgreementWeights, type Coefficient } from "../../src/stats/multi-rater.js";
import { notEstimable, type IntervalOutcome, type Outcome } from "../../src/stats/outcome.js";
import { setOverlap } from "../../src/stats/overlap.js";
import { repeatedBlandAltman } from "../../src/stats/repeated-measures.js";
import { coverageProbability, meanErrors, totalDeviationIndex } from "../../src/stats/total-deviation.js";
import { checkFolder, type Answerer } from "./reading.js";

/* eslint-disable @typescript-eslint/no-explicit-any -- inputs of reference cases have the shape their README says */
const ends = (r: IntervalOutcome): unknown => (r.ok ? [r.low, r.high] : r);

const coefficient = (r: Outcome<Coefficient>, extra: object = {}): unknown =>
  r.ok ? { coef: r.coefficient, se: r.se, ci: ends(r.interval), pa: r.pa, pe: r.pe, ...extra } : r;

/** A table of two raters as one line a unit. */
function pairsOf(table: number[][]): [number, number][] {
  return table.flatMap((row, i) =>
    row.flatMap((count, j) => Array.from({ length: count }, (): [number, number] => [i + 1, j + 1])),
  );
}

/** No weights have two names. */
const identityOf = (weights: AgreementWeights | "none" | undefined): AgreementWeights | undefined =>
  weights === "none" ? "identity" : weights;

const forms: readonly IccForm[] = ["1,1", "1,k", "C,1", "C,k", "A,1", "A,k"];

const offered: Record<string, Answerer> = {
  "kappa.cohen": ({ table, weights, level }) => {
    const r = cohenKappa(table, weights === "identity" ? "none" : weights, level);
    return { values: r.ok ? { ...r, ci: ends(r.wald) } : r };
  },
  "agreement.two_raters": ({ table, weights, level }) => {
    const scale = (table as number[][]).map((_, i) => i + 1);
    const r = multiRaterAgreement(pairsOf(table), scale, identityOf(weights), level);
    if (!r.ok) return { values: r };
    const values = { scott_pi: r.fleiss, gwet_ac: r.gwet, pabak_bp: r.brennanPrediger };
    return { values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, coefficient(value)])) };
  },
  "agreement.multi_rater": ({ ratings, categories, weights, level }) => {
    const r = multiRaterAgreement(ratings, categories, identityOf(weights), level);
    if (!r.ok) return { values: r };
    const nullSe = r.fleissNullSe;
    const z = r.fleiss.ok && typeof nullSe === "number" ? r.fleiss.coefficient / nullSe : notEstimable("too-few");
    return {
      values: {
        fleiss_kappa: coefficient(r.fleiss, { se_null: nullSe, z_null: z }),
        gwet_ac: coefficient(r.gwet),
        brennan_prediger: coefficient(r.brennanPrediger),
      },
    };
  },
  krippendorff_alpha: ({ ratings, level }) => {
    const r = krippendorffAlpha(ratings, level);
    return { values: r.ok ? r : r };
  },
  icc: ({ ratings, level }) => {
    const squares = meanSquares(ratings);
    const values = forms.map((form) => {
      const r = icc(ratings, form, level);
      if (!r.ok) return [form, r];
      return [form, { icc: r.icc, F: r.f, df1: r.degrees1, df2: r.degrees2, p: r.p, ci: ends(r.interval) }];
    });
    const ms = squares.ok
      ? { MSR: squares.rows, MSC: squares.columns, MSE: squares.error, MSW: squares.within }
      : squares;
    return { values: { ...(Object.fromEntries(values) as object), ms } };
  },
  "ccc.lin": ({ x, y, level = 0.95 }) => {
    const z = normalQuantile((1 + level) / 2);
    const both = [false, true].map((unbiased) => {
      const r = concordanceCorrelation(x, y, level, unbiased);
      if (!r.ok) return r;
      const [ccc, se] = [r.ccc, r.se];
      const asymptotic = typeof se === "number" ? [ccc - z * se, ccc + z * se] : se;
      return {
        ccc,
        pearson: r.pearson,
        cb: r.accuracy,
        se,
        ci: ends(r.interval),
        ci_z: ends(r.interval),
        ci_asym: asymptotic,
      };
    });
    const [biased, unbiased] = both;
    return { values: { ...biased, biased, unbiased } };
  },
  bland_altman: ({ x, y, level = 0.95 }) => {
    const exact = blandAltman(x, y, "exact", level, 0.95);
    const approximate = blandAltman(x, y, "approximate", level, 0.95);
    if (!exact.ok || !approximate.ok) return { values: exact };
    return {
      values: {
        n: exact.n,
        bias: exact.bias,
        sd: exact.sd,
        loa: exact.limits,
        bias_ci: ends(exact.biasInterval),
        lower_ci_exact: ends(exact.lowerInterval),
        upper_ci_exact: ends(exact.upperInterval),
        lower_ci_approx: ends(approximate.lowerInterval),
        upper_ci_approx: ends(approximate.upperInterval),
      },
    };
  },
  "bland_altman.repeated": ({ subject, x, y, level = 0.95 }) => {
    const r = repeatedBlandAltman(subject, x, y, level, 0.95);
    if (!r.ok) return { values: r };
    const varying = r.varyingTruth;
    const mover = r.mover;
    return {
      values: {
        varying_truth:
          "reason" in varying
            ? varying
            : {
                n_subjects: r.subjects,
                n_pairs: r.pairs,
                bias: varying.bias,
                ms_between: r.meanSquareBetween,
                ms_within: r.meanSquareWithin,
                divisor: varying.divisor,
                var_between: varying.betweenVariance,
                sd_total: varying.sd,
                loa: varying.limits,
              },
        zou_mover:
          "reason" in mover
            ? mover
            : {
                bias: mover.bias,
                var_of_means: mover.meansVariance,
                harmonic_m: mover.harmonicPairs,
                var_total: mover.variance,
                var_total_ci: ends(mover.varianceInterval),
                loa: mover.limits,
                upper_ci: ends(mover.upperInterval),
                lower_ci: ends(mover.lowerInterval),
              },
      },
    };
  },
  tdi_cp: ({ x, y }, _folder, expected) => {
    const shares = Object.keys(expected.tdi ?? {}).map((share) => [share, totalDeviationIndex(x, y, Number(share))]);
    const asked = { ...expected.coverage_probability, ...expected.within };
    const limits = Object.keys(asked).map((limit) => [limit, coverageProbability(x, y, Number(limit))] as const);
    const errors = meanErrors(x, y);
    const whole = errors.ok ? null : errors;
    return {
      values: {
        tdi:
          expected.tdi === null
            ? whole
            : Object.fromEntries(
                shares.map(([share, r]: any) => [share, r.ok ? { tdi: r.value, tdi_lin_approx: r.approximate } : r]),
              ),
        coverage_probability:
          expected.coverage_probability === null
            ? whole
            : Object.fromEntries(
                limits.map(([limit, r]) => [limit, r.ok ? (r.normal.ok ? r.normal.value : r.normal) : r]),
              ),
        within:
          expected.within === null
            ? whole
            : Object.fromEntries(limits.map(([limit, r]) => [limit, r.ok ? r.counted : r])),
        mae: errors.ok ? errors.absolute : errors,
        rmse: errors.ok ? errors.rootSquare : errors,
      },
    };
  },
  "dice.counts": ({ size_a, size_b, intersection }) => {
    const r = setOverlap(size_a, size_b, intersection);
    return { values: r.ok ? { dice: r.dice, jaccard: r.jaccard, overlap_min: r.smaller } : r };
  },
};

describe("agreement statistics agree with the reference values", () => {
  checkFolder("agreement", offered, 156);
});
