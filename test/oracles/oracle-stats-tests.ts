/** Answers to the reference cases of tests: pairs, tables, ranks, strata, multiplicity. */
import {
  cochranArmitage,
  pearsonChiSquare,
  yatesChiSquare,
  type CountTable,
} from "../../src/stats/contingency-tables.js";
import { conditionalOddsRatio, fisherExact, fisherFreemanHalton } from "../../src/stats/exact-tables.js";
import { heterogeneityOf } from "../../src/stats/heterogeneity.js";
import { hodgesLehmannOneSample, hodgesLehmannTwoSample, type ShiftOutcome } from "../../src/stats/hodges-lehmann.js";
import { bowker, cochranQ, stuartMaxwell } from "../../src/stats/marginal-homogeneity.js";
import { benjaminiHochberg, hochberg, holm } from "../../src/stats/multiplicity.js";
import { mcnemarAsymptotic, mcnemarExact, mcnemarMidP } from "../../src/stats/paired-proportions.js";
import {
  kruskalWallis,
  mannWhitney,
  mannWhitneyExact,
  wilcoxonSignedRank,
  wilcoxonSignedRankExact,
} from "../../src/stats/rank-tests.js";
import { breslowDay, mantelHaenszelOddsRatio, mantelHaenszelTest } from "../../src/stats/stratified-tables.js";
import type { Outcome } from "../../src/stats/outcome.js";
import { allOf, intervalOf, type Answer, type Answerer } from "./reading.js";

/** A result under the names of the reference cases; of a reason, the reason. */
function renamed(answer: Answer, names: Record<string, string>): Answer {
  const values = answer.values as Record<string, unknown>;
  if (values.ok === false) return answer;
  return {
    ...answer,
    values: Object.fromEntries(Object.entries(values).map(([key, value]) => [names[key] ?? key, value])),
  };
}

const table =
  (f: (counts: CountTable) => Parameters<typeof allOf>[0]): Answerer =>
  (input: { table: CountTable }) =>
    allOf(f(input.table));

function shift(r: ShiftOutcome): Answer {
  if (!r.ok) return { values: r };
  const limits = intervalOf(r.interval).values as object;
  return { values: { estimate: r.estimate, achieved_level: r.achievedLevel, ...limits }, flags: r.flags };
}

const flagsOf = (r: Outcome<object>): readonly string[] | undefined => (r.ok ? r.flags : undefined);

type Strata = { strata: CountTable[]; level: number };

export const tests: Record<string, Answerer> = {
  mcnemar_exact: ({ b, c }) => allOf(mcnemarExact(b, c)),
  mcnemar_midp: ({ b, c }) => allOf(mcnemarMidP(b, c)),
  mcnemar_asymptotic: ({ b, c }) => allOf(mcnemarAsymptotic(b, c)),
  mcnemar_asymptotic_cc: ({ b, c }) => allOf(mcnemarAsymptotic(b, c, true)),
  holm: ({ p }) => ({ values: { adjusted: holm(p) } }),
  hochberg: ({ p }) => ({ values: { adjusted: hochberg(p) } }),
  benjamini_hochberg: ({ p }) => ({ values: { adjusted: benjaminiHochberg(p) } }),
  chisq_pearson: table(pearsonChiSquare),
  chisq_yates: table(yatesChiSquare),
  fisher_2x2: (input: { table: CountTable }) =>
    renamed(allOf(fisherExact(input.table)), { p: "p_two_sided", pLess: "p_less", pGreater: "p_greater" }),
  fisher_2x2_conditional_or: (input: { table: CountTable; level: number }) => {
    const r = conditionalOddsRatio(input.table, input.level);
    if (!r.ok) return { values: r };
    return { values: { or: r.oddsRatio, ...(intervalOf(r.interval).values as object) }, flags: r.flags };
  },
  fisher_freeman_halton: table(fisherFreemanHalton),
  cochran_armitage: ({ x, n, scores }) => allOf(cochranArmitage(x, n, scores)),
  kruskal_wallis: ({ groups }) => renamed(allOf(kruskalWallis(groups)), { h: "H" }),
  mann_whitney_asymptotic: ({ x, y }) => renamed(allOf(mannWhitney(x, y)), { u: "U" }),
  mann_whitney_asymptotic_cc: ({ x, y }) => renamed(allOf(mannWhitney(x, y, true)), { u: "U" }),
  mann_whitney_exact: ({ x, y }) =>
    renamed(allOf(mannWhitneyExact(x, y)), { u: "U", pLess: "p_less", pGreater: "p_greater" }),
  hodges_lehmann_two_sample_exact: ({ x, y, level }) => shift(hodgesLehmannTwoSample(x, y, level)),
  hodges_lehmann_one_sample_exact: ({ d, level }) => shift(hodgesLehmannOneSample(d, level)),
  wilcoxon_signed_rank_asymptotic: ({ d }) => renamed(allOf(wilcoxonSignedRank(d)), { v: "V" }),
  wilcoxon_signed_rank_asymptotic_cc: ({ d }) => renamed(allOf(wilcoxonSignedRank(d, true)), { v: "V" }),
  wilcoxon_signed_rank_exact: ({ d }) => renamed(allOf(wilcoxonSignedRankExact(d)), { v: "V" }),
  cochran_q: ({ ratings }) => renamed(allOf(cochranQ(ratings)), { q: "Q" }),
  meta_q_i2: ({ y, v }) =>
    renamed(allOf(heterogeneityOf(y, v)), {
      fixedSe: "fixed_se",
      q: "Q",
      i2: "I2",
      tau2: "tau2_dl",
      random: "random_dl",
      randomSe: "random_se",
    }),
  cmh: ({ strata, level }: Strata) => {
    const test = mantelHaenszelTest(strata);
    const common = mantelHaenszelOddsRatio(strata, level);
    const or = common.ok ? common.oddsRatio : common;
    const { values, flags } = intervalOf(common.ok ? common.interval : common);
    const found = { chi2: test.ok ? test.chi2 : test, p: test.ok ? test.p : test, or_mh: or, ...(values as object) };
    return {
      values: found,
      flags: [...new Set([...(flagsOf(test) ?? []), ...(flagsOf(common) ?? []), ...(flags ?? [])])],
    };
  },
  cmh_cc: ({ strata }: Strata) => allOf(mantelHaenszelTest(strata, true)),
  breslow_day: ({ strata }: Strata) => allOf(breslowDay(strata)),
  breslow_day_tarone: ({ strata }: Strata) => allOf(breslowDay(strata, true)),
  bowker: table(bowker),
  stuart_maxwell: table(stuartMaxwell),
};
