/** Yes/no labels of several readers on the same cases, without the recordings: a table a reader, one of them the reference. */
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { id } from "../../contract/common.js";
import { fail } from "../../contract/errors.js";
import type { AttributeValue } from "../../contract/finding.js";
import type { Reading, Reference } from "../../contract/reading.js";
import { taskProfile } from "../../tasks/profiles/index.js";
import { writeJsonLines } from "../../storage/atomic.js";
import { failRow, readTable, type Table, type TableRow } from "../table.js";
import { defineImporter, writeCard, writeCases, type NewCase } from "./importer.js";
import { asId } from "./series.js";

const options = z.strictObject({
  id: id.default("label-tables"),
  /** Task with the classes: the columns of the tables. */
  task: id.default("ecg-diagnosis"),
  /** File of annotations/ that is the reference standard, without `.csv`. */
  reference: z.string().min(1).default("gold_standard"),
  /** Files of annotations/ that are no readers (the answers of a product), without `.csv`, with commas between. */
  leaveOut: z.string().default(""),
  /** Site of all cases, where attributes.csv has no column `site`. */
  site: id.optional(),
  provenance: z.enum(["clinical", "public", "synthetic"]).default("public"),
  owner: z.string().min(1).default("not stated"),
  licence: z.string().min(1).default("not stated"),
  citation: z.string().optional(),
});

/** Columns that only number the rows. */
const rowNumbers = ["", "row", "index"];
/** Columns of attributes.csv that have another name in cases.csv. */
const attributeNames: Readonly<Record<string, string>> = { age: "ageYears" };

export const labelTables = defineImporter({
  id: "label-tables",
  title: { "zh-CN": "多名阅片者的标签表（无记录数据）", en: "Label tables of several readers (without recordings)" },
  description: {
    "zh-CN":
      "annotations/：每名阅片者一个 CSV，每列一个类别（0/1），各表第 i 行为同一例；其中一个为参考标准，其余为阅片记录。可选 attributes.csv：每行一例，列 patient、site、age、sex 等。病例按行号命名（c000001 起）；产品结果用 score 提交，列为 case、labels.<类别>、scores.<类别>。",
    en: "annotations/ holds a CSV a reader, with a column a class (0 or 1); row i of every table is the same case; one table is the reference, the others are readings. Optional attributes.csv, a row a case: patient, site, age, sex and others. Cases are named by row, from c000001; answers of a product come through `score`, with columns case, labels.<class>, scores.<class>.",
  },
  source: "layout of Ribeiro et al. 2020, doi:10.1038/s41467-020-15432-4 (antonior92/automatic-ecg-diagnosis)",
  options,
  write: async (source, folder, given, onProgress) => {
    const { classes, id: task, modality } = taskProfile(given.task);
    if (!classes)
      fail("USAGE", `the task ${task} has no classes: label tables are for multi-label tasks`, { file: source });
    const labels = classes.map((one) => one.id);
    const leftOut = given.leaveOut.split(",").map((name) => name.trim());
    const annotations = join(source, "annotations");
    const found = await readdir(annotations).catch((cause: unknown) =>
      fail("IMPORT_SOURCE_INVALID", `${annotations} is not a folder that can be read`, { file: annotations, cause }),
    );
    const names = found
      .filter((name) => name.endsWith(".csv"))
      .map((name) => basename(name, ".csv"))
      .filter((name) => !leftOut.includes(name))
      .sort();
    if (!names.includes(given.reference))
      fail("IMPORT_SOURCE_INVALID", `${annotations} holds no ${given.reference}.csv, the reference standard`, {
        file: annotations,
        hint: `Name the file with --set reference=<name>; there are: ${names.join(", ") || "none"}.`,
      });
    const readers = names.filter((name) => name !== given.reference);
    const table = await readLabels(join(annotations, `${given.reference}.csv`), labels);
    const caseIds = table.map((_, at) => `c${String(at + 1).padStart(6, "0")}`);
    const references = table.map((own, at): Reference => ({
      case: caseIds[at] as string,
      findings: [],
      labels: own,
      quantities: {},
      basis: { rule: "imported", readers: [] },
    }));
    const readings: Reading[] = [];
    for (const [done, reader] of readers.entries()) {
      const file = join(annotations, `${reader}.csv`);
      const rows = await readLabels(file, labels);
      if (rows.length !== table.length)
        fail("TABLE_INVALID", `${file} has ${rows.length} rows, the reference has ${table.length}`, { file });
      rows.forEach((own, at) =>
        readings.push({
          case: caseIds[at] as string,
          reader: asId(reader) as string,
          round: 1,
          findings: [],
          labels: own,
          quantities: {},
        }),
      );
      onProgress("reading tables", done + 1, readers.length);
    }
    await writeCases(folder, await casesOf(source, caseIds, given.site));
    await writeJsonLines(join(folder, "truth", "reference.jsonl"), references);
    if (readings.length > 0) await writeJsonLines(join(folder, "truth", "readings.jsonl"), readings);
    await writeCard(folder, {
      id: given.id,
      version: "1",
      title: { "zh-CN": "多名阅片者标签集（无记录数据）", en: "Labels of several readers, no recordings" },
      task,
      modality,
      owner: given.owner,
      licence: given.licence,
      provenance: given.provenance,
      sites: given.site ? [{ id: given.site, name: given.site }] : [],
      annotators: readers.map((reader) => ({ id: asId(reader) as string, role: "reader" as const })),
      annotation: {
        design: "imported",
        note: `Reference standard from ${given.reference}.csv. Readers who took part in making it agree with it more than others would.`,
      },
      collection: {},
      ...(given.citation === undefined ? {} : { citation: given.citation }),
      waivers: [],
    });
    return {
      cases: caseIds.length,
      files: 0,
      findings: references.length,
      readings: readings.length,
      notes: [
        `reference: ${given.reference}; readers: ${readers.join(", ") || "none"}`,
        `left out: ${leftOut.filter((name) => name !== "").join(", ") || "none"}`,
        "no recordings: models can't be run on this set, answers come through `medassay score`",
      ],
    };
  },
});

/** The labels of every row. @throws TABLE_INVALID for other columns, row numbers out of order, cells that are not 0 or 1 */
async function readLabels(file: string, labels: readonly string[]): Promise<Record<string, 0 | 1>[]> {
  const table = await readTable(file, labels);
  const strange = table.columns.filter((name) => !labels.includes(name) && !rowNumbers.includes(name));
  if (strange.length > 0)
    fail("TABLE_INVALID", `${file}: columns that are no class of the task: ${strange.join(", ")}`, { file, line: 1 });
  return table.rows.map((row, at) => {
    requireInOrder(table, row, at);
    return Object.fromEntries(labels.map((label) => [label, labelCell(table, row, label)]));
  });
}

function labelCell(table: Table, row: TableRow, label: string): 0 | 1 {
  const text = row.cells[label];
  return text === "0" ? 0 : text === "1" ? 1 : failRow(table, row, `"${text?.slice(0, 20)}" in ${label} is not 0 or 1`);
}

/** Rows of all tables are the same cases by their place: a number that a row carries must be its place. */
function requireInOrder(table: Table, row: TableRow, at: number): void {
  for (const name of rowNumbers) {
    const text = row.cells[name];
    if (text !== undefined && text !== String(at) && text !== String(at + 1))
      failRow(table, row, `the row is numbered ${text.slice(0, 20)}: the tables are not in the same order`);
  }
}

async function casesOf(source: string, caseIds: readonly string[], site: string | undefined): Promise<NewCase[]> {
  const file = join(source, "attributes.csv");
  const there = (await readdir(source)).includes("attributes.csv");
  if (!there) return caseIds.map((caseId) => ({ id: caseId, site }));
  const table = await readTable(file, []);
  if (table.rows.length !== caseIds.length)
    fail("TABLE_INVALID", `${file} has ${table.rows.length} rows, the reference has ${caseIds.length}`, { file });
  return table.rows.map((row, at) => {
    requireInOrder(table, row, at);
    const attributes: Record<string, AttributeValue> = {};
    for (const [name, text] of Object.entries(row.cells)) {
      if (text === "" || rowNumbers.includes(name) || name === "patient" || name === "site") continue;
      attributes[attributeNames[name] ?? name] = text;
    }
    return {
      id: caseIds[at] as string,
      patient: asId(row.cells.patient),
      site: asId(row.cells.site) ?? site,
      attributes,
    };
  });
}
