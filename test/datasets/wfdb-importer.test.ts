/** The importer of WFDB records: which records are taken, whose they are, and what of their annotations. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reference } from "../../src/contract/reading.js";
import { importDataset } from "../../src/datasets/importers/index.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "medassay-wfdb-"));
  mkdirSync(join(root, "source"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Words of code and time since the one before, or text. */
function annotations(...parts: ([code: number, rest: number] | string)[]): Uint8Array {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "string") return Buffer.from(part.length % 2 === 1 ? `${part}\0` : part, "latin1");
      const word = Buffer.alloc(2);
      word.writeUInt16LE((part[0] << 10) | part[1]);
      return word;
    }),
  );
}

function record(name: string, marks: Uint8Array, header = `${name} 2 100 60000\n`, suffix = "atr"): void {
  writeFileSync(join(root, "source", `${name}.hea`), header);
  writeFileSync(join(root, "source", `${name}.${suffix}`), marks);
}

const run = (options: Record<string, string> = {}) =>
  importDataset("wfdb", join(root, "source"), join(root, "set"), options);
const cases = () => readFileSync(join(root, "set/cases.csv"), "utf8").trim().split("\n");
const references = () =>
  readFileSync(join(root, "set/truth/reference.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => reference.type.parse(JSON.parse(line)));

describe("the importer of WFDB records", () => {
  it("takes beats, rhythms, quality and fibrillation, in seconds; notes stay behind", async () => {
    record(
      "a",
      annotations([28, 10], [63, 3], "(N\0", [1, 90], [14, 5], [61, 48], [22, 1], [63, 4], "name", [5, 94], [0, 0]),
      "a 2 100 60000\n# 69 F\n",
    );
    const summary = await run({ site: "s1" });
    expect(summary).toMatchObject({ cases: 1, files: 0, findings: 4, readings: 0 });
    expect(references()[0]?.events).toEqual([
      { time: 0.1, symbol: "+", aux: "(N" },
      { time: 1, symbol: "N" },
      { time: 1.05, symbol: "~", subtype: 48 },
      { time: 2, symbol: "V" },
    ]);
    expect(cases()).toEqual([
      "case_id,patient_id,site_id,image,samplingHz,durationS,leads,ageYears,sex",
      "a,a,s1,,100,600,2,69,F",
    ]);
  });

  it("takes times by the resolution that the file states", async () => {
    const text = "## time resolution: 1000";
    record("a", annotations([22, 0], [63, text.length], text, [1, 500]));
    await run();
    expect(references()[0]?.events).toEqual([{ time: 0.5, symbol: "N" }]);
  });

  it("joins records of one patient", async () => {
    for (const name of ["a", "b", "c", "d"]) record(name, annotations([1, 10]));
    await run({ samePatient: "a + c, b+d" });
    expect(
      cases()
        .slice(1)
        .map((line) => line.split(",").slice(0, 2).join(" ")),
    ).toEqual(["a a", "b b", "c a", "d b"]);
  });

  it("leaves out records with paced beats, unless they are asked for", async () => {
    record("a", annotations([1, 10]));
    record("b", annotations([1, 10], [12, 10]));
    expect((await run()).notes[0]).toBe("records with paced beats left out: b");
    rmSync(join(root, "set"), { recursive: true });
    expect(await run({ paced: "keep" })).toMatchObject({ cases: 2 });
    rmSync(join(root, "set"), { recursive: true });
    rmSync(join(root, "source/a.hea"));
    await expect(run()).rejects.toThrow(/all 1 records .* have paced beats/);
  });

  it("takes the annotator that is named", async () => {
    record("a", annotations([1, 10]), undefined, "ann");
    await expect(run()).rejects.toThrow(/holds no record with a \.hea and a \.atr file/);
    expect(await run({ annotator: "ann" })).toMatchObject({ cases: 1, findings: 1 });
    await expect(run({ annotator: "../x" })).rejects.toThrow(/annotator/);
  });

  it("needs the length of a record", async () => {
    record("a", annotations([1, 10]), "a 2 100\n");
    await expect(run()).rejects.toThrow(/does not say how long/);
  });
});
