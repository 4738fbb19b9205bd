/** From prepared metrics to results: the rules for small numbers, and intervals by patient resampling in one pass. */
import type { Flag, Reason } from "../contract/reasons.js";
import type { MetricResult, ResultInterval, StratumKey } from "../contract/result.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { MetricDefinition, PreparedMetric } from "../metrics/index.js";
import { patientWeights, percentileInterval } from "../stats/index.js";

/** Fewest patients for an estimate, and for one without the flag `small-sample`. */
export const leastPatients = 5;
const fewPatients = 30;

/** A metric of a stratum, prepared but without its interval. */
export interface MetricJob {
  readonly name: string;
  readonly definition: MetricDefinition;
  readonly stratum: StratumKey;
  /** What is counted, as it is named in the result. */
  readonly unit: string;
  readonly prepared: PreparedMetric;
}

/** Values of jobs over the replicates of one patient resampling; the same draws serve all of them. */
export function resample(
  jobs: readonly PreparedMetric[],
  patientCount: number,
  intervals: EffectiveProtocol["intervals"],
  onReplicate: (done: number) => void = () => {},
): Float64Array[] {
  const values = jobs.map(() => new Float64Array(intervals.replicates));
  if (jobs.length === 0) return values;
  const weights = new Uint16Array(patientCount);
  const seed = BigInt(intervals.seed);
  for (let replicate = 0; replicate < intervals.replicates; replicate++) {
    patientWeights(seed, "patient-bootstrap", replicate, patientCount, weights);
    for (let job = 0; job < jobs.length; job++) {
      (values[job] as Float64Array)[replicate] = (jobs[job] as PreparedMetric).weighted(weights, replicate);
    }
    if (replicate % 50 === 0) onReplicate(replicate);
  }
  return values;
}

/** JSON form of an interval: unbounded ends are strings. */
export function asResultInterval(interval: {
  low: number;
  high: number;
  level: number;
  method: string;
}): ResultInterval {
  const end = (value: number) => (value === Infinity ? "Infinity" : value === -Infinity ? "-Infinity" : value);
  return { low: end(interval.low), high: end(interval.high), level: interval.level, method: interval.method };
}

function hasEnoughPatients(prepared: PreparedMetric): boolean {
  return prepared.patients >= leastPatients;
}

/** Estimates and intervals of all jobs, in their order. */
export function estimate(
  jobs: readonly MetricJob[],
  patientCount: number,
  intervals: EffectiveProtocol["intervals"],
  onReplicate?: (done: number) => void,
): MetricResult[] {
  const drawn = jobs.filter(
    ({ prepared }) => prepared.interval === null && prepared.estimate !== null && hasEnoughPatients(prepared),
  );
  const values = resample(
    drawn.map(({ prepared }) => prepared),
    patientCount,
    intervals,
    onReplicate,
  );
  const replicates = new Map(drawn.map((job, at) => [job, values[at] as Float64Array]));
  return jobs.map((job) => resultOf(job, replicates.get(job), intervals.level));
}

function resultOf(job: MetricJob, replicates: Float64Array | undefined, level: number): MetricResult {
  const { prepared, name, stratum, unit } = job;
  const base = { metric: name, stratum, unit, n: { ...prepared.n } };
  const flags: Flag[] = [...(prepared.flags ?? [])];
  const none = (reason: Reason): MetricResult => ({
    ...base,
    estimate: null,
    interval: null,
    notEstimable: { reason },
    flags,
  });
  if (prepared.estimate === null) return none(prepared.reason ?? "no-data");
  if (!hasEnoughPatients(prepared)) return none("too-few-clusters");
  if (prepared.patients < fewPatients) flags.push("small-sample");
  const outcome = replicates ? percentileInterval(replicates, level) : prepared.interval?.(level);
  if (!outcome?.ok) {
    const reason = outcome?.reason ?? "no-data";
    return { ...base, estimate: prepared.estimate, interval: null, notEstimable: { reason }, flags };
  }
  for (const flag of outcome.flags ?? []) if (!flags.includes(flag)) flags.push(flag);
  return { ...base, estimate: prepared.estimate, interval: asResultInterval(outcome), flags };
}
