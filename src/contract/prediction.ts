/** predictions.jsonl: a line per case, in case order. No times, no host names. */
import { z } from "zod";
import { id } from "./common.js";
import { defineLine } from "./document.js";
import { events } from "./event.js";
import { attributeValue, finding, measured } from "./finding.js";

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
