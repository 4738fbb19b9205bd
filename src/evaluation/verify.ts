/** The stage `verify`: every hash of a run again, and every number again from predictions and truth. */
import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { result } from "../contract/result.js";
import { comparison as comparisonDocument, type Comparison } from "../contract/comparison.js";
import { runDocument, type SubmissionRun } from "../contract/run.js";
import { opening, release, seal } from "../contract/seal.js";
import { MedassayError } from "../contract/errors.js";
import { partOf } from "../datasets/folder.js";
import { truthState } from "../datasets/truth-state.js";
import { readChain } from "../storage/chained-log.js";
import { canonicalJson, hashDocument } from "../storage/canonical-json.js";
import { readJson, readText } from "../storage/documents.js";
import { hashFile } from "../storage/hashing.js";
import { resolveInside } from "../storage/paths.js";
import { suppressed } from "./disclosure.js";
import { errorsCsv } from "./errors-csv.js";
import { evaluateSubmission, openTruthOf } from "./evaluate.js";
import { makeComparison, type Side } from "./compare.js";
import { openRun, submissionOf, type OpenedRun } from "./run-folder.js";

export interface VerifyOptions {
  readonly run: string;
  readonly dataset?: string | undefined;
  readonly key?: string | undefined;
  readonly onProgress?: (event: { check: string }) => void;
}

export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** What was found, where it is not what was written. */
  readonly found?: string;
  /** Why nothing could be checked; then `ok` says only that nothing was found changed. */
  readonly notChecked?: string;
}

/** First place where two JSON values differ, as a JSON pointer; null when they are equal. */
export function firstDifference(a: unknown, b: unknown, at = ""): string | null {
  if (Object.is(a, b)) return null;
  const bothObjects = typeof a === "object" && typeof b === "object" && a !== null && b !== null;
  if (!bothObjects || Array.isArray(a) !== Array.isArray(b)) return at === "" ? "/" : at;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  for (const key of keys) {
    const found = firstDifference(left[key], right[key], `${at}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    if (found !== null) return found;
  }
  return null;
}

/** What a check finds: a difference in words, none (null), or why it can't be made. */
type Work = () => Promise<string | null | { readonly notChecked: string }>;

/** Runs a check; a typed error is a failed check, not the end of the others. */
async function attempt(check: string, work: Work): Promise<Check> {
  try {
    const found = await work();
    if (typeof found === "object" && found !== null) return { check, ok: true, ...found };
    return found === null ? { check, ok: true } : { check, ok: false, found };
  } catch (error) {
    if (error instanceof MedassayError) return { check, ok: false, found: `${error.code}: ${error.message}` };
    throw error;
  }
}

/**
 * Checks a run: documents against their hashes, files of the set against the index, logs against their chains, and every
 * number of every result against a new evaluation. Opening the truth is logged. Nothing is written but that line.
 * @throws what {@link openRun} and the opening of the truth throw; all else is a failed check
 */
export async function verify(options: VerifyOptions): Promise<{ ok: boolean; checks: Check[] }> {
  const opened = await openRun(options.run, options.dataset);
  const checks: Check[] = [];
  const run = async (check: string, work: Work) => {
    options.onProgress?.({ check });
    checks.push(await attempt(check, work));
  };
  await run("files of the test set against index.json", () => checkFiles(opened));
  if ((await truthState(opened.dataset)) === "sealed") await run("seal.json", () => checkSeal(opened));
  await run("openings.jsonl", async () => (await readChain(partOf(opened.dataset, "openings"), opening), null));
  await run("releases.jsonl", async () => (await readChain(partOf(opened.dataset, "releases"), release), null));
  const truth = await openTruthOf(opened, options.key, "verify");
  const releases = await readChain(partOf(opened.dataset, "releases"), release).catch(() => []);
  for (const { id } of opened.run.submissions) {
    const folder = join(opened.folder, id);
    await run(`${id}: numbers of result.json`, async () => {
      const stored = await readJson(join(folder, "result.json"), result);
      const own = releases.find(({ resultHash }) => resultHash === hashDocument(stored));
      if (!truth.open && !own) return "result.json is not the result that releases.jsonl records";
      const again = await evaluateSubmission(opened, truth, id, async () =>
        truth.open ? null : (own?.attempt ?? null),
      );
      return differenceFrom(stored, again.result);
    });
    await run(`${id}: errors.csv`, async () => {
      const again = await evaluateSubmission(opened, truth, id, async () => null);
      const text = await errorsCsv(again.scored, opened.index, opened.protocol, opened.profile);
      return text === (await readText(join(folder, "errors.csv"))) ? null : "differs from a new evaluation";
    });
    if (!truth.open) {
      await run(`${id}: result.client.json`, async () => {
        const stored = await readJson(join(folder, "result.json"), result);
        return differenceFrom(await readJson(join(folder, "result.client.json"), result), suppressed(stored));
      });
    }
  }
  for (const place of ["", ...opened.run.submissions.map(({ id }) => id)]) {
    const names = await readdir(join(opened.folder, place));
    if (!names.includes("comparison.json")) continue;
    await run(join(place, "comparison.json"), async () => {
      const stored = await readJson(join(opened.folder, place, "comparison.json"), comparisonDocument);
      const sides = [await sideOf(stored.baseline, opened), await sideOf(stored.candidate, opened)] as const;
      const [baseline, candidate] = sides;
      if (baseline === null || candidate === null) {
        const { submission } = baseline === null ? stored.baseline : stored.candidate;
        return { notChecked: `the run of ${submission} is not beside this one: compare again to check it` };
      }
      return differenceFrom(stored, await makeComparison(baseline, candidate, async () => truth));
    });
  }
  return { ok: checks.every(({ ok }) => ok), checks };
}

/** Most folders beside a run that are looked into for the other run of a comparison. */
const siblingLimit = 1000;

/** A side of a comparison, in this run or in one that lies beside it; null: in neither. */
async function sideOf(side: Comparison["baseline"], opened: OpenedRun): Promise<Side | null> {
  const isSide = (entry: SubmissionRun) =>
    entry.id === side.submission &&
    entry.manifestHash === side.submissionHash &&
    entry.predictionsHash === side.predictionsHash;
  const own = opened.run.submissions.find(isSide);
  if (own) return { opened, entry: submissionOf(opened, own.id) };
  const parent = dirname(resolve(opened.folder));
  const folders = (await readdir(parent, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  for (const { name } of folders.slice(0, siblingLimit)) {
    const folder = join(parent, name);
    // What is no run, or one that can't be read, is not the one looked for.
    const run = await readJson(join(folder, "run.json"), runDocument).catch(() => null);
    if (!run?.submissions.some(isSide)) continue;
    const sibling = await openRun(folder, opened.dataset);
    return { opened: sibling, entry: submissionOf(sibling, side.submission) };
  }
  return null;
}

function differenceFrom(stored: unknown, again: unknown): string | null {
  if (canonicalJson(stored) === canonicalJson(again)) return null;
  const at = firstDifference(stored, JSON.parse(JSON.stringify(again)));
  return at === null ? null : `differs from a new evaluation at ${at}`;
}

async function checkFiles({ dataset, index }: OpenedRun): Promise<string | null> {
  for (const indexed of index.cases) {
    for (const file of indexed.files) {
      const { sha256, bytes } = await hashFile(await resolveInside(dataset, file.path));
      if (sha256 !== file.sha256 || bytes !== file.bytes) return `${file.path} is not the file that was indexed`;
    }
  }
  return null;
}

async function checkSeal({ dataset, run }: OpenedRun): Promise<string | null> {
  const sealed = await readJson(partOf(dataset, "seal"), seal);
  const wrong = [
    ...(sealed.indexHash === run.indexHash ? [] : ["indexHash"]),
    ...(sealed.cardHash === run.cardHash ? [] : ["cardHash"]),
    ...(hashDocument(sealed.protocol) === run.protocolHash && sealed.protocolHash === run.protocolHash
      ? []
      : ["protocolHash"]),
    ...(sealed.truthCommitment === run.truthCommitment ? [] : ["truthCommitment"]),
  ];
  return wrong.length === 0 ? null : `${wrong.join(", ")} differ from run.json`;
}
