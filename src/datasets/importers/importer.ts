/** What an importer is: one file that turns a vendor's or a collection's own files into a test-set folder. */
import { copyFile, constants, mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { stringify } from "yaml";
import type { z } from "zod";
import type { Bilingual } from "../../contract/common.js";
import type { DatasetCard } from "../../contract/dataset-card.js";
import { fail } from "../../contract/errors.js";
import type { AttributeValue } from "../../contract/finding.js";
import { failStorage } from "../../storage/errors.js";

export interface ImportSummary {
  readonly cases: number;
  readonly files: number;
  /** Findings or labels of the reference; 0 where only readings were imported. */
  readonly findings: number;
  readonly readings: number;
  /** What was joined, not recorded, left out: one sentence each. */
  readonly notes: readonly string[];
}

/** Called with what is being done, and how far it is where that is known. */
export type ImportProgress = (message: string, done?: number, total?: number) => void;

export interface Importer<Options extends z.ZodType = z.ZodType> {
  readonly id: string;
  readonly title: Bilingual;
  readonly description: Bilingual;
  /** Paper, site or standard that describes the format. */
  readonly source: string;
  readonly options: Options;
  /** Writes the test set into `folder`, which is empty. `source` is a folder. */
  readonly write: (
    source: string,
    folder: string,
    options: z.output<Options>,
    onProgress: ImportProgress,
  ) => Promise<ImportSummary>;
}

/** Keeps the type of the options while the importers stand in one list. */
export function defineImporter<Options extends z.ZodType>(importer: Importer<Options>): Importer {
  return importer;
}

/**
 * Runs an importer: the test set is built beside its place and appears whole.
 * @throws IMPORT_TARGET_NOT_EMPTY, IMPORT_SOURCE_INVALID, USAGE for options, TABLE_INVALID, STORAGE_*
 */
export async function importInto(
  importer: Importer,
  source: string,
  folder: string,
  options: unknown,
  onProgress: ImportProgress = () => {},
): Promise<ImportSummary> {
  const parsed = importer.options.safeParse(options ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    fail(
      "USAGE",
      `option ${issue?.path.join(".") ?? ""} of the importer ${importer.id}: ${issue?.message ?? "invalid"}`,
    );
  }
  await readdir(source).catch((cause: unknown) =>
    fail("IMPORT_SOURCE_INVALID", `${source} is not a folder that can be read`, { file: source, cause }),
  );
  const standing = await readdir(folder).catch(() => null);
  if (standing !== null && standing.length > 0)
    fail("IMPORT_TARGET_NOT_EMPTY", `${folder} holds ${standing.length} files`, { file: folder });
  const building = join(dirname(folder), `.medassay-${process.pid}-${basename(folder)}`);
  try {
    await rm(building, { recursive: true, force: true });
    await mkdir(building, { recursive: true });
    const summary = await importer.write(source, building, parsed.data, onProgress);
    if (standing !== null) await rmdir(folder);
    await rename(building, folder);
    return summary;
  } catch (error) {
    await rm(building, { recursive: true, force: true }).catch(() => {});
    failStorage(error, folder);
  }
}

/** Copies a file; where the file system can share blocks, it does. */
export async function copyInto(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to, constants.COPYFILE_FICLONE).catch((error: unknown) => failStorage(error, to));
}

/** Writes dataset.yaml. Values that an owner has to complete say so. */
export async function writeCard(folder: string, card: Omit<DatasetCard, "schema">): Promise<void> {
  const text = stringify({ schema: "medassay/dataset/1", ...card }, { lineWidth: 120 });
  await writeFile(join(folder, "dataset.yaml"), text);
}

/** A row of cases.csv. */
export interface NewCase {
  readonly id: string;
  readonly patient?: string | undefined;
  readonly site?: string | undefined;
  readonly image?: string | undefined;
  readonly attributes?: Readonly<Record<string, AttributeValue | undefined>>;
}

/** Writes cases.csv, with a column for each attribute that any case has. */
export async function writeCases(folder: string, cases: readonly NewCase[]): Promise<void> {
  const attributes = [...new Set(cases.flatMap((row) => Object.keys(row.attributes ?? {})))];
  await writeTable(
    join(folder, "cases.csv"),
    ["case_id", "patient_id", "site_id", "image", ...attributes],
    cases.map((row) => [row.id, row.patient, row.site, row.image, ...attributes.map((name) => row.attributes?.[name])]),
  );
}

/** Writes a CSV; undefined and null are empty cells. */
export async function writeTable(
  file: string,
  columns: readonly string[],
  rows: readonly (readonly (AttributeValue | undefined)[])[],
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const quoted = (value: AttributeValue | undefined): string => {
    const text = value === undefined || value === null ? "" : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  await writeFile(file, [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join(""));
}
