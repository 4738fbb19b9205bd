/** Defaults of the protocol that hold for every task unless its profile says otherwise. */
import type { EffectiveProtocol } from "../../contract/protocol.js";

export const commonDefaults = {
  compatibility: "none",
  match: {
    rule: "centre-in-lesion",
    comparator: "le",
    minRadiusMm: 0,
    assignment: "one-to-one",
    duplicates: "separate",
    excluded: "ignore",
    maxMarksPerCase: null,
    capTies: "keep",
  },
  exclude: {},
  operatingPoint: "submission",
  intervals: { level: 0.95, cluster: "patient", replicates: 2000, seed: 20260101 },
  acceptance: [],
  absentCases: "error",
  failedCases: "count-against",
  maxFailedCases: 0.05,
  blinding: "sealed",
  isolation: { atLeast: "L0" },
  deadlines: { createSeconds: 60, caseSeconds: 300 },
  attempts: { limit: null, per: "product" },
  requireComposition: false,
  disclosure: { minimumCell: 10 },
} as const satisfies Partial<EffectiveProtocol>;

export const ageBands = ["[0,18)", "[18,45)", "[45,65)", "[65,inf)"];
