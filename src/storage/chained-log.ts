/** Hash-chained logs (openings, releases): each line holds the hash of the line before, so that edits and deletions show. */
import { open, readFile, rm } from "node:fs/promises";
import type { DocumentDefinition } from "../contract/document.js";
import { fail } from "../contract/errors.js";
import { hashDocument } from "./canonical-json.js";
import { parseJsonLines } from "./documents.js";
import { failStorage } from "./errors.js";

interface ChainLine {
  n: number;
  previous: string | null;
}

/** Longest wait for another process that writes the same log. */
const lockWaitMs = 10_000;
const lockPollMs = 20;

/**
 * Lines of a log, oldest first, with the chain checked; an absent file is an empty log. A last line without line feed is
 * one whose writing never ended: nobody was told that it stands, and it is not read.
 * @throws LOG_CHAIN_BROKEN
 */
export async function readChain<T extends ChainLine>(file: string, definition: DocumentDefinition<T>): Promise<T[]> {
  return (await readWholeLines(file, definition)).lines;
}

async function readWholeLines<T extends ChainLine>(
  file: string,
  definition: DocumentDefinition<T>,
): Promise<{ lines: T[]; wholeBytes: number }> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    return failStorage(error, file, true);
  });
  const wholeBytes = bytes.lastIndexOf(10) + 1;
  const lines = parseJsonLines(bytes.toString("utf8", 0, wholeBytes), definition, file);
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
  return { lines, wholeBytes };
}

/**
 * Appends a line and flushes it before returning. The file's existing chain is checked first; two processes that append
 * at once wait for each other.
 * @throws LOG_CHAIN_BROKEN; STORAGE_* when the log can't be written
 */
export async function appendChain<T extends ChainLine>(
  file: string,
  definition: DocumentDefinition<T>,
  entry: Omit<T, "n" | "previous">,
): Promise<T> {
  const unlock = await lock(`${file}.lock`);
  try {
    const { lines, wholeBytes } = await readWholeLines(file, definition);
    const last = lines.at(-1);
    const line = { ...entry, n: lines.length + 1, previous: last ? hashDocument(last) : null } as T;
    const handle = await open(file, "a");
    try {
      await handle.truncate(wholeBytes);
      await handle.appendFile(`${JSON.stringify(line)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return line;
  } catch (error) {
    failStorage(error, file);
  } finally {
    await unlock();
  }
}

/** Takes a lock file that names this process; one whose process is gone is taken over. */
async function lock(path: string): Promise<() => Promise<void>> {
  for (let waited = 0; ; waited += lockPollMs) {
    try {
      const handle = await open(path, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") failStorage(error, path);
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    const gone = holder > 0 && !isRunning(holder);
    // A holder that has not written its number yet is given the same time.
    if (gone || waited >= lockWaitMs) await rm(path, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, lockPollMs));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
