/** Stage `run`: submissions answer the cases of a test set blind, in isolated processes, several at once; resumable at any point. */
import { randomBytes } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { cpus } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { fail, MedassayError } from "../contract/errors.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { AnswerRules } from "../contract/prediction.js";
import type { RunDocument, SubmissionRun } from "../contract/run.js";
import { RandomStream, streamOf } from "../stats/random.js";
import { writeJson } from "../storage/atomic.js";
import { hashDocument } from "../storage/canonical-json.js";
import { failStorage } from "../storage/errors.js";
import { hashFile } from "../storage/hashing.js";
import type { AdmittedSubmission } from "../submissions/admit.js";
import { judgeLabels, judgeThresholds } from "../submissions/declared-labels.js";
import { admit } from "./admission.js";
import { onnxruntimeVersion } from "./child-module.js";
import { lastProcessEnd } from "./child-process.js";
import { demandIsolation, measureIsolation, type IsolationMethod } from "./isolation.js";
import { workCases, type BlindCase, type WorkerOptions } from "./model-worker.js";
import { lockFolder } from "./folder-lock.js";
import { postprocessOperations } from "./operations/index.js";
import { beginRun, earlierRun } from "./run-document.js";
import { SubmissionJournal } from "./submission-journal.js";
import { caseFolders, openTestSet, type TestSet } from "./test-set.js";

export interface RunProgress {
  readonly phase: "isolation" | "admission" | "cases" | "repeat" | "done";
  readonly submission?: string;
  readonly done?: number;
  readonly total?: number;
  readonly failed?: number;
}

export interface RunOptions {
  /** Folder of the test set. */
  readonly dataset: string;
  /** Folders of submissions. */
  readonly submissions: readonly string[];
  /** Folder of the run; an earlier, unfinished run of the same things goes on. */
  readonly out: string;
  readonly protocol: EffectiveProtocol;
  readonly answers: AnswerRules;
  /** Allows a set whose truth lies open; the run is stamped so. */
  readonly openTruth?: boolean;
  /** Processes at once, all submissions together; the number of cores by default. */
  readonly jobs?: number;
  /** Ways of isolation to try; all by default, the strongest first. */
  readonly isolation?: readonly IsolationMethod[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** Cases that are run once more, in a fresh child and in another order. */
const repeatedCases = 3;

/**
 * Admits the submissions, runs every case that is not done yet, writes predictions.jsonl and timings.jsonl of each and run.json.
 * Nothing depends on `jobs`, on the order of cases, or on how often the run was stopped, but times.
 * @throws DATASET_*, TRUTH_OPEN, SEAL_MISMATCH, ISOLATION_TOO_WEAK, SUBMISSION_*, RUN_FOLDER_MISMATCH, RUN_FOLDER_BUSY, PREDICTIONS_CHANGED,
 * CASE_FILES_CHANGED, INFERENCE_CHILD_FAILED, STORAGE_*, INTERRUPTED
 */
export async function run(options: RunOptions): Promise<RunDocument> {
  const stop = new AbortController();
  const interrupt = () =>
    stop.abort(new MedassayError("INTERRUPTED", `interrupted; the run in ${options.out} can be resumed`));
  options.signal?.addEventListener("abort", interrupt, { once: true });
  if (options.signal?.aborted) interrupt();
  try {
    stop.signal.throwIfAborted();
    return await runUntilStopped(options, stop);
  } finally {
    options.signal?.removeEventListener("abort", interrupt);
  }
}

async function runUntilStopped(options: RunOptions, stop: AbortController): Promise<RunDocument> {
  const { protocol } = options;
  const progress = options.onProgress ?? (() => {});
  const jobs = Math.max(1, Math.floor(options.jobs ?? cpus().length));
  const set = await openTestSet(options.dataset, { openTruth: options.openTruth ?? false, protocol });
  const kind = kindOf(set);
  await mkdir(options.out, { recursive: true }).catch((error: unknown) => failStorage(error, options.out));
  const out = await realpath(options.out);
  const release = await lockFolder(out);
  try {
    return await runLocked(options, stop, { set, kind, out, jobs, progress });
  } finally {
    await release();
  }
}

interface Begun {
  readonly set: TestSet;
  readonly kind: "volume" | "image";
  readonly out: string;
  readonly jobs: number;
  readonly progress: (progress: RunProgress) => void;
}

async function runLocked(options: RunOptions, stop: AbortController, begun: Begun): Promise<RunDocument> {
  const { protocol } = options;
  const { set, kind, out, jobs, progress } = begun;
  progress({ phase: "isolation" });
  const folders = caseFolders(set);
  const isolation = await measureIsolation(folders[0] ?? set.folder, options.isolation);
  demandIsolation(isolation, protocol.isolation.atLeast);

  const limit = pLimit(jobs);
  const admitted = await Promise.all(
    options.submissions.map((folder) =>
      limit(async () => {
        stop.signal.throwIfAborted();
        const submission = await admit(folder, { isolation, deadlines: protocol.deadlines, kind });
        progress({ phase: "admission", submission: submission.manifest.id });
        return submission;
      }),
    ),
  );
  judgeTogether(admitted, set, options.answers);

  const { level, method, probes } = isolation;
  const beginning = beginRun({
    out,
    set,
    protocol,
    kind: "inference",
    submissions: admitted.map((submission) => runningEntry(submission, set)),
    isolation: { level, method, probes: { ...probes } },
    concurrency: { processes: jobs, threadsPerProcess: 1 },
    onnxruntime: onnxruntimeVersion(),
  });
  const earlier = await earlierRun(beginning, out);
  if (earlier && earlier.endedAt !== null) {
    await checkFinished(earlier, out);
    progress({ phase: "done" });
    return earlier;
  }
  let document: RunDocument = {
    ...beginning,
    startedAt: earlier?.startedAt ?? beginning.startedAt,
    submissions: beginning.submissions.map((entry) => {
      const before = earlier?.submissions.find(({ id }) => id === entry.id);
      return before?.status === "complete" ? before : entry;
    }),
  };
  await checkFinished(document, out);
  const file = join(out, "run.json");
  await writeJson(file, document);

  const journals = new Map<string, SubmissionJournal>();
  try {
    const tasks: Promise<void>[] = [];
    const workers: (() => Promise<void>)[][] = [];
    const running: { worker: WorkerOptions; journal: SubmissionJournal }[] = [];
    for (const submission of admitted) {
      const { id } = submission.manifest;
      if (document.submissions.find((entry) => entry.id === id)?.status === "complete") continue;
      const journal = await SubmissionJournal.open(join(out, id), identityOf(submission, document));
      journals.set(id, journal);
      const worker: WorkerOptions = {
        submission,
        isolation,
        deadlines: protocol.deadlines,
        kind,
        dataset: set.folder,
        caseFolders: folders,
        signal: stop.signal,
      };
      running.push({ worker, journal });
      workers.push(workersOf(worker, journal, set, jobs, progress));
    }
    // One worker of each submission first, then the second of each: submissions advance together.
    for (let round = 0; round < jobs; round++)
      for (const list of workers) tasks.push(limit(list[round] as () => Promise<void>));
    await allOrStop(tasks, stop);

    const repeats = new Map<string, SubmissionRun["repeat"]>();
    const children = Math.max(1, Math.floor(jobs / running.length));
    const repeating = running.map(({ worker, journal }) =>
      limit(async () => {
        repeats.set(
          worker.submission.manifest.id,
          await repeatCases(worker, journal, set, protocol, children, progress),
        );
      }),
    );
    await allOrStop(repeating, stop);

    for (const { worker, journal } of running) {
      const { id } = worker.submission.manifest;
      const entry = await finishSubmission(worker.submission, journal, set, repeats.get(id) ?? null);
      document = {
        ...document,
        submissions: document.submissions.map((before) => (before.id === id ? entry : before)),
        lastProcessEndedAt: lastProcessEnd()?.toISOString() ?? null,
      };
      await writeJson(file, document);
      await journal.remove();
      journals.delete(id);
    }
    document = {
      ...document,
      endedAt: new Date().toISOString(),
      lastProcessEndedAt: lastProcessEnd()?.toISOString() ?? document.lastProcessEndedAt,
    };
    await writeJson(file, document);
    progress({ phase: "done" });
    return document;
  } finally {
    for (const journal of journals.values()) await journal.close();
  }
}

/** Waits for all; the first failure stops the others, and is thrown when all have ended. */
async function allOrStop(tasks: readonly Promise<void>[], stop: AbortController): Promise<void> {
  let first: unknown;
  await Promise.all(
    tasks.map((task) =>
      task.catch((error: unknown) => {
        first ??= error;
        if (!stop.signal.aborted) stop.abort(error);
      }),
    ),
  );
  if (first !== undefined) throw first as Error;
}

function kindOf(set: TestSet): "volume" | "image" {
  const kinds = new Set(set.index.cases.map((indexed) => indexed.kind));
  const [kind] = kinds;
  if (kinds.size !== 1 || kind === undefined || kind === "none")
    fail("USAGE", `the test set holds cases of kind ${[...kinds].join(", ")}; models run on volumes or on images`, {
      hint: kinds.has("none") ? "Use `medassay score` for sets without images." : undefined,
    });
  return kind;
}

/** @throws USAGE when two submissions share an id; SUBMISSION_TASK, SUBMISSION_LABEL_UNKNOWN */
function judgeTogether(admitted: readonly AdmittedSubmission[], set: TestSet, { known }: AnswerRules): void {
  if (admitted.length === 0) fail("USAGE", "no submission was given");
  const seen = new Set<string>();
  for (const { manifest, folder } of admitted) {
    if (seen.has(manifest.id)) fail("USAGE", `two submissions have the id "${manifest.id}"`, { file: folder });
    seen.add(manifest.id);
    const file = join(folder, "submission.yaml");
    if (manifest.task !== set.index.task)
      fail("SUBMISSION_TASK", `${manifest.id} is for ${manifest.task}, the test set for ${set.index.task}`, { file });
    judgeLabels(manifest, postprocessOperations, known, file);
    judgeThresholds(manifest, known, file);
  }
}

function runningEntry(submission: AdmittedSubmission, set: TestSet): SubmissionRun {
  const { manifest, manifestHash, facts, hashes } = submission;
  return {
    id: manifest.id,
    manifest,
    manifestHash,
    model: facts,
    hashes,
    status: "running",
    cases: set.index.cases.length,
    failed: 0,
    failures: {},
    predictionsHash: null,
    repeat: null,
    notes: [],
  };
}

/** Predictions depend on these and on nothing else. */
function identityOf(submission: AdmittedSubmission, { indexHash, protocolHash, tool }: RunDocument): string {
  const { manifestHash, facts } = submission;
  return hashDocument({ indexHash, protocolHash, manifestHash, model: facts.sha256, tool });
}

/** @throws PREDICTIONS_CHANGED when predictions that are recorded as complete are not there as they were */
async function checkFinished(document: RunDocument, out: string): Promise<void> {
  for (const { id, status, predictionsHash } of document.submissions) {
    if (status !== "complete") continue;
    const file = join(out, id, "predictions.jsonl");
    const { sha256 } = await hashFile(file);
    if (sha256 !== predictionsHash)
      fail("PREDICTIONS_CHANGED", `${file} is not the file that run.json records`, { file });
  }
}

/** Workers that share one queue of the cases that are not in the journal, in an order that nobody knows. */
function workersOf(
  options: WorkerOptions,
  journal: SubmissionJournal,
  set: TestSet,
  count: number,
  progress: (progress: RunProgress) => void,
): (() => Promise<void>)[] {
  const { id } = options.submission.manifest;
  const total = set.index.cases.length;
  const queue = blindNames(set)
    .filter(({ indexed }) => !journal.has(indexed.id))
    .reverse();
  const report = () => {
    progress({ phase: "cases", submission: id, done: journal.size, total, failed: journal.failed });
  };
  report();
  return Array.from(
    { length: count },
    () => () =>
      workCases(options, { take: () => queue.pop(), putBack: (item) => queue.push(item) }, async (record) => {
        await journal.append(record);
        report();
      }),
  );
}

/** Cases under names in an order drawn by a secret of this call, which is kept nowhere. */
function blindNames(set: TestSet): BlindCase[] {
  const secret = randomBytes(8).readBigUInt64LE();
  const shuffled = new RandomStream(secret, streamOf("blind order")).shuffle([...set.index.cases]);
  return shuffled.map((indexed, index) => ({ name: `c${String(index + 1).padStart(6, "0")}`, indexed }));
}

async function finishSubmission(
  submission: AdmittedSubmission,
  journal: SubmissionJournal,
  set: TestSet,
  repeat: SubmissionRun["repeat"],
): Promise<SubmissionRun> {
  const predictionsHash = await journal.compact(set.index.cases.map(({ id }) => id));
  return {
    ...runningEntry(submission, set),
    status: "complete",
    failed: journal.failed,
    failures: journal.failuresByCode(),
    predictionsHash,
    repeat,
  };
}

/** Runs some answered cases, drawn by the protocol's seed, once more in fresh children, and counts equal bytes. */
async function repeatCases(
  options: WorkerOptions,
  journal: SubmissionJournal,
  set: TestSet,
  protocol: EffectiveProtocol,
  children: number,
  progress: (progress: RunProgress) => void,
): Promise<{ cases: number; equal: number }> {
  const { id } = options.submission.manifest;
  const random = new RandomStream(BigInt(protocol.intervals.seed), streamOf("repeat", id));
  const answered = set.index.cases.filter((indexed) => journal.answered(indexed.id));
  const chosen = random.shuffle(answered).slice(0, repeatedCases);
  const queue: BlindCase[] = chosen.map((indexed, index) => ({
    name: `c${String(index + 1).padStart(6, "0")}`,
    indexed,
  }));
  let equal = 0;
  const source = { take: () => queue.pop(), putBack: (item: BlindCase) => queue.push(item) };
  const again = () =>
    workCases(options, source, async (record) => {
      const first = await journal.read(record.case);
      if (JSON.stringify(first.prediction) === JSON.stringify(record.prediction)) equal++;
      progress({ phase: "repeat", submission: id, done: equal, total: chosen.length });
    });
  // All have ended before anything is thrown: no child outlives the run.
  const ends = await Promise.allSettled(Array.from({ length: Math.min(children, chosen.length) }, again));
  for (const end of ends) if (end.status === "rejected") throw end.reason as Error;
  return { cases: chosen.length, equal };
}
