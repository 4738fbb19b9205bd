/** Tables of the result as CSV with full values (not rounded), for those who go on computing. Masked cells stay masked. */
import type { Comparison } from "../../contract/comparison.js";
import type { MetricResult, Result, StratumKey } from "../../contract/result.js";
import { isMasked } from "../input.js";
import { printable } from "../printable.js";

type Field = string | number | null | undefined;

/** RFC 4180 with LF. Texts that a spreadsheet would take for a formula get an apostrophe in front; numbers are numbers. */
export function renderCsv(header: readonly string[], rows: readonly (readonly Field[])[]): string {
  return [header, ...rows].map((row) => `${row.map(field).join(",")}\n`).join("");
}

function field(value: Field): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const clean = printable(value);
  const guarded = /^\s*[=+\-@\t\r|%]/.test(clean) ? `'${clean}` : clean;
  return /[",\n\r']/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** All files by name. */
export function csvFiles(result: Result, comparison: Comparison | null): ReadonlyMap<string, string> {
  const overall = result.metrics.filter(({ stratum }) => Object.keys(stratum).length === 0);
  const stratified = result.metrics.filter(({ stratum }) => Object.keys(stratum).length > 0);
  const files = new Map<string, string>();
  files.set("metrics.csv", renderCsv(metricHeader, overall.map(metricFields)));
  files.set("strata.csv", renderCsv(metricHeader, stratified.map(metricFields)));
  files.set(
    "composition.csv",
    renderCsv(
      ["stratum", "cases", "patients", "positive_cases", "findings"],
      result.sample.composition.map((row) => [
        stratumText(row.stratum),
        row.cases,
        row.patients,
        row.positiveCases,
        row.findings,
      ]),
    ),
  );
  files.set(
    "criteria.csv",
    renderCsv(
      ["criterion", "metric", "stratum", "compare", "at_least", "at_most", "value", "verdict", "reason"],
      result.criteria.map(({ criterion, value, verdict, reason }) => [
        criterion.id,
        criterion.metric,
        stratumText(criterion.stratum ?? {}),
        criterion.compare,
        criterion.atLeast,
        criterion.atMost,
        value,
        verdict,
        reason,
      ]),
    ),
  );
  files.set("failures.csv", renderCsv(["code", "cases"], Object.entries(result.sample.failures)));
  files.set(
    "agreement.csv",
    renderCsv(
      ["measure", "between", "rounds", "n", "estimate", "low", "high", "level", "method", "not_estimable"],
      result.agreement.map((entry) => [
        entry.measure,
        entry.between.join(" "),
        entry.rounds.join(" "),
        countsText(entry.n),
        entry.estimate,
        entry.interval?.low,
        entry.interval?.high,
        entry.interval?.level,
        entry.interval?.method,
        entry.notEstimable?.reason,
      ]),
    ),
  );
  files.set(
    "heterogeneity.csv",
    renderCsv(
      ["dimension", "metric", "statistic", "df", "p", "adjusted_p", "method"],
      result.heterogeneity.map((test) => [
        test.dimension,
        test.metric,
        test.statistic,
        test.df,
        test.p,
        test.adjustedP,
        test.method,
      ]),
    ),
  );
  files.set(
    "curves.csv",
    renderCsv(
      ["kind", "unit", "stratum", "x", "y", "threshold"],
      result.curves.flatMap(({ kind, unit, stratum, points }) =>
        points.map(([x, y, threshold]) => [kind, unit, stratumText(stratum), x, y, threshold]),
      ),
    ),
  );
  files.set(
    "confusion.csv",
    renderCsv(
      ["unit", "stratum", "reference", "answer", "count"],
      result.confusion.flatMap(({ unit, stratum, rows, columns, counts }) =>
        rows.flatMap((row, i) =>
          columns.map((column, j) => [unit, stratumText(stratum), row, column, counts[i]?.[j] ?? 0]),
        ),
      ),
    ),
  );
  if (result.readerPanel) {
    files.set("panel-raters.csv", panelRaters(result.readerPanel));
    files.set("panel-pairs.csv", panelPairs(result.readerPanel));
  }
  if (comparison) files.set("differences.csv", differences(comparison));
  return files;
}

const metricHeader = [
  "metric",
  "stratum",
  "unit",
  "numerator",
  "denominator",
  "n",
  "estimate",
  "low",
  "high",
  "level",
  "method",
  "not_estimable",
  "flags",
];

function metricFields(metric: MetricResult): Field[] {
  const { n, interval } = metric;
  const flags = metric.flags.join(" ");
  if (isMasked(metric))
    return [metric.metric, stratumText(metric.stratum), metric.unit, ...Array<null>(8).fill(null), null, flags];
  return [
    metric.metric,
    stratumText(metric.stratum),
    metric.unit,
    n.numerator,
    n.denominator,
    countsText(n),
    metric.estimate,
    interval?.low,
    interval?.high,
    interval?.level,
    interval?.method,
    metric.notEstimable?.reason,
    flags,
  ];
}

/** `site=A; size=[4,6)`; empty for the whole. */
function stratumText(stratum: StratumKey): string {
  return Object.entries(stratum)
    .map(([attribute, value]) => `${attribute}=${value}`)
    .join("; ");
}

function countsText(n: Readonly<Record<string, number>>): string {
  return Object.entries(n)
    .map(([name, count]) => `${name}=${count}`)
    .join("; ");
}

type Panel = NonNullable<Result["readerPanel"]>;

/** Product and readers against the reference: counts and metrics. */
function panelRaters(panel: Panel): string {
  return renderCsv(
    ["rater", "role", "tp", "fp", "fn", "tn", ...metricHeader],
    panel.flatMap(({ raters }) =>
      raters.flatMap(({ rater, role, counts: { tp, fp, fn, tn }, metrics }) =>
        metrics.map((metric) => [rater, role, tp, fp, fn, tn, ...metricFields(metric)]),
      ),
    ),
  );
}

const pairTests = ["mcnemar-uncorrected", "mcnemar-exact", "mcnemar-mid-p", "cluster-mcnemar-obuchowski"] as const;

/** Pairs of raters: calls, kappa, who is right, tests. */
function panelPairs(panel: Panel): string {
  return renderCsv(
    [
      "stratum",
      "first",
      "second",
      ...["both", "only_first", "only_second", "neither"].map((name) => `calls_${name}`),
      ...["kappa", "low", "high", "level", "method", "not_estimable"].map((name) =>
        name.replace(/^(?!kappa)/, "kappa_"),
      ),
      ...["both", "only_first", "only_second", "neither"].map((name) => `right_${name}`),
      "difference",
      "difference_low",
      "difference_high",
      ...pairTests.map((test) => `p_${test.replaceAll("-", "_")}`),
    ],
    panel.flatMap(({ stratum, pairs }) =>
      pairs.map(({ between, calls, kappa, correctness }) => [
        stratumText(stratum),
        ...between,
        ...[calls.both, calls.onlyFirst, calls.onlySecond, calls.neither],
        ...[kappa.estimate, kappa.interval?.low, kappa.interval?.high, kappa.interval?.level, kappa.interval?.method],
        kappa.notEstimable?.reason,
        ...[correctness?.counts.both, correctness?.counts.onlyFirst],
        ...[correctness?.counts.onlySecond, correctness?.counts.neither],
        correctness?.difference.estimate,
        correctness?.difference.interval?.low,
        correctness?.difference.interval?.high,
        ...pairTests.map((name) => correctness?.tests.find(({ test }) => test === name)?.p),
      ]),
    ),
  );
}

function differences(comparison: Comparison): string {
  return renderCsv(
    [
      "metric",
      "stratum",
      "baseline",
      "candidate",
      "difference",
      "low",
      "high",
      "level",
      "method",
      "p",
      "adjusted_p",
      "test",
      "margin",
      "verdict",
      "not_estimable",
    ],
    comparison.differences.map((entry) => [
      entry.metric,
      stratumText(entry.stratum),
      entry.baseline,
      entry.candidate,
      entry.difference,
      entry.interval?.low,
      entry.interval?.high,
      entry.interval?.level,
      entry.interval?.method,
      entry.p,
      entry.adjustedP,
      entry.test,
      entry.margin,
      entry.verdict,
      entry.notEstimable?.reason,
    ]),
  );
}
