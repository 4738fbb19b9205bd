/** The metrics as a library of their own: `medassay/metrics`. */
export { metricByName, metrics, type NamedMetric } from "./catalogue.js";
export { FrocSweep, frocSweep, type FrocPoint, type FrocReading } from "./froc-sweep.js";
export type { MetricDefinition, MetricParameter, PreparedMetric } from "./metric.js";
export type { BinaryUnits, CountedUnits, GradedUnits, ScoredUnits, UnitLevel } from "./units.js";
export { rankableScores } from "./auc.js";
