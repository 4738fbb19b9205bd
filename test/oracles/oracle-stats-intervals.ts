/** Answers to the reference cases of proportions, clustered data and rates. */
import {
  clusterMcNemarDurkalski,
  clusterMcNemarEliasziwDonner,
  clusterMcNemarObuchowski,
  clusterPairedDifference,
  type PairedCluster,
} from "../../src/stats/clustered-paired.js";
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
import { notEstimable, type IntervalOutcome } from "../../src/stats/outcome.js";
import {
  bonettPriceDifference,
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
import { allOf, intervalOf, type Answer, type Answerer } from "./reading.js";

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

export const proportions: Record<string, Answerer> = {
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

export const clusters: Record<string, Answerer> = {
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
    return within(r, { diff: r.difference, se: r.se });
  },
  cluster_mcnemar_obuchowski: ({ clusters: rows }) => allOf(clusterMcNemarObuchowski(rows)),
  cluster_mcnemar_eliasziw_donner: ({ clusters: rows }) => allOf(clusterMcNemarEliasziwDonner(rows)),
  cluster_mcnemar_durkalski: ({ clusters: rows }) => allOf(clusterMcNemarDurkalski(rows)),
};

const rate = (r: IntervalOutcome, count: number, exposure: number): Answer => {
  const { values, flags } = intervalOf(r);
  return { values: { rate: exposure > 0 ? count / exposure : notEstimable("no-data"), ...(values as object) }, flags };
};
/** Limits of an interval that stands within a result, and the flags of both. */
function within(r: { interval: IntervalOutcome; flags?: readonly string[] }, values: object): Answer {
  const limits = intervalOf(r.interval);
  return {
    values: { ...values, ...(limits.values as object) },
    flags: [...new Set([...(r.flags ?? []), ...(limits.flags ?? [])])],
  };
}
const quasi =
  (by: "t" | "z"): Answerer =>
  ({ counts, level }: { counts: number[]; level: number }) => {
    const r = quasiPoisson(counts, null, level, by);
    if (!r.ok) return { values: r };
    return within(r, { mean: r.mean, dispersion: r.dispersion });
  };

type Rates = { x1: number; t1: number; x2: number; t2: number; level: number };
const ratio =
  (f: typeof rateRatioExact): Answerer =>
  ({ x1, t1, x2, t2, level }: Rates) => {
    const r = f(x1, t1, x2, t2, level);
    return r.ok ? within(r, { ratio: r.ratio }) : { values: r };
  };

export const rates: Record<string, Answerer> = {
  poisson_garwood: ({ count, exposure, level }) => rate(garwood(count, exposure, level), count, exposure),
  poisson_midp: ({ count, exposure, level }) => rate(poissonMidP(count, exposure, level), count, exposure),
  quasipoisson_log_t: quasi("t"),
  quasipoisson_log_z: quasi("z"),
  rate_diff_score: ({ x1, t1, x2, t2, level }: Rates) => {
    const r = rateDifference(x1, t1, x2, t2, level);
    return r.ok ? within(r, { diff: r.difference }) : { values: r };
  },
  rate_ratio_exact: ratio(rateRatioExact),
  rate_ratio_log: ratio(rateRatioLog),
  rate_ratio_exact_test: ({ x1, t1, x2, t2 }: Rates) => allOf(rateRatioTest(x1, t1, x2, t2)),
};
