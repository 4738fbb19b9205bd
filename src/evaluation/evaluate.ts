/** The stage `evaluate`: predictions and truth of a run to result.json, result.client.json and errors.csv. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { failStorage } from "../storage/errors.js";
import type { Result } from "../contract/result.js";
import type { SubmissionRun } from "../contract/run.js";
import { fail } from "../contract/errors.js";
import { attemptNumber, recordRelease, type ReleaseFacts } from "../datasets/releases.js";
import { openTruth, type Truth } from "../datasets/truth.js";
import { writeFileAtomic, writeJson } from "../storage/atomic.js";
import { hashDocument } from "../storage/canonical-json.js";
import { tool } from "../contract/tool.js";
import { readerAgreement } from "./agreement.js";
import { suppressed } from "./disclosure.js";
import { errorsCsv } from "./errors-csv.js";
import { makeResult } from "./result.js";
import { openRun, readPredictions, submissionOf, type OpenedRun } from "./run-folder.js";

export interface EvaluateOptions {
  /** The run folder. */
  readonly run: string;
  /** The test set, where it has moved. */
  readonly dataset?: string | undefined;
  /** File with the age identity; needed where the truth is sealed. */
  readonly key?: string | undefined;
  readonly onProgress?: (event: { submission: string; done: number; total: number }) => void;
}

/** Text of a key file. @throws DOCUMENT_MISSING, STORAGE_READ_FAILED */
export async function readKey(file: string | undefined): Promise<string | undefined> {
  return file === undefined
    ? undefined
    : readFile(file, "utf8").catch((error: unknown) => failStorage(error, file, true));
}

/** Opens the truth for a run that has ended; the opening is logged before it is decrypted. */
export async function openTruthOf(opened: OpenedRun, key: string | undefined, command: string): Promise<Truth> {
  const { run } = opened;
  if (run.kind === "inference" && run.lastProcessEndedAt === null) {
    fail("RUN_INCOMPLETE", `an inference process of ${opened.folder} may still live`);
  }
  return openTruth(opened.dataset, {
    key: await readKey(key),
    command,
    reason: `${command} of ${run.submissions.map(({ id }) => id).join(", ")}`,
    run: hashDocument(run),
    openAllowed: run.openTruth,
  });
}

function releaseFacts(opened: OpenedRun, entry: SubmissionRun, predictionsHash: string): ReleaseFacts {
  const { vendor, product } = entry.manifest;
  return {
    dataset: `${opened.card.id} ${opened.card.version}`,
    product: `${vendor} ${product.name.en} ${product.model}`,
    version: product.version.complete,
    predictionsHash,
  };
}

/** Custodian's result of one submission. Used by `evaluate` and, unchanged, by `verify`. */
export async function evaluateSubmission(
  opened: OpenedRun,
  truth: Truth,
  id: string,
  attemptOf: (facts: ReleaseFacts) => Promise<number | null>,
  onProgress?: (done: number) => void,
) {
  const entry = submissionOf(opened, id);
  const { predictions, predictionsHash } = await readPredictions(opened, entry);
  const { run, card, index, protocol, profile } = opened;
  const facts = releaseFacts(opened, entry, predictionsHash);
  const made = makeResult(
    {
      card,
      index,
      reference: truth.reference,
      readings: truth.readings,
      agreement: readerAgreement(
        truth.readings,
        card,
        profile,
        new Map(index.cases.map((one) => [one.id, one.patient])),
      ),
      protocol,
      profile,
      manifest: entry.manifest,
      submission: id,
      model: entry.model ?? null,
      predictions,
      hashes: {
        dataset: `${card.id} ${card.version}`,
        cardHash: run.cardHash,
        indexHash: run.indexHash,
        truthCommitment: truth.commitment,
        truthHash: truth.truthHash,
        protocolHash: run.protocolHash,
        submissionHash: entry.manifestHash,
        predictionsHash,
      },
      openTruth: truth.open,
      attempt: await attemptOf(facts),
      tool,
    },
    onProgress,
  );
  return { ...made, facts };
}

/**
 * Evaluates every submission of a run. Sealed sets: the truth is opened (logged) after the last inference process has ended,
 * and every result is entered in releases.jsonl before it is written.
 * @returns the custodian's results in the run's order
 * @throws RUN_*, PREDICTION*_, TRUTH_*, DECRYPT_FAILED, ATTEMPTS_EXHAUSTED, STORAGE_*
 */
export async function evaluate(options: EvaluateOptions): Promise<Result[]> {
  const opened = await openRun(options.run, options.dataset);
  const truth = await openTruthOf(opened, options.key, "evaluate");
  const limit = opened.protocol.attempts.limit;
  const results: Result[] = [];
  for (const { id } of opened.run.submissions) {
    const { result, scored, facts } = await evaluateSubmission(
      opened,
      truth,
      id,
      async (release) => (truth.open ? null : attemptNumber(opened.dataset, release, limit)),
      (done) => options.onProgress?.({ submission: id, done, total: opened.protocol.intervals.replicates }),
    );
    const folder = join(opened.folder, id);
    if (!truth.open) {
      await recordRelease(opened.dataset, { ...facts, resultHash: hashDocument(result) }, limit);
      await writeJson(join(folder, "result.client.json"), suppressed(result));
    }
    await writeFileAtomic(
      join(folder, "errors.csv"),
      await errorsCsv(scored, opened.index, opened.protocol, opened.profile),
    );
    await writeJson(join(folder, "result.json"), result);
    results.push(result);
  }
  return results;
}
