import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Reference } from "../../src/contract/reading.js";
import { adjudicate } from "../../src/datasets/adjudicate.js";
import { readCard } from "../../src/datasets/card.js";
import { check } from "../../src/datasets/check.js";
import { importDataset } from "../../src/datasets/importers/index.js";
import { openTruth } from "../../src/datasets/truth.js";
import { readVolume, volumeHash } from "../../src/imaging/volume.js";
import { noteMissing, sharedFolder } from "../shared.js";
import { testFolder, writeSeries } from "./fixtures.js";

const folder = testFolder();
const shared = sharedFolder();
const source = (path: string) => join(shared ?? "", path);
const openAllowed = { command: "test", reason: "test", run: null, openAllowed: true };
const referencesIn = async (set: string): Promise<Reference[]> =>
  (await readFile(join(set, "truth", "reference.jsonl"), "utf8"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Reference);

if (shared === null) noteMissing("importers on real collections", 4);

describe.runIf(shared !== null)("real collections", () => {
  it("Lung-PET-CT-Dx: volumes, boxes in patient millimetres, and the gates", async () => {
    const set = join(folder(), "set");
    const summary = await importDataset("lung-pet-ct-dx", source("data/lung_ct_boxes"), set);
    expect(summary).toMatchObject({ cases: 2, files: 94, findings: 2 });
    const { index } = await check(set);
    const lines = await referencesIn(set);
    for (const [at, name] of ["A0001_s2_L", "A0002_s3_B40f"].entries()) {
      const expected = JSON.parse(readFileSync(source(`data/lung_ct_boxes/${name}/series.json`), "utf8")) as {
        sha256_int16_le_hu_volume: string;
        spacing_z_computed_mm: number;
        slice_thickness_tag: number;
        kernel: string;
        lesions: { center_lps: number[]; extent_mm_xyz: number[]; largest_in_plane_box_side_mm: number }[];
      };
      const indexed = index.cases[at];
      const volume = await readVolume((indexed?.files ?? []).map(({ path }) => join(set, path)));
      expect(volumeHash(volume)).toBe(expected.sha256_int16_le_hu_volume);
      expect(indexed?.attributes.sliceSpacingMm?.value).toBeCloseTo(expected.spacing_z_computed_mm, 9);
      expect(indexed?.attributes.sliceThicknessMm).toEqual({ value: expected.slice_thickness_tag, origin: "header" });
      expect(indexed?.attributes.kernel?.value).toBe(expected.kernel);
      const [lesion] = lines[at]?.findings ?? [];
      const [truth] = expected.lesions;
      if (lesion?.geometry.type !== "box" || truth === undefined) throw new Error("no lesion");
      const { min, max } = lesion.geometry;
      for (const axis of [0, 1, 2]) {
        expect(((min[axis] ?? NaN) + (max[axis] ?? NaN)) / 2).toBeCloseTo(truth.center_lps[axis] ?? NaN, 3);
        expect((max[axis] ?? NaN) - (min[axis] ?? NaN)).toBeCloseTo(truth.extent_mm_xyz[axis] ?? NaN, 3);
      }
      // Beyond 30 mm: the bin of masses, and not excluded.
      expect(lesion.attributes?.diameterMm).toBeCloseTo(truth.largest_in_plane_box_side_mm, 3);
      expect(lesion.excluded).toBeUndefined();
    }
  });

  it("fundus grades: two patients with the same bytes are found; a waiver lets the set through", async () => {
    const set = join(folder(), "set");
    expect(await importDataset("fundus-grades", source("data/fundus_dr"), set)).toMatchObject({
      cases: 154,
      files: 154,
    });
    await expect(check(set)).rejects.toMatchObject({ code: "DATASET_GATE_FAILED", exit: 3 });
    const gates = (
      JSON.parse(await readFile(join(set, "index.json"), "utf8")) as { gates: { code: string; cases: string[] }[] }
    ).gates;
    const doubled = gates.filter(({ code }) => code === "DUPLICATE_ACROSS_PATIENTS");
    expect(doubled).toHaveLength(2);
    const card = join(set, "dataset.yaml");
    const waiver =
      "waivers:\n  - code: DUPLICATE_ACROSS_PATIENTS\n    reason: the collection holds the patient twice\n";
    await writeFile(card, (await readFile(card, "utf8")).replace("waivers: []\n", waiver));
    const { index } = await check(set);
    const patients = new Map(index.cases.map(({ id, patient }) => [id, patient]));
    for (const { cases } of doubled) expect(cases.map((id) => patients.get(id))).toEqual(["P299", "P300"]);
    expect(new Set(patients.values()).size).toBe(77);
    const grades = [0, 0, 0, 0, 0];
    for (const { labels } of await referencesIn(set)) grades[Number(labels.icdr)]! += 1;
    expect(grades).toEqual([30, 38, 43, 27, 16]);
  });

  it("LUNA16: counts of the collection, with attributes of the scans that join", async () => {
    const set = join(folder(), "set");
    await importDataset("luna16", source("oracles/luna16"), set, { readers: source("data/lidc_four_reader") });
    const { index } = await check(set);
    expect(index.cases).toHaveLength(888);
    expect(index.cases.every(({ kind, files }) => kind === "none" && files.length === 0)).toBe(true);
    expect(index.joins).toMatchObject([{ joined: 604, notRecorded: 284, unused: 80 }]);
    const { reference } = await openTruth(set, openAllowed);
    const findings = [...reference.values()].flatMap((line) => line.findings);
    const included = findings.filter(({ excluded }) => !excluded);
    expect(included).toHaveLength(1186);
    expect(findings.length - included.length).toBe(35_192);
    // The overlap of the two works: 804 clusters lie on a nodule of the list.
    expect(included.filter(({ attributes }) => typeof attributes?.malignancy === "number")).toHaveLength(804);
    const unknown = findings.filter(({ attributes }) => attributes?.diameterRecorded === false);
    expect(unknown.every(({ geometry }) => geometry.type === "sphere" && geometry.diameterMm === 10)).toBe(true);
    expect(unknown.length).toBeGreaterThan(0);
  });

  it("LIDC readings: votes of three or more give the published number of clusters", async () => {
    const set = join(folder(), "set");
    const summary = await importDataset("lidc-readings", source("data/lidc_four_reader"), set);
    expect(summary).toMatchObject({ cases: 684, readings: 684 * 4 });
    const { summary: adjudicated } = await adjudicate(set);
    const consensus = readFileSync(source("data/lidc_four_reader/consensus.csv"), "utf8")
      .trimEnd()
      .split("\n")
      .slice(1);
    const marks = consensus.map((line) => Number(line.split(",")[2]));
    expect(adjudicated.findings).toBe(marks.filter((count) => count >= 3).length);
    expect(adjudicated.findings).toBe(935);
    expect(adjudicated.excluded).toBe(marks.filter((count) => count < 3).length);
    // Median malignancy of the first scan's nodule: ratings 5, 5, 5, 4.
    const [first] = await referencesIn(set);
    expect(first?.findings[0]?.attributes).toMatchObject({ malignancy: 5, votes: 4 });
  });
});

describe("a tree of DICOM files with tables", () => {
  /** Two series in folders of the vendor's own, and a file that is no DICOM. */
  function vendorTree(): string {
    const root = join(folder(), "vendor");
    writeSeries(join(root, "a", "CT 1"), "one");
    writeSeries(join(root, "b", "deep", "CT 2"), "two", { salt: 1, patientId: "ID 7" });
    writeFileSync(join(root, "a", "notes.txt"), "not an image");
    return root;
  }

  it("becomes cases under opaque names, each patient known by the header", async () => {
    const set = join(folder(), "set");
    expect(await importDataset("dicom", vendorTree(), set, { site: "s1" })).toMatchObject({ cases: 2, files: 12 });
    expect((await readdir(join(set, "images"))).sort()).toEqual(["c000001", "c000002"]);
    const { index } = await check(set);
    expect(index.cases.map(({ site }) => site)).toEqual(["s1", "s1"]);
    const patients = index.cases.map(({ patient }) => patient).sort();
    expect(patients[0]).toMatch(/^ID-7-[0-9a-f]{8}$/);
    expect(patients[1]).toBe("one");
  });

  it("takes cases, findings and readings from tables, by folder, UID or case id", async () => {
    const root = vendorTree();
    const table = (name: string, lines: string[]) => writeFileSync(join(root, name), `${lines.join("\n")}\n`);
    table("cases.csv", ["series,case_id,patient_id,site_id,dose", "a/CT 1,n1,p1,s1,low", "b/deep/CT 2,n2,p2,s2,"]);
    table("findings.csv", ["series,x,y,z,diameter_mm,type,excluded", "n1,4,4,4,3,solid,", "a/CT 1,2,2,2,,,yes"]);
    table("readings.csv", [
      "series,reader,round,x,y,z,diameter_mm,mark_id,trigger",
      "n1,r1,2,4,4,4,3,m1,",
      "n1,r2,2,,,,,,",
      "n1,a,0,4,4,4,5,,m1",
      "n2,r1,2,,,,,,",
      "n2,r2,2,,,,,,",
    ]);
    const set = join(folder(), "set");
    expect(await importDataset("dicom", root, set)).toMatchObject({ cases: 2, findings: 2, readings: 5 });
    const imported = await referencesIn(set);
    expect(imported.map((line) => [line.case, line.findings.length])).toEqual([
      ["n1", 2],
      ["n2", 0],
    ]);
    expect(imported[0]?.findings[0]?.attributes).toEqual({ type: "solid", diameterMm: 3 });
    expect(imported[0]?.findings[1]).toMatchObject({ excluded: true, geometry: { type: "point", at: [2, 2, 2] } });
    expect((await readCard(set)).card.annotators.find(({ id }) => id === "a")?.role).toBe("arbiter");
    await adjudicate(set);
    const [first] = await referencesIn(set);
    expect(first?.findings[0]?.geometry).toEqual({ type: "sphere", center: [4, 4, 4], diameterMm: 4 });
    expect((await check(set)).index.cases.map(({ id, site }) => [id, site])).toEqual([
      ["n1", "s1"],
      ["n2", "s2"],
    ]);
  });

  it("keeps faulty files, so that the gates name them", async () => {
    const root = vendorTree();
    copyFileSync(join(root, "a", "CT 1", "003.dcm"), join(root, "a", "CT 1", "copy.dcm"));
    const set = join(folder(), "set");
    expect(await importDataset("dicom", root, set)).toMatchObject({ files: 13 });
    await expect(check(set)).rejects.toMatchObject({ code: "DATASET_GATE_FAILED" });
    expect(await readFile(join(set, "index.json"), "utf8")).toContain("DICOM_SLICE_DUPLICATE");
  });

  it.each([
    ["findings.csv", "series,x,y,z\nnobody,1,2,3\n", "TABLE_INVALID"],
    ["findings.csv", "series,x,y,z\na/CT 1,1,2,far\n", "TABLE_INVALID"],
    ["findings.csv", "series,x,y\na/CT 1,1,2\n", "TABLE_INVALID"],
    ["cases.csv", "series\nc/none\n", "TABLE_INVALID"],
    ["readings.csv", "series,reader,round,x,y,z\na/CT 1,r1,99,,,\n", "TABLE_INVALID"],
  ])("refuses %s that does not fit (%#), and leaves nothing behind", async (name, text, code) => {
    const root = vendorTree();
    writeFileSync(join(root, name), text);
    await expect(importDataset("dicom", root, join(folder(), "set"))).rejects.toMatchObject({ code });
    expect(await readdir(folder())).toEqual(["vendor"]);
  });
});

describe("any importer", () => {
  it("refuses a folder that holds something, and leaves it alone", async () => {
    mkdirSync(join(folder(), "set"));
    writeFileSync(join(folder(), "set", "mine.txt"), "mine");
    mkdirSync(join(folder(), "source"));
    const run = importDataset("dicom", join(folder(), "source"), join(folder(), "set"));
    await expect(run).rejects.toMatchObject({ code: "IMPORT_TARGET_NOT_EMPTY" });
    expect(existsSync(join(folder(), "set", "mine.txt"))).toBe(true);
  });

  it.each([
    ["an unknown importer", "dicomm", {}, "USAGE"],
    ["an unknown option", "dicom", { colour: "red" }, "USAGE"],
    ["a source without images", "dicom", {}, "IMPORT_SOURCE_INVALID"],
    ["a source without its table", "fundus-grades", {}, "DOCUMENT_MISSING"],
  ])("refuses %s", async (_what, importer, options, code) => {
    mkdirSync(join(folder(), "source"));
    const run = importDataset(importer, join(folder(), "source"), join(folder(), "set"), options);
    await expect(run).rejects.toMatchObject({ code });
    expect(existsSync(join(folder(), "set"))).toBe(false);
  });

  it("says that a source is not there", async () => {
    const run = importDataset("dicom", join(folder(), "nowhere"), join(folder(), "set"));
    await expect(run).rejects.toMatchObject({ code: "IMPORT_SOURCE_INVALID" });
  });
});
