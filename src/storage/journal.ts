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

/** Where the JSON of an entry stands in its file. */
export interface JournalPlace {
  readonly start: number;
  readonly end: number;
}

/** Entries of a journal's text, their places, and the number of bytes up to the end of the last whole line. */
function parseJournal(bytes: Buffer, file: string): { entries: unknown[]; places: JournalPlace[]; wholeBytes: number } {
  const entries: unknown[] = [];
  const places: JournalPlace[] = [];
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
      if (isLast) return { entries, places, wholeBytes: start };
      fail("JOURNAL_CORRUPT", `line ${number} of ${file} is damaged and is not the last line`, { file, line: number });
    }
    entries.push(JSON.parse(text));
    places.push({ start: start + 17, end });
    start = end + 1;
  }
  return { entries, places, wholeBytes: start };
}

/** A journal that is open for appending. One writer at a time. */
export class Journal {
  readonly #handle: FileHandle;
  readonly #file: string;
  #tail: Promise<void> = Promise.resolve();
  #size: number;
  #failure: unknown = null;

  private constructor(handle: FileHandle, file: string, size: number) {
    this.#handle = handle;
    this.#file = file;
    this.#size = size;
  }

  /**
   * Opens or creates a journal. A torn last line (power loss, kill, full disk) is cut off.
   * @throws JOURNAL_CORRUPT when a line before the end is damaged; STORAGE_*
   */
  static async open(file: string): Promise<{ journal: Journal; entries: unknown[]; places: JournalPlace[] }> {
    try {
      const handle = await open(file, "a+");
      try {
        const { entries, places, wholeBytes } = parseJournal(await handle.readFile(), file);
        await handle.truncate(wholeBytes);
        await handle.sync();
        return { journal: new Journal(handle, file, wholeBytes), entries, places };
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      failStorage(error, file);
    }
  }

  /** Appends one entry; it has reached the disk when the promise resolves. Calls are written in call order. */
  append(entry: unknown): Promise<JournalPlace> {
    const line = Buffer.from(formatLine(entry));
    const written = this.#tail.then(async () => {
      // After a failed write the file may end in half a line: nothing may follow it.
      if (this.#failure !== null) throw this.#failure as Error;
      try {
        await this.#handle.appendFile(line);
        await this.#handle.datasync();
      } catch (error) {
        this.#failure = error;
        failStorage(error, this.#file);
      }
      const start = this.#size;
      this.#size += line.length;
      return { start: start + 17, end: this.#size - 1 };
    });
    this.#tail = written.then(
      () => {},
      () => {},
    );
    return written;
  }

  /** The JSON text at a place that this journal gave. */
  async read({ start, end }: JournalPlace): Promise<string> {
    const { buffer, bytesRead } = await this.#handle.read(Buffer.allocUnsafe(end - start), 0, end - start, start);
    if (bytesRead !== end - start)
      fail("JOURNAL_CORRUPT", `${this.#file} is shorter than it was`, { file: this.#file });
    return buffer.toString("utf8");
  }

  /** Waits for pending entries and closes the file. */
  async close(): Promise<void> {
    await this.#tail;
    await this.#handle.close();
  }
}
