/** Puts DICOM series into a test set: slices in reading order under opaque names, faulty files too, so that the gates see them. */
import { join } from "node:path";
import { id } from "../../contract/common.js";
import type { SeriesDescription } from "../../imaging/dicom/series.js";
import { sha256 } from "../../storage/hashing.js";
import { copyInto } from "./importer.js";

/** Copies a series to images/<case>/; localizers are left out. Returns the number of files. */
export async function copySeries(series: SeriesDescription, folder: string, caseId: string): Promise<number> {
  const slices = series.slices.map(({ file }) => file);
  const inOrder = new Set(slices);
  // Slices that share a position or differ from the others are not among `slices`; the importer must not mend a set silently.
  const faulty = series.problems
    .filter(({ severity }) => severity === "error")
    .flatMap(({ files }) => files)
    .filter((file) => !inOrder.has(file));
  const target = (name: string) => join(folder, "images", caseId, `${name}.dcm`);
  for (const [index, file] of slices.entries()) await copyInto(file, target(String(index + 1).padStart(5, "0")));
  const others = [...new Set(faulty)].sort();
  for (const [index, file] of others.entries())
    await copyInto(file, target(`other-${String(index + 1).padStart(5, "0")}`));
  return slices.length + others.length;
}

/** A text as an id of the contract: unchanged where it is one, else with a hash so that two texts never become one id. */
export function asId(text: string | undefined): string | undefined {
  if (text === undefined || text === "" || id.safeParse(text).success) return text === "" ? undefined : text;
  const clean = text.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return `${clean.slice(0, 50) || "p"}-${sha256(text).slice(0, 8)}`;
}
