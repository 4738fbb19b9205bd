/** Paths that come from documents: they stay inside their folder and are never links. */
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../contract/errors.js";
import { failStorage } from "./errors.js";

/** True for `a/b.c`: relative, `/`-separated, no `.`, `..`, empty parts, backslashes or control characters. */
export function isPlainRelativePath(path: string): boolean {
  if (path.length === 0 || path.length > 500 || /[\\\u0000-\u001f]/.test(path) || path.startsWith("/")) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/**
 * The absolute place of a document's path, after checking each step on disk.
 * @throws PATH_UNSAFE when it leaves `folder`, or a step is a link; DOCUMENT_MISSING when it does not exist
 */
export async function resolveInside(folder: string, path: string): Promise<string> {
  if (!isPlainRelativePath(path))
    fail("PATH_UNSAFE", `"${path.slice(0, 200)}" is not a relative path inside its folder`, { file: folder });
  let at = folder;
  for (const part of path.split("/")) {
    at = join(at, part);
    const stats = await lstat(at).catch((error: unknown) => failStorage(error, at, true));
    if (stats.isSymbolicLink()) fail("PATH_UNSAFE", `${at} is a link`, { file: at });
  }
  return at;
}
