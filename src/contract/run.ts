/** run.json: what ran on what. */
import { z } from "zod";
import { bilingual, id, instant, sha256 } from "./common.js";
import { defineDocument } from "./document.js";
import { failureCodes } from "./prediction.js";
import { effectiveProtocol } from "./protocol.js";
import { submission } from "./submission.js";

export const isolationLevels = ["L0", "L1", "L2", "L3"] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

const hashes = z.strictObject({
  /** Graph without weights, see docs. */
  graph: sha256,
  preprocess: sha256,
  postprocess: sha256,
  threshold: sha256,
});

/** What admission measured of a model file. */
export const modelFacts = z.strictObject({
  bytes: z.int().nonnegative(),
  sha256,
  irVersion: z.int(),
  opsets: z.record(z.string(), z.int()),
  producer: z.string(),
  nodes: z.int(),
  initializers: z.int(),
  operators: z.record(z.string(), z.int()),
  inputs: z.array(
    z.strictObject({ name: z.string(), dtype: z.string(), shape: z.array(z.union([z.int(), z.string()])) }),
  ),
  outputs: z.array(
    z.strictObject({ name: z.string(), dtype: z.string(), shape: z.array(z.union([z.int(), z.string()])) }),
  ),
});
export type ModelFacts = z.infer<typeof modelFacts>;

export const submissionRun = z.strictObject({
  id,
  /** The manifest, whole. */
  manifest: submission.type,
  manifestHash: sha256,
  /** Absent for `score`. */
  model: modelFacts.optional(),
  hashes: hashes.optional(),
  status: z.enum(["running", "complete"]),
  cases: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  failures: z.partialRecord(z.enum(failureCodes), z.int()),
  predictionsHash: sha256.nullable(),
  /** Cases re-run in a fresh child in another order with equal bytes. */
  repeat: z.strictObject({ cases: z.int(), equal: z.int() }).nullable(),
  /** Rows that `score` dropped, coordinates checked, and the like. */
  notes: z.array(z.union([bilingual, z.string()])).default([]),
});
export type SubmissionRun = z.infer<typeof submissionRun>;

export const runDocument = defineDocument("run", 1, {
  dataset: z.strictObject({
    id,
    version: z.string(),
    /** Folder relative to the run folder, for convenience. */ path: z.string(),
  }),
  cardHash: sha256,
  indexHash: sha256,
  protocol: effectiveProtocol.type,
  protocolHash: sha256,
  openTruth: z.boolean(),
  truthCommitment: sha256.nullable(),
  kind: z.enum(["inference", "score"]),
  submissions: z.array(submissionRun),
  isolation: z
    .strictObject({
      level: z.enum(isolationLevels),
      /** What the probe child found. */
      probes: z.record(z.string(), z.boolean()),
      method: z.string(),
    })
    .nullable(),
  concurrency: z.strictObject({ processes: z.int(), threadsPerProcess: z.int() }).nullable(),
  environment: z.strictObject({
    node: z.string(),
    onnxruntime: z.string().nullable(),
    provider: z.string().nullable(),
    platform: z.string(),
    arch: z.string(),
    cpu: z.string(),
    cores: z.int(),
    memoryMb: z.number(),
  }),
  startedAt: instant,
  endedAt: instant.nullable(),
  /** When the last inference process had ended; the truth key is read after this. */
  lastProcessEndedAt: instant.nullable(),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
});
export type RunDocument = z.infer<typeof runDocument.type>;
