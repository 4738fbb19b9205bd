/** Reads tables (CSV) that people write: bounded, UTF-8 or GB 18030, with the row in every error. */
import { readFile, stat } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { fail } from "../contract/errors.js";
import { CsvRows } from "../storage/csv.js";
import { failStorage } from "../storage/errors.js";

const maxBytes = 256 * 1024 * 1024;
const maxRows = 2_000_000;
const maxColumns = 500;
const maxCell = 4096;

export interface Table {
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

/** A row: its number in the file (the header is row 1) and its cells by column, trimmed. */
export interface TableRow {
  readonly row: number;
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * Reads a CSV file with a header row (or with the `columns` given, where it has none); `.gz` is unpacked.
 * @throws DOCUMENT_MISSING, LIMIT_EXCEEDED, TABLE_INVALID for missing or doubled columns and ragged rows
 */
export async function readTable(
  file: string,
  required: readonly string[],
  options: { columns?: readonly string[] } = {},
): Promise<Table> {
  const lines = parseLines(decode(await readBytes(file), file), file);
  const columns = options.columns ?? lines.shift()?.map((name) => name.trim()) ?? [];
  const invalid = (row: number, message: string): never =>
    fail("TABLE_INVALID", `${file}, row ${row}: ${message}`, { file, line: row });
  if (columns.length > maxColumns) invalid(1, `${columns.length} columns, the limit is ${maxColumns}`);
  const doubled = columns.find((name, index) => columns.indexOf(name) !== index);
  if (doubled !== undefined) invalid(1, `the column "${doubled}" is there twice`);
  for (const name of required) {
    if (!columns.includes(name)) invalid(1, `the column "${name}" is missing (found: ${columns.join(", ")})`);
  }
  const firstRow = options.columns ? 1 : 2;
  const rows = lines.map((line, index) => {
    const row = index + firstRow;
    if (line.length !== columns.length) invalid(row, `${line.length} cells, expected ${columns.length}`);
    const cells: Record<string, string> = {};
    columns.forEach((name, column) => {
      const cell = (line[column] as string).trim();
      if (cell.length > maxCell) invalid(row, `a cell of ${cell.length} characters, the limit is ${maxCell}`);
      cells[name] = cell;
    });
    return { row, cells };
  });
  return { file, columns, rows };
}

/** The cell as a finite number. @throws TABLE_INVALID */
export function numberCell(table: Table, row: TableRow, column: string): number {
  const text = row.cells[column] ?? "";
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
  if (Number.isFinite(value)) return value;
  return fail("TABLE_INVALID", `${table.file}, row ${row.row}: "${text.slice(0, 40)}" in ${column} is not a number`, {
    file: table.file,
    line: row.row,
  });
}

/** As {@link numberCell}; an empty or missing cell is undefined. */
export function optionalNumberCell(table: Table, row: TableRow, column: string): number | undefined {
  return (row.cells[column] ?? "") === "" ? undefined : numberCell(table, row, column);
}

/** An error that names the row. */
export function failRow(table: Table, row: TableRow, message: string): never {
  return fail("TABLE_INVALID", `${table.file}, row ${row.row}: ${message}`, { file: table.file, line: row.row });
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > maxBytes) fail("LIMIT_EXCEEDED", `${file} has ${size} bytes, the limit is ${maxBytes}`, { file });
    const bytes = await readFile(file);
    return file.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE")
      fail("LIMIT_EXCEEDED", `${file} unpacks to more than ${maxBytes} bytes`, { file, cause: error });
    if (String((error as { code?: string }).code).startsWith("Z_"))
      fail("TABLE_INVALID", `${file} is not a whole gzip file`, { file, cause: error });
    failStorage(error, file, true);
  }
}

/** Spreadsheets in China save CSV as GB 18030 without saying so. */
function decode(bytes: Buffer, file: string): string {
  for (const encoding of ["utf-8", "gb18030"]) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      continue;
    }
  }
  return fail("TABLE_INVALID", `${file} is neither UTF-8 nor GB 18030 text`, { file });
}

/** Letters that are cut into rows at a time, so that rows are counted before too many are held. */
const pieceLength = 1024 * 1024;

/** Rows of cells; those without any text are left out. */
function parseLines(text: string, file: string): string[][] {
  const lines: string[][] = [];
  const take = (rows: readonly string[][]): void => {
    for (const row of rows) if (row.some((cell) => cell.trim() !== "")) lines.push(row);
    if (lines.length > maxRows) fail("LIMIT_EXCEEDED", `${file} has more than ${maxRows} rows`, { file });
  };
  const parser = new CsvRows();
  try {
    for (let at = 0; at < text.length; at += pieceLength) take(parser.push(text.slice(at, at + pieceLength)));
    take(parser.end());
  } catch (cause) {
    if ((cause as { code?: string }).code === "LIMIT_EXCEEDED") throw cause;
    const row = lines.length + 1;
    fail("TABLE_INVALID", `${file}, row ${row}: ${(cause as Error).message}`, { file, line: row, cause });
  }
  return lines;
}
