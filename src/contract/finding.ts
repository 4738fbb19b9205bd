/** Findings: what readers mark, what the reference standard holds, what products answer. */
import { z } from "zod";
import { id } from "./common.js";

const vector = z.array(z.number()).min(2).max(3);

/** Adds an issue at a member of an object. */
type Report = (member: string, message: string) => void;

/** A shape whose members must fit together: what does not is named with its place. */
const fitting = <T extends z.ZodType>(shape: T, examine: (value: z.output<T>, report: Report) => void) =>
  shape.superRefine((value, context) => {
    examine(value, (member, message) => context.addIssue({ code: "custom", path: [member], message }));
  });

const box = fitting(z.strictObject({ type: z.literal("box"), min: vector, max: vector }), ({ min, max }, report) => {
  if (max.length !== min.length) report("max", `${max.length} coordinates, min has ${min.length}`);
  else if (min.some((low, axis) => low > (max[axis] as number))) report("max", "below min along an axis");
});

/**
 * Run lengths on the case's own grid of [z, y, x] or [y, x], last axis fastest: background first (0 where the first voxel
 * is foreground), then by turns; together they fill the grid. Spacing in mm in the order of the axes; absent: lengths are
 * in voxels.
 */
const mask = fitting(
  z.strictObject({
    type: z.literal("mask"),
    shape: z.array(z.int().positive()).min(2).max(3),
    spacing: z.array(z.number().positive()).min(2).max(3).optional(),
    runs: z.array(z.int().nonnegative()).min(1).max(10_000_000),
  }),
  ({ shape, spacing, runs }, report) => {
    if (spacing && spacing.length !== shape.length)
      report("spacing", `${spacing.length} axes, shape has ${shape.length}`);
    const voxels = shape.reduce((product, length) => product * length, 1);
    const filled = runs.reduce((sum, length) => sum + length, 0);
    if (filled !== voxels) report("runs", `cover ${filled} voxels, the grid has ${voxels}`);
  },
);

/** Where a finding is. Volumes: LPS millimetres; photographs: pixels (x right, y down, centre of the first pixel = 0,0). */
export const geometry = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("point"), at: vector }),
  z.strictObject({ type: z.literal("sphere"), center: vector, diameterMm: z.number().positive() }),
  box,
  mask,
  z.strictObject({ type: z.literal("case") }),
]);
export type Geometry = z.infer<typeof geometry>;

/** A measured quantity; beyond 1e75 squares of sums leave the range of numbers. */
export const measured = z.number().min(-1e75).max(1e75);

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
