/** Predictions in a CSV: one row a mark (several rows a case), or one row a case with scores and labels. Columns are found by name. */
import type { Readable } from "node:stream";
import { fail } from "../contract/errors.js";
import type { AttributeValue, Finding } from "../contract/finding.js";
import type { AnswerLabels, Prediction } from "../contract/prediction.js";
import { CsvRows } from "../storage/csv.js";

/** Accepted names of columns, compared without regard to case. */
export const predictionColumns = {
  case: ["case", "case_id", "seriesuid", "image", "image_id"],
  x: ["coordx", "x"],
  y: ["coordy", "y"],
  z: ["coordz", "z"],
  score: ["probability", "score"],
  diameterMm: ["diameter_mm", "diametermm"],
  label: ["label"],
} as const;
type Column = keyof typeof predictionColumns;

/** Prefixes of columns of rows without coordinates: `scores.referable`, `labels.icdr`. */
const scorePrefix = "scores.";
const labelPrefix = "labels.";

const marksPerCase = 100_000;
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

interface Columns {
  readonly at: Readonly<Partial<Record<Column, number>>>;
  readonly scores: readonly (readonly [name: string, at: number])[];
  readonly labels: readonly (readonly [name: string, at: number])[];
  readonly count: number;
}

/**
 * Reads a table of predictions; the order of marks within a case is that of the rows.
 * @param known labels and scores of the task; null: it has none, and any are read
 * @throws PREDICTION_INVALID with the line, also for a label or score that the task does not know, GRADE_UNKNOWN for a label's
 *   value, PREDICTION_DUPLICATE for a second row of a case without coordinates
 */
export async function readPredictionTable(
  input: Readable,
  file: string,
  known: AnswerLabels | null,
): Promise<Map<string, Prediction>> {
  const byCase = new Map<string, Prediction>();
  let columns: Columns | undefined;
  let line = 0;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const parser = new CsvRows();
  const take = (rows: readonly string[][]): void => {
    for (const row of rows) {
      line++;
      if (!columns) columns = columnsOf(row, file, known);
      else if (row.length > 1 || (row[0] ?? "").trim() !== "") takeRow(row, columns, byCase, file, line, known);
    }
  };
  try {
    for await (const piece of input as AsyncIterable<Buffer>)
      take(parser.push(decoder.decode(piece, { stream: true })));
    take(parser.push(decoder.decode()));
    take(parser.end());
  } catch (error) {
    if ((error as { name?: string }).name === "MedassayError") throw error;
    fail("PREDICTION_INVALID", `${file}: after line ${line}: not a CSV that can be read`, { file, line, cause: error });
  }
  if (!columns) fail("PREDICTION_INVALID", `${file} holds no header line`, { file, line: 1 });
  return byCase;
}

/** Refuses a label or score that the task does not know: its class would count as unanswered. @throws PREDICTION_INVALID */
export function checkName(
  part: "labels" | "scores",
  name: string,
  known: AnswerLabels | null,
  place: { readonly file: string; readonly line: number; readonly pointer?: string },
): void {
  if (known === null || known[part].includes(name)) return;
  fail(
    "PREDICTION_INVALID",
    `${place.file}:${place.line}: ${part}.${name.slice(0, 64)} is not known to the task; known are ${known[part].join(", ")}`,
    place,
  );
}

/** @throws GRADE_UNKNOWN */
export function checkLabel(
  name: string,
  value: AttributeValue,
  known: AnswerLabels | null,
  place: { readonly file: string; readonly line: number; readonly pointer?: string },
): void {
  const fault = known?.fault(name, value) ?? null;
  if (fault === null) return;
  const given = JSON.stringify(value).slice(0, 100);
  fail("GRADE_UNKNOWN", `${place.file}:${place.line}: labels.${name} is ${given}, ${fault}`, place);
}

function columnsOf(header: readonly string[], file: string, known: AnswerLabels | null): Columns {
  const at: Partial<Record<Column, number>> = {};
  const scores: [string, number][] = [];
  const labels: [string, number][] = [];
  const invalid = (text: string): never =>
    fail("PREDICTION_INVALID", `${file}:1: ${text}`, {
      file,
      line: 1,
      hint: `Columns are: ${Object.entries(predictionColumns)
        .map(([name, names]) => `${name} (${names.join(", ")})`)
        .join("; ")}; ${scorePrefix}<name>; ${labelPrefix}<name>.`,
    });
  for (const [index, written] of header.entries()) {
    const name = written.replace(/^\ufeff/, "").trim();
    const prefix = [scorePrefix, labelPrefix].find((start) => name.startsWith(start));
    if (prefix !== undefined) {
      const ofPrefix = prefix === scorePrefix ? scores : labels;
      const own = name.slice(prefix.length);
      if (ofPrefix.some(([other]) => other === own)) invalid(`two columns hold ${name.slice(0, 100)}`);
      checkName(prefix === scorePrefix ? "scores" : "labels", own, known, { file, line: 1 });
      ofPrefix.push([own, index]);
    } else {
      const column = (Object.keys(predictionColumns) as Column[]).find((key) =>
        (predictionColumns[key] as readonly string[]).includes(name.toLowerCase()),
      );
      if (!column) invalid(`column "${name.slice(0, 100)}" is not known`);
      else if (at[column] !== undefined) invalid(`two columns hold the ${column}`);
      else at[column] = index;
    }
  }
  if (at.case === undefined) invalid("no column names the case");
  const hasPlace = at.x !== undefined;
  if (hasPlace !== (at.y !== undefined) || (at.z !== undefined && !hasPlace)) invalid("coordinates are not complete");
  if (hasPlace && at.score === undefined) invalid("marks have no score");
  if (hasPlace && scores.length + labels.length > 0) invalid("a table holds either marks or scores of cases");
  if (!hasPlace && scores.length + labels.length === 0) invalid("there are neither coordinates nor scores nor labels");
  return { at, scores, labels, count: header.length };
}

function takeRow(
  row: readonly string[],
  columns: Columns,
  byCase: Map<string, Prediction>,
  file: string,
  line: number,
  known: AnswerLabels | null,
): void {
  const invalid = (text: string): never => fail("PREDICTION_INVALID", `${file}:${line}: ${text}`, { file, line });
  if (row.length !== columns.count) invalid(`${row.length} cells, the header has ${columns.count}`);
  const cell = (index: number) => (row[index] as string).trim();
  const number = (index: number, what: string): number => {
    const text = cell(index);
    const value = decimal.test(text) ? Number(text) : Number.NaN;
    return Number.isFinite(value) ? value : invalid(`${what} is "${text.slice(0, 50)}", not a finite number`);
  };
  const { at } = columns;
  const id = cell(at.case as number);
  let prediction = byCase.get(id);
  const isNew = prediction === undefined;
  if (!prediction) {
    prediction = { case: id, status: "ok", findings: [], scores: {}, labels: {}, quantities: {} };
    byCase.set(id, prediction);
  }
  if (at.x === undefined) {
    if (!isNew) fail("PREDICTION_DUPLICATE", `${file}:${line}: case ${id} has two rows`, { file, line });
    for (const [name, index] of columns.scores) if (cell(index) !== "") prediction.scores[name] = number(index, name);
    for (const [name, index] of columns.labels) {
      if (cell(index) === "") continue;
      const label = labelOf(cell(index));
      checkLabel(name, label, known, { file, line });
      prediction.labels[name] = label;
    }
    return;
  }
  if (prediction.findings.length >= marksPerCase) invalid(`more than ${marksPerCase} marks in a case`);
  const place = [number(at.x, "x"), number(at.y as number, "y")];
  if (at.z !== undefined) place.push(number(at.z, "z"));
  const diameter = at.diameterMm === undefined || cell(at.diameterMm) === "" ? null : number(at.diameterMm, "diameter");
  if (diameter !== null && diameter <= 0) invalid("a diameter that is not positive");
  const finding: Finding = {
    id: `m${prediction.findings.length + 1}`,
    geometry:
      diameter === null ? { type: "point", at: place } : { type: "sphere", center: place, diameterMm: diameter },
    score: number(at.score as number, "score"),
  };
  if (at.label !== undefined && cell(at.label) !== "") finding.label = cell(at.label).slice(0, 64);
  prediction.findings.push(finding);
}

/** Labels that are numbers (grades) are numbers, `true` and `false` are booleans. */
function labelOf(text: string): AttributeValue {
  if (decimal.test(text)) return Number(text);
  return text === "true" ? true : text === "false" ? false : text.slice(0, 200);
}
