/** Wrong calls are errors of one code, at every bound of every argument; and every interval says which method at which level. */
import { describe, expect, it } from "vitest";
import * as stats from "../../src/stats/index.js";
import { clippedInterval, requireCounts, requireLevel } from "../../src/stats/outcome.js";
import { ok } from "./outcomes.js";

const wrongCall = expect.objectContaining({ code: "STATISTICS_ARGUMENT" }) as Error;
const wrong: [name: string, ...calls: (() => unknown)[]][] = [];
const refuses = (name: string, ...calls: (() => unknown)[]): void => void wrong.push([name, ...calls]);

/** Not between 0 and 1. */
const badLevels = [0, 1, -0.1, 1.1, NaN];
/** No counts. */
const badCounts = [-1, 0.5, NaN, Infinity, 2 ** 53];
/** Margins are at least 0 and below 1. */
const badMargins = [-0.01, 1, NaN];
/** What {@link badCounts} make of a call whose arguments are counts, one place after the other. */
const atEachPlace = (good: readonly number[], f: (...args: number[]) => unknown): (() => unknown)[] =>
  good.flatMap((_, place) => badCounts.map((bad) => () => f(...good.with(place, bad))));
const atLevels = (f: (level: number) => unknown): (() => unknown)[] => badLevels.map((level) => () => f(level));

const onTwo = {
  newcombeDifference: stats.newcombeDifference,
  agrestiCaffo: stats.agrestiCaffo,
  miettinenNurminenDifference: stats.miettinenNurminenDifference,
  meeDifference: stats.meeDifference,
  koopmanRatio: stats.koopmanRatio,
  miettinenNurminenRatio: stats.miettinenNurminenRatio,
  katzRatio: stats.katzRatio,
  adjustedLogRatio: stats.adjustedLogRatio,
};
const onPairs = {
  tangoDifference: stats.tangoDifference,
  newcombePairedDifference: stats.newcombePairedDifference,
  bonettPriceDifference: stats.bonettPriceDifference,
};
const onOne = {
  wilson: stats.wilson,
  wilsonCorrected: stats.wilsonCorrected,
  clopperPearson: stats.clopperPearson,
  jeffreys: stats.jeffreys,
  agrestiCoull: stats.agrestiCoull,
  midP: stats.midP,
};

refuses("a level outside (0, 1)", ...atLevels(requireLevel));
refuses("what is no count", ...badCounts.map((bad) => () => requireCounts([1, bad], "counts")));

for (const [name, f] of Object.entries(onOne)) {
  refuses(
    name,
    ...atLevels((level) => f(3, 9, level)),
    () => f(-1, 9),
    () => f(10, 9),
    () => f(0, -1),
    () => f(-2, -1),
    () => f(NaN, 9),
    () => f(3, NaN),
    () => f(3, Infinity),
  );
}
refuses(
  "binomialTest",
  () => stats.binomialTest(2.5, 9, 0.5),
  () => stats.binomialTest(2, 9.5, 0.5),
  () => stats.binomialTest(-1, 9, 0.5),
  () => stats.binomialTest(10, 9, 0.5),
  () => stats.binomialTest(2, 9, -0.1),
  () => stats.binomialTest(2, 9, 1.1),
  () => stats.binomialTest(2, 9, NaN),
);

for (const [name, f] of Object.entries(onTwo)) {
  refuses(
    name,
    ...atEachPlace([3, 9, 4, 8], (x1, n1, x2, n2) => f(x1 as number, n1 as number, x2 as number, n2 as number)),
    ...atLevels((level) => f(3, 9, 4, 8, level)),
    () => f(10, 9, 4, 8),
    () => f(3, 9, 9, 8),
    () => f(1, 0, 4, 8),
  );
}
refuses(
  "farringtonManning",
  ...badMargins.map((margin) => () => stats.farringtonManning(3, 9, 4, 8, margin)),
  () => stats.farringtonManning(10, 9, 4, 8, 0.1),
  () => stats.farringtonManning(3, 9, 9, 8, 0.1),
  () => stats.farringtonManning(3, 9, 4.5, 8, 0.1),
);

for (const [name, f] of Object.entries(onPairs)) {
  refuses(
    name,
    ...atEachPlace([3, 2, 4, 8], (a, b, c, d) => f(a as number, b as number, c as number, d as number)),
    ...atLevels((level) => f(3, 2, 4, 8, level)),
  );
}
refuses(
  "tangoNonInferiority",
  ...atEachPlace([3, 2, 4, 8], (a, b, c, d) =>
    stats.tangoNonInferiority(a as number, b as number, c as number, d as number, 0.1),
  ),
  ...badMargins.map((margin) => () => stats.tangoNonInferiority(3, 2, 4, 8, margin)),
);
for (const f of [stats.mcnemarExact, stats.mcnemarMidP, stats.mcnemarAsymptotic]) {
  refuses(f.name, ...atEachPlace([3, 2], (b, c) => f(b as number, c as number)));
}

for (const f of [stats.garwood, stats.poissonMidP]) {
  refuses(
    f.name,
    ...badCounts.map((bad) => () => f(bad, 10)),
    ...atLevels((level) => f(3, 10, level)),
    () => f(3, 0),
    () => f(0, -1),
    () => f(3, -1),
    () => f(3, NaN),
    () => f(3, Infinity),
  );
}
for (const f of [stats.rateDifference, stats.rateRatioExact, stats.rateRatioLog]) {
  refuses(f.name, ...atLevels((level) => f(3, 10, 4, 10, level)));
}
for (const f of [stats.rateDifference, stats.rateRatioExact, stats.rateRatioLog, stats.rateRatioTest]) {
  refuses(
    `${f.name}, of either rate`,
    () => f(0.5, 10, 4, 10),
    () => f(3, -1, 4, 10),
    () => f(3, 10, 0.5, 10),
    () => f(3, 10, 4, -1),
    () => f(3, 10, 4, Infinity),
  );
}
refuses(
  "quasiPoisson",
  ...atLevels((level) => stats.quasiPoisson([1, 2], null, level)),
  () => stats.quasiPoisson([1, 2], [1]),
  () => stats.quasiPoisson([1], [1, 1]),
  () => stats.quasiPoisson([1, 2], [1, 0]),
  () => stats.quasiPoisson([1, 0], [1, -1]),
  () => stats.quasiPoisson([1, 0.5]),
);

refuses(
  "blandAltman",
  ...atLevels((level) => stats.blandAltman([1, 2], [2, 4], "exact", level, 0.95)),
  ...atLevels((share) => stats.blandAltman([1, 2], [2, 4], "exact", 0.95, share)),
  () => stats.blandAltman([1, 2], [1]),
  () => stats.blandAltman([1, Infinity], [1, 2]),
  () => stats.blandAltman([1, 2], [1, NaN]),
);
refuses(
  "concordanceCorrelation",
  ...atLevels((level) => stats.concordanceCorrelation([1, 2, 3], [2, 4, 5], level)),
  () => stats.concordanceCorrelation([1, 2], [1]),
  () => stats.concordanceCorrelation([1, Infinity], [1, 2]),
  () => stats.concordanceCorrelation([1, 2], [1, NaN]),
);
refuses(
  "repeatedBlandAltman",
  ...atLevels((level) => stats.repeatedBlandAltman([1, 1, 2], [1, 2, 3], [2, 4, 5], level)),
);
refuses(
  "totalDeviationIndex and coverageProbability",
  ...atLevels((share) => stats.totalDeviationIndex([1, 2], [2, 4], share)),
  ...[0, -1, Infinity, NaN].map((limit) => () => stats.coverageProbability([1, 2], [2, 4], limit)),
);
refuses(
  "multiRaterAgreement",
  ...atLevels((level) => stats.multiRaterAgreement([[0, 1]], [0, 1], "identity", level)),
  () => stats.multiRaterAgreement([[0, 0]], []),
  () => stats.multiRaterAgreement([[0, 1]], [0]),
  () => stats.multiRaterAgreement([[0, 2]], [0, 1]),
);
for (const f of [stats.holm, stats.hochberg, stats.benjaminiHochberg]) {
  refuses(f.name, ...[-0.1, 1.1, NaN].map((p) => () => f([0.5, p])));
}
refuses(
  "multiclassAuc",
  ...[1, 1.5, 0, -1, 1001, NaN].map((classes) => () => stats.multiclassAuc([], [], classes)),
  () => stats.multiclassAuc([0], [], 2),
  () => stats.multiclassAuc([], [[0.5, 0.5]], 2),
);
refuses("positiveAgreement", ...atEachPlace([1, 2, 3], (...marks) => stats.positiveAgreement([marks as never])));
refuses("positiveAgreement, level", ...atLevels((level) => stats.positiveAgreement([[1, 2, 3], [2, 0, 1]], level))); // prettier-ignore
refuses(
  "setOverlap",
  ...atEachPlace([3, 2, 1], (a, b, shared) => stats.setOverlap(a as number, b as number, shared as number)),
  () => stats.setOverlap(2, 3, 3),
  () => stats.setOverlap(3, 2, 3),
);
refuses(
  "bowker, stuartMaxwell and cochranQ",
  () => stats.bowker([[1, 2, 3], [4, 5, 6]]), // prettier-ignore
  ...[stats.bowker, stats.stuartMaxwell].flatMap((test) => [() => test([[1, 2]]), () => test([[1], [2]])]),
  () => stats.stuartMaxwell([[1, 2, 3], [4, 5, 6]]), // prettier-ignore
  ...[-1, 0.5, 2, NaN].map((rating) => () => stats.cochranQ([[0, rating]])),
  () => stats.cochranQ([[0, 1], [1]]),
);
refuses(
  "ranks of what has none",
  ...[NaN, Infinity, -Infinity].flatMap((value) => [
    () => stats.mannWhitney([1, value], [2]),
    () => stats.mannWhitneyExact([1], [value]),
    () => stats.kruskalWallis([[1], [value]]),
    () => stats.wilcoxonSignedRank([1, value]),
    () => stats.wilcoxonSignedRankExact([value, 1]),
  ]),
  () => stats.sortedNumbers([1, NaN]),
  () => stats.sortedOrder([NaN, 1], "falling"),
);
refuses(
  "tables in strata",
  () => stats.mantelHaenszelTest([[[1, 2], [3, -1]]]), // prettier-ignore
  () => stats.breslowDay([[[1, 2], [3, 0.5]]]), // prettier-ignore
  ...atLevels((level) => stats.mantelHaenszelOddsRatio([[[1, 2], [3, 4]]], level)), // prettier-ignore
);

const points = stats.rocPoints([1, 0, 1, 0], [4, 3, 2, 1]);
refuses(
  "targets on a curve",
  ...[-0.1, 1.1, NaN].flatMap((target) => [
    () => stats.sensitivityAtSpecificity(points, target),
    () => stats.specificityAtSensitivity(points, target),
  ]),
  ...(["fpr", "tpr"] as const).flatMap((axis) => [
    () => stats.partialAuc(points, axis, [-0.1, 0.5]),
    () => stats.partialAuc(points, axis, [0.5, 1.1]),
    () => stats.partialAuc(points, axis, [0.5, 0.5]),
    () => stats.partialAuc(points, axis, [0.6, 0.5]),
  ]),
);

const someContrast = stats.contrastOf(0.1, 0.2, 0.2);
for (const bad of badLevels) {
  refuses(
    `sizes with ${bad} for what lies between 0 and 1`,
    () => stats.contrastSize(someContrast, bad, 0.8),
    () => stats.contrastSize(someContrast, 0.05, bad),
    () => stats.contrastPower(someContrast, bad, 10),
    () => stats.singleArmContrast(bad, 0.5),
    () => stats.singleArmContrast(0.5, bad),
    () => stats.singleArmExact(bad, 0.5, 0.025, 0.8),
    () => stats.precisionSize(bad, 0.05),
    () => stats.precisionSize(0.9, bad),
    () => stats.precisionSize(0.9, 0.05, bad),
    () => stats.twoProportionsContrast(bad, 0.5),
    () => stats.twoProportionsContrast(0.5, bad),
    () => stats.unpairedNonInferiorityContrast(bad, 0.5, 0.1),
    () => stats.unpairedNonInferiorityContrast(0.5, bad, 0.1),
    () => stats.detectableProportions(bad, 100, 0.05, 0.8),
    () => stats.detectableProportions(0.5, 100, 2 * bad, 0.8),
    () => stats.detectableProportions(0.5, 100, 0.05, bad),
  );
}
for (const margin of badMargins) {
  refuses(
    `sizes with a margin of ${margin}`,
    () => stats.pairedNonInferiorityContrast(0.2, 0.1, margin),
    () => stats.namContrast(0.2, 0.1, margin),
    () => stats.unpairedNonInferiorityContrast(0.9, 0.5, margin),
    () => stats.farringtonManningContrast(0.9, 0.5, margin),
  );
}
refuses(
  "cohenKappa",
  () => stats.cohenKappa(Array.from({ length: 1001 }, () => new Array<number>(1001).fill(0))),
  () =>
    stats.cohenKappa([
      [1, 2],
      [3, 4, 5],
    ]),
  () => stats.cohenKappa([[1, 2], [3]]),
);
refuses(
  "sizes",
  ...[0, -1, NaN].flatMap((n) => [
    () => stats.contrastPower(someContrast, 0.05, n),
    () => stats.contrastPower(stats.notEstimable("no-solution"), 0.05, n),
  ]),
  ...[0, -0.1, 1.01, NaN].map((share) => () => stats.precisionSize(0.9, 0.05, 0.95, share)),
  ...[
    [-0.1, 0.2],
    [0.2, -0.1],
    [0.6, 0.5],
    [NaN, 0.1],
  ].flatMap(([b, c]) => [
    () => stats.mcnemarContrast(b as number, c as number),
    () => stats.pairedNonInferiorityContrast(b as number, c as number, 0.1),
    () => stats.namContrast(b as number, c as number, 0.1),
  ]),
  ...[0, -1, Infinity, NaN].map((ratio) => () => stats.farringtonManningContrast(0.9, 0.9, 0.1, ratio)),
  ...[0, -1, Infinity, NaN].map((n) => () => stats.detectableProportions(0.5, n, 0.05, 0.8)),
  ...[0, -1, NaN].map((n) => () => stats.inflatedSize(n, 2, 0.1)),
  ...[0.99, NaN].map((size) => () => stats.inflatedSize(10, size, 0.1)),
);

describe("wrong calls", () => {
  it.each(wrong)("%s", (_, ...calls) => {
    for (const call of calls) expect(call, call.toString()).toThrow(wrongCall);
  });
});

describe("a refusal", () => {
  it("says which argument it is about", () => {
    for (const [call, what] of [
      [() => stats.contrastSize(someContrast, 2, 0.8), "alpha: 2"],
      [() => stats.contrastSize(someContrast, 0.05, 2), "power: 2"],
      [() => stats.contrastPower(someContrast, 2, 10), "alpha: 2"],
      [() => stats.singleArmContrast(2, 0.5), "p0: 2"],
      [() => stats.singleArmContrast(0.5, 2), "p1: 2"],
      [() => stats.precisionSize(2, 0.1), "p: 2"],
      [() => stats.precisionSize(0.5, 2), "halfWidth: 2"],
      [() => stats.twoProportionsContrast(2, 0.5), "p1: 2"],
      [() => stats.twoProportionsContrast(0.5, 2), "p2: 2"],
      [() => stats.detectableProportions(2, 10, 0.05, 0.8), "p1: 2"],
      [() => stats.multilabelValues([[1]], []), "1 cases, 0 answers"],
      [() => stats.multilabelRanking([[1]], []), "1 cases, 0 scores"],
      // Both of the second case are longer than the first.
      [() => stats.multilabelValues([[1], [1, 0]], [[1], [1, 0]]), "case 1 of 1 labels"],
      [() => stats.signFlipTest(Array.from({ length: 21 }, () => 1)), "21 differences, 20 at most"],
      [() => stats.icc([[1, 2], [2, 3]], "B,1" as never), "form"], // prettier-ignore
      [() => stats.multiRaterAgreement([[0, 1]], [0, 1], "cubic" as never), "weights"],
      [() => stats.binomialTest(1, 2, 0.5, "both" as never), "alternative"],
    ] as const) {
      expect(call).toThrow(what);
    }
  });
});

describe("the bounds themselves are no wrong calls", () => {
  it("a margin of 0, shares of 0 and 1, targets of 0 and 1", () => {
    expect(stats.tangoNonInferiority(3, 2, 4, 8, 0).ok).toBe(true);
    expect(stats.farringtonManning(3, 9, 4, 8, 0).ok).toBe(true);
    expect(ok(stats.pairedNonInferiorityContrast(0.2, 0.1, 0)).distance).toBeCloseTo(0.1, 15);
    expect(ok(stats.unpairedNonInferiorityContrast(0.9, 0.5, 0)).distance).toBeCloseTo(0.4, 15);
    expect(ok(stats.mcnemarContrast(1, 0))).toMatchObject({ distance: 1, nullSd: 1, alternativeSd: 0 });
    expect(ok(stats.mcnemarContrast(0.5, 0)).distance).toBe(0.5);
    expect(ok(stats.mcnemarContrast(0, 0.5)).distance).toBe(0.5);
    expect(ok(stats.mcnemarContrast(0.75, 0.25)).nullSd).toBe(1);
    expect(ok(stats.binomialTest(0, 5, 0)).p).toBe(1);
    expect(ok(stats.binomialTest(1, 5, 0)).p).toBe(0);
    expect(ok(stats.binomialTest(5, 5, 1)).p).toBe(1);
    expect(ok(stats.binomialTest(4, 5, 1)).p).toBe(0);
    expect(ok(stats.sensitivityAtSpecificity(points, 0)).sensitivity).toBe(1);
    expect(ok(stats.sensitivityAtSpecificity(points, 1)).sensitivity).toBe(0.5);
    expect(ok(stats.specificityAtSensitivity(points, 0)).specificity).toBe(1);
    expect(ok(stats.specificityAtSensitivity(points, 1)).specificity).toBe(0.5);
    expect(ok(stats.partialAuc(points, "fpr", [0, 1])).area).toBe(0.75);
    expect(stats.holm([0, 1])).toEqual([0, 1]);
    expect(ok(stats.precisionSize(0.5, 0.1, 0.95, 1)).total).toBe(97);
    expect(stats.inflatedSize(10, 1, 0.5)).toEqual({ designEffect: 1, n: 10 });
    expect(() => requireCounts([0, 2 ** 53 - 1], "counts")).not.toThrow();
  });
});

describe("an interval names its method and level", () => {
  const methods: [(level: number) => stats.IntervalOutcome, string][] = [
    [(level) => stats.wilson(3, 9, level), "wilson"],
    [(level) => stats.wilsonCorrected(3, 9, level), "wilson_cc"],
    [(level) => stats.clopperPearson(3, 9, level), "clopper_pearson"],
    [(level) => stats.jeffreys(3, 9, level), "jeffreys"],
    [(level) => stats.agrestiCoull(3, 9, level), "agresti_coull"],
    [(level) => stats.midP(3, 9, level), "midp"],
    [(level) => stats.newcombeDifference(3, 9, 4, 8, level), "diff_newcombe"],
    [(level) => stats.agrestiCaffo(3, 9, 4, 8, level), "diff_agresti_caffo"],
    [(level) => stats.miettinenNurminenDifference(3, 9, 4, 8, level), "diff_miettinen_nurminen"],
    [(level) => stats.meeDifference(3, 9, 4, 8, level), "diff_mee"],
    [(level) => stats.koopmanRatio(3, 9, 4, 8, level), "ratio_koopman"],
    [(level) => stats.miettinenNurminenRatio(3, 9, 4, 8, level), "ratio_miettinen_nurminen"],
    [(level) => stats.katzRatio(3, 9, 4, 8, level), "ratio_katz_log"],
    [(level) => stats.adjustedLogRatio(3, 9, 4, 8, level), "ratio_adjusted_log"],
    [(level) => stats.tangoDifference(3, 2, 4, 8, level), "paired_diff_tango"],
    [(level) => stats.newcombePairedDifference(3, 2, 4, 8, level), "paired_diff_newcombe10"],
    [(level) => stats.newcombePairedDifference(3, 2, 4, 8, level, 8), "paired_diff_newcombe8"],
    [(level) => stats.bonettPriceDifference(3, 2, 4, 8, level), "paired_diff_bonett_price"],
    [(level) => stats.garwood(3, 9, level), "poisson_garwood"],
    [(level) => stats.poissonMidP(3, 9, level), "poisson_midp"],
    [(level) => ok(stats.quasiPoisson([1, 4, 2], null, level)).interval, "quasipoisson_log_t"],
    [(level) => ok(stats.quasiPoisson([1, 4, 2], null, level, "z")).interval, "quasipoisson_log_z"],
    [(level) => ok(stats.rateDifference(3, 9, 4, 8, level)).interval, "rate_diff_score"],
    [(level) => ok(stats.rateRatioExact(3, 9, 4, 8, level)).interval, "rate_ratio_exact"],
    [(level) => ok(stats.rateRatioLog(3, 9, 4, 8, level)).interval, "rate_ratio_log"],
    [(level) => ok(stats.mantelHaenszelOddsRatio([[[3, 2], [4, 8]]], level)).interval, "mantel_haenszel_rbg"], // prettier-ignore
    [(level) => ok(stats.concordanceCorrelation([1, 2, 4], [1, 3, 3], level)).interval, "ccc_fisher_z"],
    [(level) => ok(stats.blandAltman([1, 2, 4], [1, 3, 3], "exact", level)).biasInterval, "bias_t"],
    [(level) => ok(stats.blandAltman([1, 2, 4], [1, 3, 3], "exact", level)).lowerInterval, "limits_of_agreement_exact"],
    [
      (level) => ok(stats.blandAltman([1, 2, 4], [1, 3, 3], "approximate", level)).upperInterval,
      "limits_of_agreement_approximate",
    ],
    [
      (level) => ok(ok(stats.multiRaterAgreement([[0, 1], [1, 1], [0, 0]], [0, 1], "identity", level)).gwet).interval, // prettier-ignore
      "gwet_linearised_t",
    ],
    ...(["interceptInterval", "slopeInterval"] as const).map(
      (part): [(level: number) => stats.IntervalOutcome, string] => [
        (level) => ({ ok: true, ...ok(stats.recalibration([1, 0, 1, 0], [0.7, 0.6, 0.4, 0.2], level))[part] }),
        "recalibration_wald",
      ],
    ),
    [
      (level) => ({ ok: true, ...ok(stats.calibrationInTheLarge([1, 0], [0.7, 0.6], level)).interval }),
      "calibration_in_the_large_wald",
    ],
  ];

  it.each(methods.map(([of, method]) => [method, of] as const))("%s", (method, of) => {
    expect(ok(of(0.9))).toMatchObject({ method, level: 0.9 });
    expect(ok(of(0.5))).toMatchObject({ method, level: 0.5 });
    expect("flags" in of(0.9)).toBe(false);
  });

  it("also where there are no data: the whole range, flagged", () => {
    const whole = (low: number, high: number, method: string) => ({
      ok: true,
      low,
      high,
      level: 0.9,
      method,
      flags: ["no-data"],
    });
    const names = {
      wilson: "wilson",
      wilsonCorrected: "wilson_cc",
      clopperPearson: "clopper_pearson",
      jeffreys: "jeffreys",
      agrestiCoull: "agresti_coull",
      midP: "midp",
    };
    for (const [name, f] of Object.entries(onOne)) {
      expect(f(0, 0, 0.9)).toEqual(whole(0, 1, names[name as keyof typeof names]));
    }
    const differences = {
      newcombeDifference: "diff_newcombe",
      agrestiCaffo: "diff_agresti_caffo",
      miettinenNurminenDifference: "diff_miettinen_nurminen",
      meeDifference: "diff_mee",
    };
    for (const [name, method] of Object.entries(differences)) {
      const f = onTwo[name as keyof typeof differences];
      expect(f(0, 0, 4, 8, 0.9)).toEqual(whole(-1, 1, method));
      expect(f(4, 8, 0, 0, 0.9)).toEqual(whole(-1, 1, method));
    }
    const ratios = {
      koopmanRatio: "ratio_koopman",
      miettinenNurminenRatio: "ratio_miettinen_nurminen",
      katzRatio: "ratio_katz_log",
      adjustedLogRatio: "ratio_adjusted_log",
    };
    for (const [name, method] of Object.entries(ratios)) {
      const f = onTwo[name as keyof typeof ratios];
      expect(f(0, 0, 4, 8, 0.9)).toEqual(whole(0, Infinity, method));
      expect(f(4, 8, 0, 0, 0.9)).toEqual(whole(0, Infinity, method));
    }
    expect(stats.tangoDifference(0, 0, 0, 0, 0.9)).toEqual(whole(-1, 1, "paired_diff_tango"));
    expect(stats.newcombePairedDifference(0, 0, 0, 0, 0.9, 8)).toEqual(whole(-1, 1, "paired_diff_newcombe8"));
    expect(stats.bonettPriceDifference(0, 0, 0, 0, 0.9)).toEqual(whole(-1, 1, "paired_diff_bonett_price"));
    expect(stats.garwood(0, 0, 0.9)).toEqual(whole(0, Infinity, "poisson_garwood"));
    expect(stats.poissonMidP(0, 0, 0.9)).toEqual(whole(0, Infinity, "poisson_midp"));
    expect(stats.binomialTest(0, 0, 0.3)).toEqual({ ok: true, p: 1, flags: ["no-data"] });
  });
});

describe("an interval", () => {
  it("is clipped to its space, and has a width", () => {
    const clipped = (low: number, high: number) => clippedInterval("own", 0.9, low, high, [-1, 2]);
    expect(clipped(-3, 5)).toEqual({ ok: true, low: -1, high: 2, level: 0.9, method: "own" });
    expect(clipped(0.25, 0.5)).toEqual({ ok: true, low: 0.25, high: 0.5, level: 0.9, method: "own" });
    const none = { ok: false, reason: "zero-variance" };
    for (const [low, high] of [
      [0.5, 0.5],
      [0.5, 0.25],
      [2, 5],
      [-5, -1],
      [3, 5],
      [NaN, 1],
      [0, NaN],
    ] as const) {
      expect(clipped(low, high)).toEqual(none);
    }
    expect(clippedInterval("own", 0.9, 0, 1, [-1, 2], "no-data")).toMatchObject({
      low: 0,
      high: 1,
      flags: ["no-data"],
    });
  });
});
