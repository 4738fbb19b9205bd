/** submission.yaml: what a vendor hands in. */
import { z } from "zod";
import { bilingual, id, relativePath, sha256 } from "./common.js";
import { defineDocument } from "./document.js";

/** One declared pre- or postprocessing step; its parameters are judged by the operation's own schema. */
export const step = z.looseObject({ op: z.string().min(1).max(64) });
export type Step = z.infer<typeof step>;

const dimension = z.union([z.int().nonnegative(), z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,31}$/)]);

export const modelInput = z.strictObject({
  name: z.string().min(1).max(200),
  dtype: z.literal("float32"),
  /** Numbers, or names for dynamic axes. */
  shape: z.array(dimension).max(8),
  /** Meaning of the axes with anatomical direction, such as [n, c, "z(I->S)", "y(A->P)", "x(R->L)"]; pictures: [n, c, y, x]. */
  axes: z.array(z.string()).max(8),
  preprocess: z.array(step).max(32),
});
export type ModelInput = z.infer<typeof modelInput>;

export const modelOutput = z.strictObject({
  name: z.string().min(1).max(200),
  dtype: z.literal("float32"),
  shape: z.array(dimension).max(8),
  /** Higher scores mean more likely; other directions are not built yet. */
  scoreDirection: z.literal("higher").default("higher"),
});
export type ModelOutput = z.infer<typeof modelOutput>;

const product = z.strictObject({
  name: bilingual,
  model: z.string(),
  version: z.strictObject({
    /** Release version, X or X.Y. */
    release: z.string().min(1).max(32),
    /** Complete version, X.Y.Z.B. */
    complete: z.string().regex(/^\d+\.\d+\.\d+\.\d+$/, "a complete version X.Y.Z.B"),
  }),
  intendedUse: bilingual.optional(),
});

const common = {
  id,
  vendor: z.string().min(1),
  product,
  task: id,
  operatingPoint: z
    .strictObject({
      threshold: z.number().optional(),
      /** Thresholds of single classes (multi-label tasks), instead of the common one. */
      thresholds: z.record(z.string().max(64), z.number()).optional(),
    })
    .refine((point) => point.threshold !== undefined || point.thresholds !== undefined, "threshold or thresholds")
    .optional(),
  training: z
    .strictObject({
      summary: z.string(),
      fingerprints: z.array(sha256).optional(),
      /** The vendor's declaration that no case of the test set was used. */
      testDataUsed: z.boolean().optional(),
    })
    .optional(),
};

const tensorTest = z.strictObject({
  /** JSON files {name: {dims, data}} beside the manifest. */
  input: relativePath,
  output: relativePath,
  tolerance: z.number().nonnegative(),
});

export const onnxSubmission = defineDocument("submission", 1, {
  ...common,
  kind: z.literal("onnx"),
  model: z.strictObject({ file: relativePath, sha256 }),
  inputs: z.array(modelInput).length(1),
  outputs: z.array(modelOutput).min(1).max(16),
  postprocess: z.array(step).min(1).max(32),
  tests: z.array(tensorTest).max(8).default([]),
  resources: z
    .strictObject({
      memoryMb: z.number().positive().max(65_536).optional(),
      secondsPerCase: z.number().positive().optional(),
    })
    .optional(),
});
export type OnnxSubmission = z.infer<typeof onnxSubmission.type>;

/** Predictions made elsewhere, for `score`. */
export const predictionsSubmission = defineDocument("submission", 1, { ...common, kind: z.literal("predictions") });

export const submission = {
  schemaId: "medassay/submission/1",
  name: "submission",
  type: z.discriminatedUnion("kind", [onnxSubmission.type, predictionsSubmission.type]),
};
export type Submission = z.infer<typeof submission.type>;
