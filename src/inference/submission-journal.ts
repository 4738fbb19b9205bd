/** The journal of one submission: what is done already, and the final files made of it in index order. */
import { open, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../contract/errors.js";
import { failureCodes, type FailureCode } from "../contract/prediction.js";
import { produceFile } from "../storage/atomic.js";
import { failStorage } from "../storage/errors.js";
import { hashFile } from "../storage/hashing.js";
import { Journal, type JournalPlace } from "../storage/journal.js";
import type { CaseRecord } from "./case-answers.js";

interface Done {
  readonly place: JournalPlace;
  readonly failure: FailureCode | null;
}

/** Where a submission's files are, and which of its cases are done. */
export class SubmissionJournal {
  readonly #folder: string;
  readonly #journal: Journal;
  readonly #done = new Map<string, Done>();
  #failed = 0;

  private constructor(folder: string, journal: Journal) {
    this.#folder = folder;
    this.#journal = journal;
  }

  /**
   * Opens or begins the journal in `folder`. `identity` is the hash of all that its records depend on.
   * @throws RUN_FOLDER_MISMATCH when the journal was begun for something else; JOURNAL_CORRUPT; STORAGE_*
   */
  static async open(folder: string, identity: string): Promise<SubmissionJournal> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => failStorage(error, folder));
    const file = join(folder, "journal.jsonl");
    const { journal, entries, places } = await Journal.open(file);
    try {
      const self = new SubmissionJournal(folder, journal);
      const first = entries[0] as { identity?: string } | undefined;
      if (first === undefined) await journal.append({ identity });
      else if (first.identity !== identity)
        fail("RUN_FOLDER_MISMATCH", `${file} was begun for another test set, protocol or submission`, { file });
      for (let index = 1; index < entries.length; index++)
        self.#note(entries[index] as CaseRecord, places[index] as JournalPlace);
      return self;
    } catch (error) {
      await journal.close();
      throw error;
    }
  }

  #note({ prediction }: CaseRecord, place: JournalPlace): void {
    this.#done.set(prediction.case, { place, failure: prediction.error?.code ?? null });
    if (prediction.error) this.#failed++;
  }

  has(id: string): boolean {
    return this.#done.has(id);
  }

  get size(): number {
    return this.#done.size;
  }

  get failed(): number {
    return this.#failed;
  }

  /** Failed cases by code, codes in the order of the contract. */
  failuresByCode(): Partial<Record<FailureCode, number>> {
    const counts = new Map<FailureCode, number>();
    for (const { failure } of this.#done.values()) if (failure) counts.set(failure, (counts.get(failure) ?? 0) + 1);
    return Object.fromEntries(failureCodes.filter((code) => counts.has(code)).map((code) => [code, counts.get(code)]));
  }

  /** Whether a case is done and answered. */
  answered(id: string): boolean {
    return this.#done.get(id)?.failure === null;
  }

  async append(record: CaseRecord): Promise<void> {
    this.#note(record, await this.#journal.append(record));
  }

  async read(id: string): Promise<CaseRecord> {
    const done = this.#done.get(id);
    if (!done) fail("INTERNAL", `case ${id} is not in the journal`);
    return JSON.parse(await this.#journal.read(done.place)) as CaseRecord;
  }

  /** Writes predictions.jsonl and timings.jsonl in the order given. Returns the hash of the predictions. */
  async compact(order: readonly string[]): Promise<string> {
    const predictions = join(this.#folder, "predictions.jsonl");
    await this.#writeLines(join(this.#folder, "timings.jsonl"), order, (record) => record.timing);
    await this.#writeLines(predictions, order, (record) => record.prediction);
    return (await hashFile(predictions)).sha256;
  }

  async #writeLines(file: string, order: readonly string[], part: (record: CaseRecord) => unknown): Promise<void> {
    await produceFile(file, async (temporary) => {
      const handle = await open(temporary, "w");
      try {
        let text = "";
        for (const id of order) {
          text += `${JSON.stringify(part(await this.read(id)))}\n`;
          if (text.length < 1 << 20) continue;
          await handle.appendFile(text);
          text = "";
        }
        await handle.appendFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  close(): Promise<void> {
    return this.#journal.close();
  }

  /** Removes the journal of a finished submission. */
  async remove(): Promise<void> {
    await this.close();
    await rm(join(this.#folder, "journal.jsonl"), { force: true });
  }
}
