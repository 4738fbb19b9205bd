/** Series of the TCIA collection Lung-PET-CT-Dx with their PASCAL VOC boxes: boxes of neighbouring slices become lesions in patient millimetres. */
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { id } from "../../contract/common.js";
import { fail } from "../../contract/errors.js";
import type { Finding } from "../../contract/finding.js";
import type { Reference } from "../../contract/reading.js";
import { readVoc } from "../../annotations/voc.js";
import { affineOf } from "../../geometry/affine.js";
import type { Vector3 } from "../../geometry/vector.js";
import { describeSeries, type SeriesDescription } from "../../imaging/dicom/series.js";
import { writeJsonLines } from "../../storage/atomic.js";
import { defineImporter, writeCard, writeCases, type NewCase } from "./importer.js";
import { asId, copySeries } from "./series.js";

const options = z.strictObject({
  id: id.default("lung-pet-ct-dx"),
  /** Index of the first pixel as the boxes were written: 0 or 1. */
  firstPixel: z.coerce.number().int().min(0).max(1).default(0),
});

/** Tumour classes of the collection. */
const classes: Readonly<Record<string, string>> = {
  A: "adenocarcinoma",
  B: "small-cell-carcinoma",
  E: "large-cell-carcinoma",
  G: "squamous-cell-carcinoma",
};

export const lungPetCtDx = defineImporter({
  id: "lung-pet-ct-dx",
  title: { "zh-CN": "Lung-PET-CT-Dx：CT 序列与肿瘤框", en: "Lung-PET-CT-Dx: CT series with tumour boxes" },
  description: {
    "zh-CN":
      "每个序列一个文件夹：dicom/ 与 annotation/（PASCAL VOC XML，文件名为所属层面的 SOP Instance UID）；相邻层面相交的框合为一个病灶。",
    en: "A folder a series, with dicom/ and annotation/ (PASCAL VOC XML, named by the SOP Instance UID of the slice); overlapping boxes of neighbouring slices become one lesion.",
  },
  source: "Li et al. 2020, doi:10.7937/TCIA.2020.NNC20461",
  options,
  write: async (source, folder, given, onProgress) => {
    const names = (await readdir(source)).sort();
    const cases: NewCase[] = [];
    const references: Reference[] = [];
    let files = 0;
    for (const name of names) {
      const dicom = join(source, name, "dicom");
      if (!(await isFolder(dicom))) continue;
      const { series } = await describeSeries((await readdir(dicom)).map((file) => join(dicom, file)));
      for (const each of series) {
        const caseId = `c${String(cases.length + 1).padStart(6, "0")}`;
        onProgress(`copying ${name}`);
        files += await copySeries(each, folder, caseId);
        const findings = await lesionsOf(each, join(source, name, "annotation"), given.firstPixel);
        references.push({
          case: caseId,
          findings,
          labels: {},
          quantities: {},
          basis: { rule: "imported", readers: [] },
        });
        cases.push({ id: caseId, patient: asId(each.patientId), image: `images/${caseId}` });
      }
    }
    if (cases.length === 0)
      fail("IMPORT_SOURCE_INVALID", `${source} holds no folder with dicom/ in it`, { file: source });
    await writeCases(folder, cases);
    await writeJsonLines(join(folder, "truth", "reference.jsonl"), references);
    await writeCard(folder, {
      id: given.id,
      version: "1",
      title: { "zh-CN": "肺部CT肿瘤框测试集（Lung-PET-CT-Dx）", en: "Chest CT with tumour boxes (Lung-PET-CT-Dx)" },
      task: "lung-nodule-detection",
      modality: "CT",
      owner: "TCIA, collection Lung-PET-CT-Dx",
      licence: "CC BY 4.0, TCIA data usage policy",
      provenance: "public",
      sites: [],
      annotators: [],
      annotation: {
        design: "imported",
        note: "One thoracic radiologist drew the boxes, four others verified; separate readings are not published.",
      },
      collection: {},
      citation: "Li et al. 2020, doi:10.7937/TCIA.2020.NNC20461",
      waivers: [],
    });
    const findings = references.reduce((sum, line) => sum + line.findings.length, 0);
    return { cases: cases.length, files, findings, readings: 0, notes: [] };
  },
});

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

/** A box with the index of its slice. */
type SliceBox = Awaited<ReturnType<typeof readVoc>>["boxes"][number] & { readonly slice: number };

/** Boxes of all slices, chained to lesions. @throws IMPORT_SOURCE_INVALID for a box of an unknown slice */
async function lesionsOf(series: SeriesDescription, folder: string, firstPixel: number): Promise<Finding[]> {
  const { geometry } = series;
  const files = (await isFolder(folder)) ? (await readdir(folder)).filter((name) => name.endsWith(".xml")).sort() : [];
  if (files.length === 0) return [];
  if (geometry === undefined)
    fail(
      "IMPORT_SOURCE_INVALID",
      `the series ${series.seriesInstanceUid} makes no volume: ${series.problems[0]?.message}`,
    );
  const sliceOf = new Map(series.slices.map(({ sopInstanceUid }, index) => [sopInstanceUid, index]));
  const boxes: SliceBox[] = [];
  for (const name of files) {
    const slice = sliceOf.get(basename(name, ".xml"));
    if (slice === undefined)
      fail("IMPORT_SOURCE_INVALID", `${name} belongs to no slice of the series`, { file: join(folder, name) });
    for (const box of (await readVoc(join(folder, name))).boxes) boxes.push({ ...box, slice });
  }
  boxes.sort((a, b) => a.slice - b.slice || a.xmin - b.xmin || a.ymin - b.ymin);
  return chains(boxes).map((lesion, index) => findingOf(lesion, geometry, `l${index + 1}`, firstPixel));
}

/** Boxes on the same or neighbouring slices that overlap in the plane are one lesion. */
function chains(boxes: readonly SliceBox[]): SliceBox[][] {
  const lesions: SliceBox[][] = [];
  for (const box of boxes) {
    const touching = lesions.filter((lesion) => lesion.some((other) => touches(box, other)));
    const [first] = touching;
    if (first === undefined) lesions.push([box]);
    else {
      first.push(box);
      for (const other of touching.slice(1)) {
        first.push(...other);
        lesions.splice(lesions.indexOf(other), 1);
      }
    }
  }
  return lesions;
}

function touches(a: SliceBox, b: SliceBox): boolean {
  return (
    Math.abs(a.slice - b.slice) <= 1 &&
    Math.min(a.xmax, b.xmax) > Math.max(a.xmin, b.xmin) &&
    Math.min(a.ymax, b.ymax) > Math.max(a.ymin, b.ymin)
  );
}

/**
 * The union of a lesion's boxes in patient millimetres. Box limits are pixel centres; along the slices the lesion
 * reaches half a spacing beyond its outer slices. `diameterMm`: largest side of a box in the plane.
 */
function findingOf(
  lesion: readonly SliceBox[],
  geometry: NonNullable<SeriesDescription["geometry"]>,
  findingId: string,
  firstPixel: number,
): Finding {
  const low: Vector3 = [
    Math.min(...lesion.map((box) => box.xmin)) - firstPixel,
    Math.min(...lesion.map((box) => box.ymin)) - firstPixel,
    Math.min(...lesion.map((box) => box.slice)) - 0.5,
  ];
  const high: Vector3 = [
    Math.max(...lesion.map((box) => box.xmax)) - firstPixel,
    Math.max(...lesion.map((box) => box.ymax)) - firstPixel,
    Math.max(...lesion.map((box) => box.slice)) + 0.5,
  ];
  const { toPatient } = affineOf(geometry);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    toPatient([corner & 1 ? high[0] : low[0], corner & 2 ? high[1] : low[1], corner & 4 ? high[2] : low[2]]),
  );
  const [columns, rows] = geometry.spacing;
  const sides = lesion.flatMap((box) => [(box.xmax - box.xmin) * columns, (box.ymax - box.ymin) * rows]);
  const histology = classes[lesion[0]?.name ?? ""];
  return {
    id: findingId,
    geometry: {
      type: "box",
      min: [0, 1, 2].map((axis) => Math.min(...corners.map((corner) => corner[axis] as number))),
      max: [0, 1, 2].map((axis) => Math.max(...corners.map((corner) => corner[axis] as number))),
    },
    attributes: { diameterMm: Math.max(...sides), boxes: lesion.length, ...(histology ? { histology } : {}) },
  };
}
