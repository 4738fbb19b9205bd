/** Inside the child: files of a case, read once and checked against the index, so that what is decoded is what was hashed. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { sha256 } from "../storage/hashing.js";
import type { CaseFile } from "./messages.js";

/** A file is missing, or not the one in the index. */
export class FileChanged extends Error {
  constructor(readonly path: string) {
    super("a file of the case changed");
  }
}

/** Files up to this size share one buffer; larger ones get one of their own. */
const sharedBytes = 16 * 1024 * 1024;
let shared = Buffer.alloc(0);

function room(length: number): Buffer {
  if (length > sharedBytes) return Buffer.allocUnsafeSlow(length);
  if (length > shared.length) shared = Buffer.allocUnsafeSlow(length);
  return shared.subarray(0, length);
}

/** The bytes of a file; they hold until the next call. @throws FileChanged */
export function checkedBytes(file: CaseFile): Buffer {
  let bytes: Buffer | undefined;
  try {
    bytes = readWhole(file);
  } catch {
    // Not to be opened or read: not the file of the index either.
  }
  if (bytes === undefined || sha256(bytes) !== file.sha256) throw new FileChanged(file.path);
  return bytes;
}

/** Undefined where the file has another size than the index says, which bounds what is read. */
function readWhole({ path, bytes }: CaseFile): Buffer | undefined {
  if (statSync(path).size !== bytes) return undefined;
  const buffer = room(bytes);
  const fd = openSync(path, "r");
  try {
    for (let at = 0; at < bytes;) {
      const read = readSync(fd, buffer, at, bytes - at, null);
      if (read === 0) return undefined;
      at += read;
    }
    return buffer;
  } finally {
    closeSync(fd);
  }
}
