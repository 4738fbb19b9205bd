/** The only place that knows how truth is stored: reads it open or sealed, checks the commitment, logs every opening first. */
import { createHmac } from "node:crypto";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../contract/errors.js";
import { reading, reference, type Reading, type Reference } from "../contract/reading.js";
import { opening, seal, type Seal } from "../contract/seal.js";
import { canonicalJson, hashDocument } from "../storage/canonical-json.js";
import { appendChain } from "../storage/chained-log.js";
import { parseJsonLines, readJson } from "../storage/documents.js";
import { readEncryptedArchive } from "../storage/encrypted-archive.js";
import { failStorage } from "../storage/errors.js";
import { sha256 } from "../storage/hashing.js";
import { names, partOf } from "./folder.js";
import { readCaseIndex } from "./index-document.js";
import { archiveFolder, truthState } from "./truth-state.js";

/** File inside truth.age that holds the salt of the commitment; no part of the truth itself. */
export const saltName = "salt";
const maxFileBytes = 1024 * 1024 * 1024;
const maxFiles = 100_000;

export interface Opening {
  /** Text of the key file; needed where the truth is sealed. */
  readonly key?: string | undefined;
  /** For the log: which command opened, and why. */
  readonly command: string;
  readonly reason: string;
  readonly run: string | null;
  /** Whether truth that lies open may be used. */
  readonly openAllowed: boolean;
}

export interface Truth {
  /** By case id, in the order of the file. */
  readonly reference: ReadonlyMap<string, Reference>;
  readonly readings: readonly Reading[];
  /** SHA-256 of the canonical JSON {path: sha256} of all truth files. */
  readonly truthHash: string;
  /** That of the seal; null where the truth lies open. */
  readonly commitment: string | null;
  readonly open: boolean;
}

/**
 * Opens the truth of a test set in memory. Where it is sealed, the opening is written to openings.jsonl and flushed
 * before a byte is decrypted, and what comes out must fit the commitment in seal.json.
 * @throws TRUTH_MISSING, TRUTH_OPEN, TRUTH_KEY_MISSING, DECRYPT_FAILED, TRUTH_TAMPERED, TRUTH_INVALID, LOG_CHAIN_BROKEN, STORAGE_* when the log can't be written
 */
export async function openTruth(folder: string, how: Opening): Promise<Truth> {
  const state = await truthState(folder);
  if (state === "missing") fail("TRUTH_MISSING", `${folder} holds neither truth/ nor truth.age with seal.json`);
  if (state === "open") {
    if (!how.openAllowed) fail("TRUTH_OPEN", `truth/ lies open in ${folder}`, { file: partOf(folder, "truth") });
    const files = await readTruthFolder(folder);
    return { ...(await parseTruth(folder, files)), commitment: null, open: true };
  }
  await requireSealedIndex(folder);
  const { files, commitment } = await decryptTruth(folder, how);
  return { ...(await parseTruth(folder, files)), commitment, open: false };
}

/** The images that the truth is compared with must be those that were sealed. @throws DATASET_CHANGED */
async function requireSealedIndex(folder: string): Promise<void> {
  const sealed = await readJson(partOf(folder, "seal"), seal);
  const { indexHash } = await readCaseIndex(folder);
  if (indexHash !== sealed.indexHash)
    fail("DATASET_CHANGED", `index.json of ${folder} is not the one that was sealed`, {
      file: partOf(folder, "index"),
    });
}

/** Logs the opening, decrypts truth.age in memory and checks it against the seal. Paths are relative to truth/. */
export async function decryptTruth(
  folder: string,
  how: Omit<Opening, "openAllowed">,
): Promise<{ files: Map<string, Buffer>; commitment: string }> {
  const sealFile = partOf(folder, "seal");
  const sealed: Seal = await readJson(sealFile, seal);
  if (how.key === undefined || how.key.trim() === "") fail("TRUTH_KEY_MISSING", `the truth of ${folder} is sealed`);
  await appendChain(partOf(folder, "openings"), opening, {
    at: new Date().toISOString(),
    command: how.command,
    reason: how.reason,
    run: how.run,
  });
  const archive = partOf(folder, "sealedTruth");
  const files = new Map<string, Buffer>();
  for (const [path, content] of await readEncryptedArchive(archive, how.key)) {
    if (!path.startsWith(archiveFolder)) fail("TRUTH_TAMPERED", `${archive} holds a foreign file`, { file: archive });
    files.set(path.slice(archiveFolder.length), content);
  }
  const salt = files.get(saltName);
  files.delete(saltName);
  if (salt === undefined || commitmentOf(hashesOf(files), salt) !== sealed.truthCommitment)
    fail("TRUTH_TAMPERED", `${archive} does not hold the truth that ${sealFile} commits to`, { file: archive });
  return { files, commitment: sealed.truthCommitment };
}

/** HMAC-SHA-256, keyed by the salt, of the canonical JSON {path: sha256}. */
export function commitmentOf(hashes: Readonly<Record<string, string>>, salt: Buffer): string {
  return createHmac("sha256", salt).update(canonicalJson(hashes)).digest("hex");
}

export function hashesOf(files: ReadonlyMap<string, Buffer>): Record<string, string> {
  return Object.fromEntries([...files].map(([path, content]) => [path, sha256(content)]));
}

/** Paths of the files in truth/, relative to it, sorted; links are refused. The salt of an earlier seal is left out. */
export async function listTruthFiles(folder: string): Promise<string[]> {
  const root = partOf(folder, "truth");
  const paths: string[] = [];
  const visit = async (relative: string, depth: number): Promise<void> => {
    if (depth > 8) fail("LIMIT_EXCEEDED", `folders in ${root} are nested more than 8 deep`, { file: root });
    for (const name of await readdir(join(root, relative))) {
      const path = relative === "" ? name : `${relative}/${name}`;
      const stats = await lstat(join(root, path));
      if (stats.isDirectory()) await visit(path, depth + 1);
      else if (!stats.isFile())
        fail("PATH_UNSAFE", `${join(root, path)} is not a plain file`, { file: join(root, path) });
      else if (stats.size > maxFileBytes) fail("LIMIT_EXCEEDED", `${path} has ${stats.size} bytes`, { file: path });
      else if (path !== saltName && !name.startsWith(".medassay-")) paths.push(path);
      if (paths.length > maxFiles) fail("LIMIT_EXCEEDED", `${root} holds more than ${maxFiles} files`, { file: root });
    }
  };
  try {
    await visit("", 0);
  } catch (error) {
    failStorage(error, root, true);
  }
  return paths.sort();
}

/** The file of truth/ that a path of {@link listTruthFiles} names. */
export async function readTruthFile(folder: string, path: string): Promise<Buffer> {
  const file = join(partOf(folder, "truth"), path);
  return readFile(file).catch((error: unknown) => failStorage(error, file, true));
}

async function readTruthFolder(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const path of await listTruthFiles(folder)) files.set(path, await readTruthFile(folder, path));
  return files;
}

async function parseTruth(
  folder: string,
  files: ReadonlyMap<string, Buffer>,
): Promise<Pick<Truth, "reference" | "readings" | "truthHash">> {
  const { index } = await readCaseIndex(folder);
  return { ...judgeTruth(files, new Set(index.cases.map(({ id }) => id))), truthHash: hashDocument(hashesOf(files)) };
}

/**
 * Parses reference and readings and joins them with the case list: each case has one reference line.
 * @throws TRUTH_MISSING, TRUTH_INVALID, DOCUMENT_*
 */
export function judgeTruth(
  files: ReadonlyMap<string, Buffer>,
  cases: ReadonlySet<string>,
): { reference: Map<string, Reference>; readings: Reading[] } {
  const referenceText = files.get(names.reference.slice(archiveFolder.length));
  if (referenceText === undefined) fail("TRUTH_MISSING", `the truth has no ${names.reference}`);
  const lines = parseJsonLines(referenceText.toString("utf8"), reference, names.reference);
  const byCase = new Map<string, Reference>();
  lines.forEach((line, index) => {
    const invalid = (what: string) =>
      fail("TRUTH_INVALID", `${names.reference}:${index + 1}: the case ${line.case} ${what}`, {
        file: names.reference,
        line: index + 1,
      });
    if (!cases.has(line.case)) invalid("is not in the case list");
    if (byCase.has(line.case)) invalid("is there twice");
    byCase.set(line.case, line);
  });
  const absent = [...cases].filter((id) => !byCase.has(id));
  if (absent.length > 0) {
    const some = absent.slice(0, 5).join(", ");
    fail("TRUTH_INVALID", `${names.reference}: ${absent.length} cases have no reference: ${some}`, {
      file: names.reference,
    });
  }
  const readingsText = files.get(names.readings.slice(archiveFolder.length));
  const readings = readingsText ? parseJsonLines(readingsText.toString("utf8"), reading, names.readings) : [];
  return { reference: byCase, readings: judgeReadings(readings, cases) };
}

/** Refuses readings of unknown cases, and the same reader, round and case twice. @throws TRUTH_INVALID with the line */
export function judgeReadings(readings: Reading[], cases: ReadonlySet<string>): Reading[] {
  const seen = new Set<string>();
  readings.forEach((line, index) => {
    const key = `${line.case} ${line.reader} ${line.round}`;
    const invalid = (what: string) =>
      fail("TRUTH_INVALID", `${names.readings}:${index + 1}: ${what}`, { file: names.readings, line: index + 1 });
    if (!cases.has(line.case)) invalid(`the case ${line.case} is not in the case list`);
    if (seen.has(key)) invalid(`reader ${line.reader} has case ${line.case} in round ${line.round} twice`);
    seen.add(key);
  });
  return readings;
}
