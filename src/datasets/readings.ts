/** Readings of a case in order: each reader's final word, earlier rounds, the arbiter's line. */
import type { DatasetCard } from "../contract/dataset-card.js";
import type { Reading } from "../contract/reading.js";

export interface CaseReadings {
  readonly case: string;
  /** The last round of each reader, by reader id. */
  readonly final: readonly Reading[];
  readonly arbiter: Reading | undefined;
}

/** Readings by case; an arbiter is who the card calls so, or who reads in round 0. */
export function readingsByCase(readings: readonly Reading[], card: DatasetCard): Map<string, CaseReadings> {
  const arbiters = new Set(card.annotators.filter(({ role }) => role === "arbiter").map(({ id }) => id));
  const byCase = new Map<string, Reading[]>();
  for (const line of readings) {
    const lines = byCase.get(line.case);
    if (lines) lines.push(line);
    else byCase.set(line.case, [line]);
  }
  return new Map(
    [...byCase].map(([id, lines]) => {
      const final = new Map<string, Reading>();
      let arbiter: Reading | undefined;
      for (const line of lines) {
        if (line.round === 0 || arbiters.has(line.reader)) arbiter = line;
        else if (line.round > (final.get(line.reader)?.round ?? 0)) final.set(line.reader, line);
      }
      const sorted = [...final.values()].sort((a, b) => (a.reader < b.reader ? -1 : 1));
      return [id, { case: id, final: sorted, arbiter }];
    }),
  );
}
