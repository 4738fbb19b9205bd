/** Reads index.json: all of a test set that code which runs models may know. Holds no truth. */
import { caseIndex, type CaseIndex } from "../contract/case-index.js";
import { fail, MedassayError } from "../contract/errors.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readJson } from "../storage/documents.js";
import { partOf } from "./folder.js";

/** The case index and its hash (of the canonical JSON). @throws DATASET_NOT_CHECKED when there is none; DOCUMENT_* */
export async function readCaseIndex(folder: string): Promise<{ index: CaseIndex; indexHash: string }> {
  const file = partOf(folder, "index");
  try {
    const index = await readJson(file, caseIndex);
    return { index, indexHash: hashDocument(index) };
  } catch (error) {
    if (!(error instanceof MedassayError) || error.code !== "DOCUMENT_MISSING") throw error;
    fail("DATASET_NOT_CHECKED", `${file} does not exist`, { file, cause: error });
  }
}
