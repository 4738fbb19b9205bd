/**
 * Answers cases of one submission with one child after another. A child keeps its model for many cases; it is replaced on
 * any failure. A case is charged with a failure only after it failed alone in a fresh child.
 */
import { join } from "node:path";
import type { IndexedCase } from "../contract/case-index.js";
import { fail } from "../contract/errors.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import type { AdmittedSubmission } from "../submissions/admit.js";
import { failedRecord, recordOf, type CaseRecord } from "./case-answers.js";
import { ChildEnded, ChildProcessOfModel } from "./child-process.js";
import type { Isolation } from "./isolation.js";
import type { ChildReply } from "./messages.js";
import { memoryMbOf, openRequest } from "./model-requests.js";

/** A case with the name that the child knows it by. */
export interface BlindCase {
  readonly name: string;
  readonly indexed: IndexedCase;
}

export interface WorkerOptions {
  readonly submission: AdmittedSubmission;
  readonly isolation: Isolation;
  readonly deadlines: EffectiveProtocol["deadlines"];
  readonly kind: "volume" | "image";
  /** Folder of the test set, and the parts of it that hold files of cases. */
  readonly dataset: string;
  readonly caseFolders: readonly string[];
  /** Ends all work: children are killed. */
  readonly signal: AbortSignal;
}

/** Cases that a child answers before it is replaced. */
const casesPerChild = 500;
/** Cases that are sent ahead, so that a child never waits for its parent. */
const sentAhead = 2;
const openAttempts = 3;

/** Takes cases from `take` until there are none; `record` gets each result. `putBack` gets cases that were not begun. */
export async function workCases(
  options: WorkerOptions,
  queue: { take(): BlindCase | undefined; putBack(item: BlindCase): void },
  record: (record: CaseRecord) => Promise<void>,
): Promise<void> {
  let child: ChildProcessOfModel | null = null;
  let served = 0;
  const window: { item: BlindCase; reply: Promise<ChildReply> }[] = [];
  const replace = async () => {
    for (const { item } of window.splice(0).reverse()) queue.putBack(item);
    await child?.end();
    child = null;
    served = 0;
  };
  const memoryLimit = memoryMbOf(options.submission.manifest) * 0.75;
  try {
    for (;;) {
      options.signal.throwIfAborted();
      while (window.length < sentAhead && served + window.length < casesPerChild) {
        const item = queue.take();
        if (!item) break;
        child ??= await openChild(options).catch((error: unknown) => {
          queue.putBack(item);
          throw error;
        });
        window.push({ item, reply: ask(child, item, options) });
      }
      const head = window.shift();
      if (!head) {
        if (served < casesPerChild) return;
        await replace();
        continue;
      }
      const outcome = await settle(head.reply);
      options.signal.throwIfAborted();
      if (outcome instanceof ChildEnded) {
        await replace();
        if (outcome.inFlight) await record(await answerAlone(options, head.item));
        else queue.putBack(head.item);
        continue;
      }
      if (outcome.type === "failed") {
        await replace();
        await record(await answerAlone(options, head.item));
        continue;
      }
      served++;
      const result = recordFrom(head.item, outcome, 1);
      await record(result);
      if (result.timing.peakMemoryMb > memoryLimit) await replace();
    }
  } finally {
    await replace();
  }
}

/** One case in a child of its own: what happens now is the case's result. */
async function answerAlone(options: WorkerOptions, item: BlindCase): Promise<CaseRecord> {
  const child = await openChild(options);
  try {
    const outcome = await settle(ask(child, item, options));
    options.signal.throwIfAborted();
    if (outcome instanceof ChildEnded) return failedRecord(item.indexed.id, outcome.code, outcome.message, 2);
    return recordFrom(item, outcome, 2);
  } finally {
    await child.end();
  }
}

function recordFrom(item: BlindCase, reply: ChildReply, attempts: number): CaseRecord {
  const { id } = item.indexed;
  if (reply.type === "changed")
    fail("CASE_FILES_CHANGED", `case ${id}: ${reply.path} is missing or not the file in index.json`, {
      file: reply.path,
    });
  if ((reply.type !== "answer" && reply.type !== "failed") || reply.name !== item.name)
    fail("INFERENCE_CHILD_FAILED", "a child answered out of turn");
  return recordOf(id, reply, attempts);
}

/** The reply, or how the child ended; other errors pass. */
async function settle(reply: Promise<ChildReply>): Promise<ChildReply | ChildEnded> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof ChildEnded) return error;
    throw error;
  }
}

function ask(child: ChildProcessOfModel, { name, indexed }: BlindCase, options: WorkerOptions): Promise<ChildReply> {
  const files = indexed.files.map(({ path, bytes, sha256 }) => ({ path: join(options.dataset, path), bytes, sha256 }));
  const kind = options.kind;
  const reply = child.request({ type: "case", name, kind, files }, options.deadlines.caseSeconds * 1000);
  // A reply that nobody waits for any more must not end the program.
  reply.catch(() => {});
  return reply;
}

/** A child with the model open. @throws SUBMISSION_SESSION_FAILED after several attempts; the model was admitted before */
async function openChild(options: WorkerOptions): Promise<ChildProcessOfModel> {
  const { submission, isolation, signal } = options;
  const memoryMb = memoryMbOf(submission.manifest);
  let problem = "";
  for (let attempt = 0; attempt < openAttempts; attempt++) {
    signal.throwIfAborted();
    const plan = isolation.plan({ read: [submission.modelFile, ...options.caseFolders], memoryMb });
    const child = await ChildProcessOfModel.start(plan, memoryMb);
    const kill = () => void child.end();
    signal.addEventListener("abort", kill, { once: true });
    void child.exited.then(() => signal.removeEventListener("abort", kill));
    if (signal.aborted) kill();
    const outcome = await settle(
      child.request(openRequest(submission, options.kind), options.deadlines.createSeconds * 1000),
    );
    if (!(outcome instanceof ChildEnded) && outcome.type === "opened") return child;
    problem =
      outcome instanceof ChildEnded ? outcome.message : outcome.type === "refused" ? outcome.reason : outcome.type;
    await child.end();
    if (problem === "hash")
      fail("SUBMISSION_HASH_MISMATCH", `${submission.modelFile} changed after admission`, {
        file: submission.modelFile,
      });
  }
  signal.throwIfAborted();
  fail("SUBMISSION_SESSION_FAILED", `${submission.modelFile} was admitted, but can't be loaded again: ${problem}`, {
    file: submission.modelFile,
  });
}
