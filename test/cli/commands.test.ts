/** The command line as a person or a CI job meets it: help in both languages, errors that say what to do, exit codes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { importers } from "../../src/datasets/importers/index.js";

const main = resolve(fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "medassay-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function medassay(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { cwd: scratch, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("the command line", () => {
  it("lists its commands in both languages", () => {
    expect(medassay("--help", "--lang", "en").stdout).toContain("medassay adjudicate <dataset>");
    expect(medassay("--help", "--lang", "zh-CN").stdout).toContain("封存真值");
  });

  it("names every importer in the help of import", () => {
    const { stdout } = medassay("import", "--help", "--lang", "en");
    expect(stdout.replace(/\s+/g, " ")).toContain(`importer: ${importers.map(({ id }) => id).join(", ")}`);
  });

  it("refuses what it does not know with exit code 2 and a hint", () => {
    const unknown = medassay("evalute", "x");
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toContain("evaluate");
    expect(medassay("check", "x", "--colour").status).toBe(2);
    expect(medassay("run", "x", "y", "--out", "z", "--jobs", "0").status).toBe(2);
  });

  it("names the missing file and what to do", () => {
    const { status, stderr } = medassay("check", "nowhere");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^DOCUMENT_MISSING: .*nowhere.dataset\.yaml/);
    expect(stderr).toContain("what to do");
  });

  it("gives one JSON document for an error with --json", () => {
    const { status, stdout } = medassay("evaluate", "nowhere", "--json");
    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "DOCUMENT_MISSING" } });
  });

  it("never overwrites a key or a document", () => {
    expect(medassay("keygen", "custodian.key").stdout).toMatch(/^age1/);
    expect(medassay("keygen", "custodian.key").status).toBe(2);
    expect(medassay("init", "protocol").status).toBe(0);
    expect(medassay("init", "protocol").status).toBe(2);
  });
});

describe("plan", () => {
  const cases = (...words: string[]) =>
    JSON.parse(medassay("plan", ...words, "--json").stdout) as { units: number; cases: number };

  it("gives the sizes of the exact test, from which on every larger size keeps the power", () => {
    expect(cases("target", "--target", "0.85", "--expected", "0.9").units).toBe(379);
  });

  it("inflates by the design effect and the prevalence", () => {
    const plain = cases("precision", "--expected", "0.9", "--half-width", "0.05");
    expect(plain.units).toBe(139);
    const clustered = ["--per-patient", "3", "--icc", "0.2", "--share", "0.5"];
    expect(cases("precision", "--expected", "0.9", "--half-width", "0.05", ...clustered).cases).toBe(
      // of 138.29 units, rounded up at the end alone
      Math.ceil(((1.959963984540054 ** 2 * 0.09) / 0.05 ** 2 / 0.5) * 1.4),
    );
  });

  it("says what a question needs", () => {
    const { status, stderr } = medassay("plan", "target");
    expect(status).toBe(2);
    expect(stderr).toContain("--target");
  });
});
