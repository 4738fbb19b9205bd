/** predictions.jsonl: a line per case, in case order. No times, no host names. */
import { z } from "zod";
import { id } from "./common.js";
import { defineLine } from "./document.js";
import { events } from "./event.js";
import { attributeValue, finding, measured, type AttributeValue } from "./finding.js";

/** Why a case failed: a closed list, no free text of the model. */
export const failureCodes = [
  "MODEL_CRASHED",
  "MODEL_OUT_OF_MEMORY",
  "MODEL_TIMEOUT",
  "MODEL_RUNTIME_ERROR",
  "MODEL_OUTPUT_NOT_FINITE",
  "MODEL_OUTPUT_SHAPE",
  "MODEL_OUTPUT_MISSING",
  "MODEL_OUTPUT_TOO_LARGE",
  "PREPROCESS_FAILED",
  "POSTPROCESS_FAILED",
  "CASE_UNREADABLE",
  "CASE_ABSENT",
] as const;

export const prediction = defineLine("prediction", 1, {
  case: id,
  status: z.enum(["ok", "failed"]),
  findings: z.array(finding).max(100_000).default([]),
  scores: z.record(z.string().max(64), z.number()).default({}),
  labels: z.record(z.string().max(64), attributeValue).default({}),
  quantities: z.record(z.string().max(64), measured).default({}),
  events,
  error: z.strictObject({ code: z.enum(failureCodes), message: z.string().max(500) }).optional(),
});
export type Prediction = z.infer<typeof prediction.type>;
export type FailureCode = (typeof failureCodes)[number];

/** Which labels and scores answers made of them hold, and which values the labels may have. */
export interface AnswerLabels {
  readonly labels: readonly string[];
  readonly scores: readonly string[];
  /** Classes of a multi-label task: an answer should have each of them. */
  readonly classes: readonly string[];
  /** What is wrong with the value of a label, in words; null: nothing. */
  fault(label: string, value: AttributeValue): string | null;
}

/** What the answers of a task may and must hold. Tasks make it; what reads predictions is handed it, for it can't reach tasks. */
export interface AnswerRules {
  /** Null: answers are not made of labels and scores, and any are read. */
  readonly known: AnswerLabels | null;
  /** @throws PREDICTION_INVALID where answered cases hold no answer, or only some have a part of it */
  check(predictions: readonly Prediction[]): void;
}

/** timings.jsonl: how long a case took and what it needed. */
export const timing = defineLine("timing", 1, {
  case: id,
  readMs: z.number(),
  preprocessMs: z.number(),
  inferMs: z.number(),
  postprocessMs: z.number(),
  cpuMs: z.number(),
  peakMemoryMb: z.number(),
  attempts: z.int().positive(),
});
export type Timing = z.infer<typeof timing.type>;
