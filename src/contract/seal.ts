/** seal.json, releases.jsonl and openings.jsonl: what was locked, who opened it, which results left. */
import { z } from "zod";
import { id, instant, sha256 } from "./common.js";
import { defineDocument, defineLine } from "./document.js";
import { effectiveProtocol } from "./protocol.js";

export const seal = defineDocument("seal", 1, {
  dataset: z.strictObject({ id, version: z.string() }),
  indexHash: sha256,
  cardHash: sha256,
  protocol: effectiveProtocol.type,
  protocolHash: sha256,
  /** HMAC-SHA-256 of the canonical JSON {path: sha256} of all truth files under a random salt that is inside truth.age. */
  truthCommitment: sha256,
  recipients: z.array(z.string()).min(1),
  sealedAt: instant,
  tool: z.strictObject({ name: z.string(), version: z.string() }),
});
export type Seal = z.infer<typeof seal.type>;

/** A result that left the house. Hash-chained. */
export const release = defineLine("release", 1, {
  n: z.int().positive(),
  at: instant,
  dataset: z.string(),
  product: z.string(),
  version: z.string(),
  predictionsHash: sha256,
  resultHash: sha256,
  /** The same predictions keep their number. */
  attempt: z.int().positive(),
  /** Hash of the line before; null for the first. */
  previous: sha256.nullable(),
});
export type Release = z.infer<typeof release.type>;

/** An opening of the truth. Hash-chained. */
export const opening = defineLine("opening", 1, {
  n: z.int().positive(),
  at: instant,
  command: z.string(),
  reason: z.string(),
  run: z.string().nullable(),
  previous: sha256.nullable(),
});
export type Opening = z.infer<typeof opening.type>;
