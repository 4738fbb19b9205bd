/**
 * Locks the truth of a test set, and opens it again for its owner. The order of steps keeps the truth whole at every
 * moment: truth.age and seal.json stand on disk before truth/ goes, and truth/ is renamed before it is removed.
 */
import { randomBytes } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fail } from "../contract/errors.js";
import { seal as sealDocument, type Seal } from "../contract/seal.js";
import { tool } from "../contract/tool.js";
import { writeJson } from "../storage/atomic.js";
import { readJson } from "../storage/documents.js";
import { writeEncryptedArchive } from "../storage/encrypted-archive.js";
import { failStorage } from "../storage/errors.js";
import { readCard } from "./card.js";
import { partOf } from "./folder.js";
import { readCaseIndex } from "./index-document.js";
import { effectiveProtocolOf } from "./protocol.js";
import { commitmentOf, decryptTruth, hashesOf, judgeTruth, listTruthFiles, readTruthFile, saltName } from "./truth.js";
import { archiveFolder, removedTruth, truthState } from "./truth-state.js";
import { stat } from "node:fs/promises";

export type SealStep = "checked" | "encrypted" | "committed" | "renamed" | "removed";

/**
 * Seals a checked test set. Plain truth in the folder is what gets sealed, also beside an older seal; a call that was
 * interrupted is finished by calling again.
 * @param options.recipients age public keys, one or more
 * @throws DATASET_NOT_CHECKED, DATASET_GATE_FAILED, TRUTH_MISSING, TRUTH_INVALID, USAGE, STORAGE_*
 */
export async function seal(
  folder: string,
  options: { recipients: readonly string[]; onProgress?: (step: SealStep) => void },
): Promise<Seal> {
  const step = options.onProgress ?? (() => {});
  const sealFile = partOf(folder, "seal");
  const truth = partOf(folder, "truth");
  if ((await truthState(folder)) === "missing") fail("TRUTH_MISSING", `${folder} holds no truth to seal`);
  if (!(await exists(truth))) {
    await removeTruth(folder);
    return readJson(sealFile, sealDocument);
  }
  const { card, cardHash } = await readCard(folder);
  const { index, indexHash } = await readCaseIndex(folder);
  if (index.dataset.cardHash !== cardHash)
    fail("DATASET_NOT_CHECKED", "dataset.yaml was changed after the last check", { file: partOf(folder, "card") });
  const open = index.gates.filter(({ severity, waived }) => severity === "error" && waived === undefined);
  if (open.length > 0)
    fail("DATASET_GATE_FAILED", `${open.length} gate errors stand: ${open[0]?.message}`, {
      file: partOf(folder, "index"),
    });
  const { protocol, protocolHash } = await effectiveProtocolOf(folder);

  const paths = await listTruthFiles(folder);
  const files = new Map<string, Buffer>();
  for (const path of paths) files.set(path, await readTruthFile(folder, path));
  judgeTruth(files, new Set(index.cases.map(({ id }) => id)));
  const salt = randomBytes(32);
  const document: Seal = {
    schema: "medassay/seal/1",
    dataset: { id: card.id, version: card.version },
    indexHash,
    cardHash,
    protocol,
    protocolHash,
    truthCommitment: commitmentOf(hashesOf(files), salt),
    recipients: [...options.recipients],
    sealedAt: new Date().toISOString(),
    tool,
  };
  step("checked");
  const entries = [...files, [saltName, salt] as const].map(([path, content]) => ({
    path: `${archiveFolder}${path}`,
    content: () => Promise.resolve(content),
  }));
  await writeEncryptedArchive(partOf(folder, "sealedTruth"), entries, options.recipients);
  step("encrypted");
  await writeJson(sealFile, document);
  step("committed");
  await removeLeftover(folder);
  await rename(truth, join(folder, removedTruth)).catch((error: unknown) => failStorage(error, truth));
  step("renamed");
  await removeTruth(folder);
  step("removed");
  return document;
}

/**
 * Opens sealed truth for its owner: logged, decrypted, checked, and put back as truth/, which then lies open.
 * @throws as openTruth
 */
export async function open(folder: string, options: { key: string; reason: string }): Promise<{ files: number }> {
  if ((await truthState(folder)) !== "sealed") fail("TRUTH_OPEN", `the truth of ${folder} is not sealed`);
  const { files } = await decryptTruth(folder, { ...options, command: "open", run: null });
  const beside = join(folder, `.medassay-truth-opened-${process.pid}`);
  try {
    for (const [path, content] of files) {
      await mkdir(dirname(join(beside, path)), { recursive: true, mode: 0o700 });
      await writeFile(join(beside, path), content, { mode: 0o600 });
    }
    await rename(beside, partOf(folder, "truth"));
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    failStorage(error, partOf(folder, "truth"));
  }
  return { files: files.size };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Removes what an interrupted call renamed. */
async function removeTruth(folder: string): Promise<void> {
  const path = join(folder, removedTruth);
  await rm(path, { recursive: true, force: true }).catch((error: unknown) => failStorage(error, path));
}
const removeLeftover = removeTruth;
