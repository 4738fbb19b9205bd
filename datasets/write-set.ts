/** Writes the documents of an embedded test set: card, case list, protocol, readings. */
import { join } from "node:path";
import { stringify } from "yaml";
import type { Reading } from "../src/contract/reading.js";
import { writeFileAtomic, writeJsonLines } from "../src/storage/atomic.js";

export interface SetDocuments {
  readonly card: unknown;
  readonly protocol: unknown;
  /** Rows of cases.csv, the header first. No cell holds a comma. */
  readonly cases: readonly (readonly (string | number)[])[];
  readonly readings: readonly Reading[];
}

export async function writeSetDocuments(
  folder: string,
  { card, protocol, cases, readings }: SetDocuments,
): Promise<void> {
  await writeFileAtomic(join(folder, "cases.csv"), cases.map((cells) => `${cells.join(",")}\n`).join(""));
  await writeFileAtomic(join(folder, "dataset.yaml"), stringify(card));
  await writeFileAtomic(join(folder, "protocol.yaml"), stringify(protocol));
  await writeJsonLines(join(folder, "truth", "readings.jsonl"), readings);
}
