/** The metrics as a library of their own: `medassay/metrics`. */
export { metricByName, metrics, type NamedMetric } from "./catalogue.js";
export { FrocSweep, frocSweep, type FrocPoint, type FrocReading } from "./froc-sweep.js";
export { rangeOf, type MetricDefinition, type MetricParameter, type PreparedMetric } from "./metric.js";
export type {
  BinaryUnits,
  CountedUnits,
  DetectionCases,
  GradedUnits,
  QuantityUnits,
  RecordUnits,
  ScoredUnits,
  UnitLevel,
} from "./units.js";
export { rankableScores } from "./auc.js";
export {
  beatRows,
  beatStatisticNames,
  beatStatistics,
  grossAndAverage,
  type BeatMatrix,
  type BeatRow,
  type BeatStatistics,
  type PartialValue,
  type Ratio,
} from "./ecg/beat-statistics.js";
export {
  comparedEpisodes,
  episodeStatisticNames,
  runKinds,
  runLengths,
  type RecordStatistic,
  type RunKind,
  type RunLength,
} from "./ecg/record-statistics.js";
export { cincClasses, cincScore, type CincScore, type CincWeights } from "./ecg/cinc.js";
export * from "./segmentation/index.js";
