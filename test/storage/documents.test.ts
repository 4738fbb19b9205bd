import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { defineDocument, defineLine } from "../../src/contract/document.js";
import { readJson, readJsonLines, readYaml } from "../../src/storage/documents.js";

const card = defineDocument("card-of-test", 1, {
  id: z.string(),
  inner: z.strictObject({ count: z.int() }).optional(),
});
const line = defineLine("line-of-test", 1, { n: z.int() });

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "medassay-documents-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string | Buffer): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe("a YAML document", () => {
  it("is read, with x- keys left out", async () => {
    const path = await file("a.yaml", "schema: medassay/card-of-test/1\nid: a\nx-note: mine\n");
    expect(await readYaml(path, card)).toEqual({ schema: "medassay/card-of-test/1", id: "a" });
  });

  it("names file, line and pointer of what is wrong", async () => {
    const path = await file("a.yaml", "schema: medassay/card-of-test/1\nid: a\ninner:\n  count: many\n");
    await expect(readYaml(path, card)).rejects.toMatchObject({
      code: "DOCUMENT_INVALID",
      file: path,
      line: 4,
      pointer: "/inner/count",
    });
  });

  it("refuses unknown keys and names them", async () => {
    const path = await file("a.yaml", "schema: medassay/card-of-test/1\nid: a\nidd: b\n");
    await expect(readYaml(path, card)).rejects.toMatchObject({ code: "DOCUMENT_INVALID", line: 3, pointer: "/idd" });
  });

  it.each([
    ["a doubled key", "id: a\nid: b\n", "DOCUMENT_SYNTAX"],
    ["no YAML", "a: [\n", "DOCUMENT_SYNTAX"],
    ["another document", "schema: medassay/other/1\nid: a\n", "DOCUMENT_INVALID"],
    ["nothing", "", "DOCUMENT_INVALID"],
    ["endless nesting", "[".repeat(200_000), "LIMIT_EXCEEDED"],
    ["aliases that multiply", aliasBomb(), "LIMIT_EXCEEDED"],
  ])("refuses %s", async (_name, text, code) => {
    await expect(readYaml(await file("a.yaml", text), card)).rejects.toMatchObject({ code });
  });

  it("says that a file is not there", async () => {
    await expect(readYaml(join(folder, "none.yaml"), card)).rejects.toMatchObject({ code: "DOCUMENT_MISSING" });
  });
});

/** Each level holds the level before ten times. */
function aliasBomb(): string {
  const levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 9; level++) {
    const inner = Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ");
    levels.push(`a${level}: &a${level} [${inner}]`);
  }
  return levels.join("\n");
}

describe("JSON and JSON Lines", () => {
  it("refuses JSON that is nested without end", async () => {
    const path = await file("a.json", `${"[".repeat(300_000)}${"]".repeat(300_000)}`);
    await expect(readJson(path, card)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  it("refuses a file that is cut", async () => {
    const path = await file("a.json", '{"schema":"medassay/card-of-test/1","id":');
    await expect(readJson(path, card)).rejects.toMatchObject({ code: "DOCUMENT_SYNTAX", file: path });
  });

  it.each([
    ["a wrong value", '{"n":1}\n{"n":"two"}\n', 2],
    ["an empty line", '{"n":1}\n\n{"n":3}\n', 2],
    ["a torn line", '{"n":1}\n{"n":2}\n{"n"', 3],
  ])("names the line of %s", async (_name, text, number) => {
    await expect(readJsonLines(await file("a.jsonl", text), line)).rejects.toMatchObject({ line: number });
  });

  it("reads an empty file as no lines", async () => {
    expect(await readJsonLines(await file("a.jsonl", ""), line)).toEqual([]);
  });
});
