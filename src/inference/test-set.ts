/** Opens a test set for inference: index, seal, whether the truth lies open. Truth itself is never read here. */
import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { CaseIndex } from "../contract/case-index.js";
import { fail } from "../contract/errors.js";
import type { EffectiveProtocol } from "../contract/protocol.js";
import { seal as sealDocument } from "../contract/seal.js";
import { readCaseIndex } from "../datasets/index-document.js";
import { hashDocument } from "../storage/canonical-json.js";
import { readJson } from "../storage/documents.js";
import { failStorage } from "../storage/errors.js";

export interface TestSet {
  /** Real absolute path. */
  readonly folder: string;
  readonly index: CaseIndex;
  readonly indexHash: string;
  /** The truth is not sealed, or lies open beside the seal. */
  readonly openTruth: boolean;
  readonly truthCommitment: string | null;
}

/**
 * @param options.openTruth whether a set whose truth lies open is allowed
 * @throws DATASET_NOT_CHECKED, DATASET_EMPTY, DATASET_GATE_FAILED, TRUTH_OPEN, SEAL_MISMATCH, DOCUMENT_*
 */
export async function openTestSet(
  dataset: string,
  options: { readonly openTruth: boolean; readonly protocol: EffectiveProtocol },
): Promise<TestSet> {
  const folder = await realpath(dataset).catch((error: unknown) => failStorage(error, dataset, true));
  const { index, indexHash } = await readCaseIndex(folder);
  const file = join(folder, "index.json");
  if (index.cases.length === 0) fail("DATASET_EMPTY", `${file} holds no case`, { file });
  const failedGate = index.gates.find(({ severity, waived }) => severity === "error" && waived === undefined);
  if (failedGate) fail("DATASET_GATE_FAILED", `${failedGate.code}: ${failedGate.message}`, { file });

  const hasOpenTruth = existsSync(join(folder, "truth"));
  if (hasOpenTruth && !options.openTruth) fail("TRUTH_OPEN", `${join(folder, "truth")} lies open`, { file: folder });
  const sealFile = join(folder, "seal.json");
  if (!existsSync(sealFile)) return { folder, index, indexHash, openTruth: true, truthCommitment: null };
  const seal = await readJson(sealFile, sealDocument);
  if (seal.indexHash !== indexHash) fail("SEAL_MISMATCH", `${file} is not the index that was sealed`, { file });
  if (seal.protocolHash !== hashDocument(options.protocol))
    fail("SEAL_MISMATCH", "the protocol is not the one that was frozen at sealing", { file: sealFile });
  return { folder, index, indexHash, openTruth: hasOpenTruth, truthCommitment: seal.truthCommitment };
}

/** Entries of the test set's folder that hold files of cases: all of it that a child may see. */
export function caseFolders(set: TestSet): string[] {
  const tops = new Set<string>();
  for (const { files } of set.index.cases) for (const { path } of files) tops.add(path.split("/", 1)[0] as string);
  // Where images lie beside the truth in one entry, nothing could tell them apart.
  if (tops.has("truth")) fail("PATH_UNSAFE", "a case names files under truth/", { file: set.folder });
  return [...tops].map((top) => join(set.folder, top));
}
