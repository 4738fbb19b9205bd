/** Results in a few lines, as commands end with them. */
import { isResultBeyondFailedCases, type Result } from "../contract/result.js";
import type { RunDocument } from "../contract/run.js";
import { isCandidateBeyondFailedCases, type Comparison } from "../contract/comparison.js";
import { metricRow } from "../evaluation/criteria.js";
import { displayWidth, type Terminal } from "./terminal.js";

function number(value: number | string | null, kind: string): string {
  if (value === null) return "—";
  if (typeof value === "string") return value;
  return kind === "proportion" ? `${(100 * value).toFixed(1)} %` : value.toFixed(3);
}

/** Fills a text up to a width of the terminal. */
function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** What ran, with failures by kind. */
export function describeRun(run: RunDocument, terminal: Terminal): string {
  return run.submissions
    .map(({ id, cases, failed, failures }) => {
      const kinds = Object.entries(failures).map(([code, count]) => `${code} ${count}`);
      const detail = kinds.length === 0 ? "" : ` (${kinds.join(", ")})`;
      return terminal.text(
        `${id}：${cases} 例，失败 ${failed} 例${detail}`,
        `${id}: ${cases} cases, ${failed} failed${detail}`,
      );
    })
    .join("\n");
}

/** The primary numbers of a result with their intervals, and the verdict. */
export function describeResult(result: Result, terminal: Terminal): string {
  const { protocol, metricTitles } = result.context;
  const names = [...new Set([protocol.primary, ...protocol.metrics])];
  const lines = names.flatMap((name) => {
    const row = metricRow(result.metrics, name);
    const about = metricTitles[name];
    if (!row || !about) return [];
    const interval = row.interval
      ? `  [${number(row.interval.low, about.kind)}, ${number(row.interval.high, about.kind)}]`
      : "";
    const why = row.estimate === null && row.notEstimable ? `  (${row.notEstimable.reason})` : "";
    return [
      `  ${padded(about.title[terminal.options.lang], 44)} ${number(row.estimate, about.kind).padStart(8)}${interval}${why}`,
    ];
  });
  const verdicts = {
    pass: terminal.paint("green", terminal.text("结论：符合", "verdict: pass")),
    fail: terminal.paint("red", terminal.text("结论：不符合", "verdict: fail")),
    undetermined: terminal.paint("yellow", terminal.text("结论：未判定", "verdict: undetermined")),
    "no-criteria": terminal.text("未规定通过准则", "no criteria"),
  };
  const open = result.openTruth ? ` ${terminal.paint("yellow", terminal.text("（真值公开）", "(OPEN truth)"))}` : "";
  const { cases, failed } = result.sample;
  const limit = number(protocol.maxFailedCases, "proportion");
  const beyond = terminal.text(
    `失败病例 ${failed}/${cases}，超过上限 ${limit}`,
    `failed cases ${failed} of ${cases}, beyond the limit of ${limit}`,
  );
  return [
    `${terminal.paint("bold", result.submission)}${open}`,
    ...lines,
    `  ${verdicts[result.verdict]}`,
    ...(isResultBeyondFailedCases(result) ? [`  ${terminal.paint("red", beyond)}`] : []),
  ].join("\n");
}

/** Failed cases of both, and whether the candidate has more than the protocol allows. */
function describeFailed(comparison: Comparison, terminal: Terminal): string[] {
  if (comparison.failed === null) return [];
  const { cases, baseline, candidate, allowed } = comparison.failed;
  const limit = number(allowed, "proportion");
  const counts = terminal.text(
    `失败病例（共 ${cases} 例）：基线 ${baseline}，候选 ${candidate}；上限 ${limit}`,
    `failed cases of ${cases}: baseline ${baseline}, candidate ${candidate}; limit ${limit}`,
  );
  if (!isCandidateBeyondFailedCases(comparison)) return [`  ${counts}`];
  const beyond = terminal.text("候选版本失败病例超过上限", "the candidate is beyond the limit of failed cases");
  return [`  ${counts}`, `  ${terminal.paint("red", beyond)}`];
}

/** Verdict of a comparison, its primary difference and change codes. */
export function describeComparison(comparison: Comparison, terminal: Terminal): string {
  const head = `${comparison.baseline.submission} ${comparison.baseline.version.complete} → ${comparison.candidate.submission} ${comparison.candidate.version.complete}`;
  const rows = comparison.differences
    .filter(({ stratum }) => Object.keys(stratum).length === 0)
    .map((row) => {
      const interval = row.interval ? ` [${number(row.interval.low, "")}, ${number(row.interval.high, "")}]` : "";
      const p = row.p === null ? "" : ` p=${row.p < 0.001 ? "<0.001" : row.p.toFixed(3)}`;
      return `  ${padded(row.title[terminal.options.lang], 44)} ${number(row.difference, "")}${interval}${p} ${row.verdict ?? `(${row.notEstimable?.reason ?? ""})`}`;
    });
  const reasons = comparison.notComparable.length > 0 ? [`  ${comparison.notComparable.join("; ")}`] : [];
  return [
    terminal.paint("bold", head),
    ...rows,
    ...reasons,
    ...describeFailed(comparison, terminal),
    `  ${comparison.versionChange.explanation[terminal.options.lang]}`,
    `  ${terminal.text("变更代码", "change codes")}: ${comparison.changeCodes.join(", ")}; ${terminal.text("结论", "verdict")}: ${comparison.verdict}`,
  ].join("\n");
}
