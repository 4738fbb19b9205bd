/**
 * The stage `report`: prints what `evaluate` decided. Reads result.json (and result.client.json, the copy with small cells masked),
 * run.json, comparison.json and report.yaml, nothing else.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { comparison as comparisonDocument, type Comparison } from "../contract/comparison.js";
import type { Language } from "../contract/common.js";
import { fail } from "../contract/errors.js";
import { reportConfig, type ReportConfig } from "../contract/report-config.js";
import { result as resultDocument, type Result } from "../contract/result.js";
import { runDocument, type RunDocument } from "../contract/run.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readJson, readYaml } from "../storage/documents.js";
import { writeFileAtomic } from "../storage/atomic.js";
import { say, type ReportDocument, type Section } from "./document.js";
import { findMetric, isMasked, reportNumber, type ReportInput } from "./input.js";
import { csvFiles } from "./renderers/csv.js";
import { renderHtml } from "./renderers/html.js";
import { renderJunit } from "./renderers/junit.js";
import { renderMarkdown } from "./renderers/markdown.js";
import { endMark } from "./sections/end.js";
import { sections } from "./sections/index.js";
import { comparisonBlocks } from "./sections/t10-comparison.js";
import { stampsOf, watermarkOf } from "./stamps.js";
import { reportTitles } from "./wording/names.js";

export interface ReportOptions {
  /** Folder of the run. */
  readonly run: string;
  /** One submission; else every one that has a result. */
  readonly submission?: string | undefined;
  /** Folder to write to; default `<run>/<submission>/report`. Only with one submission. */
  readonly out?: string | undefined;
  readonly lang?: Language | "both" | undefined;
  /** comparison.json; default `<run>/comparison.json` where it is there. */
  readonly comparison?: string | undefined;
  readonly onProgress?: ((event: { readonly submission: string; readonly file: string }) => void) | undefined;
}

export interface WrittenReport {
  readonly submission: string;
  readonly folder: string;
  /** Names of the files in the folder, the HTML report first. */
  readonly files: readonly string[];
  readonly verdict: Result["verdict"];
  readonly number: string;
  /** SHA-256 of the result that the report prints. */
  readonly digest: string;
}

/**
 * Writes the report of one or all submissions of a run; of sealed sets the client's copy besides, in `client/`.
 * @throws DOCUMENT_* where a document is missing or wrong, REPORT_SUBMISSION_UNKNOWN, REPORT_DOCUMENTS_DIFFER, STORAGE_*
 */
export async function report(options: ReportOptions): Promise<WrittenReport[]> {
  const runFile = join(options.run, "run.json");
  const run = await readJson(runFile, runDocument);
  const known = run.submissions.map(({ id }) => id);
  if (options.submission !== undefined && !known.includes(options.submission))
    fail(
      "REPORT_SUBMISSION_UNKNOWN",
      `the run has no submission "${options.submission}" (it has ${known.join(", ") || "none"})`,
      { file: runFile },
    );
  const wanted =
    options.submission !== undefined
      ? [options.submission]
      : known.filter((id) => existsSync(join(options.run, id, "result.json")));
  if (wanted.length === 0)
    fail("DOCUMENT_MISSING", `no submission of ${options.run} has a result.json`, {
      file: options.run,
      hint: "Run `medassay evaluate` first.",
    });
  if (options.out !== undefined && wanted.length > 1)
    fail("USAGE", "--out needs one submission: the run has several", {
      hint: "Name the submission, or leave --out away.",
    });
  const comparisonFile = options.comparison ?? join(options.run, "comparison.json");
  const compared =
    options.comparison !== undefined || existsSync(comparisonFile)
      ? await readJson(comparisonFile, comparisonDocument)
      : null;
  const written: WrittenReport[] = [];
  for (const submission of wanted) written.push(await writeReport(options, run, submission, compared));
  return written;
}

async function writeReport(
  options: ReportOptions,
  run: RunDocument,
  submission: string,
  compared: Comparison | null,
): Promise<WrittenReport> {
  const resultFile = join(options.run, submission, "result.json");
  const clientFile = join(options.run, submission, "result.client.json");
  const config = await readConfig(options.run, submission);
  const result = await readJson(resultFile, resultDocument);
  const input = reportInput(run, result, resultFile, compared, config);
  const languages: readonly Language[] =
    options.lang === undefined || options.lang === "both" ? ["zh-CN", "en"] : [options.lang];
  const folder = options.out ?? join(options.run, submission, "report");
  const files = new Map(renderAll(input, languages));
  if (existsSync(clientFile)) {
    const client = reportInput(run, await readJson(clientFile, resultDocument), clientFile, compared, config);
    const copy = { ...client, releasedDigest: input.digest };
    for (const [name, text] of renderAll(copy, languages)) files.set(`client/${name}`, text);
  }
  for (const [name, text] of files) {
    await writeFileAtomic(join(folder, name), text);
    options.onProgress?.({ submission, file: join(folder, name) });
  }
  return {
    submission,
    folder,
    files: [...files.keys()],
    verdict: result.verdict,
    number: reportNumber(input),
    digest: input.digest,
  };
}

async function readConfig(run: string, submission: string): Promise<ReportConfig> {
  for (const file of [join(run, submission, "report.yaml"), join(run, "report.yaml")])
    if (existsSync(file)) return await readYaml(file, reportConfig);
  return reportConfig.type.parse({ schema: reportConfig.schemaId });
}

/** Joins the documents of one submission, after checking that they belong together. @throws REPORT_DOCUMENTS_DIFFER */
export function reportInput(
  run: RunDocument,
  result: Result,
  resultFile: string,
  compared: Comparison | null,
  config: ReportConfig,
): ReportInput {
  const submissionRun = run.submissions.find(({ id }) => id === result.submission);
  const differ = (what: string): never =>
    fail("REPORT_DOCUMENTS_DIFFER", `${resultFile} and run.json don't belong together: ${what}`, { file: resultFile });
  if (!submissionRun) return differ(`the run has no submission "${result.submission}"`);
  if (submissionRun.predictionsHash !== result.inputs.predictionsHash) differ("the predictions are others");
  if (run.indexHash !== result.inputs.indexHash) differ("the index of the set is another");
  if (run.openTruth !== result.openTruth) differ("one says that the truth was open, the other not");
  const digest = hashDocument(result);
  const role = compared ? roleIn(compared, result) : null;
  return {
    result,
    digest,
    releasedDigest: digest,
    run,
    submissionRun,
    comparison: role === null || !compared ? null : result.suppressed ? withoutMasked(compared, result) : compared,
    comparisonRole: role,
    config,
  };
}

/** The comparison as the client may see it: no strata that are masked in the result, no list of cases. */
function withoutMasked(compared: Comparison, result: Result): Comparison {
  const shown = compared.differences.filter(({ metric, stratum }) => {
    const row = findMetric(result, metric, stratum);
    return row !== undefined && !isMasked(row);
  });
  return { ...compared, differences: shown, cases: { ...compared.cases, list: null } };
}

/** Which side of a comparison these predictions are. */
function roleIn(compared: Comparison, result: Result): "baseline" | "candidate" | null {
  for (const role of ["candidate", "baseline"] as const)
    if (
      compared[role].submission === result.submission &&
      compared[role].predictionsHash === result.inputs.predictionsHash
    )
      return role;
  return null;
}

/** Every file of the report by name. */
export function renderAll(input: ReportInput, languages: readonly Language[]): ReadonlyMap<string, string> {
  const document = buildReport(input);
  const files = new Map<string, string>();
  files.set("report.html", renderHtml(document, languages));
  const summary = document.sections.filter(({ id }) =>
    ["summary", "t1", "t5", "t6", "t7", "readers", "t10", "statements"].includes(id),
  );
  files.set("summary.md", renderMarkdown(document, summary, languages));
  files.set("junit.xml", renderJunit(input.result, input.digest, input.comparison));
  for (const [name, text] of csvFiles(input.result, input.comparison)) files.set(name, text);
  if (input.comparison) {
    const comparisonReport = buildComparisonReport(input, input.comparison);
    files.set("comparison.html", renderHtml(comparisonReport, languages));
    files.set("comparison.md", renderMarkdown(comparisonReport, comparisonReport.sections.slice(0, 1), languages));
  }
  return files;
}

/** The whole report as a document tree. */
export function buildReport(input: ReportInput): ReportDocument {
  const { title } = reportTitles[input.config.kind];
  const { product } = input.result.context.manifest;
  return {
    number: reportNumber(input),
    title,
    shortTitle: say(
      `${product.name["zh-CN"]} ${product.version.complete}`,
      `${product.name.en} ${product.version.complete}`,
    ),
    stamps: stampsOf(input.result),
    watermark: watermarkOf(input.result),
    sections: sections.map((section) => section.build(input)).filter(({ blocks }) => blocks.length > 0),
  };
}

function buildComparisonReport(input: ReportInput, compared: Comparison): ReportDocument {
  const body: Section = {
    id: "comparison",
    title: say("算法性能比较", "Comparison of two versions"),
    blocks: comparisonBlocks(input, compared),
  };
  return {
    number: reportNumber(input),
    title: say("算法性能比较记录", "Record of a comparison of two versions"),
    shortTitle: say(
      `${compared.baseline.version.complete} → ${compared.candidate.version.complete}`,
      `${compared.baseline.version.complete} → ${compared.candidate.version.complete}`,
    ),
    stamps: stampsOf(input.result),
    watermark: watermarkOf(input.result),
    sections: [body, endMark("end")],
  };
}
