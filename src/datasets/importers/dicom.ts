/** Any folder tree of DICOM series, with optional tables beside it: cases.csv, findings.csv, readings.csv. */
import { lstat, readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { z } from "zod";
import { id } from "../../contract/common.js";
import { fail } from "../../contract/errors.js";
import type { AttributeValue, Finding } from "../../contract/finding.js";
import type { Reading, Reference } from "../../contract/reading.js";
import { describeSeries, type SeriesDescription } from "../../imaging/dicom/series.js";
import { writeJsonLines } from "../../storage/atomic.js";
import { isNumericAttribute } from "../attributes.js";
import { failRow, numberCell, optionalNumberCell, readTable, type Table, type TableRow } from "../table.js";
import { defineImporter, writeCard, writeCases, writeTable, type NewCase } from "./importer.js";
import { asId, copySeries } from "./series.js";

const maxFiles = 2_000_000;

const options = z.strictObject({
  id: id.default("dicom-set"),
  task: id.default("lung-nodule-detection"),
  title: z.string().min(1).default("DICOM test set"),
  owner: z.string().min(1).default("not stated"),
  licence: z.string().min(1).default("not stated"),
  provenance: z.enum(["clinical", "public", "synthetic"]).default("clinical"),
  /** Site of all cases that cases.csv gives none. */
  site: id.optional(),
  /** Votes that a finding needs, for readings of more than two readers. */
  atLeast: z.coerce.number().int().min(1).max(20).optional(),
});

export const dicom = defineImporter({
  id: "dicom",
  title: { "zh-CN": "DICOM 文件夹", en: "DICOM folders" },
  description: {
    "zh-CN":
      "任意层级的 DICOM 文件，按 Series Instance UID 归组。根目录可有：cases.csv（series，可选 case_id、patient_id、site_id 及属性列；有此表时只导入表中序列）、findings.csv（series,x,y,z,diameter_mm，可选 label、excluded，其余列为属性）、readings.csv（另有 reader、round，可选 mark_id、trigger；未标记者留空 x,y,z）。series 为 Series Instance UID、相对路径文件夹或 case_id；坐标为 LPS 毫米。",
    en: "DICOM files at any depth, grouped by Series Instance UID. Beside them may lie: cases.csv (series, optional case_id, patient_id, site_id, attributes; then only its series are imported), findings.csv (series, x, y, z, diameter_mm, optional label, excluded; further columns are attributes), readings.csv (also reader, round, optional mark_id, trigger; x, y, z empty for a reader who marked nothing). `series` is a Series Instance UID, a folder or a case_id; coordinates are LPS millimetres.",
  },
  source: "DICOM PS3.3, PS3.10",
  options,
  write: async (source, folder, given, onProgress) => {
    onProgress("reading headers");
    const { files, tables } = await filesBelow(source);
    const { series, problems } = await describeSeries(files);
    const images = series.filter(({ slices }) => slices.length > 0);
    const notes: string[] = [];
    if (problems.length > 0) notes.push(`${problems.length} files are no readable DICOM: ${problems[0]?.message}`);
    const without = series.length - images.length;
    if (without > 0) notes.push(`${without} series without slices (localizers, reports) were left out`);
    const chosen = await chooseCases(source, tables, images, given.site, notes);
    if (chosen.length === 0)
      fail("IMPORT_SOURCE_INVALID", `${source} holds no DICOM series with slices`, { file: source });
    let copied = 0;
    for (const [index, { row, series: each }] of chosen.entries()) {
      copied += await copySeries(each, folder, row.id);
      onProgress("copying series", index + 1, chosen.length);
    }
    const caseOf = caseFinder(source, chosen);
    const references = tables.has("findings.csv")
      ? await readFindings(join(source, "findings.csv"), chosen, caseOf)
      : null;
    const readings = tables.has("readings.csv") ? await readReadings(join(source, "readings.csv"), caseOf) : [];
    if (references) await writeJsonLines(join(folder, "truth", "reference.jsonl"), references);
    if (readings.length > 0) await writeJsonLines(join(folder, "truth", "readings.jsonl"), readings);
    await writeTable(
      join(folder, "truth", "sources.csv"),
      ["case_id", "series_uid"],
      chosen.map(({ row, series: each }) => [row.id, each.seriesInstanceUid]),
    );
    await writeCases(
      folder,
      chosen.map(({ row }) => row),
    );
    const rounds0 = new Set(readings.filter(({ round }) => round === 0).map(({ reader }) => reader));
    const readers = [...new Set(readings.map(({ reader }) => reader))].sort();
    const votes = given.atLeast;
    await writeCard(folder, {
      id: given.id,
      version: "1",
      title: { "zh-CN": given.title, en: given.title },
      task: given.task,
      modality: chosen[0]?.series.modality ?? "CT",
      owner: given.owner,
      licence: given.licence,
      provenance: given.provenance,
      sites: [...new Set(chosen.map(({ row }) => row.site).filter((site) => site !== undefined))].map((site) => ({
        id: site,
        name: site,
      })),
      annotators: readers.map((reader) => ({ id: reader, role: rounds0.has(reader) ? "arbiter" : "reader" })),
      annotation: {
        design:
          readings.length === 0
            ? "imported"
            : votes === undefined
              ? "two-readers-two-rounds-blind-with-arbiter"
              : "votes-of-n-readers",
        ...(readings.length === 0
          ? {}
          : {
              adjudication: {
                rule: votes === undefined ? ("two-readers-arbiter" as const) : ("vote" as const),
                ...(votes === undefined ? {} : { atLeast: votes }),
                size: "mean" as const,
                label: "majority" as const,
              },
            }),
      },
      collection: {},
      waivers: [],
    });
    const findings = references?.reduce((sum, line) => sum + line.findings.length, 0) ?? 0;
    return { cases: chosen.length, files: copied, findings, readings: readings.length, notes };
  },
});

interface Chosen {
  readonly row: NewCase;
  readonly series: SeriesDescription;
}

/** Plain files below the source; tables at its root apart. Links and hidden files are left out. */
async function filesBelow(source: string): Promise<{ files: string[]; tables: Set<string> }> {
  const files: string[] = [];
  const tables = new Set<string>();
  const visit = async (at: string, depth: number): Promise<void> => {
    if (depth > 32) fail("LIMIT_EXCEEDED", `${source} is nested more than 32 deep`, { file: at });
    for (const name of (await readdir(at)).sort()) {
      const path = join(at, name);
      if (name.startsWith(".") || name === "DICOMDIR") continue;
      const stats = await lstat(path);
      if (stats.isDirectory()) await visit(path, depth + 1);
      else if (depth === 0 && /\.csv$/i.test(name)) tables.add(name);
      else if (stats.isFile()) files.push(path);
      if (files.length > maxFiles)
        fail("LIMIT_EXCEEDED", `${source} holds more than ${maxFiles} files`, { file: source });
    }
  };
  await visit(source, 0);
  return { files, tables };
}

/** Folder of a series' first slice, relative to the source. */
const folderOf = (source: string, series: SeriesDescription): string =>
  relative(source, join(series.slices[0]?.file ?? source, ".."))
    .split(sep)
    .join("/");

/** The series to import with their rows: those of cases.csv in its order, else all by UID. */
async function chooseCases(
  source: string,
  tables: ReadonlySet<string>,
  images: readonly SeriesDescription[],
  site: string | undefined,
  notes: string[],
): Promise<Chosen[]> {
  const numbered = (index: number) => `c${String(index + 1).padStart(6, "0")}`;
  if (!tables.has("cases.csv"))
    return images.map((series, index) => ({
      series,
      row: { id: numbered(index), patient: asId(series.patientId), site, image: `images/${numbered(index)}` },
    }));
  const table = await readTable(join(source, "cases.csv"), ["series"]);
  const byUid = new Map(images.map((series) => [series.seriesInstanceUid, series]));
  const chosen = table.rows.map((row, index): Chosen => {
    const key = row.cells.series ?? "";
    const inFolder = images.filter((series) => folderOf(source, series) === key.replace(/\/+$/, ""));
    const series = byUid.get(key) ?? (inFolder.length === 1 ? inFolder[0] : undefined);
    if (series === undefined) failRow(table, row, `"${key}" names ${inFolder.length} series of the source`);
    const caseId = row.cells.case_id || numbered(index);
    if (!id.safeParse(caseId).success) failRow(table, row, `"${caseId}" is not an id`);
    return {
      series,
      row: {
        id: caseId,
        patient: asId(row.cells.patient_id || series.patientId),
        site: asId(row.cells.site_id) ?? site,
        image: `images/${caseId}`,
        attributes: attributesOf(table, row, ["series", "case_id", "patient_id", "site_id"], isNumericAttribute),
      },
    };
  });
  const used = new Set(chosen.map(({ series }) => series));
  if (used.size < chosen.length) fail("TABLE_INVALID", `${table.file} names a series twice`, { file: table.file });
  if (used.size < images.length)
    notes.push(`${images.length - used.size} series that cases.csv does not name were left out`);
  return chosen;
}

/** The case that a table's `series` cell means. */
function caseFinder(source: string, chosen: readonly Chosen[]): (table: Table, row: TableRow) => string {
  const cases = new Map<string, string>();
  for (const { row, series } of chosen) cases.set(folderOf(source, series), row.id);
  for (const { row, series } of chosen) cases.set(series.seriesInstanceUid, row.id).set(row.id, row.id);
  return (table, row) => {
    const key = (row.cells.series ?? "").replace(/\/+$/, "");
    return cases.get(key) ?? failRow(table, row, `"${key.slice(0, 80)}" is no imported series`);
  };
}

function attributesOf(
  table: Table,
  row: TableRow,
  without: readonly string[],
  isNumber: (name: string, text: string) => boolean,
): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const name of table.columns) {
    const text = row.cells[name] ?? "";
    if (without.includes(name) || text === "") continue;
    attributes[name] = isNumber(name, text) ? numberCell(table, row, name) : text;
  }
  return attributes;
}

const markColumns = [
  "series",
  "x",
  "y",
  "z",
  "diameter_mm",
  "label",
  "excluded",
  "reader",
  "round",
  "mark_id",
  "trigger",
];
const looksNumeric = (_: string, text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);

/** A mark of a row: a sphere where the diameter is given, else a point. */
function markOf(table: Table, row: TableRow, markId: string): Finding {
  const at = ["x", "y", "z"].map((name) => numberCell(table, row, name));
  const diameterMm = optionalNumberCell(table, row, "diameter_mm");
  if (diameterMm !== undefined && diameterMm <= 0) failRow(table, row, `diameter_mm ${diameterMm} is not positive`);
  const attributes = {
    ...attributesOf(table, row, markColumns, looksNumeric),
    ...(diameterMm === undefined ? {} : { diameterMm }),
  };
  return {
    id: id.safeParse(markId).success ? markId : failRow(table, row, `"${markId}" is not an id`),
    geometry: diameterMm === undefined ? { type: "point", at } : { type: "sphere", center: at, diameterMm },
    ...(row.cells.label ? { label: row.cells.label } : {}),
    attributes,
    ...(/^(1|yes|true)$/i.test(row.cells.excluded ?? "") ? { excluded: true } : {}),
  };
}

async function readFindings(
  file: string,
  chosen: readonly Chosen[],
  caseOf: (table: Table, row: TableRow) => string,
): Promise<Reference[]> {
  const table = await readTable(file, ["series", "x", "y", "z"]);
  const byCase = new Map<string, Finding[]>(chosen.map(({ row }) => [row.id, []]));
  for (const row of table.rows) {
    const findings = byCase.get(caseOf(table, row)) ?? [];
    findings.push(markOf(table, row, `f${findings.length + 1}`));
  }
  return [...byCase].map(([caseId, findings]) => ({
    case: caseId,
    findings,
    labels: {},
    quantities: {},
    basis: { rule: "imported", readers: [] },
  }));
}

async function readReadings(file: string, caseOf: (table: Table, row: TableRow) => string): Promise<Reading[]> {
  const table = await readTable(file, ["series", "reader", "round", "x", "y", "z"]);
  const lines = new Map<string, Reading>();
  for (const row of table.rows) {
    const caseId = caseOf(table, row);
    const reader = asId(row.cells.reader) ?? failRow(table, row, "reader is empty");
    const round = numberCell(table, row, "round");
    if (!Number.isInteger(round) || round < 0 || round > 20) failRow(table, row, `round ${round} is not 0 to 20`);
    const key = `${caseId} ${reader} ${round}`;
    const line = lines.get(key) ?? { case: caseId, reader, round, findings: [], labels: {}, quantities: {} };
    lines.set(key, line);
    const trigger = (row.cells.trigger ?? "")
      .split(";")
      .map((text) => text.trim())
      .filter((text) => text !== "");
    if (trigger.length > 0) line.trigger = [...new Set([...(line.trigger ?? []), ...trigger])];
    const nothing = ["x", "y", "z"].every((name) => row.cells[name] === "");
    const markId = row.cells.mark_id || `${reader.slice(0, 32)}-${round}-${line.findings.length + 1}`;
    if (!nothing) line.findings.push(markOf(table, row, markId));
  }
  return [...lines.values()];
}
