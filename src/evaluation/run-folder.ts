/** Reads what an evaluation needs of a run and its test set, and checks that they belong together. */
import { join, resolve } from "node:path";
import type { CaseIndex } from "../contract/case-index.js";
import type { DatasetCard } from "../contract/dataset-card.js";
import { fail } from "../contract/errors.js";
import { prediction, type Prediction } from "../contract/prediction.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import { runDocument, type RunDocument, type SubmissionRun } from "../contract/run.js";
import { readCard } from "../datasets/card.js";
import { readCaseIndex } from "../datasets/index-document.js";
import { effectiveProtocolOf } from "../datasets/protocol.js";
import { readJson, readJsonLines } from "../storage/documents.js";
import { hashFile } from "../storage/hashing.js";
import { taskProfile } from "../tasks/profiles/index.js";
import type { TaskProfile } from "../tasks/profile.js";

export interface OpenedRun {
  readonly folder: string;
  readonly run: RunDocument;
  readonly dataset: string;
  readonly card: DatasetCard;
  readonly index: CaseIndex;
  readonly protocol: EffectiveProtocol;
  readonly profile: TaskProfile;
}

/**
 * Opens a finished run with its test set; no truth is touched.
 * @param dataset folder of the set, where it is not at the place that the run remembers
 * @throws RUN_INCOMPLETE, RUN_DATASET_CHANGED, DOCUMENT_*
 */
export async function openRun(folder: string, dataset: string | undefined): Promise<OpenedRun> {
  const run = await readJson(join(folder, "run.json"), runDocument);
  if (run.endedAt === null) {
    fail("RUN_INCOMPLETE", `the run in ${folder} has not ended`, {
      hint: "Call `medassay run` again with the same folder: it goes on where it stopped.",
    });
  }
  const place = dataset ?? resolve(folder, run.dataset.path);
  const { card, cardHash } = await readCard(place);
  const { index, indexHash } = await readCaseIndex(place);
  const { protocol, protocolHash } = await effectiveProtocolOf(place);
  const changed = [
    ...(cardHash === run.cardHash ? [] : ["dataset.yaml"]),
    ...(indexHash === run.indexHash ? [] : ["index.json"]),
    ...(protocolHash === run.protocolHash ? [] : ["the effective protocol"]),
  ];
  if (changed.length > 0) {
    fail("RUN_DATASET_CHANGED", `since the run, ${changed.join(", ")} of ${place} changed`, { file: place });
  }
  return { folder, run, dataset: place, card, index, protocol, profile: taskProfile(protocol.task) };
}

/** The run's entry of one submission. @throws SUBMISSION_NOT_IN_RUN, RUN_INCOMPLETE */
export function submissionOf(opened: OpenedRun, id: string): SubmissionRun {
  const entry = opened.run.submissions.find((candidate) => candidate.id === id);
  if (!entry) {
    const known = opened.run.submissions.map((candidate) => candidate.id).join(", ");
    fail("SUBMISSION_NOT_IN_RUN", `the run holds no submission "${id}" (it holds: ${known})`);
  }
  if (entry.status !== "complete") fail("RUN_INCOMPLETE", `submission ${id} is ${entry.status} in ${opened.folder}`);
  return entry;
}

/** Predictions of a submission, checked against the hash in run.json. @throws PREDICTIONS_CHANGED */
export async function readPredictions(
  opened: OpenedRun,
  entry: SubmissionRun,
): Promise<{ predictions: Prediction[]; predictionsHash: string }> {
  const file = join(opened.folder, entry.id, "predictions.jsonl");
  const { sha256: predictionsHash } = await hashFile(file);
  if (predictionsHash !== entry.predictionsHash) {
    fail("PREDICTIONS_CHANGED", `${file} is not the file that the run wrote`, { file });
  }
  return { predictions: await readJsonLines(file, prediction), predictionsHash };
}
