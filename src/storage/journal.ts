/** Append-only journals: one checksummed line an entry, flushed before `append` returns; a torn tail is cut off on opening. */
import { open, type FileHandle } from "node:fs/promises";
import { fail } from "../contract/errors.js";
import { sha256 } from "./hashing.js";
import { failStorage } from "./errors.js";

/** First 16 hex digits of the SHA-256 of the text: guards against torn and damaged lines. */
function checksum(text: string): string {
  return sha256(text).slice(0, 16);
}

/** One line of a journal: checksum, blank, JSON, line feed. */
function formatLine(entry: unknown): string {
  const text = JSON.stringify(entry);
  return `${checksum(text)} ${text}\n`;
}

/** Entries of a journal's text, and the number of bytes up to the end of the last whole line. */
function parseJournal(bytes: Buffer, file: string): { entries: unknown[]; wholeBytes: number } {
  const entries: unknown[] = [];
  let start = 0;
  let number = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(10, start);
    const line = bytes.toString("utf8", start, end === -1 ? bytes.length : end);
    number++;
    const text = line.slice(17);
    const whole = end !== -1 && line[16] === " " && line.slice(0, 16) === checksum(text);
    if (!whole) {
      const isLast = end === -1 || end === bytes.length - 1;
      if (isLast) return { entries, wholeBytes: start };
      fail("JOURNAL_CORRUPT", `line ${number} of ${file} is damaged and is not the last line`, { file, line: number });
    }
    entries.push(JSON.parse(text));
    start = end + 1;
  }
  return { entries, wholeBytes: start };
}

/** A journal that is open for appending. One writer at a time. */
export class Journal {
  readonly #handle: FileHandle;
  readonly #file: string;
  #tail: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle, file: string) {
    this.#handle = handle;
    this.#file = file;
  }

  /**
   * Opens or creates a journal. A torn last line (power loss, kill, full disk) is cut off.
   * @throws JOURNAL_CORRUPT when a line before the end is damaged; STORAGE_*
   */
  static async open(file: string): Promise<{ journal: Journal; entries: unknown[] }> {
    try {
      const handle = await open(file, "a+");
      try {
        const { entries, wholeBytes } = parseJournal(await handle.readFile(), file);
        await handle.truncate(wholeBytes);
        await handle.sync();
        return { journal: new Journal(handle, file), entries };
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      failStorage(error, file);
    }
  }

  /** Appends one entry; it has reached the disk when the promise resolves. Calls are written in call order. */
  append(entry: unknown): Promise<void> {
    const line = formatLine(entry);
    const written = this.#tail.then(async () => {
      try {
        await this.#handle.appendFile(line);
        await this.#handle.datasync();
      } catch (error) {
        failStorage(error, this.#file);
      }
    });
    this.#tail = written.catch(() => {});
    return written;
  }

  /** Waits for pending entries and closes the file. */
  async close(): Promise<void> {
    await this.#tail;
    await this.#handle.close();
  }
}
