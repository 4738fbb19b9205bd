/** The stages as a library user calls them: each takes plain options and a progress callback, reads and writes documents. */
import { join } from "node:path";
import { isBeyondFailedCases, type EffectiveProtocol } from "./contract/protocol.js";
import type { RunDocument } from "./contract/run.js";
import type { Result } from "./contract/result.js";
import type { AgreementResult } from "./contract/result.js";
import { adjudicate as adjudicateSet, type AdjudicationSummary } from "./datasets/adjudicate.js";
import { effectiveProtocolOf } from "./datasets/protocol.js";
import { readerAgreement } from "./evaluation/agreement.js";
import { evaluate, type EvaluateOptions } from "./evaluation/evaluate.js";
import { run as runOn, type RunOptions } from "./inference/run.js";
import { score as scoreOn, type ScoreOptions } from "./inference/score.js";
import { report } from "./report/report.js";
import { answerRules } from "./tasks/answer-labels.js";
import { taskProfile } from "./tasks/profiles/index.js";

/** Runs submissions on a test set under its protocol. @throws what {@link runOn} throws */
export async function run(options: Omit<RunOptions, "protocol" | "answers">): Promise<RunDocument> {
  const { protocol } = await effectiveProtocolOf(options.dataset);
  return runOn({ ...options, protocol, answers: answerRules(taskProfile(protocol.task)) });
}

/** Takes predictions made elsewhere instead of a model. @throws what {@link scoreOn} throws */
export async function score(options: Omit<ScoreOptions, "protocol" | "answers">): Promise<RunDocument> {
  const { protocol } = await effectiveProtocolOf(options.dataset);
  return scoreOn({ ...options, protocol, answers: answerRules(taskProfile(protocol.task)) });
}

/** Readings to the reference standard, with the agreement of the readers. @throws what {@link adjudicateSet} throws */
export async function adjudicate(folder: string): Promise<AdjudicationSummary & { agreement: AgreementResult[] }> {
  const { summary, card, readings, patientOf } = await adjudicateSet(folder);
  return { ...summary, agreement: readerAgreement(readings, card, taskProfile(card.task), patientOf) };
}

/** Run, evaluate and report in one. */
export async function test(
  options: Omit<RunOptions, "protocol" | "answers"> & {
    key?: string | undefined;
    onEvaluate?: EvaluateOptions["onProgress"];
  },
): Promise<{ run: RunDocument; results: Result[]; reports: string[] }> {
  const { key, onEvaluate, ...rest } = options;
  const document = await run(rest);
  const results = await evaluate({
    run: options.out,
    dataset: options.dataset,
    key,
    ...(onEvaluate ? { onProgress: onEvaluate } : {}),
  });
  const written = await report({ run: options.out });
  return { run: document, results, reports: written.map(({ folder }) => join(folder, "report.html")) };
}

/** Share of failed cases above the protocol's allowance. */
export function failedBeyondAllowance(document: RunDocument, protocol: EffectiveProtocol): string[] {
  return document.submissions
    .filter(({ failed, cases }) => isBeyondFailedCases(failed, cases, protocol.maxFailedCases))
    .map(({ id }) => id);
}
