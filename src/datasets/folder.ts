/** Where the parts of a test set's folder are. */
import { join } from "node:path";

export const names = {
  card: "dataset.yaml",
  cases: "cases.csv",
  attributes: "attributes",
  images: "images",
  truth: "truth",
  reference: "truth/reference.jsonl",
  readings: "truth/readings.jsonl",
  sealedTruth: "truth.age",
  seal: "seal.json",
  index: "index.json",
  protocol: "protocol.yaml",
  releases: "releases.jsonl",
  openings: "openings.jsonl",
} as const;

/** Absolute or relative path of a part of a test set. */
export function partOf(folder: string, part: keyof typeof names): string {
  return join(folder, names[part]);
}
