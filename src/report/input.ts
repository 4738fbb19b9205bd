/** What a report is made from: the documents of the contract, and what is derived from them once for all sections. */
import { both, type Bilingual } from "../contract/common.js";
import type { Comparison } from "../contract/comparison.js";
import type { ReportConfig } from "../contract/report-config.js";
import type { MetricResult, Result } from "../contract/result.js";
import type { RunDocument, SubmissionRun } from "../contract/run.js";
import type { Section } from "./document.js";

export interface ReportInput {
  readonly result: Result;
  /** SHA-256 of the result document. */
  readonly digest: string;
  /** SHA-256 of the custodian's result, which the log of releases names; differs from `digest` in the client's copy. */
  readonly releasedDigest: string;
  readonly run: RunDocument;
  readonly submissionRun: SubmissionRun;
  /** Present where this submission is a side of the comparison. */
  readonly comparison: Comparison | null;
  /** Which side. */
  readonly comparisonRole: "baseline" | "candidate" | null;
  readonly config: ReportConfig;
}

/** One section of the report: one file of `sections/`. */
export interface SectionDefinition {
  readonly id: string;
  readonly build: (input: ReportInput) => Section;
}

/** Title and kind of a metric; its id where the result does not name it. */
export function metricInfo(result: Result, metric: string): Result["context"]["metricTitles"][string] {
  return (
    result.context.metricTitles[metric] ?? {
      title: both(metric),
      formula: both(""),
      kind: "index",
      higherIsBetter: true,
      source: "",
    }
  );
}

/** Results over the whole sample, in the order of the result. */
export function overallMetrics(result: Result): MetricResult[] {
  return result.metrics.filter((metric) => Object.keys(metric.stratum).length === 0);
}

/** The one result of a metric in a stratum, if it is there. */
export function findMetric(
  result: Result,
  metric: string,
  stratum: Readonly<Record<string, string>> = {},
): MetricResult | undefined {
  const wanted = Object.entries(stratum);
  return result.metrics.find(
    (candidate) =>
      candidate.metric === metric &&
      Object.keys(candidate.stratum).length === wanted.length &&
      wanted.every(([attribute, value]) => candidate.stratum[attribute] === value),
  );
}

/** True where a cell may not be shown in this copy. */
export function isMasked(metric: MetricResult): boolean {
  return metric.flags.includes("suppressed");
}

/** The report number, or one made from the digest that says it is a draft. */
export function reportNumber(input: ReportInput): string {
  return input.config.number ?? `MA-DRAFT-${input.digest.slice(0, 8).toUpperCase()}`;
}

/** Who asked for the test: from report.yaml, else the vendor of the manifest. */
export function clientName(input: ReportInput): string {
  return input.config.client?.name ?? input.result.context.manifest.vendor;
}

/** `2026-01-31` of an instant. */
export function dayOf(instant: string): string {
  return instant.slice(0, 10);
}

export function productName(result: Result): Bilingual {
  return result.context.manifest.product.name;
}
