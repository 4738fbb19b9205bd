/** A child's reply about a case, judged, to the lines of predictions.jsonl and timings.jsonl. */
import { prediction, type FailureCode, type Prediction, type Timing } from "../contract/prediction.js";
import type { CaseTiming, ChildReply } from "./messages.js";

/** An entry of journal.jsonl. */
export interface CaseRecord {
  readonly case: string;
  readonly prediction: Prediction;
  readonly timing: Timing;
}

const noTiming: CaseTiming = { readMs: 0, preprocessMs: 0, inferMs: 0, postprocessMs: 0, cpuMs: 0, peakMemoryMb: 0 };

/** The record of a case that failed, with our own words only. */
export function failedRecord(
  id: string,
  code: FailureCode,
  message: string,
  attempts: number,
  timing: CaseTiming = noTiming,
): CaseRecord {
  const line: Prediction = {
    case: id,
    status: "failed",
    findings: [],
    scores: {},
    labels: {},
    quantities: {},
    error: { code, message: message.slice(0, 500) },
  };
  return { case: id, prediction: line, timing: timingOf(id, timing, attempts) };
}

/** The record of an answered case. An answer that breaks the contract is a failure of postprocessing. */
export function recordOf(
  id: string,
  reply: Extract<ChildReply, { type: "answer" | "failed" }>,
  attempts: number,
): CaseRecord {
  if (reply.type === "failed") return failedRecord(id, reply.code, reply.message, attempts, reply.timing);
  const { findings, scores, labels } = reply.answer;
  const parsed = prediction.type.safeParse({ case: id, status: "ok", findings, scores, labels, quantities: {} });
  if (!parsed.success)
    return failedRecord(id, "POSTPROCESS_FAILED", "the answer does not follow the contract", attempts, reply.timing);
  return { case: id, prediction: parsed.data, timing: timingOf(id, reply.timing, attempts) };
}

const hundredth = (value: number) => Math.round(value * 100) / 100;

function timingOf(id: string, timing: CaseTiming, attempts: number): Timing {
  return {
    case: id,
    readMs: hundredth(timing.readMs),
    preprocessMs: hundredth(timing.preprocessMs),
    inferMs: hundredth(timing.inferMs),
    postprocessMs: hundredth(timing.postprocessMs),
    cpuMs: hundredth(timing.cpuMs),
    peakMemoryMb: hundredth(timing.peakMemoryMb),
    attempts,
  };
}
