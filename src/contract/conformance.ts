/** The cases of docs/conformance: small inputs worked by hand that any tool can run. The README there says what the keys mean. */
import { z } from "zod";
import { id } from "./common.js";
import { defineDocument } from "./document.js";

/** JSON has no NaN and no infinity: they stand as text, and must be refused. */
const number = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
const finding = z.strictObject({ case: z.int(), at: z.array(number).length(3), diameter: z.number() });
const mark = z.strictObject({ case: z.int(), at: z.array(number).length(3), score: number });
const box = z.array(z.number()).length(4);

const detectionInput = z.strictObject({
  /** Cases are numbered from 0; one without rows is a normal case. */
  cases: z.int().nonnegative().max(10_000),
  lesions: z.array(z.union([finding, z.strictObject({ case: z.int(), box })])).max(10_000),
  excluded: z.array(z.union([finding, z.strictObject({ case: z.int(), box })])).max(10_000),
  marks: z.array(z.union([mark, z.strictObject({ case: z.int(), box, score: number })])).max(10_000),
  rule: z.strictObject({
    hit: z.enum(["centre-distance", "iou"]),
    leastRadius: z.number(),
    leastIou: z.number().optional(),
    border: z.enum(["hit", "miss"]),
    assignment: z.enum(["one-to-one", "hit-rule", "coco"]),
    duplicates: z.enum(["apart", "false-positive"]),
  }),
  limits: z.array(z.number()).max(100),
});
export type ConformanceDetection = z.infer<typeof detectionInput>;

const inputs = {
  detection: detectionInput,
  roc: z.strictObject({ labels: z.array(z.int()).max(10_000), scores: z.array(z.number()).max(10_000) }),
  agreement: z.strictObject({
    table: z.array(z.array(z.int()).max(100)).max(100),
    weights: z.enum(["none", "quadratic"]),
  }),
  segmentation: z.strictObject({
    shape: z.array(z.int().positive()).min(2).max(3),
    spacing: z.array(z.number().positive()).min(2).max(3),
    reference: z.array(z.int().min(0).max(1)).max(100_000),
    prediction: z.array(z.int().min(0).max(1)).max(100_000),
    tolerance: z.number().optional(),
  }),
};

const rest = {
  id,
  /** What the case is about, in one sentence. */
  about: z.string(),
  /** The working, in words. */
  words: z.string(),
  /** A value, a list of values, or several values by the number that they belong to; `{reason}`: there is none. */
  expected: z.record(z.string(), z.unknown()),
  source: z.string(),
  /** What other tools answer, by tool and version, and why. */
  peers: z.record(z.string(), z.record(z.string(), z.unknown())),
};

export const conformanceCase = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("detection"), input: inputs.detection, ...rest }),
  z.strictObject({ kind: z.literal("roc"), input: inputs.roc, ...rest }),
  z.strictObject({ kind: z.literal("agreement"), input: inputs.agreement, ...rest }),
  z.strictObject({ kind: z.literal("segmentation"), input: inputs.segmentation, ...rest }),
]);
export type ConformanceCase = z.infer<typeof conformanceCase>;

export const conformance = defineDocument("conformance", 1, {
  kind: z.enum(["detection", "roc", "agreement", "segmentation"]),
  cases: z.array(conformanceCase),
});
