/** truth/readings.jsonl and truth/reference.jsonl: what readers said and what was made of it. */
import { z } from "zod";
import { id } from "./common.js";
import { defineLine } from "./document.js";
import { events } from "./event.js";
import { attributeValue, finding, measured } from "./finding.js";

const labels = z.record(z.string().max(64), attributeValue).default({});
const quantities = z.record(z.string().max(64), measured).default({});

/** A line per reader, round and case. A reader who marked nothing still has a line. */
export const reading = defineLine("reading", 1, {
  case: id,
  reader: id,
  /** 1, 2; an arbiter has round 0. */
  round: z.int().min(0).max(20),
  findings: z.array(finding).max(10000).default([]),
  labels,
  quantities,
  events,
  /** Ids of the marks in dispute that called the arbiter. */
  trigger: z.array(id).optional(),
  /** The order in which that reader saw the case. */
  sequence: z.int().nonnegative().optional(),
});
export type Reading = z.infer<typeof reading.type>;

/** A line per case: the reference standard. */
export const reference = defineLine("reference", 1, {
  case: id,
  findings: z.array(finding).max(10000).default([]),
  labels,
  quantities,
  events,
  /** Which readers and rule it came from. */
  basis: z.strictObject({
    rule: z.string(),
    readers: z.array(id).default([]),
    /** How many of the case's findings or labels the arbiter decided. */
    arbitrated: z.int().nonnegative().optional(),
  }),
});
export type Reference = z.infer<typeof reference.type>;
