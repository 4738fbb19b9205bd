/** The LUNA16 reference list: scans, nodules and excluded findings without images, for detectors' marks made elsewhere. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { id } from "../../contract/common.js";
import { fail } from "../../contract/errors.js";
import type { AttributeValue, Finding } from "../../contract/finding.js";
import type { Reference } from "../../contract/reading.js";
import { writeJsonLines } from "../../storage/atomic.js";
import { median } from "../merging.js";
import { numberCell, optionalNumberCell, readTable, type Table } from "../table.js";
import { defineImporter, writeCard, writeCases, writeTable, type NewCase } from "./importer.js";

const options = z.strictObject({
  id: id.default("luna16"),
  /** Folder with scans.csv and consensus.csv of the four readers' marks, to join attributes from. */
  readers: z.string().optional(),
  /** Diameter of excluded findings that have none, mm (the public script takes 10). */
  unknownDiameterMm: z.coerce.number().positive().max(100).default(10),
});

export const luna16 = defineImporter({
  id: "luna16",
  title: { "zh-CN": "LUNA16 结节参考表", en: "LUNA16 nodule reference" },
  description: {
    "zh-CN":
      "seriesuids.csv、annotations.csv、annotations_excluded.csv（可为 .gz），无图像；选项 readers：四位医师标注文件夹，用于合并层厚、恶性程度评分等属性。",
    en: "seriesuids.csv, annotations.csv, annotations_excluded.csv (.gz as well), without images; option readers: a folder of the four readers' marks from which slice thickness, malignancy ratings and others are joined.",
  },
  source: "Setio et al. 2017, doi:10.1016/j.media.2017.06.015",
  options,
  write: async (source, folder, given, onProgress) => {
    onProgress("reading the lists");
    const list = await readTable(await find(source, "seriesuids.csv"), ["seriesuid"], { columns: ["seriesuid"] });
    const scans = list.rows.map(({ cells }) => cells.seriesuid as string).filter((uid) => uid !== "seriesuid");
    const included = await readFindings(await find(source, "annotations.csv"), "n", given.unknownDiameterMm);
    const excluded = await readFindings(await find(source, "annotations_excluded.csv"), "x", given.unknownDiameterMm);
    const known = new Set(scans);
    for (const uid of [...included.keys(), ...excluded.keys()]) {
      if (!known.has(uid)) fail("TRUTH_INVALID", `the scan ${uid} has findings and is not in seriesuids.csv`);
    }
    const readers = given.readers === undefined ? null : await readReaders(given.readers);
    let ratedNodules = 0;
    const references = scans.map((uid): Reference => {
      const nodules = (included.get(uid) ?? []).map((finding) => {
        const rated = readers && matching(readers.clusters.get(uid) ?? [], finding);
        if (!rated) return finding;
        ratedNodules++;
        return { ...finding, attributes: { ...finding.attributes, ...rated.attributes } };
      });
      return {
        case: uid,
        findings: [...nodules, ...(excluded.get(uid) ?? []).map((finding) => ({ ...finding, excluded: true }))],
        labels: {},
        quantities: {},
        basis: { rule: "imported", readers: [] },
      };
    });
    await writeJsonLines(join(folder, "truth", "reference.jsonl"), references);
    const cases = scans.map((uid): NewCase => ({ id: uid, patient: readers?.patients.get(uid) }));
    await writeCases(folder, cases);
    const nodules = references.flatMap((line) => line.findings).filter((finding) => !finding.excluded).length;
    const notes = [`${nodules} nodules, ${[...excluded.values()].flat().length} excluded findings`];
    if (readers) {
      await writeTable(join(folder, "attributes", "readers.csv"), readers.columns, readers.rows);
      const joined = scans.filter((uid) => readers.patients.has(uid)).length;
      notes.push(
        `scans with joined attributes: ${joined}, not recorded: ${scans.length - joined}, unused: ${readers.rows.length - joined}`,
        `nodules with joined ratings: ${ratedNodules}, not recorded: ${nodules - ratedNodules}`,
      );
    }
    await writeCard(folder, {
      id: given.id,
      version: "1",
      title: { "zh-CN": "LUNA16 肺结节参考集（无图像）", en: "LUNA16 lung nodule reference (without images)" },
      task: "lung-nodule-detection",
      modality: "CT",
      owner: "LUNA16 challenge; derived from LIDC-IDRI (TCIA)",
      licence: "CC BY 4.0 (LUNA16), CC BY 3.0 (LIDC-IDRI)",
      provenance: "public",
      sites: [],
      annotators: [],
      annotation: {
        design: "votes-of-n-readers",
        note: "Nodules of 3 mm or more that at least three of four radiologists marked; other findings are excluded (neither hit nor miss).",
      },
      collection: {},
      citation: "Setio et al., Medical Image Analysis 2017, doi:10.1016/j.media.2017.06.015",
      waivers: [],
    });
    return { cases: scans.length, files: 0, findings: nodules, readings: 0, notes };
  },
});

/** The file, or its gzip. */
async function find(folder: string, name: string): Promise<string> {
  const names = await readdir(folder);
  const found = [name, `${name}.gz`].find((each) => names.includes(each));
  return join(
    folder,
    found ?? fail("IMPORT_SOURCE_INVALID", `${folder} holds no ${name}`, { file: join(folder, name) }),
  );
}

/** Findings by scan, in the order of the file. World coordinates are LPS millimetres. */
async function readFindings(file: string, prefix: string, unknownDiameter: number): Promise<Map<string, Finding[]>> {
  const table = await readTable(file, ["seriesuid", "coordX", "coordY", "coordZ", "diameter_mm"]);
  const byScan = new Map<string, Finding[]>();
  for (const row of table.rows) {
    const uid = row.cells.seriesuid as string;
    const findings = byScan.get(uid) ?? [];
    byScan.set(uid, findings);
    const diameter = numberCell(table, row, "diameter_mm");
    const recorded = diameter > 0;
    findings.push({
      id: `${prefix}${findings.length + 1}`,
      geometry: {
        type: "sphere",
        center: ["coordX", "coordY", "coordZ"].map((name) => numberCell(table, row, name)),
        diameterMm: recorded ? diameter : unknownDiameter,
      },
      attributes: recorded ? { diameterMm: diameter } : { diameterRecorded: false },
    });
  }
  return byScan;
}

interface Cluster {
  readonly center: readonly number[];
  readonly diameterMm: number;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

interface Readers {
  readonly patients: ReadonlyMap<string, string>;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (AttributeValue | undefined)[])[];
  readonly clusters: ReadonlyMap<string, readonly Cluster[]>;
}

/** scans.csv: attributes of scans; consensus.csv: objects with their ratings and the LUNA16 nodule they correspond to. */
async function readReaders(folder: string): Promise<Readers> {
  const scans = await readTable(join(folder, "scans.csv"), ["scan", "series_uid", "patient", "slice_thickness_mm"]);
  const consensus = await readTable(join(folder, "consensus.csv"), ["scan", "malignancy", "luna16_x"]);
  const uids = new Map(scans.rows.map(({ cells }) => [cells.scan as string, cells.series_uid as string]));
  const clusters = new Map<string, Cluster[]>();
  for (const row of consensus.rows) {
    const uid = uids.get(row.cells.scan as string);
    const x = optionalNumberCell(consensus, row, "luna16_x");
    if (uid === undefined || x === undefined) continue;
    const list = clusters.get(uid) ?? [];
    clusters.set(uid, list);
    const ratings = (row.cells.malignancy as string).split("|").map(Number).filter(Number.isFinite);
    list.push({
      center: [x, numberCell(consensus, row, "luna16_y"), numberCell(consensus, row, "luna16_z")],
      diameterMm: numberCell(consensus, row, "luna16_diameter_mm"),
      attributes: {
        ...(ratings.length > 0 ? { malignancy: median(ratings) } : {}),
        votes: numberCell(consensus, row, "n_marks"),
      },
    });
  }
  return {
    patients: new Map(scans.rows.map(({ cells }) => [cells.series_uid as string, cells.patient as string])),
    columns: ["case_id", "sliceThicknessMm", "sliceSpacingMm", "pixelSpacingMm", "contrast"],
    rows: scans.rows.map((row) => [
      row.cells.series_uid,
      optionalNumberCell(scans, row, "slice_thickness_mm"),
      uniformGap(scans, row.row - 2),
      optionalNumberCell(scans, row, "pixel_spacing_mm"),
      row.cells.contrast === "1" ? "yes" : row.cells.contrast === "0" ? "no" : undefined,
    ]),
    clusters,
  };
}

/** Distance of slices, where it is one. */
function uniformGap(scans: Table, index: number): number | undefined {
  const row = scans.rows[index];
  if (row === undefined) return undefined;
  const [median, low, high] = ["z_gap_median", "z_gap_min", "z_gap_max"].map((name) =>
    optionalNumberCell(scans, row, name),
  );
  if (median === undefined || low === undefined || high === undefined) return median;
  return high - low <= 0.02 + 0.02 * median ? median : undefined;
}

/** The object that is this nodule: the table carries the nodule's own coordinates, rounded. */
function matching(clusters: readonly Cluster[], nodule: Finding): Cluster | undefined {
  const { geometry } = nodule;
  if (geometry.type !== "sphere") return undefined;
  return clusters.find(
    ({ center, diameterMm }) =>
      center.every((value, axis) => Math.abs(value - (geometry.center[axis] ?? NaN)) <= 0.001) &&
      Math.abs(diameterMm - geometry.diameterMm) <= 0.001,
  );
}
