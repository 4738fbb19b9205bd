/**
 * Degenerate input is a result: every exported function of stats/ gets empty, constant, separated, tiny and huge data, and
 * must answer with numbers in the parameter space or with a typed reason.
 */
import { describe, expect, it } from "vitest";
import * as stats from "../../src/stats/index.js";
import { combinations, swept, type Sweep } from "./answers.js";
import {
  levels,
  level,
  huge,
  proportions,
  few,
  exposures,
  probabilities,
  repeated,
  clusters,
  pairedClusters,
  counts,
  scores,
  squares,
  labelled,
  namings,
  tables,
  kappaWeights,
  ratingPairs,
  multiRatings,
  readings,
  measurements,
  replicates,
  pValues,
  binaryRatings,
  calibrated,
  classScores,
  countTables,
  labelRows,
  strata,
  twoByTwo,
} from "./degenerate-data.js";

const spread =
  <T extends unknown[], R>(f: (...args: T) => R) =>
  (pair: number[], ...rest: unknown[]): R =>
    f(...([...pair, ...rest] as T));
const twice =
  <T extends unknown[], R>(f: (...args: T) => R) =>
  (first: number[], second: number[], ...rest: unknown[]): R =>
    f(...([...first, ...second, ...rest] as T));

const named = (pairs: [number[], number[]][]): [unknown[], number[], number[]][] =>
  pairs.flatMap(([a, b]) => namings.map((name): [unknown[], number[], number[]] => [a.map((_, i) => name(i)), a, b]));
const points = labelled.map(([labels, values]) => stats.rocPoints(labels, values));
const diagnostic = combinations([few, few, few, few]).map(([tp, fp, fn, tn]) => ({ tp, fp, fn, tn }));

const contrasts = [
  stats.contrastOf(0, 1, 1),
  stats.contrastOf(0.1, 0, 0),
  stats.contrastOf(0.1, 1, 1),
  stats.notEstimable("no-solution"),
];

const sweeps: Record<string, Sweep[]> = {
  // one proportion
  wilson: [[spread(stats.wilson), proportions, levels]],
  wilsonCorrected: [[spread(stats.wilsonCorrected), proportions, levels]],
  clopperPearson: [[spread(stats.clopperPearson), proportions, levels]],
  jeffreys: [[spread(stats.jeffreys), proportions, levels]],
  agrestiCoull: [[spread(stats.agrestiCoull), proportions, levels]],
  midP: [[spread(stats.midP), proportions, levels]],
  binomialTest: [[spread(stats.binomialTest), proportions, [0, 0.5, 1], ["two-sided", "less", "greater"]]],
  // two proportions
  newcombeDifference: [[twice(stats.newcombeDifference), proportions, proportions, levels]],
  agrestiCaffo: [[twice(stats.agrestiCaffo), proportions, proportions, levels]],
  miettinenNurminenDifference: [[twice(stats.miettinenNurminenDifference), proportions, proportions, levels]],
  meeDifference: [[twice(stats.meeDifference), proportions, proportions, levels]],
  farringtonManning: [[twice(stats.farringtonManning), proportions, proportions, [0, 0.1, 0.99]]],
  koopmanRatio: [[twice(stats.koopmanRatio), proportions, proportions, levels]],
  miettinenNurminenRatio: [[twice(stats.miettinenNurminenRatio), proportions, proportions, levels]],
  katzRatio: [[twice(stats.katzRatio), proportions, proportions, levels]],
  adjustedLogRatio: [[twice(stats.adjustedLogRatio), proportions, proportions, levels]],
  // paired
  tangoDifference: [[stats.tangoDifference, few, few, few, few, levels]],
  tangoNonInferiority: [[stats.tangoNonInferiority, few, few, few, few, [0, 0.1, 0.99]]],
  newcombePairedDifference: [[stats.newcombePairedDifference, few, few, few, few, levels, [8, 10]]],
  bonettPriceDifference: [[stats.bonettPriceDifference, few, few, few, few, levels]],
  mcnemarExact: [[stats.mcnemarExact, few, few]],
  mcnemarMidP: [[stats.mcnemarMidP, few, few]],
  mcnemarAsymptotic: [[stats.mcnemarAsymptotic, few, few, [false, true]]],
  // rates
  garwood: [
    [stats.garwood, few, exposures, levels],
    [stats.garwood, [0], [0], levels],
  ],
  poissonMidP: [
    [stats.poissonMidP, few, exposures, levels],
    [stats.poissonMidP, [0], [0], levels],
  ],
  quasiPoisson: [
    [stats.quasiPoisson, counts, [null], levels, ["t", "z"]],
    [(list: number[]) => stats.quasiPoisson(list, repeated(1e-6, list.length)), counts],
    [(list: number[]) => stats.quasiPoisson([...list, 0], [...repeated(2, list.length), 0]), counts],
  ],
  rateDifference: [
    [stats.rateDifference, few, exposures, few, exposures, levels],
    [stats.rateDifference, [0], [0], few, [1], level],
  ],
  rateRatioExact: [
    [stats.rateRatioExact, few, exposures, few, exposures, levels],
    [stats.rateRatioExact, few, [1], [0], [0], level],
  ],
  rateRatioLog: [
    [stats.rateRatioLog, few, exposures, few, exposures, levels],
    [stats.rateRatioLog, few, [1], [0], [0], level],
  ],
  rateRatioTest: [
    [stats.rateRatioTest, few, exposures, few, exposures],
    [stats.rateRatioTest, [0], [0], few, [1]],
  ],
  // clusters
  clusterRatioVariance: [[twice1(stats.clusterRatioVariance), clusters]],
  clusterIcc: [[twice1(stats.clusterIcc), clusters]],
  kornGraubard: [[twice1(stats.kornGraubard), clusters, levels]],
  clusterClopperPearson: [[twice1(stats.clusterClopperPearson), clusters, levels]],
  clusterWilson: [[twice1(stats.clusterWilson), clusters, levels]],
  clusterWilsonIcc: [[twice1(stats.clusterWilsonIcc), clusters, levels]],
  clusterWaldT: [[twice1(stats.clusterWaldT), clusters, levels]],
  clusterLogit: [[twice1(stats.clusterLogit), clusters, levels]],
  clusterBeta: [[twice1(stats.clusterBeta), clusters, levels]],
  clusterPairedDifference: [[stats.clusterPairedDifference, pairedClusters, levels]],
  clusterPairedTango: [[stats.clusterPairedTango, pairedClusters, levels]],
  clusterPairedNonInferiority: [[stats.clusterPairedNonInferiority, pairedClusters, [0, 0.1, 0.99]]],
  clusterMcNemarObuchowski: [[stats.clusterMcNemarObuchowski, pairedClusters]],
  clusterMcNemarEliasziwDonner: [[stats.clusterMcNemarEliasziwDonner, pairedClusters]],
  clusterMcNemarDurkalski: [[stats.clusterMcNemarDurkalski, pairedClusters]],
  positiveAgreement: [
    [
      stats.positiveAgreement,
      [
        [],
        [[0, 0, 0]],
        [[1, 0, 0]],
        [[0, 1, 1]],
        [
          [2, 0, 0],
          [1, 0, 0],
        ],
        [
          [0, 1, 0],
          [0, 0, 1],
        ],
        [
          [huge, 0, 0],
          [0, huge, 1],
        ],
      ],
      levels,
    ],
  ],
  // diagnostic table
  diagnosticValues: [[stats.diagnosticValues, diagnostic]],
  likelihoodRatios: [[stats.likelihoodRatios, diagnostic, levels]],
  youdenIntervals: [[stats.youdenIntervals, diagnostic, levels]],
  predictiveValuesAt: [[stats.predictiveValuesAt, diagnostic, probabilities, [false, true], levels]],
  // ROC
  rocAuc: [[stats.rocAuc, scores, scores]],
  delongAuc: [[stats.delongAuc, scores, scores, levels]],
  splitByLabel: [[twice1(stats.splitByLabel), labelled]],
  newcombeAuc: [[stats.newcombeAuc, [0, 5e-324, 0.5, 1 - 1e-16, 1], few, few, levels]],
  hanleyMcNeilSe: [[stats.hanleyMcNeilSe, [0, 0.5, 1], [1, huge], [1, huge]]],
  rocPoints: [[twice1(stats.rocPoints), labelled]],
  sensitivityAtSpecificity: [[stats.sensitivityAtSpecificity, points, [0, 0.5, 1]]],
  specificityAtSensitivity: [[stats.specificityAtSensitivity, points, [0, 0.5, 1]]],
  youden: [[stats.youden, points]],
  averagePrecision: [[stats.averagePrecision, points]],
  partialAuc: [
    [
      stats.partialAuc,
      points,
      ["fpr", "tpr"],
      [
        [0, 1],
        [0, 1e-12],
        [0.9, 1],
      ],
    ],
  ],
  delongDifference: [
    [
      (pair: [number[], number[]], lev: number) =>
        stats.delongDifference(
          pair[0],
          pair[1],
          pair[1].map((s) => -s),
          lev,
        ),
      labelled,
      levels,
    ],
  ],
  delongGlobal: [
    [(pair: [number[], number[]]) => stats.delongGlobal(pair[0], [pair[1], pair[1].map((s) => -s), pair[1]]), labelled],
    [(pair: [number[], number[]]) => stats.delongGlobal(pair[0], [pair[1]]), labelled],
    [(pair: [number[], number[]]) => stats.delongGlobal(pair[0], []), labelled],
  ],
  clusteredAuc: [[thrice1(stats.clusteredAuc), named(labelled), levels]],
  clusteredAucDifference: [
    [
      ([c, l, s]: [number[], number[], number[]], lev: number) =>
        stats.clusteredAucDifference(
          c,
          l,
          s,
          s.map((v) => -v),
          lev,
        ),
      named(labelled),
      levels,
    ],
  ],
  // agreement
  cohenKappa: [[stats.cohenKappa, squares, kappaWeights, levels]],
  clusteredKappa: [
    [
      ([c, a, b]: [number[], number[], number[]], k: number, w: stats.KappaWeights, lev: number) =>
        stats.clusteredKappa(c, a, b, k, w, lev),
      named(ratingPairs),
      [3],
      kappaWeights,
      levels,
    ],
  ],
  multiRaterAgreement: [
    [stats.multiRaterAgreement, multiRatings, [[1, 2, 3]], ["identity", "linear", "quadratic", "ordinal"], levels],
    [
      stats.multiRaterAgreement,
      [
        [],
        [[1]],
        [[1, 1]],
        [
          [1, 1],
          [1, null],
        ],
      ],
      [[1]],
      ["identity", "linear"],
      levels,
    ],
  ],
  krippendorffInterval: [
    [
      (
        ratings: (number | null)[][],
        measurement: stats.MeasurementLevel,
        cluster: ArrayLike<number> | null,
        level: number,
      ) =>
        stats.krippendorffInterval(ratings, measurement, {
          seed: 1n,
          replicates: 20,
          level,
          ...(cluster ? { cluster: ratings.map((_, i) => cluster[i % cluster.length] as number) } : {}),
        }),
      multiRatings,
      ["nominal", "ordinal", "interval", "ratio"],
      [null, [0], [0, 1]],
      levels,
    ],
  ],
  krippendorffAlpha: [
    [
      stats.krippendorffAlpha,
      [
        ...multiRatings,
        [
          [0, 0],
          [0, 0],
        ],
      ],
      ["nominal", "ordinal", "interval", "ratio"],
    ],
    [
      stats.krippendorffAlpha,
      [
        [
          [0, -1],
          [1, 0],
        ],
      ],
      ["nominal", "ordinal", "interval"],
    ],
  ],
  meanSquares: [[stats.meanSquares, readings]],
  icc: [[stats.icc, readings, ["1,1", "1,k", "C,1", "C,k", "A,1", "A,k"], levels]],
  blandAltman: [
    [
      ([x, y]: [number[], number[]], v: "exact" | "approximate", lev: number) => stats.blandAltman(x, y, v, lev),
      measurements,
      ["exact", "approximate"],
      [0.5, 0.95],
    ],
  ],
  concordanceCorrelation: [
    [
      ([x, y]: [number[], number[]], lev: number, unbiased: boolean) =>
        stats.concordanceCorrelation(x, y, lev, unbiased),
      measurements,
      levels,
      [false, true],
    ],
  ],
  // resampling and multiplicity
  percentileInterval: [[stats.percentileInterval, replicates, levels]],
  bootstrapTest: [[stats.bootstrapTest, replicates, [0, 1]]],
  bootstrapSummary: [[stats.bootstrapSummary, [0, 1, 1e75], replicates, [[], [1], [1, 1], [1, 2, 4]], levels]],
  bootstrapResamples: [
    [
      (values: number[], resamples: number[][]) =>
        stats.bootstrapResamples(values.length, resamples, (drawn) => {
          const sum = drawn.reduce((total, unit) => total + (values[unit] as number), 0);
          return sum === 0 ? NaN : sum / drawn.length;
        }),
      [[1], [2, 2], [0, 1, 1], [0, 0]],
      [[], [[0]], [[0], [0]], repeated(0, 40).map((unit) => [unit])],
    ],
    [() => stats.bootstrapResamples(0, [[]], () => 1)],
  ],
  signFlipTest: [[stats.signFlipTest, [[], [0], [1], [0, 0], [1, -1], repeated(1, 12), [1e75, -1e75]]]],
  quantileOfSorted: [[stats.quantileOfSorted, [[1], [1, 1], [-1e300, 1e300]], [0, 0.5, 1]]],
  holm: [[stats.holm, pValues]],
  hochberg: [[stats.hochberg, pValues]],
  benjaminiHochberg: [[stats.benjaminiHochberg, pValues]],
  neumaierSum: [[stats.neumaierSum, [[], [0], [1e308, -1e308], [1, 1e100, -1e100]]]],
  // several classes, labels, readers
  multiclassValues: [[stats.multiclassValues, tables]],
  multiclassAuc: [[twice1(stats.multiclassAuc), classScores, [3]]],
  multilabelValues: [[twice1(stats.multilabelValues), labelRows]],
  multilabelRanking: [[twice1(stats.multilabelRanking), labelRows]],
  iccEstimate: [[stats.iccEstimate, readings, ["1,1", "1,k", "C,1", "C,k", "A,1", "A,k"]]],
  repeatedBlandAltman: [
    [
      ([c, x, y]: [number[], number[], number[]], lev: number) => stats.repeatedBlandAltman(c, x, y, lev),
      named(measurements),
      levels,
    ],
  ],
  totalDeviationIndex: [[twice1(stats.totalDeviationIndex), measurements, probabilities]],
  coverageProbability: [[twice1(stats.coverageProbability), measurements, [1e-12, 1, 1e12]]],
  meanErrors: [[twice1(stats.meanErrors), measurements]],
  setOverlap: [
    [stats.setOverlap, few, few, [0]],
    [stats.setOverlap, [huge], [huge, 2 * huge], [huge]],
  ],
  // calibration
  brierScore: [[twice1(stats.brierScore), calibrated]],
  reliability: [[twice1(stats.reliability), calibrated, ["width", "width-right-closed", "mass"], [1, 10]]],
  observedExpectedRatio: [[twice1(stats.observedExpectedRatio), calibrated]],
  spiegelhalterTest: [[twice1(stats.spiegelhalterTest), calibrated]],
  hosmerLemeshow: [[twice1(stats.hosmerLemeshow), calibrated, ["blocks", "quantile"], [1, 2, 10]]],
  netBenefit: [[twice1(stats.netBenefit), calibrated, [0, 0.5, 1 - 1e-12]]],
  recalibration: [[twice1(stats.recalibration), calibrated, levels]],
  calibrationInTheLarge: [[twice1(stats.calibrationInTheLarge), calibrated, levels]],
  // tests of tables, ranks and strata
  pearsonChiSquare: [[stats.pearsonChiSquare, countTables]],
  yatesChiSquare: [[stats.yatesChiSquare, twoByTwo]],
  cochranArmitage: [
    [
      stats.cochranArmitage,
      [
        [0, 0],
        [1, 1],
        [0, 1],
        [1, 0],
      ],
      [
        [1, 1],
        [5, 5],
        [huge, huge],
      ],
      [
        [0, 0],
        [0, 1],
      ],
    ],
  ],
  fisherExact: [[stats.fisherExact, twoByTwo]],
  conditionalOddsRatio: [[stats.conditionalOddsRatio, twoByTwo, levels]],
  fisherFreemanHalton: [
    [stats.fisherFreemanHalton, countTables.filter((table) => table.flat().every((count) => count < huge))],
  ],
  bowker: [[stats.bowker, squares]],
  stuartMaxwell: [[stats.stuartMaxwell, squares]],
  cochranQ: [[stats.cochranQ, binaryRatings]],
  mannWhitney: [[stats.mannWhitney, scores, scores, [false, true]]],
  mannWhitneyExact: [[stats.mannWhitneyExact, scores, scores]],
  kruskalWallis: [
    [
      stats.kruskalWallis,
      [
        [],
        [[]],
        [[1]],
        [[1], [1]],
        [
          [1, 1],
          [1, 1],
        ],
        [[1], []],
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ],
  ],
  wilcoxonSignedRank: [[stats.wilcoxonSignedRank, scores, [false, true]]],
  wilcoxonSignedRankExact: [[stats.wilcoxonSignedRankExact, scores]],
  hodgesLehmannOneSample: [[stats.hodgesLehmannOneSample, scores, [0.5, 0.95, 1 - 1e-9]]],
  hodgesLehmannTwoSample: [[stats.hodgesLehmannTwoSample, scores, scores, [0.5, 0.95, 1 - 1e-9]]],
  mantelHaenszelTest: [[stats.mantelHaenszelTest, strata, [false, true]]],
  mantelHaenszelOddsRatio: [[stats.mantelHaenszelOddsRatio, strata, levels]],
  breslowDay: [[stats.breslowDay, strata, [false, true]]],
  heterogeneityOf: [
    [
      (list: number[]) =>
        stats.heterogeneityOf(
          list,
          list.map(() => 1),
        ),
      scores,
    ],
    [
      (list: number[]) =>
        stats.heterogeneityOf(
          list,
          list.map(() => 0),
        ),
      scores,
    ],
    [
      stats.heterogeneityOf,
      [[1, 2]],
      [
        [0, 1],
        [1e-60, 1e60],
      ],
    ],
  ],
  // resampling
  bootstrapAuc: [
    [
      ([labels, values]: [number[], number[]], draw: "cases" | "classes") =>
        stats.bootstrapAuc(labels, values, { replicates: 20, seed: 1n, draw }),
      labelled,
      ["cases", "classes"],
    ],
  ],
  jackknifeSe: [[stats.jackknifeSe, replicates]],
  leaveOneOut: [
    [
      (units: number) => stats.leaveOneOut((weights) => weights.reduce((sum, weight) => sum + weight, 0), units),
      [0, 1, 5],
    ],
  ],
  quantileOfRepeated: [
    [
      stats.quantileOfRepeated,
      [[1, 2, 3]],
      [
        [0, 0, 1],
        [1, 0, 0],
        [2, 2, 2],
      ],
      [0, 0.5, 1],
    ],
  ],
  sortedNumbers: [[stats.sortedNumbers, scores]],
  sortedOrder: [[stats.sortedOrder, scores, ["rising", "falling"]]],
  // sample size
  singleArmNormal: [[stats.singleArmNormal, probabilities, probabilities, [0.025, 1e-12], [0.8, 1 - 1e-12]]],
  singleArmExact: [[stats.singleArmExact, [0.5, 0.9], [0.1, 0.5, 0.9, 1 - 1e-12], [0.025, 1e-12], [0.8]]],
  precisionSize: [[stats.precisionSize, probabilities, [1e-6, 0.5, 1 - 1e-12], levels, [1e-6, 1]]],
  mcnemarSize: [[stats.mcnemarSize, [0, 0.1, 0.5], [0, 0.1, 0.5], [0.05, 1e-12], [0.8, 0.01]]],
  pairedNonInferioritySize: [
    [stats.pairedNonInferioritySize, [0, 0.1, 0.5], [0, 0.1, 0.5], [0, 0.1], [0.025], [0.8, 0.01]],
  ],
  unpairedNonInferioritySize: [
    [stats.unpairedNonInferioritySize, probabilities, probabilities, [0, 0.1], [0.025], [0.8, 0.01], [1e-3, 1, 1e3]],
  ],
  inflatedSize: [[stats.inflatedSize, [1, huge], [1, huge], [-1e-9, 0, 1]]],
  exactDesign: [[stats.exactDesign, [1, 50], probabilities, probabilities, [0.025, 1e-12]]],
  singleArmContrast: [[stats.singleArmContrast, probabilities, probabilities]],
  mcnemarContrast: [[stats.mcnemarContrast, [0, 0.5], [0, 0.5]]],
  pairedNonInferiorityContrast: [[stats.pairedNonInferiorityContrast, [0, 0.5], [0, 0.5], [0, 0.1]]],
  namContrast: [[stats.namContrast, [0, 0.1, 0.5], [0, 0.1, 0.5], [0, 0.1, 0.99]]],
  namSize: [[stats.namSize, [0, 0.1, 0.5], [0, 0.1, 0.5], [0, 0.1], [0.025], [0.8, 0.01]]],
  unpairedNonInferiorityContrast: [
    [stats.unpairedNonInferiorityContrast, probabilities, probabilities, [0, 0.1], [1e-3, 1]],
  ],
  farringtonManningContrast: [
    [stats.farringtonManningContrast, probabilities, probabilities, [0, 0.1], [1e-3, 1, 1e3]],
  ],
  farringtonManningSize: [
    [stats.farringtonManningSize, probabilities, probabilities, [0, 0.1], [0.025], [0.8, 0.01], [1e-3, 1, 1e3]],
  ],
  twoProportionsContrast: [[stats.twoProportionsContrast, probabilities, probabilities]],
  twoProportionsSize: [[stats.twoProportionsSize, probabilities, probabilities, [0.05, 1e-12], [0.8, 0.01]]],
  detectableProportions: [[stats.detectableProportions, probabilities, [1, 10, huge], [0.05, 1e-12], [0.8, 0.01]]],
  contrastOf: [[stats.contrastOf, [-1, 0, 1e-300, 1], [0, 1], [0, 1]]],
  contrastSize: [[stats.contrastSize, contrasts, [0.025, 1e-12], [0.8, 0.01]]],
  contrastPower: [[stats.contrastPower, contrasts, [0.025, 1e-12], [1, huge]]],
  obuchowskiVariance: [[stats.obuchowskiVariance, probabilities, [1e-3, 1, 1e3]]],
  aucPrecisionSize: [[stats.aucPrecisionSize, probabilities, [1e-3, 0.5], levels, [1e-3, 1]]],
  aucHanleyMcNeilSize: [[stats.aucHanleyMcNeilSize, probabilities, [1e-3, 0.5], levels, [1e-3, 1]]],
  aucValueContrast: [[stats.aucValueContrast, probabilities, probabilities, [1e-3, 1]]],
  aucValueSize: [[stats.aucValueSize, probabilities, probabilities, [0.05], [0.8, 0.01], [1e-3, 1]]],
  pairedAucContrast: [[stats.pairedAucContrast, probabilities, probabilities, [-1, 0, 1], [1e-3, 1]]],
  pairedAucSize: [[stats.pairedAucSize, probabilities, probabilities, [-1, 0, 1], [0.05], [0.8, 0.01], [1e-3, 1]]],
  // distributions
  betaTails: [[stats.betaTails, [0, 5e-324, 0.5, 1], [1e-9, 1, huge], [1e-9, 1, huge]]],
  betaQuantile: [[stats.betaQuantile, [0, 1e-300, 0.5, 1], [1e-3, 1, huge], [1e-3, 1, huge]]],
  betaUpperQuantile: [[stats.betaUpperQuantile, [0, 1e-300, 0.5, 1], [1e-3, 1, huge], [1e-3, 1, huge]]],
  binomialPmf: [[spread(stats.binomialPmf), proportions, [0, 5e-324, 0.5, 1]]],
  binomialTails: [[spread(stats.binomialTails), proportions, [0, 5e-324, 0.5, 1]]],
  binomialQuantile: [[stats.binomialQuantile, [0, 1e-300, 0.5, 1], [0, 1, huge], [0, 1e-12, 0.5, 1]]],
  poissonPmf: [[stats.poissonPmf, few, [0, 1e-300, 1, huge]]],
  poissonTails: [[stats.poissonTails, [-1, ...few], [0, 1e-300, 1, huge]]],
  poissonQuantile: [[stats.poissonQuantile, [0, 1e-300, 0.5, 1 - 1e-15], [0, 1e-300, 1, huge]]],
  chiSquareTails: [[stats.chiSquareTails, [0, 5e-324, 1, 1e9], [1e-3, 1, 1e6]]],
  gammaTails: [[stats.gammaTails, [0, 5e-324, 1, 1e9], [1e-3, 1, 1e6]]],
  normalCdf: [[stats.normalCdf, [-1e300, 0, 1e300]]],
  normalSf: [[stats.normalSf, [-1e300, 0, 1e300]]],
  zOfLevel: [[stats.zOfLevel, [1e-12, 0.95, 1 - 1e-12]]],
  studentTails: [[stats.studentTails, [-1e300, -1, 0, 5e-324, 1e300], [1e-3, 1, huge]]],
  fisherTails: [[stats.fisherTails, [0, 5e-324, 1, 1e300, Infinity], [1e-3, 1, huge], [1e-3, 1, huge]]],
  erf: [[stats.erf, [-1e300, 0, 5e-324, 1e300]]],
  erfc: [[stats.erfc, [-1e300, 0, 5e-324, 1e300]]],
};

/** First argument is a pair of arguments. */
function twice1<R>(f: (a: never, b: never, ...rest: never[]) => R) {
  return ([a, b]: [unknown, unknown], ...rest: unknown[]): R => f(a as never, b as never, ...(rest as never[]));
}
function thrice1<R>(f: (a: never, b: never, c: never, ...rest: never[]) => R) {
  return ([a, b, c]: [unknown, unknown, unknown], ...rest: unknown[]): R =>
    f(a as never, b as never, c as never, ...(rest as never[]));
}

/** Exact distributions are computed up to a stated size; beyond it the reason is `no-convergence`. */
const limited = new Set([
  "fisherExact",
  "conditionalOddsRatio",
  "fisherFreemanHalton",
  "mannWhitneyExact",
  "wilcoxonSignedRankExact",
  "hodgesLehmannOneSample",
  "hodgesLehmannTwoSample",
  "singleArmExact",
]);

/** Exported functions whose answers are no estimates: parts of others (NaN where they are undefined, as said there), quantiles that are infinite at the ends, streams, constructors of outcomes. */
const elsewhere = new Set([
  "RandomStream",
  "threefry2x32",
  "threefry4x32",
  "pcg4d",
  "agreementReader",
  "sizeOfContrast",
  "areaBetween",
  "correctedArea",
  "pointAtSensitivity",
  "pointAtSpecificity",
  "precisionArea",
  "massBin",
  "pairedClusters",
  "widthBin",
  "weightedRankArea",
  "weightedRecalibration",
  "mulHigh",
  "philox4x32",
  "patientWeights",
  "streamOf",
  "estimated",
  "notEstimable",
  "logGamma",
  "normalQuantile",
  "studentQuantile",
  "fisherQuantile",
  "chiSquareQuantile",
  "gammaQuantile",
]);

describe("degenerate data", () => {
  it("are fed to every exported function of stats/", () => {
    const functions = Object.entries(stats).filter(([, value]) => typeof value === "function");
    const missing = functions.map(([name]) => name).filter((name) => !elsewhere.has(name) && !(name in sweeps));
    expect(missing).toEqual([]);
  });

  it.each(Object.keys(sweeps))("give %s numbers in its parameter space, or a reason", (name) => {
    for (const sweep of sweeps[name] as Sweep[]) {
      const { calls, faults } = swept(sweep, limited.has(name));
      expect(calls).toBeGreaterThan(0);
      expect(faults.slice(0, 10), `${faults.length} of ${calls}`).toEqual([]);
    }
  });
});
