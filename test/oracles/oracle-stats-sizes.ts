/** Answers to the reference cases of sample sizes. */
import { hanleyMcNeilSe } from "../../src/stats/auc.js";
import {
  aucHanleyMcNeilSize,
  aucPrecisionSize,
  aucValueSize,
  obuchowskiVariance,
  pairedAucSize,
} from "../../src/stats/auc-sample-size.js";
import type { Outcome } from "../../src/stats/outcome.js";
import {
  detectableProportions,
  farringtonManningSize,
  inflatedSize,
  mcnemarSize,
  namSize,
  pairedNonInferioritySize,
  precisionSize,
  singleArmExact,
  singleArmNormal,
  twoProportionsSize,
  unpairedNonInferioritySize,
  type ExactDesign,
} from "../../src/stats/sample-size.js";
import type { Answerer } from "./reading.js";

/** A level of significance, which may be stated for either kind of test. */
interface Alpha {
  alpha_one_sided?: number;
  alpha_two_sided?: number;
}
const oneSided = ({ alpha_one_sided: one, alpha_two_sided: two }: Alpha): number => one ?? two! / 2;
const twoSided = ({ alpha_one_sided: one, alpha_two_sided: two }: Alpha): number => two ?? 2 * one!;

const size =
  (key: string, f: (input: Record<string, number>) => Outcome<{ raw: number; n: number }>): Answerer =>
  (input) => {
    const r = f(input);
    return { values: r.ok ? { [`${key}_raw`]: r.raw, [key]: r.n } : r };
  };
const precision =
  (shareOf: (prevalence: number) => number): Answerer =>
  ({ p, half_width, level, prevalence }) => {
    const r = precisionSize(p, half_width, level, prevalence === undefined ? 1 : shareOf(prevalence));
    return { values: r.ok ? { n_raw: r.raw, n: r.n, n_total: r.total } : r };
  };

export const sampleSizes: Record<string, Answerer> = {
  single_arm_normal: size("n", ({ p0, p1, power, ...alpha }) => singleArmNormal(p0!, p1!, oneSided(alpha), power!)),
  single_arm_exact_binomial: ({ p0, p1, power, ...alpha }) => {
    const r = singleArmExact(p0, p1, oneSided(alpha), power);
    if (!r.ok) return { values: r };
    const of = (design: ExactDesign, name: string): object =>
      Object.fromEntries(Object.entries(design).map(([key, value]) => [`${key}_${name}`, value as number]));
    return { values: { ...of(r.first, "first"), ...of(r.stable, "stable") } };
  },
  precision_sensitivity: precision((prevalence) => prevalence),
  precision_specificity: precision((prevalence) => 1 - prevalence),
  mcnemar_connor: size("n", ({ p10, p01, power, ...alpha }) => mcnemarSize(p10!, p01!, twoSided(alpha), power!)),
  noninferiority_paired_normal: size("n", ({ p10, p01, margin, power, ...alpha }) =>
    pairedNonInferioritySize(p10!, p01!, margin!, oneSided(alpha), power!),
  ),
  noninferiority_unpaired_normal: ({ p1, p2, margin, power, ratio_n1_n2, ...alpha }) => {
    const r = unpairedNonInferioritySize(p1, p2, margin, oneSided(alpha), power, ratio_n1_n2);
    return { values: r.ok ? { n2_raw: r.raw, n2: r.n2, n1: r.n1 } : r };
  },
  auc_hanley_mcneil_se: ({ auc, n_pos, n_neg }) => {
    const se = hanleyMcNeilSe(auc, n_pos, n_neg);
    return { values: { se, variance: se * se } };
  },
  design_effect_inflation: ({ n, mean_cluster_size, icc }) => {
    const r = inflatedSize(n, mean_cluster_size, icc);
    return { values: { deff: r.designEffect, n_inflated: r.n } };
  },
  noninferiority_unpaired_farrington_manning: ({ p1, p2, margin, power, ratio_n1_n2, ...alpha }) => {
    const r = farringtonManningSize(p1, p2, margin, oneSided(alpha), power, ratio_n1_n2);
    if (!r.ok) return { values: r };
    return {
      values: { p1_restricted: r.restricted1, p2_restricted: r.restricted2, n2_raw: r.raw, n2: r.n2, n1: r.n1 },
    };
  },
  noninferiority_paired_nam: ({ p10, p01, margin, power, ...alpha }) => {
    const r = namSize(p10, p01, margin, oneSided(alpha), power);
    return { values: r.ok ? { q21_restricted: r.restricted, n_raw: r.raw, n: r.n } : r };
  },
  two_proportions_pooled: size("n_per_group", ({ p1, p2, power, ...alpha }) =>
    twoProportionsSize(p1!, p2!, twoSided(alpha), power!),
  ),
  two_proportions_detectable: ({ p1, n_per_group, power, ...alpha }) => {
    const r = detectableProportions(p1, n_per_group, twoSided(alpha), power);
    return { values: r.ok ? { p2_upper: r.upper, p2_lower: r.lower } : r };
  },
  auc_obuchowski_precision: ({ auc, ratio_neg_pos, half_width, level }) => {
    const r = aucPrecisionSize(auc, half_width, level, ratio_neg_pos);
    if (!r.ok) return { values: r };
    return {
      values: {
        variance_function: obuchowskiVariance(auc, ratio_neg_pos),
        n_pos_raw: r.raw,
        n_pos: r.positives,
        n_neg: r.negatives,
      },
    };
  },
  auc_hanley_mcneil_precision: ({ auc, ratio_neg_pos, half_width, level }) => {
    const r = aucHanleyMcNeilSize(auc, half_width, level, ratio_neg_pos);
    return { values: r.ok ? { n_pos: r.positives, n_neg: r.negatives } : r };
  },
  auc_obuchowski_test_vs_value: ({ auc1, auc0, ratio_neg_pos, power, ...alpha }) => {
    const r = aucValueSize(auc1, auc0, twoSided(alpha), power, ratio_neg_pos);
    return { values: r.ok ? { n_pos_raw: r.raw, n_pos: r.positives, n_neg: r.negatives } : r };
  },
  auc_obuchowski_two_paired: ({ auc1, auc2, correlation, ratio_neg_pos, power, ...alpha }) => {
    const r = pairedAucSize(auc1, auc2, correlation, twoSided(alpha), power, ratio_neg_pos);
    if (!r.ok) return { values: r };
    return {
      values: {
        variance_null: r.varianceNull,
        variance_alt: r.varianceAlternative,
        n_pos_raw: r.raw,
        n_pos: r.positives,
        n_neg: r.negatives,
      },
    };
  },
};
