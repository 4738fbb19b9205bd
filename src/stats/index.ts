/** Distributions, intervals, tests, resampling and random streams, as a pure library. */
export { agreementReader, type KappaWeights, type TableAgreement } from "./agreement-table.js";
export { delongAuc, hanleyMcNeilSe, newcombeAuc, rocAuc, splitByLabel, type SplitScores } from "./auc.js";
export * from "./auc-bootstrap.js";
export * from "./auc-comparison.js";
export { betaQuantile, betaTails, betaUpperQuantile, type Tails } from "./beta.js";
export * from "./calibration.js";
export { type ClassMean } from "./class-means.js";
export * from "./clustered-paired.js";
export * from "./clustered-proportion.js";
export * from "./diagnostic-table.js";
export * from "./discrete.js";
export { chiSquareQuantile, chiSquareTails, gammaQuantile, gammaTails } from "./gamma.js";
export { logGamma } from "./log-gamma.js";
export * from "./icc.js";
export * from "./jackknife.js";
export * from "./kappa.js";
export * from "./krippendorff.js";
export * from "./method-comparison.js";
export * from "./multi-rater.js";
export * from "./multiclass.js";
export * from "./multilabel.js";
export * from "./multiplicity.js";
export * from "./normal.js";
export * from "./order.js";
export {
  estimated,
  notEstimable,
  type Interval,
  type IntervalOutcome,
  type NotEstimable,
  type Outcome,
} from "./outcome.js";
export * from "./overlap.js";
export * from "./paired-proportions.js";
export * from "./positive-agreement.js";
export * from "./proportion.js";
export { mulHigh, philox4x32, RandomStream, streamOf } from "./random.js";
export * from "./rank-area.js";
export * from "./rates.js";
export * from "./recalibration.js";
export * from "./repeated-measures.js";
export { quantileOfRepeated } from "./repeated-quantile.js";
export * from "./resampling.js";
export * from "./roc-curve.js";
export * from "./sample-size.js";
export * from "./student-fisher.js";
export { neumaierSum } from "./summation.js";
export * from "./total-deviation.js";
export * from "./two-proportions.js";
export {
  aucHanleyMcNeilSize,
  aucPrecisionSize,
  aucValueContrast,
  aucValueSize,
  obuchowskiVariance,
  pairedAucContrast,
  pairedAucSize,
  type AucSize,
} from "./auc-sample-size.js";
export {
  cochranArmitage,
  pearsonChiSquare,
  yatesChiSquare,
  type ChiSquareTest,
  type CountTable,
} from "./contingency-tables.js";
export * from "./counter-hashes.js";
export * from "./exact-tables.js";
export * from "./heterogeneity.js";
export * from "./hodges-lehmann.js";
export * from "./marginal-homogeneity.js";
export * from "./rank-tests.js";
export * from "./stratified-tables.js";
