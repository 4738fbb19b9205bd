/** Findings: what readers mark, what the reference standard holds, what products answer. */
import { z } from "zod";
import { id } from "./common.js";

const vector = z.array(z.number()).min(2).max(3);

/** Where a finding is. Volumes: LPS millimetres; photographs: pixels (x right, y down, centre of the first pixel = 0,0). */
export const geometry = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("point"), at: vector }),
  z.strictObject({ type: z.literal("sphere"), center: vector, diameterMm: z.number().positive() }),
  z.strictObject({ type: z.literal("box"), min: vector, max: vector }),
  /**
   * Run lengths on the case's own grid of [z, y, x] or [y, x], last axis fastest: background first (0 where the first voxel
   * is foreground), then by turns. Spacing in mm in the order of the axes; absent: lengths are in voxels.
   */
  z.strictObject({
    type: z.literal("mask"),
    shape: z.array(z.int().positive()).min(2).max(3),
    spacing: z.array(z.number().positive()).min(2).max(3).optional(),
    runs: z.array(z.int().nonnegative()).min(1).max(10_000_000),
  }),
  z.strictObject({ type: z.literal("case") }),
]);
export type Geometry = z.infer<typeof geometry>;

export const attributeValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type AttributeValue = z.infer<typeof attributeValue>;

export const finding = z.strictObject({
  id,
  geometry,
  label: z.string().max(64).optional(),
  /** Likelihood given by a product; readers and references have none. */
  score: z.number().optional(),
  /** `diameterMm`, `type`, `diameterRecorded`, ratings ... */
  attributes: z.record(z.string().max(64), attributeValue).optional(),
  /** Neither hit nor miss; a candidate on it is ignored. */
  excluded: z.boolean().optional(),
});
export type Finding = z.infer<typeof finding>;
