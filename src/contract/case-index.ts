/** index.json: the cases of a test set, their files, attributes, geometry, and what the gates found. Holds no truth. */
import { z } from "zod";
import { id, relativePath, sha256 } from "./common.js";
import { defineDocument } from "./document.js";
import { attributeValue } from "./finding.js";

export const attribute = z.strictObject({
  value: attributeValue,
  origin: z.enum(["header", "declared", "computed", "assumed"]),
});
export type Attribute = z.infer<typeof attribute>;

const triple = z.tuple([z.number(), z.number(), z.number()]);

/** Volume geometry in the order [column, row, slice]; direction row-major, its columns are the axes; origin LPS mm. */
export const volumeGeometry = z.strictObject({
  shape: z.tuple([z.int().positive(), z.int().positive(), z.int().positive()]),
  spacing: triple,
  direction: z.array(z.number()).length(9),
  origin: triple,
});
export type VolumeGeometry = z.infer<typeof volumeGeometry>;

export const gateFinding = z.strictObject({
  code: z.string(),
  severity: z.enum(["error", "warning", "info"]),
  cases: z.array(id).default([]),
  files: z.array(z.string()).default([]),
  /** What was found. */
  message: z.string(),
  /** What to do. */
  remedy: z.string(),
  /** The owner's reason, where the card waives it. */
  waived: z.string().optional(),
});
export type GateFinding = z.infer<typeof gateFinding>;

export const indexedCase = z.strictObject({
  id,
  patient: id,
  site: id,
  /** What the image is; `none`: a set for `score` that carries no images. */
  kind: z.enum(["volume", "image", "none"]),
  /** In reading order (volumes: ascending along the slice axis). */
  files: z.array(z.strictObject({ path: relativePath, bytes: z.int().nonnegative(), sha256 })),
  attributes: z.record(z.string(), attribute),
  geometry: volumeGeometry.optional(),
  /** Photographs: [width, height] in pixels after EXIF orientation. */
  size: z.tuple([z.int().positive(), z.int().positive()]).optional(),
  /** SHA-256 of the decoded pixels (photographs), or of the stored pixel data of all slices in order (volumes): the same under other headers and names. */
  pixelHash: sha256.optional(),
  issues: z.array(z.string()).default([]),
});
export type IndexedCase = z.infer<typeof indexedCase>;

export const caseIndex = defineDocument("index", 1, {
  dataset: z.strictObject({ id, version: z.string(), cardHash: sha256 }),
  task: id,
  cases: z.array(indexedCase).max(1_000_000),
  gates: z.array(gateFinding),
  /** Declared attribute tables: rows that joined, cases without a row, rows without a case. */
  joins: z
    .array(z.strictObject({ table: z.string(), joined: z.int(), notRecorded: z.int(), unused: z.int() }))
    .default([]),
  tool: z.strictObject({ name: z.string(), version: z.string() }),
});
export type CaseIndex = z.infer<typeof caseIndex.type>;
