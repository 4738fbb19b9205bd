/**
 * A tar archive under age encryption (https://age-encryption.org/v1, X25519 recipients), written as a stream and
 * opened in memory only. The `age` tool and any `tar` open the same file.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebStream } from "node:stream/web";
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { extract, pack } from "tar-stream";
import { fail, MedassayError } from "../contract/errors.js";
import { produceFile } from "./atomic.js";
import { failStorage } from "./errors.js";
import { isPlainRelativePath } from "./paths.js";

/** Limits of an archive that is opened in memory. */
const maxArchiveBytes = 1024 * 1024 * 1024;
const maxEntries = 100_000;
/** Two empty blocks end a tar. */
const endOfTar = 1024;

interface ArchiveEntry {
  /** Relative path with `/`. */
  readonly path: string;
  readonly content: () => Promise<Buffer>;
}

/** A new key pair: `identity` is the secret text (`AGE-SECRET-KEY-1...`), `recipient` the public one (`age1...`). */
export async function generateKeyPair(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/**
 * Writes the entries, in their order, as an encrypted archive; the file appears whole or not at all.
 * Owners and times are left out. @throws USAGE for a recipient that is none; STORAGE_*
 */
export async function writeEncryptedArchive(
  file: string,
  entries: readonly ArchiveEntry[],
  recipients: readonly string[],
): Promise<void> {
  const encrypter = new Encrypter();
  if (recipients.length === 0) fail("USAGE", "no recipient was given to seal for");
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      fail("USAGE", `"${recipient.slice(0, 80)}" is not an age recipient (age1...)`, { cause });
    }
  }
  const tar = tarBytes(entries);
  const plain = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await tar.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
  await produceFile(file, async (temporary) => {
    const encrypted = await encrypter.encrypt(plain);
    await pipeline(Readable.fromWeb(encrypted as unknown as WebStream), createWriteStream(temporary, { mode: 0o600 }));
    const handle = await open(temporary, "r+");
    await handle.sync();
    await handle.close();
  });
}

/** The tar, entry by entry: one content at a time is in memory. */
async function* tarBytes(entries: readonly ArchiveEntry[]): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    const content = await entry.content();
    const archive = pack();
    archive.entry({ name: entry.path, mode: 0o600, mtime: new Date(0) }, content);
    archive.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of archive) chunks.push(chunk as Buffer);
    yield Buffer.concat(chunks).subarray(0, -endOfTar);
  }
  yield new Uint8Array(endOfTar);
}

/**
 * Opens an archive in memory: path -> content. Nothing is written to disk. `identity` is the text of a key file: lines
 * that begin with `#` and empty lines are skipped.
 * @throws DECRYPT_FAILED (wrong key), TRUTH_TAMPERED (changed or cut bytes), ARCHIVE_UNSAFE, LIMIT_EXCEEDED
 */
export async function readEncryptedArchive(file: string, identity: string): Promise<Map<string, Buffer>> {
  const { size } = await stat(file).catch((error: unknown) => failStorage(error, file, true));
  if (size > maxArchiveBytes * 1.01) fail("LIMIT_EXCEEDED", `${file} has ${size} bytes`, { file });
  const decrypter = new Decrypter();
  const keys = identity.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  try {
    for (const key of keys) decrypter.addIdentity(key.trim());
  } catch {
    fail("DECRYPT_FAILED", "the key is not an age identity (AGE-SECRET-KEY-1...)");
  }
  if (keys.length === 0) fail("DECRYPT_FAILED", "the key file holds no age identity");
  const source = createReadStream(file, { highWaterMark: 1 << 16 });
  const encrypted = Readable.toWeb(source) as unknown as ReadableStream<Uint8Array>;
  try {
    const plain = await decrypter.decrypt(encrypted).catch((cause: unknown) => failHeader(file, cause));
    return await unpack(Readable.fromWeb(plain as WebStream), file);
  } finally {
    source.destroy();
  }
}

function failHeader(file: string, cause: unknown): never {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/no identity matched|no identity/i.test(text)) {
    fail("DECRYPT_FAILED", `${file} was not sealed for this key`, { file, cause });
  }
  fail("TRUTH_TAMPERED", `the header of ${file} is damaged: ${text}`, { file, cause });
}

async function unpack(plain: Readable, file: string): Promise<Map<string, Buffer>> {
  const unpacked = new Map<string, Buffer>();
  const extractor = extract();
  const piping = pipeline(plain, extractor);
  piping.catch(() => {});
  let total = 0;
  try {
    for await (const entry of extractor) {
      const { name, type, size = 0 } = entry.header;
      if (type === "directory") {
        entry.resume();
        continue;
      }
      const path = name.replace(/^\.\//, "");
      if (type !== "file" || !isPlainRelativePath(path) || unpacked.has(path)) {
        fail("ARCHIVE_UNSAFE", `${file} holds an entry that is not a plain file of its own: ${type} ${name}`, { file });
      }
      total += size;
      if (total > maxArchiveBytes || unpacked.size >= maxEntries) {
        fail("LIMIT_EXCEEDED", `${file} unpacks to more than ${maxArchiveBytes} bytes or ${maxEntries} files`, {
          file,
        });
      }
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      unpacked.set(path, Buffer.concat(chunks));
    }
    await piping;
  } catch (cause) {
    if (cause instanceof MedassayError) throw cause;
    fail("TRUTH_TAMPERED", `${file} was changed or cut after sealing`, { file, cause });
  }
  return unpacked;
}
