/** Turns errors of the file system into typed errors that name the file. */
import { fail, MedassayError } from "../contract/errors.js";

/** Throws the typed error for a failed write (or read, with `reading`). Typed errors pass through. */
export function failStorage(error: unknown, file: string, reading = false): never {
  if (error instanceof MedassayError) throw error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const text = error instanceof Error ? error.message : String(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    fail("STORAGE_FULL", `no space left while writing ${file}`, { file, cause: error });
  if (code === "ENOENT" && reading) fail("DOCUMENT_MISSING", `${file} does not exist`, { file, cause: error });
  if (reading) fail("STORAGE_READ_FAILED", `${file} can't be read: ${text}`, { file, cause: error });
  if (code !== undefined) fail("STORAGE_NOT_WRITABLE", `${file} can't be written: ${text}`, { file, cause: error });
  throw error;
}
