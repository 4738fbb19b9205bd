/** The importer of label tables: a table a reader, one the reference; rows are cases by their place. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Reading, Reference } from "../../src/contract/reading.js";
import { readCard } from "../../src/datasets/card.js";
import { check } from "../../src/datasets/check.js";
import { importDataset } from "../../src/datasets/importers/index.js";
import { testFolder } from "./fixtures.js";

const folder = testFolder();
const header = "1dAVb,RBBB,LBBB,SB,AF,ST";

const lines = <T>(file: string): T[] =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as T);

/** A source folder; tables are texts by name. */
function source(annotations: Record<string, string>, attributes?: string): string {
  const root = join(folder(), "source");
  mkdirSync(join(root, "annotations"), { recursive: true });
  for (const [name, text] of Object.entries(annotations)) writeFileSync(join(root, "annotations", name), text);
  if (attributes !== undefined) writeFileSync(join(root, "attributes.csv"), attributes);
  return root;
}

const gold = `${header}\n0,0,0,0,1,0\n0,0,0,0,0,0\n1,1,0,0,0,0\n`;
const tables = {
  "gold_standard.csv": gold,
  "Dr. Li.csv": `${header}\n0,0,0,0,1,0\n0,0,0,1,0,0\n1,0,0,0,0,0\n`,
  "network.csv": `,${header}\n0,0,0,0,0,1,0\n1,0,0,0,0,0,0\n2,1,1,0,0,0,0\n`,
  "notes.txt": "no table",
};
const into = (annotations: Record<string, string>, options?: Record<string, string>, attributes?: string) =>
  importDataset("label-tables", source(annotations, attributes), join(folder(), "set"), options);

describe("label tables", () => {
  it("become a set without images: reference, readings, attributes", async () => {
    const attributes = "row,patient,site,age,sex,device\n1,A 1,S1,34,M,X\n2,A 1,S1,,F,X\n3,B2,S2,70,F,\n";
    const summary = await into(tables, { leaveOut: "network, other" }, attributes);
    expect(summary).toMatchObject({ cases: 3, files: 0, findings: 3, readings: 3 });
    const set = join(folder(), "set");
    const references = lines<Reference>(join(set, "truth/reference.jsonl"));
    expect(references.map((line) => line.case)).toEqual(["c000001", "c000002", "c000003"]);
    expect(references[2]?.labels).toEqual({ "1dAVb": 1, RBBB: 1, LBBB: 0, SB: 0, AF: 0, ST: 0 });
    const readings = lines<Reading>(join(set, "truth/readings.jsonl"));
    expect(new Set(readings.map(({ reader }) => reader)).size).toBe(1);
    expect(readings[1]).toMatchObject({ case: "c000002", round: 1, labels: { SB: 1, AF: 0 } });
    const { card } = await readCard(set);
    expect(card).toMatchObject({ task: "ecg-diagnosis", modality: "ECG", provenance: "public" });
    expect(card.annotators).toEqual([{ id: readings[0]?.reader, role: "reader" }]);
    const { index } = await check(set);
    expect(index.cases.map(({ kind, files }) => [kind, files])).toEqual([
      ["none", []],
      ["none", []],
      ["none", []],
    ]);
    expect(index.cases[0]?.patient).toBe(index.cases[1]?.patient);
    expect(index.cases.map(({ site }) => site)).toEqual(["S1", "S1", "S2"]);
    expect(index.cases[0]?.attributes).toMatchObject({
      ageYears: { value: 34 },
      sex: { value: "M" },
      device: { value: "X" },
    });
    expect(index.cases[1]?.attributes.ageYears).toBeUndefined();
    const asked = index.gates.map(({ message }) => message);
    expect(asked).toContain("fewer positive cases of AF than the 100 asked for");
    expect(asked).toContain("fewer negative cases than the 500 asked for");
  });

  it("without attributes take the site of the option; without readers there are no readings", async () => {
    const summary = await into(
      { "truth.csv": gold },
      { reference: "truth", site: "S9", citation: "somebody 2020", licence: "MIT", owner: "me" },
    );
    expect(summary.readings).toBe(0);
    const { card } = await readCard(join(folder(), "set"));
    expect(card).toMatchObject({ sites: [{ id: "S9" }], annotators: [], citation: "somebody 2020", licence: "MIT" });
    const { index } = await check(join(folder(), "set"));
    expect(index.cases.every(({ site }) => site === "S9")).toBe(true);
  });

  it.each([
    [
      "a table with fewer rows",
      { "gold_standard.csv": gold, "r.csv": `${header}\n0,0,0,0,0,0\n` },
      /1 rows, the reference has 3/,
    ],
    ["a cell that is no label", { "gold_standard.csv": `${header}\n0,0,0,0,2,0\n` }, /row 2: "2" in AF is not 0 or 1/],
    [
      "a class that is missing",
      { "gold_standard.csv": "1dAVb,RBBB,LBBB,SB,AF\n0,0,0,0,0\n" },
      /the column "ST" is missing/,
    ],
    ["a column that is no class", { "gold_standard.csv": `${header},VF\n0,0,0,0,0,0,0\n` }, /no class of the task: VF/],
    [
      "rows that are numbered in another order",
      { "gold_standard.csv": gold, "r.csv": `row,${header}\n0,0,0,0,0,0,0\n2,0,0,0,0,0,0\n1,0,0,0,0,0,0\n` },
      /row 4: the row is numbered 1: the tables are not in the same order/,
    ],
  ])("with %s are refused with the place", async (_, annotations, message) => {
    await expect(into(annotations)).rejects.toMatchObject({
      code: "TABLE_INVALID",
      message: expect.stringMatching(message) as string,
    });
  });

  it("need attributes for every row", async () => {
    await expect(into({ "gold_standard.csv": gold }, {}, "age\n3\n")).rejects.toMatchObject({
      code: "TABLE_INVALID",
      message: expect.stringContaining("1 rows, the reference has 3") as string,
    });
  });

  it("need the reference, a folder of tables, and a task with classes", async () => {
    await expect(into({ "a.csv": gold })).rejects.toMatchObject({
      code: "IMPORT_SOURCE_INVALID",
      hint: "Name the file with --set reference=<name>; there are: a.",
    });
    await expect(importDataset("label-tables", folder(), join(folder(), "other"))).rejects.toMatchObject({
      code: "IMPORT_SOURCE_INVALID",
    });
    await expect(into({ "gold_standard.csv": gold }, { task: "dr-grading" })).rejects.toMatchObject({ code: "USAGE" });
  });
});

describe("a task whose recordings are not read", () => {
  it("refuses a case with a file", async () => {
    await into({ "gold_standard.csv": gold });
    const set = join(folder(), "set");
    const cases = readFileSync(join(set, "cases.csv"), "utf8").replace("c000001,,,", "c000001,,,images/a.dat");
    expect(cases).toContain("images/a.dat");
    writeFileSync(join(set, "cases.csv"), cases);
    await expect(check(set)).rejects.toMatchObject({
      code: "DATASET_GATE_FAILED",
      message: expect.stringContaining("IMAGE_NOT_READ") as string,
    });
  });
});
