import { copyFile, mkdir, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { CaseIndex, GateFinding } from "../../src/contract/case-index.js";
import { check } from "../../src/datasets/check.js";
import type { NewCase } from "../../src/datasets/importers/importer.js";
import { seal } from "../../src/datasets/seal.js";
import { generateKeyPair } from "../../src/storage/encrypted-archive.js";
import { cardOf, readingLine, referenceLine, sphere, testFolder, writeSeries, writeSet } from "./fixtures.js";

const folder = testFolder();

/** A set of two CT cases of two patients. */
async function ctSet(
  more: { cases?: Partial<NewCase>; waivers?: { code: string; reason: string; cases?: string[] }[] } = {},
) {
  writeSeries(join(folder(), "images", "c1"), "one");
  writeSeries(join(folder(), "images", "c2"), "two", { salt: 1 });
  const cases: NewCase[] = [
    { id: "c1", patient: "p1", site: "s1", image: "images/c1", ...more.cases },
    { id: "c2", patient: "p2", site: "s1", image: "images/c2" },
  ];
  await writeSet(folder(), {
    card: cardOf({ waivers: more.waivers ?? [] }),
    cases,
    reference: [referenceLine("c1", [sphere("secret-mark", [4, 4, 4], 3)]), referenceLine("c2")],
  });
}

const readIndex = async () => JSON.parse(await readFile(join(folder(), "index.json"), "utf8")) as CaseIndex;

/** Runs the check, which must fail on its gates, and gives the findings that are errors. */
async function errorsOf(): Promise<GateFinding[]> {
  await expect(check(folder())).rejects.toMatchObject({ code: "DATASET_GATE_FAILED", exit: 3 });
  return (await readIndex()).gates.filter(({ severity, waived }) => severity === "error" && waived === undefined);
}

describe("a sound set", () => {
  it("has an index of cases, files, geometry and attributes with their origin", async () => {
    await ctSet({ cases: { attributes: { region: "south", dose: "low" } } });
    const { index, indexHash } = await check(folder());
    expect(indexHash).toMatch(/^[0-9a-f]{64}$/);
    const [first] = index.cases;
    expect(first?.geometry).toEqual({
      shape: [8, 8, 6],
      spacing: [1, 1, 2],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      origin: [0, 0, 0],
    });
    // File names run against the slices: reading order is that of positions.
    expect(first?.files.map(({ path }) => path)).toEqual(
      ["006", "005", "004", "003", "002", "001"].map((name) => `images/c1/${name}.dcm`),
    );
    expect(first?.attributes).toMatchObject({
      manufacturer: { value: "Siemens", origin: "header" },
      sliceThicknessMm: { value: 2, origin: "header" },
      sliceSpacingMm: { value: 2, origin: "computed" },
      region: { value: "south", origin: "declared" },
      dose: { value: "low", origin: "declared" },
      site: { value: "s1", origin: "declared" },
    });
    expect(index.cases[1]?.attributes.region).toEqual({ value: "north", origin: "declared" });
    expect(index.gates.every(({ severity }) => severity !== "error")).toBe(true);
  });

  it("has the same index each time, with any number of jobs", async () => {
    await ctSet();
    const once = await check(folder(), { jobs: 1 });
    const bytes = await readFile(join(folder(), "index.json"));
    const again = await check(folder(), { jobs: 4 });
    expect(again.indexHash).toBe(once.indexHash);
    expect((await readFile(join(folder(), "index.json"))).equals(bytes)).toBe(true);
  });

  it("has no word of the truth in its index", async () => {
    await ctSet();
    await check(folder());
    const text = await readFile(join(folder(), "index.json"), "utf8");
    expect(text).not.toMatch(/secret-mark|diameterMm|"findings"|sphere/);
  });

  it("takes an unknown patient as a case of its own and an unknown site as unknown, and says so", async () => {
    await ctSet({ cases: { patient: undefined, site: undefined } });
    const [first] = (await check(folder())).index.cases;
    expect([first?.patient, first?.site]).toEqual(["c1", "unknown"]);
    expect(first?.attributes).toMatchObject({ patient: { origin: "assumed" }, site: { origin: "assumed" } });
  });

  it("uses the header's value where cases.csv differs, with a warning", async () => {
    await ctSet({ cases: { attributes: { manufacturer: "GE MEDICAL SYSTEMS", kvp: 120 } } });
    const { index } = await check(folder());
    expect(index.cases[0]?.attributes.manufacturer).toEqual({ value: "Siemens", origin: "header" });
    const differs = index.gates.filter(({ code }) => code === "ATTRIBUTE_DIFFERS");
    expect(differs).toMatchObject([
      { severity: "warning", cases: ["c1"], message: expect.stringContaining("manufacturer") },
    ]);
  });

  it("joins tables of attributes and counts what did not join", async () => {
    await ctSet();
    await mkdir(join(folder(), "attributes"));
    await writeFile(
      join(folder(), "attributes", "clinic.csv"),
      "case_id,ageYears,smoker\nc1,64,yes\nc7,50,no\nc8,51,no\n",
    );
    const { index } = await check(folder());
    expect(index.joins).toEqual([{ table: "attributes/clinic.csv", joined: 1, notRecorded: 1, unused: 2 }]);
    expect(index.cases[0]?.attributes.smoker).toEqual({ value: "yes", origin: "declared" });
    // The header knows the age: it wins.
    expect(index.cases[0]?.attributes.ageYears).toEqual({ value: 61, origin: "header" });
  });

  it.each([
    ["segmentation", "segmentation: { surface: border-voxel }", "/segmentation"],
    ["a primary metric of which neither more nor less is better", "primary: bias", "/primary"],
    ["match beside a compatibility mode", "compatibility: luna16\nmatch: { rule: centre-in-lesion }", "/match"],
  ])("refuses what a protocol can't mean: %s", async (_, section, pointer) => {
    await ctSet();
    await writeFile(
      join(folder(), "protocol.yaml"),
      `schema: medassay/protocol/1\ntask: lung-nodule-detection\n${section}\n`,
    );
    await expect(check(folder())).rejects.toMatchObject({ code: "DOCUMENT_INVALID", pointer });
  });

  it("warns that a small set is smaller than its task asks for; as an error only where the protocol requires it", async () => {
    await ctSet();
    const { index } = await check(folder());
    expect(index.gates.filter(({ code }) => code === "COMPOSITION").length).toBeGreaterThan(3);
    await writeFile(
      join(folder(), "protocol.yaml"),
      "schema: medassay/protocol/1\ntask: lung-nodule-detection\nrequireComposition: true\n",
    );
    expect((await errorsOf()).every(({ code }) => code === "COMPOSITION")).toBe(true);
  });
});

describe("images that can't be used", () => {
  it("are named: a truncated file", async () => {
    await ctSet();
    await truncate(join(folder(), "images", "c1", "003.dcm"), 700);
    const errors = await errorsOf();
    expect(errors).toContainEqual(
      expect.objectContaining({ code: "DICOM_TRUNCATED", cases: ["c1"], files: ["images/c1/003.dcm"] }),
    );
    expect((await readIndex()).cases[0]?.issues).toContain("DICOM_TRUNCATED");
  });

  it("are named: the neighbours of a missing slice", async () => {
    await ctSet();
    await rm(join(folder(), "images", "c1", "003.dcm"));
    expect(await errorsOf()).toContainEqual(
      expect.objectContaining({
        code: "DICOM_SLICE_MISSING",
        cases: ["c1"],
        files: expect.arrayContaining(["images/c1/002.dcm", "images/c1/004.dcm"]),
      }),
    );
    expect((await readIndex()).cases[0]?.geometry).toBeUndefined();
  });

  it("are named: two series in one folder", async () => {
    await ctSet();
    const [file = ""] = writeSeries(join(folder(), "other"), "three", { salt: 2 });
    await copyFile(file, join(folder(), "images", "c1", "x.dcm"));
    expect((await errorsOf()).map(({ code }) => code)).toContain("DICOM_SERIES_MIXED");
  });

  it("are named: an image that is not there, an empty folder, a link", async () => {
    await ctSet();
    await rm(join(folder(), "images", "c1"), { recursive: true });
    expect(await errorsOf()).toMatchObject([{ code: "IMAGE_MISSING", cases: ["c1"], files: ["images/c1"] }]);
    await mkdir(join(folder(), "images", "c1"));
    expect(await errorsOf()).toMatchObject([{ code: "IMAGE_EMPTY", cases: ["c1"] }]);
    await symlink(join(folder(), "images", "c2", "001.dcm"), join(folder(), "images", "c1", "001.dcm"));
    expect(await errorsOf()).toMatchObject([{ code: "PATH_UNSAFE", cases: ["c1"] }]);
  });
});

describe("duplicates", () => {
  it("of pixels are found under other UIDs, names and headers", async () => {
    await ctSet();
    await rm(join(folder(), "images", "c2"), { recursive: true });
    writeSeries(join(folder(), "images", "c2"), "two", { patientId: "renamed" });
    expect(await errorsOf()).toMatchObject([{ code: "DUPLICATE_ACROSS_PATIENTS", cases: ["c1", "c2"] }]);
  });

  it("within a patient are a warning", async () => {
    await ctSet({ cases: { patient: "p2" } });
    await rm(join(folder(), "images", "c2"), { recursive: true });
    writeSeries(join(folder(), "images", "c2"), "two", { patientId: "one" });
    const { index } = await check(folder());
    expect(index.gates.map(({ code }) => code)).toContain("DUPLICATE_WITHIN_PATIENT");
  });

  it("of UIDs are errors, although the pixels differ", async () => {
    await ctSet();
    await rm(join(folder(), "images", "c2"), { recursive: true });
    writeSeries(join(folder(), "images", "c2"), "one", { salt: 3 });
    const codes = (await errorsOf()).map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(["UID_DUPLICATE"]));
  });

  it("of patients in the headers are reported", async () => {
    await ctSet();
    await rm(join(folder(), "images", "c2"), { recursive: true });
    writeSeries(join(folder(), "images", "c2"), "two", { salt: 1, patientId: "one" });
    const { index } = await check(folder());
    expect(index.gates).toContainEqual(expect.objectContaining({ code: "PATIENT_CONFLICT", cases: ["c1", "c2"] }));
  });
});

describe("truth and its join", () => {
  it("must name the cases of the list, each once, and lie inside the images", async () => {
    await ctSet();
    const lines = [referenceLine("c1", [sphere("f1", [4, 4, 40], 3)]), referenceLine("c9")];
    await writeFile(
      join(folder(), "truth", "reference.jsonl"),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    const errors = await errorsOf();
    expect(errors).toMatchObject([
      { code: "REFERENCE_JOIN", cases: ["c9"] },
      { code: "REFERENCE_JOIN", cases: ["c2"] },
      { code: "ANNOTATION_OUTSIDE", cases: ["c1"] },
    ]);
    expect(JSON.stringify(errors)).not.toContain("40");
  });

  it("finds readings twice, of strangers, and an arbiter who reads his own case", async () => {
    await ctSet();
    const lines = [
      readingLine("c1", "r1", 1),
      readingLine("c1", "r1", 1),
      readingLine("c8", "r1", 1),
      readingLine("c2", "r1", 0),
      readingLine("c2", "r1", 1),
    ];
    await writeFile(
      join(folder(), "truth", "readings.jsonl"),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    expect((await errorsOf()).map(({ code, cases }) => [code, cases])).toEqual([
      ["READINGS_JOIN", ["c8"]],
      ["READINGS_JOIN", ["c1"]],
      ["ARBITER_IS_READER", ["c2"]],
    ]);
  });
});

describe("waivers", () => {
  it("let an error stand with the owner's reason; those that fit nothing are reported", async () => {
    await ctSet({
      waivers: [
        { code: "IMAGE_MISSING", cases: ["c1"], reason: "lost at the site" },
        { code: "UID_DUPLICATE", reason: "never happened" },
      ],
    });
    await rm(join(folder(), "images", "c1"), { recursive: true });
    const { index } = await check(folder());
    expect(index.gates).toContainEqual(expect.objectContaining({ code: "IMAGE_MISSING", waived: "lost at the site" }));
    expect(index.gates).toContainEqual(expect.objectContaining({ code: "WAIVER_UNUSED", severity: "warning" }));
  });

  it("do not cover other cases", async () => {
    await ctSet({ waivers: [{ code: "IMAGE_MISSING", cases: ["c2"], reason: "another case" }] });
    await rm(join(folder(), "images", "c1"), { recursive: true });
    expect((await errorsOf()).map(({ code }) => code)).toEqual(["IMAGE_MISSING"]);
  });
});

describe("tables", () => {
  const cases = (text: string | Buffer) => writeFile(join(folder(), "cases.csv"), text);

  it("an empty list of cases is an error of its own", async () => {
    await ctSet();
    await cases("case_id,patient_id,site_id,image\n");
    await expect(check(folder())).rejects.toMatchObject({ code: "DATASET_EMPTY", exit: 3 });
  });

  it.each([
    ["a case twice", "case_id,image\nc1,images/c1\nc1,images/c2\n", "TABLE_INVALID", 3],
    ["a row of other length", "case_id,image\nc1\n", "TABLE_INVALID", 2],
    ["no id", "case_id,image\n../c1,images/c1\n", "TABLE_INVALID", 2],
    ["a missing column", "case,image\nc1,images/c1\n", "TABLE_INVALID", 1],
    ["a column twice", "case_id,image,kvp,kvp\nc1,images/c1,1,2\n", "TABLE_INVALID", 1],
    ["a number that is none", "case_id,image,kvp\nc1,images/c1,many\n", "TABLE_INVALID", 2],
    ["a path that leaves the folder", "case_id,image\nc1,../secret\n", "PATH_UNSAFE", 2],
  ])("name the row of %s", async (_what, text, code, line) => {
    await ctSet();
    await cases(text);
    await expect(check(folder())).rejects.toMatchObject({ code, line });
  });

  it("may be UTF-8 with a mark, or GB 18030", async () => {
    await ctSet();
    const rows = "case_id,patient_id,site_id,image,region\nc1,p1,s1,images/c1,";
    const end = "\nc2,p2,s1,images/c2,\n";
    // 华东 in GB 18030.
    for (const region of [Buffer.from([0xbb, 0xaa, 0xb6, 0xab]), Buffer.from("华东")]) {
      const mark = region.length === 4 ? Buffer.alloc(0) : Buffer.from([0xef, 0xbb, 0xbf]);
      await cases(Buffer.concat([mark, Buffer.from(rows), region, Buffer.from(end)]));
      expect((await check(folder())).index.cases[0]?.attributes.region?.value).toBe("华东");
    }
  });
});

describe("de-identification", () => {
  it("is screened in DICOM headers, and no value is repeated", async () => {
    await ctSet();
    await rm(join(folder(), "images", "c2"), { recursive: true });
    for (const file of writeSeries(join(folder(), "images", "c2"), "two", { salt: 1, patientName: "Zhang^San" })) {
      // (0012,0062) Patient Identity Removed, CS: from YES to NO.
      const bytes = await readFile(file);
      const at = bytes.indexOf(Buffer.from([0x12, 0x00, 0x62, 0x00]));
      expect(bytes.toString("latin1", at + 8, at + 11)).toBe("YES");
      bytes.write("NO  ", at + 8, "latin1");
      await writeFile(file, bytes);
    }
    const { index } = await check(folder());
    expect(index.gates).toContainEqual(
      expect.objectContaining({
        code: "DEIDENTIFICATION",
        cases: ["c2"],
        message: expect.stringContaining("PatientName"),
      }),
    );
    expect(await readFile(join(folder(), "index.json"), "utf8")).not.toContain("Zhang");
  });

  it("is screened in the EXIF block of photographs", async () => {
    const pixels = { create: { width: 40, height: 30, channels: 3 as const, background: { r: 90, g: 40, b: 10 } } };
    await mkdir(join(folder(), "images"));
    const exif = { IFD0: { Artist: "somebody" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" } };
    await sharp(pixels)
      .withExif(exif)
      .jpeg()
      .toFile(join(folder(), "images", "e1.jpg"));
    await sharp(pixels)
      .extend({ top: 2 })
      .jpeg()
      .toFile(join(folder(), "images", "e2.jpg"));
    await writeSet(folder(), {
      card: cardOf({ task: "dr-grading", modality: "OP" }),
      cases: [
        { id: "e1", patient: "p1", image: "images/e1.jpg" },
        { id: "e2", patient: "p2", image: "images/e2.jpg" },
      ],
    });
    const { index } = await check(folder());
    expect(index.cases.map(({ size }) => size)).toEqual([
      [40, 30],
      [40, 32],
    ]);
    const screened = index.gates.filter(({ code }) => code === "DEIDENTIFICATION");
    expect(screened).toMatchObject([{ cases: ["e1"], message: expect.stringMatching(/Artist.*GPSInfo/) }]);
  });

  it("does not stop at a photograph that is damaged: it is named", async () => {
    await mkdir(join(folder(), "images"));
    await writeFile(join(folder(), "images", "e1.jpg"), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]));
    await writeSet(folder(), {
      card: cardOf({ task: "dr-grading", modality: "OP" }),
      cases: [{ id: "e1", patient: "p1", image: "images/e1.jpg" }],
    });
    expect(await errorsOf()).toMatchObject([{ code: "RASTER_CORRUPT", cases: ["e1"], files: ["images/e1.jpg"] }]);
  });
});

describe("a sealed set", () => {
  it("is compared with its index, which stays as it was sealed", async () => {
    await ctSet();
    const { indexHash } = await check(folder());
    await seal(folder(), { recipients: [(await generateKeyPair()).recipient] });
    expect((await check(folder())).indexHash).toBe(indexHash);
    const [file = ""] = writeSeries(join(folder(), "images", "c2"), "two", { salt: 5 });
    expect(file).toContain("c2");
    const before = await readFile(join(folder(), "index.json"));
    await expect(check(folder())).rejects.toMatchObject({
      code: "DATASET_CHANGED",
      exit: 5,
      message: expect.stringContaining("c2"),
    });
    expect((await readFile(join(folder(), "index.json"))).equals(before)).toBe(true);
  });
});
