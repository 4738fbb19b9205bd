/** report.yaml: what people add to a report: kind, body, client, number, signatories. */
import { z } from "zod";
import { bilingual } from "./common.js";
import { defineDocument } from "./document.js";

export const reportKinds = ["presubmission", "commissioned", "benchmark", "regression"] as const;

export const reportConfig = defineDocument("report", 1, {
  kind: z.enum(reportKinds).default("presubmission"),
  number: z.string().max(64).optional(),
  replaces: z.string().max(64).optional(),
  /** Date of issue, YYYY-MM-DD. */
  date: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d$/)
    .optional(),
  body: bilingual.optional(),
  place: bilingual.optional(),
  client: z.strictObject({ name: z.string(), address: z.string().optional() }).optional(),
  itemNumber: z.string().optional(),
  received: z.string().optional(),
  objectionDays: z.int().positive().default(15),
  signatories: z
    .strictObject({ prepared: z.string().optional(), reviewed: z.string().optional(), approved: z.string().optional() })
    .default({}),
  deviations: z.array(z.string()).default([]),
  remarks: z.array(z.string()).default([]),
});
export type ReportConfig = z.infer<typeof reportConfig.type>;
