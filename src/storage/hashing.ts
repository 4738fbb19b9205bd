/** SHA-256 of bytes and files. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { failStorage } from "./errors.js";

/** SHA-256 in lower-case hex. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 and size of a file, streamed. @throws STORAGE_READ_FAILED, DOCUMENT_MISSING */
export async function hashFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (error) {
    failStorage(error, path, true);
  }
  return { sha256: hash.digest("hex"), bytes };
}
