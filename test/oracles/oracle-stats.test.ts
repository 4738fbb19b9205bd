/** Special functions, proportions, rates, clustered data, tests and random streams against reference values. */
import { describe, it } from "vitest";
import { betaQuantile, betaTails, betaUpperQuantile } from "../../src/stats/beta.js";
import {
  binomialPmf,
  binomialQuantile,
  binomialTails,
  poissonPmf,
  poissonQuantile,
  poissonTails,
} from "../../src/stats/discrete.js";
import { chiSquareQuantile, chiSquareTails, gammaTails } from "../../src/stats/gamma.js";
import { logGamma } from "../../src/stats/log-gamma.js";
import { erf, erfc, normalCdf, normalQuantile, normalSf } from "../../src/stats/normal.js";
import { fisherQuantile, fisherTails, studentQuantile, studentTails } from "../../src/stats/student-fisher.js";
import {
  clusterBeta,
  clusterClopperPearson,
  clusterIcc,
  clusterLogit,
  clusterRatioVariance,
  clusterWaldT,
  clusterWilson,
  clusterWilsonIcc,
  kornGraubard,
} from "../../src/stats/clustered-proportion.js";
import {
  clusterMcNemarDurkalski,
  clusterMcNemarObuchowski,
  clusterPairedDifference,
  type PairedCluster,
} from "../../src/stats/clustered-paired.js";
import { benjaminiHochberg, hochberg, holm } from "../../src/stats/multiplicity.js";
import type { IntervalOutcome, Outcome } from "../../src/stats/outcome.js";
import { hanleyMcNeilSe } from "../../src/stats/auc.js";
import {
  inflatedSize,
  mcnemarSize,
  pairedNonInferioritySize,
  precisionSize,
  singleArmExact,
  singleArmNormal,
  unpairedNonInferioritySize,
  type ExactDesign,
} from "../../src/stats/sample-size.js";
import {
  bonettPriceDifference,
  mcnemarAsymptotic,
  mcnemarExact,
  mcnemarMidP,
  newcombePairedDifference,
  tangoDifference,
  tangoNonInferiority,
} from "../../src/stats/paired-proportions.js";
import {
  agrestiCoull,
  binomialTest,
  clopperPearson,
  jeffreys,
  midP,
  wilson,
  wilsonCorrected,
} from "../../src/stats/proportion.js";
import { philox4x32, RandomStream } from "../../src/stats/random.js";
import {
  garwood,
  poissonMidP,
  quasiPoisson,
  rateDifference,
  rateRatioExact,
  rateRatioLog,
  rateRatioTest,
} from "../../src/stats/rates.js";
import {
  adjustedLogRatio,
  agrestiCaffo,
  farringtonManning,
  katzRatio,
  koopmanRatio,
  meeDifference,
  miettinenNurminenDifference,
  miettinenNurminenRatio,
  newcombeDifference,
} from "../../src/stats/two-proportions.js";
import { allOf, checkFolder, intervalOf, type Answer, type Answerer } from "./reading.js";

/** The special functions take their arguments in a row. */
const plain =
  (f: (...args: number[]) => number): Answerer =>
  (input: number[]) => ({ values: f(...input) });

const specialFunctions: Record<string, Answerer> = {
  "beta.cdf": plain((x, a, b) => betaTails(x, a, b).lower),
  "beta.sf": plain((x, a, b) => betaTails(x, a, b).upper),
  "beta.quantile": plain((p, a, b) => betaQuantile(p, a, b)),
  "beta.isf": plain((q, a, b) => betaUpperQuantile(q, a, b)),
  "betainc.lower": plain((x, a, b) => betaTails(x, a, b).lower),
  "betainc.upper": plain((x, a, b) => betaTails(x, a, b).upper),
  "chi2.cdf": plain((x, v) => chiSquareTails(x, v).lower),
  "chi2.sf": plain((x, v) => chiSquareTails(x, v).upper),
  "chi2.quantile": plain((p, v) => chiSquareQuantile(p, v)),
  "chi2.isf": plain((q, v) => chiSquareQuantile(q, v, "upper")),
  "gammainc.lower": plain((x, a) => gammaTails(x, a).lower),
  "gammainc.upper": plain((x, a) => gammaTails(x, a).upper),
  "t.cdf": plain((t, v) => studentTails(t, v).lower),
  "t.sf": plain((t, v) => studentTails(t, v).upper),
  "t.quantile": plain((p, v) => studentQuantile(p, v)),
  "t.isf": plain((q, v) => studentQuantile(q, v, "upper")),
  "f.cdf": plain((x, v, w) => fisherTails(x, v, w).lower),
  "f.sf": plain((x, v, w) => fisherTails(x, v, w).upper),
  "f.quantile": plain((p, v, w) => fisherQuantile(p, v, w)),
  "f.isf": plain((q, v, w) => fisherQuantile(q, v, w, "upper")),
  lgamma: plain((x) => logGamma(x)),
  erf: plain((x) => erf(x)),
  erfc: plain((x) => erfc(x)),
  "normal.cdf": plain((x) => normalCdf(x)),
  "normal.sf": plain((x) => normalSf(x)),
  "normal.quantile": plain((p) => normalQuantile(p)),
  "binomial.cdf": plain((k, n, p) => binomialTails(k, n, p).lower),
  "binomial.sf": plain((k, n, p) => binomialTails(k, n, p).upper),
  "binomial.pmf": plain((k, n, p) => binomialPmf(k, n, p)),
  "binomial.quantile": plain((q, n, p) => binomialQuantile(q, n, p)),
  "poisson.cdf": plain((k, m) => poissonTails(k, m).lower),
  "poisson.sf": plain((k, m) => poissonTails(k, m).upper),
  "poisson.pmf": plain((k, m) => poissonPmf(k, m)),
  "poisson.quantile": plain((q, m) => poissonQuantile(q, m)),
};

type Single = { x: number; n: number; level: number };
const single =
  (f: (x: number, n: number, level: number) => IntervalOutcome): Answerer =>
  ({ x, n, level }: Single) =>
    intervalOf(f(x, n, level));

type Two = { x1: number; n1: number; x2: number; n2: number; level: number };
const two =
  (f: (x1: number, n1: number, x2: number, n2: number, level: number) => IntervalOutcome): Answerer =>
  ({ x1, n1, x2, n2, level }: Two) =>
    intervalOf(f(x1, n1, x2, n2, level));

type Paired = { a: number; b: number; c: number; d: number; level: number; margin: number };
const paired =
  (f: (a: number, b: number, c: number, d: number, level: number) => IntervalOutcome): Answerer =>
  ({ a, b, c, d, level }: Paired) =>
    intervalOf(f(a, b, c, d, level));

const proportions: Record<string, Answerer> = {
  wilson: single(wilson),
  wilson_cc: single(wilsonCorrected),
  clopper_pearson: single(clopperPearson),
  jeffreys: single(jeffreys),
  agresti_coull: single(agrestiCoull),
  midp: single(midP),
  binomial_test: ({ x, n, p0, alternative }) => allOf(binomialTest(x, n, p0, alternative)),
  diff_newcombe: two(newcombeDifference),
  diff_miettinen_nurminen: two(miettinenNurminenDifference),
  diff_mee: two(meeDifference),
  diff_agresti_caffo: two(agrestiCaffo),
  ratio_koopman: two(koopmanRatio),
  ratio_miettinen_nurminen: two(miettinenNurminenRatio),
  ratio_katz_log: two(katzRatio),
  ratio_adjusted_log: two(adjustedLogRatio),
  noninferiority_farrington_manning: ({ x1, n1, x2, n2, margin }) => allOf(farringtonManning(x1, n1, x2, n2, margin)),
  paired_diff_tango: paired(tangoDifference),
  paired_diff_newcombe10: paired(newcombePairedDifference),
  paired_diff_newcombe8: paired((a, b, c, d, level) => newcombePairedDifference(a, b, c, d, level, 8)),
  paired_diff_bonett_price: paired(bonettPriceDifference),
  noninferiority_tango: ({ a, b, c, d, margin }: Paired) => allOf(tangoNonInferiority(a, b, c, d, margin)),
  mcnemar_exact: ({ b, c }) => allOf(mcnemarExact(b, c)),
  mcnemar_midp: ({ b, c }) => allOf(mcnemarMidP(b, c)),
  mcnemar_asymptotic: ({ b, c }) => allOf(mcnemarAsymptotic(b, c)),
  mcnemar_asymptotic_cc: ({ b, c }) => allOf(mcnemarAsymptotic(b, c, true)),
  holm: ({ p }) => ({ values: { adjusted: holm(p) } }),
  hochberg: ({ p }) => ({ values: { adjusted: hochberg(p) } }),
  benjamini_hochberg: ({ p }) => ({ values: { adjusted: benjaminiHochberg(p) } }),
};

type Clusters = { x: number[]; n: number[]; level: number };
const clustered =
  (f: (x: number[], n: number[], level: number) => IntervalOutcome): Answerer =>
  ({ x, n, level }: Clusters) =>
    intervalOf(f(x, n, level));
const effective =
  (f: typeof kornGraubard): Answerer =>
  ({ x, n, level }: Clusters) => {
    const result = f(x, n, level);
    const { values, flags } = intervalOf(result);
    return { values: { ...(values as object), n_eff: result.ok ? result.nEff : result }, flags };
  };

const clusters: Record<string, Answerer> = {
  cluster_ratio_variance: ({ x, n }: Clusters) => {
    const r = clusterRatioVariance(x, n);
    return { values: r.ok ? { ...r, n_eff: r.nEff } : r };
  },
  cluster_icc_anova: ({ x, n }: Clusters) => {
    const r = clusterIcc(x, n);
    return { values: r.ok ? { icc: r.icc, deff_icc: r.deff } : r };
  },
  cluster_wilson_icc: clustered(clusterWilsonIcc),
  cluster_wald_t: clustered(clusterWaldT),
  cluster_logit: clustered(clusterLogit),
  cluster_beta: clustered(clusterBeta),
  cluster_korn_graubard: effective(kornGraubard),
  cluster_wilson_neff: effective(clusterWilson),
  cluster_clopper_pearson_neff: effective(clusterClopperPearson),
  cluster_paired_diff: ({ clusters: rows, level }: { clusters: PairedCluster[]; level: number }) => {
    const r = clusterPairedDifference(rows, level);
    if (!r.ok) return { values: r };
    return { values: { diff: r.difference, se: r.se, ...(intervalOf(r.interval).values as object) } };
  },
  cluster_mcnemar_obuchowski: ({ clusters: rows }) => allOf(clusterMcNemarObuchowski(rows)),
  cluster_mcnemar_durkalski: ({ clusters: rows }) => allOf(clusterMcNemarDurkalski(rows)),
};

const rate = (r: IntervalOutcome, value: number): Answer => ({
  values: { rate: value, ...(intervalOf(r).values as object) },
});
const quasi =
  (by: "t" | "z"): Answerer =>
  ({ counts, level }: { counts: number[]; level: number }) => {
    const r = quasiPoisson(counts, null, level, by);
    if (!r.ok) return { values: r };
    const { values } = intervalOf(r.interval);
    return { values: { mean: r.mean, dispersion: r.dispersion, ...(values as object) }, flags: r.flags };
  };

type Rates = { x1: number; t1: number; x2: number; t2: number; level: number };
const ratio =
  (f: typeof rateRatioExact): Answerer =>
  ({ x1, t1, x2, t2, level }: Rates) => {
    const r = f(x1, t1, x2, t2, level);
    return { values: r.ok ? { ratio: r.ratio, ...(intervalOf(r.interval).values as object) } : r };
  };

const rates: Record<string, Answerer> = {
  poisson_garwood: ({ count, exposure, level }) => rate(garwood(count, exposure, level), count / exposure),
  poisson_midp: ({ count, exposure, level }) => rate(poissonMidP(count, exposure, level), count / exposure),
  quasipoisson_log_t: quasi("t"),
  quasipoisson_log_z: quasi("z"),
  rate_diff_score: ({ x1, t1, x2, t2, level }: Rates) => {
    const r = rateDifference(x1, t1, x2, t2, level);
    return { values: r.ok ? { diff: r.difference, ...(intervalOf(r.interval).values as object) } : r };
  },
  rate_ratio_exact: ratio(rateRatioExact),
  rate_ratio_log: ratio(rateRatioLog),
  rate_ratio_exact_test: ({ x1, t1, x2, t2 }: Rates) => allOf(rateRatioTest(x1, t1, x2, t2)),
};

const hex = (word: number): string => word.toString(16).padStart(8, "0");
/** Counts how many words a stream has given. */
class CountedStream extends RandomStream {
  used = 0;
  override u32(): number {
    this.used++;
    return super.u32();
  }
}
const stream = ({ seed, stream: number }: { seed: string; stream: string }): CountedStream =>
  new CountedStream(BigInt(seed), BigInt(number));

const randomStreams: Record<string, Answerer> = {
  "philox4x32-10": ({ counter, key }: { counter: string[]; key: string[] }) => {
    const [c0, c1, c2, c3, k0, k1] = [...counter, ...key].map((word) => parseInt(word, 16));
    const out = new Uint32Array(4);
    philox4x32(c0!, c1!, c2!, c3!, k0!, k1!, out);
    return { values: [...out].map(hex) };
  },
  u32_stream: (input, _, expected) => {
    const s = stream(input);
    return { values: Array.from({ length: expected.length }, () => hex(s.u32())) };
  },
  bounded_lemire: (input, _, expected) => {
    const s = stream(input);
    const values = Array.from({ length: expected.values.length }, () => s.below(input.n));
    return { values: { values, u32_consumed: s.used } };
  },
  float53: (input, _, expected) => {
    const s = stream(input);
    return { values: Array.from({ length: expected.length }, () => s.float()) };
  },
  shuffle20_fisher_yates_descending: (input) => ({
    values: stream(input).shuffle(Array.from({ length: 20 }, (_, i) => i)),
  }),
};

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

const sampleSizes: Record<string, Answerer> = {
  single_arm_normal: size("n", ({ p0, p1, alpha_one_sided, power }) =>
    singleArmNormal(p0!, p1!, alpha_one_sided!, power!),
  ),
  single_arm_exact_binomial: ({ p0, p1, alpha_one_sided, power }) => {
    const r = singleArmExact(p0, p1, alpha_one_sided, power);
    if (!r.ok) return { values: r };
    const of = (design: ExactDesign, name: string): object =>
      Object.fromEntries(Object.entries(design).map(([key, value]) => [`${key}_${name}`, value as number]));
    return { values: { ...of(r.first, "first"), ...of(r.stable, "stable") } };
  },
  precision_sensitivity: precision((prevalence) => prevalence),
  precision_specificity: precision((prevalence) => 1 - prevalence),
  mcnemar_connor: size("n", ({ p10, p01, alpha_two_sided, power }) =>
    mcnemarSize(p10!, p01!, alpha_two_sided!, power!),
  ),
  noninferiority_paired_normal: size("n", ({ p10, p01, margin, alpha_one_sided, power }) =>
    pairedNonInferioritySize(p10!, p01!, margin!, alpha_one_sided!, power!),
  ),
  noninferiority_unpaired_normal: ({ p1, p2, margin, alpha_one_sided, power, ratio_n1_n2 }) => {
    const r = unpairedNonInferioritySize(p1, p2, margin, alpha_one_sided, power, ratio_n1_n2);
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
};

/** Methods of the reference folder that medassay does not have yet. */
const notOffered = [
  "bowker",
  "breslow_day",
  "breslow_day_tarone",
  "chisq_pearson",
  "chisq_yates",
  "cmh",
  "cmh_cc",
  "cochran_armitage",
  "cochran_q",
  "fisher_2x2",
  "fisher_2x2_conditional_or",
  "fisher_freeman_halton",
  "hodges_lehmann_one_sample_exact",
  "hodges_lehmann_two_sample_exact",
  "kruskal_wallis",
  "mann_whitney_asymptotic",
  "mann_whitney_asymptotic_cc",
  "mann_whitney_exact",
  "meta_q_i2",
  "stuart_maxwell",
  "wilcoxon_signed_rank_asymptotic",
  "wilcoxon_signed_rank_asymptotic_cc",
  "wilcoxon_signed_rank_exact",
  "auc_hanley_mcneil_precision",
  "auc_obuchowski_precision",
  "auc_obuchowski_test_vs_value",
  "auc_obuchowski_two_paired",
  "cluster_mcnemar_eliasziw_donner",
  "noninferiority_paired_nam",
  "noninferiority_unpaired_farrington_manning",
  "two_proportions_detectable",
  "two_proportions_pooled",
  "pcg4d",
  "threefry2x32-20",
  "threefry4x32-20",
];

describe("statistics agree with the reference values", () => {
  it("of oracles/stats", () => {
    const offered = { ...specialFunctions, ...proportions, ...clusters, ...rates, ...randomStreams, ...sampleSizes };
    checkFolder("stats", offered, notOffered, 4051);
  });
});
