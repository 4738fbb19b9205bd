/** Reads cases.csv and the tables under attributes/: who a case belongs to, where its image is, what is declared about it. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { id, relativePath } from "../contract/common.js";
import { fail } from "../contract/errors.js";
import type { AttributeValue } from "../contract/finding.js";
import { isNumericAttribute } from "./attributes.js";
import { names, partOf } from "./folder.js";
import { failRow, numberCell, readTable, type Table, type TableRow } from "./table.js";

const fixedColumns = ["case_id", "patient_id", "site_id", "image"];

export interface CaseRow {
  readonly id: string;
  /** Undefined where the table does not say. */
  readonly patient: string | undefined;
  readonly site: string | undefined;
  /** Path of the image or of its folder; undefined: a case without image. */
  readonly image: string | undefined;
  readonly declared: Record<string, AttributeValue>;
}

interface AttributeJoin {
  readonly table: string;
  readonly joined: number;
  readonly notRecorded: number;
  readonly unused: number;
}

/** The rows of cases.csv, in their order. @throws TABLE_INVALID, DATASET_EMPTY */
export async function readCases(folder: string): Promise<{ cases: CaseRow[]; joins: AttributeJoin[] }> {
  const file = partOf(folder, "cases");
  const table = await readTable(file, ["case_id", "image"]);
  if (table.rows.length === 0) fail("DATASET_EMPTY", `${file} has no case`, { file });
  const seen = new Set<string>();
  const cases = table.rows.map((row): CaseRow => {
    const caseId = idCell(table, row, "case_id") ?? failRow(table, row, "case_id is empty");
    if (seen.has(caseId)) failRow(table, row, `the case ${caseId} is there twice`);
    seen.add(caseId);
    const image = row.cells.image === "" ? undefined : row.cells.image;
    if (image !== undefined && !relativePath.safeParse(image).success)
      fail("PATH_UNSAFE", `${file}, row ${row.row}: "${image}" does not stay inside the folder`, {
        file,
        line: row.row,
      });
    return {
      id: caseId,
      patient: idCell(table, row, "patient_id"),
      site: idCell(table, row, "site_id"),
      image,
      declared: attributesOf(table, row, fixedColumns),
    };
  });
  return { cases, joins: await joinAttributeTables(folder, cases) };
}

function idCell(table: Table, row: TableRow, column: string): string | undefined {
  const text = row.cells[column] ?? "";
  if (text === "") return undefined;
  const parsed = id.safeParse(text);
  return parsed.success ? parsed.data : failRow(table, row, `"${text.slice(0, 80)}" in ${column} is not an id`);
}

function attributesOf(table: Table, row: TableRow, without: readonly string[]): Record<string, AttributeValue> {
  const declared: Record<string, AttributeValue> = {};
  for (const name of table.columns) {
    const text = row.cells[name] ?? "";
    if (without.includes(name) || text === "") continue;
    declared[name] = isNumericAttribute(name) ? numberCell(table, row, name) : text;
  }
  return declared;
}

/** Tables of attributes join where they can; what did not is counted. A column of cases.csv comes first. */
async function joinAttributeTables(folder: string, cases: readonly CaseRow[]): Promise<AttributeJoin[]> {
  const found = await readdir(partOf(folder, "attributes")).catch(() => [] as string[]);
  const joins: AttributeJoin[] = [];
  const byId = new Map(cases.map((row) => [row.id, row]));
  for (const name of found.filter((each) => /\.csv$/i.test(each)).sort()) {
    const table = await readTable(join(partOf(folder, "attributes"), name), ["case_id"]);
    const joined = new Set<string>();
    for (const row of table.rows) {
      const target = byId.get(row.cells.case_id ?? "");
      if (target === undefined) continue;
      if (joined.has(target.id)) failRow(table, row, `the case ${target.id} is there twice`);
      joined.add(target.id);
      for (const [attribute, value] of Object.entries(attributesOf(table, row, ["case_id"]))) {
        target.declared[attribute] ??= value;
      }
    }
    joins.push({
      table: `${names.attributes}/${name}`,
      joined: joined.size,
      notRecorded: cases.length - joined.size,
      unused: table.rows.length - joined.size,
    });
  }
  return joins;
}
