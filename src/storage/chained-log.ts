/** Hash-chained logs (openings, releases): each line holds the hash of the line before, so that edits and deletions show. */
import { open, stat } from "node:fs/promises";
import type { DocumentDefinition } from "../contract/document.js";
import { fail } from "../contract/errors.js";
import { hashDocument } from "./canonical-json.js";
import { readJsonLines } from "./documents.js";
import { failStorage } from "./errors.js";

interface ChainLine {
  n: number;
  previous: string | null;
}

/** Lines of a log, oldest first, with the chain checked; an absent file is an empty log. @throws LOG_CHAIN_BROKEN */
export async function readChain<T extends ChainLine>(file: string, definition: DocumentDefinition<T>): Promise<T[]> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (!exists) return [];
  const lines = await readJsonLines(file, definition);
  let previous: string | null = null;
  for (const [index, line] of lines.entries()) {
    if (line.n !== index + 1 || line.previous !== previous) {
      fail("LOG_CHAIN_BROKEN", `line ${index + 1} of ${file} does not follow from the line before`, {
        file,
        line: index + 1,
      });
    }
    previous = hashDocument(line);
  }
  return lines;
}

/**
 * Appends a line and flushes it before returning. The file's existing chain is checked first.
 * @throws LOG_CHAIN_BROKEN; STORAGE_* when the log can't be written
 */
export async function appendChain<T extends ChainLine>(
  file: string,
  definition: DocumentDefinition<T>,
  entry: Omit<T, "n" | "previous">,
): Promise<T> {
  const lines = await readChain(file, definition);
  const last = lines.at(-1);
  const line = { ...entry, n: lines.length + 1, previous: last ? hashDocument(last) : null } as T;
  try {
    const handle = await open(file, "a");
    try {
      await handle.appendFile(`${JSON.stringify(line)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    failStorage(error, file);
  }
  return line;
}
