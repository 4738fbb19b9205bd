/** Fundus photographs with one grade an eye, as a folder of images and a labels.csv. */
import { extname, join } from "node:path";
import { z } from "zod";
import { id } from "../../contract/common.js";
import type { Reference } from "../../contract/reading.js";
import { writeJsonLines } from "../../storage/atomic.js";
import { resolveInside } from "../../storage/paths.js";
import { failRow, numberCell, readTable } from "../table.js";
import { copyInto, defineImporter, writeCard, writeCases, type NewCase } from "./importer.js";
import { asId } from "./series.js";

const options = z.strictObject({
  id: id.default("fundus-grades"),
  /** Site of all cases, where the table has no column `site`. */
  site: id.optional(),
  provenance: z.enum(["clinical", "public", "synthetic"]).default("public"),
  owner: z.string().min(1).default("not stated"),
  licence: z.string().min(1).default("not stated"),
});

const eyes: Readonly<Record<string, string>> = {
  l: "left",
  left: "left",
  os: "left",
  r: "right",
  right: "right",
  od: "right",
};

export const fundusGrades = defineImporter({
  id: "fundus-grades",
  title: { "zh-CN": "眼底照片分级表", en: "Graded fundus photographs" },
  description: {
    "zh-CN":
      "labels.csv：每行一眼，列 image（文件名，为空则跳过）、patient、icdr（0–4），可选 eye、site、camera、camera_exif、quality、gradable、maculopathy；图像在 images/ 或同一文件夹。",
    en: "labels.csv, a row an eye: image (file name; rows without are left out), patient, icdr (0-4), optional eye, site, camera, camera_exif, quality, gradable, maculopathy; images lie in images/ or beside the table.",
  },
  source: "ICDR scale (Wilkinson et al. 2003, doi:10.1016/S0161-6420(03)00475-5)",
  options,
  write: async (source, folder, given, onProgress) => {
    const table = await readTable(join(source, "labels.csv"), ["image", "patient", "icdr"]);
    const rows = table.rows.filter(({ cells }) => cells.image !== "");
    const cases: NewCase[] = [];
    const references: Reference[] = [];
    for (const [index, row] of rows.entries()) {
      const { cells } = row;
      const icdr = numberCell(table, row, "icdr");
      if (!Number.isInteger(icdr) || icdr < 0 || icdr > 4) failRow(table, row, `icdr ${icdr} is not a grade of 0 to 4`);
      const name = cells.image as string;
      const found = await resolveInside(source, `images/${name}`).catch(() => resolveInside(source, name));
      const caseId = `c${String(index + 1).padStart(6, "0")}`;
      const image = `images/${caseId}${extname(name).toLowerCase()}`;
      await copyInto(found, join(folder, image));
      cases.push({
        id: caseId,
        patient: asId(cells.patient),
        site: asId(cells.site) ?? given.site,
        image,
        attributes: {
          eye: eyes[(cells.eye ?? "").toLowerCase()],
          camera: cells.camera || cells.camera_exif || undefined,
          quality: cells.quality || undefined,
        },
      });
      const gradable = (cells.gradable ?? "") === "" ? {} : { gradable: !/^(0|no|false)$/i.test(cells.gradable ?? "") };
      const maculopathy = (cells.maculopathy ?? "") === "" ? {} : { maculopathy: cells.maculopathy as string };
      references.push({
        case: caseId,
        findings: [],
        labels: { icdr, ...gradable, ...maculopathy },
        quantities: {},
        basis: { rule: "imported", readers: [] },
      });
      onProgress("copying photographs", index + 1, rows.length);
    }
    await writeCases(folder, cases);
    await writeJsonLines(join(folder, "truth", "reference.jsonl"), references);
    await writeCard(folder, {
      id: given.id,
      version: "1",
      title: { "zh-CN": "眼底彩照糖尿病视网膜病变分级测试集", en: "Graded colour fundus photographs" },
      task: "dr-grading",
      modality: "OP",
      owner: given.owner,
      licence: given.licence,
      provenance: given.provenance,
      sites: given.site ? [{ id: given.site, name: given.site }] : [],
      annotators: [],
      annotation: {
        design: "imported",
        note: "One published grade an eye; number of graders and their separate grades are not known.",
      },
      collection: {},
      waivers: [],
    });
    return {
      cases: cases.length,
      files: cases.length,
      findings: references.length,
      readings: 0,
      notes: [`${table.rows.length - rows.length} rows without an image were left out`],
    };
  },
});
