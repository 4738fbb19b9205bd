/** What the FROC functions of other tools start from: scores of lesions and of false positives, and the number of cases. */
import type { MatchedCase } from "../matching.js";

export interface FrocCounts {
  /** Score at which each lesion is found; -Infinity: missed. */
  readonly lesions: readonly number[];
  readonly falsePositives: readonly number[];
  readonly cases: number;
}

/** From matched cases. */
export function frocCounts(matched: readonly MatchedCase[]): FrocCounts {
  return {
    lesions: matched.flatMap(({ lesions }) => lesions.map(({ score }) => score ?? -Infinity)),
    falsePositives: matched.flatMap(({ marks }) =>
      marks.filter(({ kind }) => kind === "false-positive").map(({ score }) => score),
    ),
    cases: matched.length,
  };
}
