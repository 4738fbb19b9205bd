/** The self-test of an installation: the reference values that the package carries, and the log of a certification. */
import { z } from "zod";
import { id, instant, sha256 } from "./common.js";
import { defineDocument } from "./document.js";
import { reasons } from "./reasons.js";

/** What is expected of a quantity: a decimal number, or the reason why there is none. */
const expectation = z.union([
  z.strictObject({ value: z.string().regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/) }),
  z.strictObject({ reason: z.enum(reasons) }),
]);

export const certificationCase = z.strictObject({
  id,
  topic: z.string(),
  /** The function called: `stats.wilson`, or the name of a procedure. */
  function: z.string(),
  arguments: z.array(z.unknown()),
  /** Quantities by their path in the answer (`interval.low`); the empty path is the answer itself. */
  expected: z.record(z.string(), expectation),
  flags: z.array(z.string()).optional(),
  /** Significant digits that must agree. */
  digits: z.int().min(1).max(16),
  /** Where the expected values come from. */
  sources: z.array(z.string()).min(1),
});
export type CertificationCase = z.infer<typeof certificationCase>;

export const certificationCases = defineDocument("certification-cases", 1, { cases: z.array(certificationCase) });

const certifiedValue = z.strictObject({
  case: id,
  topic: z.string(),
  function: z.string(),
  quantity: z.string(),
  /** The expected number as a decimal text, or the expected reason. */
  reference: z.string(),
  /** What this machine answered: number, reason, or what went wrong. */
  answer: z.string(),
  /** Significant digits that agree (16: the same double); null where a reason is compared. */
  digits: z.number().nullable(),
  digitsNeeded: z.int(),
  passed: z.boolean(),
  sources: z.array(z.string()),
});
export type CertifiedValue = z.infer<typeof certifiedValue>;

/** Log of `medassay certify`. */
export const certification = defineDocument("certification", 1, {
  tool: z.strictObject({ name: z.string(), version: z.string() }),
  environment: z.strictObject({ node: z.string(), platform: z.string(), arch: z.string() }),
  at: instant,
  /** Hash of the reference values used. */
  casesHash: sha256,
  cases: z.int(),
  values: z.int(),
  passed: z.int(),
  /** Fewest digits that agree anywhere. */
  fewestDigits: z.number(),
  results: z.array(certifiedValue),
});
export type Certification = z.infer<typeof certification.type>;
