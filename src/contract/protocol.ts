/** protocol.yaml: what is measured, decided before the run. All but `task` has a default from the task profile. */
import { z } from "zod";
import { bilingual, id } from "./common.js";
import { defineDocument } from "./document.js";

/** Interval strings such as `[1,2]`, `(2,5)`, `>=5` written with brackets: `[5,inf)`. */
export const binText = z
  .string()
  .regex(/^[[(](-inf|-?\d+(\.\d+)?),(inf|-?\d+(\.\d+)?)[\])]$/, "an interval such as [1,2], (2,5) or [5,inf)");

/** Ends of a bin; `inf` and `-inf` are unbounded. */
interface BinEnds {
  readonly low: number;
  readonly high: number;
  readonly closedLow: boolean;
  readonly closedHigh: boolean;
}

/** `[1,2)`: half-open as written. */
export function binEnds(text: string): BinEnds {
  const [low, high] = text.slice(1, -1).replaceAll("inf", "Infinity").split(",").map(Number) as [number, number];
  return { low, high, closedLow: text.startsWith("["), closedHigh: text.endsWith("]") };
}

/** The values that two bins both hold; a bin with itself: its values. */
function commonEnds(a: BinEnds, b: BinEnds): BinEnds {
  const [low, high] = [Math.max(a.low, b.low), Math.min(a.high, b.high)];
  return {
    low,
    high,
    closedLow: (a.low < low || a.closedLow) && (b.low < low || b.closedLow),
    closedHigh: (a.high > high || a.closedHigh) && (b.high > high || b.closedHigh),
  };
}

function isEmptyBin({ low, high, closedLow, closedHigh }: BinEnds): boolean {
  return low > high || (low === high && !(closedLow && closedHigh));
}

/** What is wrong with the bins of an axis; null: each holds values, and no value stands in two. */
function binFault(bins: readonly string[]): string | null {
  const ends = bins.map(binEnds);
  const empty = ends.findIndex(isEmptyBin);
  if (empty >= 0) return `the bin ${bins[empty]} holds no value`;
  for (const [at, own] of ends.entries()) {
    const other = ends.findIndex((before, place) => place < at && !isEmptyBin(commonEnds(before, own)));
    if (other >= 0) return `the bins ${bins[other]} and ${bins[at]} share values: each value stands in one bin`;
  }
  return null;
}

const binList = z
  .array(binText)
  .min(1)
  .max(50)
  .superRefine((bins, context) => {
    const message = binFault(bins);
    if (message !== null) context.addIssue({ code: "custom", message });
  });

const stratumAxis = z.union([
  z.string().min(1),
  z.strictObject({
    attribute: z.string().min(1),
    bins: binList.optional(),
    /** Names of the bins, same order. */
    names: z.array(bilingual).optional(),
  }),
]);
export const stratumDefinition = z.union([stratumAxis, z.strictObject({ cross: z.array(stratumAxis).length(2) })]);
export type StratumAxis = z.infer<typeof stratumAxis>;
export type StratumDefinition = z.infer<typeof stratumDefinition>;

const attributeOf = (axis: StratumAxis): string => (typeof axis === "string" ? axis : axis.attribute);

/** How an axis or crossing splits the set, whatever its bins are called and in whichever order they and its axes stand. */
function splitOf(definition: StratumDefinition): string {
  if (typeof definition === "object" && "cross" in definition)
    return JSON.stringify(definition.cross.map(splitOf).sort());
  const bins = typeof definition === "object" ? definition.bins : undefined;
  const ends = bins?.map((bin) => Object.values(binEnds(bin)).join(" ")).sort();
  return JSON.stringify([attributeOf(definition), ends ?? null]);
}

/** Strata of a protocol: no split twice, which would count the same patients twice, and no attribute crossed with itself. */
const strata = z.array(stratumDefinition).superRefine((definitions, context) => {
  const splits = definitions.map(splitOf);
  for (const [at, definition] of definitions.entries()) {
    if (typeof definition === "object" && "cross" in definition) {
      const [first, second] = definition.cross.map(attributeOf);
      if (first === second)
        context.addIssue({ code: "custom", path: [at], message: `${first} can't be crossed with itself` });
    }
    const before = splits.indexOf(splits[at] as string);
    if (before < at)
      context.addIssue({
        code: "custom",
        path: [at],
        message: `strata ${before + 1} and ${at + 1} split the set alike: the same patients would count twice`,
      });
  }
});

export const match = z.strictObject({
  rule: z.enum(["centre-in-lesion", "centre-distance", "overlap"]),
  /** `le`: on the border is a hit. */
  comparator: z.enum(["lt", "le"]),
  /** Floor of the hit radius, mm. */
  minRadiusMm: z.number().nonnegative().max(100),
  /** Least overlap: intersection over union, or Dice = 2 IoU / (1 + IoU). */
  overlap: z.strictObject({ measure: z.enum(["iou", "dice"]), atLeast: z.number().gt(0).max(1) }).optional(),
  /** `coco`: in falling score each mark takes the best lesion that is free, if it hits one. */
  assignment: z.enum(["one-to-one", "hit-rule", "coco"]),
  duplicates: z.enum(["separate", "false-positive"]),
  excluded: z.enum(["ignore", "false-positive"]),
  maxMarksPerCase: z.int().positive().nullable(),
  /** Marks that tie with the first mark beyond the cap; `first`: as many as the cap says, in row order. */
  capTies: z.enum(["keep", "drop", "first"]),
});
export type MatchRule = z.infer<typeof match>;

/** How masks are compared. */
const segmentation = z.strictObject({
  /** Border voxels by faces, or surface elements weighted by their area. */
  surface: z.enum(["border-voxel", "surfel-area"]),
  /** `open`: where the edge of the image cuts a mask there is no surface. */
  edge: z.enum(["background", "open"]),
  /** Agreement of two empty masks: none (counted apart), or 1. */
  bothEmpty: z.union([z.null(), z.literal(1)]),
  /** Neighbours that join voxels to a lesion; null: 26, in two dimensions 8. */
  connectivity: z.union([z.null(), z.literal(4), z.literal(8), z.literal(6), z.literal(18), z.literal(26)]),
  /** Least intersection over union of a lesion and its counterpart. */
  leastIou: z.number().gt(0).max(1),
  /** Lesions and predicted components below this volume (mm³, in two dimensions mm²) are dropped. */
  leastVolume: z.number().nonnegative(),
});
export type SegmentationRule = z.infer<typeof segmentation>;

const operatingPoint = z.union([
  z.literal("submission"),
  z.literal("none"),
  z.strictObject({ threshold: z.number() }),
  z.strictObject({ falsePositivesPerCase: z.number().positive() }),
]);

export const acceptanceCriterion = z
  .strictObject({
    id: id.optional(),
    metric: z.string(),
    /** Stratum values; absent: overall. */
    stratum: z.record(z.string(), z.string()).optional(),
    compare: z.enum(["estimate", "lower", "upper"]),
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
    clause: z.string().optional(),
  })
  .refine((c) => (c.atLeast === undefined) !== (c.atMost === undefined), "exactly one of atLeast and atMost");
export type AcceptanceCriterion = z.infer<typeof acceptanceCriterion>;

const fields = {
  id,
  version: z.string().min(1).max(64),
  task: id,
  title: bilingual.optional(),
  /** A named set of rules of a published scoring script; replaces `match`. */
  compatibility: z.enum(["none", "luna16", "coco"]),
  match,
  /** Tasks whose answers are masks. */
  segmentation: segmentation.optional(),
  /** Findings that are neither hit nor miss. Sizes in mm, `belowMm` ≤ `aboveMm`. */
  exclude: z
    .strictObject({ belowMm: z.number().nonnegative().optional(), aboveMm: z.number().positive().optional() })
    .refine(
      ({ belowMm = 0, aboveMm = Infinity }) => belowMm <= aboveMm,
      "belowMm above aboveMm would leave out every finding",
    ),
  operatingPoint,
  metrics: z.array(z.string()).min(1),
  primary: z.string(),
  /** No value in two bins of a list, no definition twice. */
  strata,
  intervals: z.strictObject({
    level: z.number().gt(0.5).lt(1),
    cluster: z.enum(["patient", "case"]),
    replicates: z.int().min(100).max(100_000),
    seed: z.int().nonnegative(),
  }),
  acceptance: z.array(acceptanceCriterion),
  comparison: z.strictObject({
    metrics: z.array(z.string()).min(1),
    /** Largest loss still non-inferior: one number for all metrics (absolute), or per metric. */
    margin: z.union([z.number().nonnegative(), z.record(z.string(), z.number().nonnegative())]),
    alpha: z.number().gt(0).lt(0.5),
    multiplicity: z.enum(["primary-only", "holm"]),
  }),
  absentCases: z.enum(["error", "no-findings"]),
  failedCases: z.enum(["count-against", "exclude"]),
  /** Largest share of failed cases. */
  maxFailedCases: z.number().min(0).max(1),
  blinding: z.enum(["sealed", "open"]),
  isolation: z.strictObject({ atLeast: z.enum(["L0", "L1", "L2", "L3"]) }),
  deadlines: z.strictObject({
    createSeconds: z.number().positive().max(3600),
    caseSeconds: z.number().positive().max(36_000),
  }),
  attempts: z.strictObject({ limit: z.int().positive().nullable(), per: z.literal("product") }),
  requireComposition: z.boolean(),
  disclosure: z.strictObject({ minimumCell: z.int().nonnegative() }),
};

/** The protocol with all defaults filled in: what is hashed, frozen in seal.json and printed. */
export const effectiveProtocol = defineDocument("effective-protocol", 1, fields);
export type EffectiveProtocol = z.infer<typeof effectiveProtocol.type>;

/** Whether more cases failed than the protocol's `maxFailedCases` allows; a share equal to it is allowed. */
export function isBeyondFailedCases(failed: number, cases: number, allowed: number): boolean {
  return cases > 0 && failed / cases > allowed;
}

/** protocol.yaml as people write it. */
export const protocol = defineDocument("protocol", 1, {
  id: fields.id.optional(),
  version: fields.version.optional(),
  task: fields.task,
  title: fields.title,
  compatibility: fields.compatibility.optional(),
  match: match.partial().optional(),
  segmentation: segmentation.partial().optional(),
  exclude: fields.exclude.optional(),
  operatingPoint: operatingPoint.optional(),
  metrics: fields.metrics.optional(),
  primary: fields.primary.optional(),
  strata: fields.strata.optional(),
  intervals: fields.intervals.partial().optional(),
  acceptance: fields.acceptance.optional(),
  comparison: fields.comparison.partial().optional(),
  absentCases: fields.absentCases.optional(),
  failedCases: fields.failedCases.optional(),
  maxFailedCases: fields.maxFailedCases.optional(),
  blinding: fields.blinding.optional(),
  isolation: fields.isolation.optional(),
  deadlines: fields.deadlines.partial().optional(),
  attempts: fields.attempts.partial().optional(),
  requireComposition: fields.requireComposition.optional(),
  disclosure: fields.disclosure.optional(),
});
export type Protocol = z.infer<typeof protocol.type>;
