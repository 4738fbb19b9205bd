/** dataset.yaml: the card of a test set. */
import { z } from "zod";
import { bilingual, id } from "./common.js";
import { defineDocument } from "./document.js";

export const adjudicationRule = z.strictObject({
  rule: z.enum(["two-readers-arbiter", "vote"]),
  /** Votes that a finding needs (`vote`). */
  atLeast: z.int().min(1).max(20).optional(),
  /** How marks of different readers are joined to one object. */
  pairing: z
    .strictObject({
      rule: z.enum(["centre-distance", "sum-of-radii-single-link"]),
      /** centre-distance: times the larger radius; sum-of-radii: times the sum of radii. */
      factor: z.number().positive().max(10).default(1),
      /** Least distance that still joins, mm. */
      minDistanceMm: z.number().nonnegative().max(50).default(0),
    })
    .optional(),
  size: z.literal("mean").default("mean"),
  label: z.literal("majority").default("majority"),
});
export type AdjudicationRule = z.infer<typeof adjudicationRule>;

export const datasetCard = defineDocument("dataset", 1, {
  id,
  version: z.string().min(1).max(64),
  title: bilingual,
  /** Id of a task profile. */
  task: id,
  modality: z.string().min(1).max(32),
  owner: z.string().min(1),
  licence: z.string().min(1),
  /** `synthetic` sets are marked so in every report; `public` results carry statement M9. */
  provenance: z.enum(["clinical", "public", "synthetic"]),
  sites: z
    .array(
      z.strictObject({
        id,
        name: z.string(),
        region: z.string().optional(),
        level: z.string().optional(),
        ethicsApproval: z.string().optional(),
      }),
    )
    .default([]),
  annotators: z
    .array(
      z.strictObject({
        id,
        role: z.enum(["reader", "arbiter"]),
        qualification: z.string().optional(),
        years: z.number().nonnegative().optional(),
        training: z.string().optional(),
      }),
    )
    .default([]),
  annotation: z.strictObject({
    /** Such as `two-readers-two-rounds-blind-with-arbiter`, `votes-of-n-readers`, `imported`. */
    design: z.string().min(1),
    adjudication: adjudicationRule.optional(),
    note: z.string().optional(),
  }),
  collection: z
    .strictObject({
      period: z.string().optional(),
      inclusion: z.string().optional(),
      exclusion: z.string().optional(),
      deidentification: z.string().optional(),
    })
    .default({}),
  intendedUse: z.string().optional(),
  citation: z.string().optional(),
  /** Gate errors that the owner accepts; printed in the report. */
  waivers: z
    .array(z.strictObject({ code: z.string(), cases: z.array(id).optional(), reason: z.string().min(1) }))
    .default([]),
});
export type DatasetCard = z.infer<typeof datasetCard.type>;
