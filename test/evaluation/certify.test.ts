/** Certification: every value that the package carries agrees here, and a value that does not agree can't pass. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { CertificationCase } from "../../src/contract/certification.js";
import { certify, digitsAgreed } from "../../src/evaluation/certify.js";

const folder = mkdtempSync(join(tmpdir(), "medassay-certify-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = "2026-01-31T09:00:00Z";
const wilson: CertificationCase = {
  id: "wilson",
  topic: "one proportion",
  function: "stats.wilson",
  arguments: [0, 17, 0.95],
  expected: { low: { value: "0" }, high: { value: "0.18431814" } },
  digits: 7,
  sources: ["Wilson 1927"],
};

async function logOf(test: Partial<CertificationCase>) {
  const cases = join(folder, "cases.json");
  writeFileSync(cases, JSON.stringify({ schema: "medassay/certification-cases/1", cases: [{ ...wilson, ...test }] }));
  return certify({ at, out: folder, cases });
}
const verdicts = async (test: Partial<CertificationCase>) => (await logOf(test)).results.map(({ passed }) => passed);

describe("certify", () => {
  it("finds every value that the package carries, on this machine", async () => {
    const log = await certify({ at, out: folder });
    expect(log.results.filter(({ passed }) => !passed)).toEqual([]);
    expect(log.cases).toBeGreaterThan(60);
    expect(log.fewestDigits).toBeGreaterThanOrEqual(11);
    expect(JSON.parse(readFileSync(join(folder, "certification.json"), "utf8"))).toEqual(log);
    expect(readFileSync(join(folder, "certification.md"), "utf8")).toContain("korn-graubard-12-patients");
  });

  it("passes what agrees in the digits asked for, and nothing less", async () => {
    expect(await verdicts({})).toEqual([true, true]);
    expect(await verdicts({ digits: 12 })).toEqual([true, false]);
    expect(await verdicts({ expected: { low: { value: "1e-300" } } })).toEqual([false]);
  });

  it("wants the reason where there is no number, and no number where there is a reason", async () => {
    const none = { function: "stats.kornGraubard", arguments: [[3], [4], 0.95] };
    expect(await verdicts({ ...none, expected: { low: { reason: "too-few-clusters" } } })).toEqual([true]);
    expect(await verdicts({ ...none, expected: { low: { reason: "no-data" } } })).toEqual([false]);
    expect(await verdicts({ ...none, expected: { low: { value: "0.5" } } })).toEqual([false]);
    expect(await verdicts({ expected: { low: { reason: "no-data" } } })).toEqual([false]);
  });

  it("wants the flags that belong to a number", async () => {
    expect(await verdicts({ flags: ["exact-on-clusters"] })).toEqual([false, false]);
  });

  it("records a function that refuses or does not exist instead of ending", async () => {
    for (const test of [{ arguments: [-1, 17, 0.95] }, { function: "stats.nothing" }, { function: "nothing" }]) {
      expect(await verdicts(test)).toEqual([false, false]);
    }
  });
});

describe("digits that agree", () => {
  it("are 16 for the same double, and count from the first significant digit", () => {
    expect(digitsAgreed(0.1, 0.1)).toBe(16);
    expect(digitsAgreed(0, 0)).toBe(16);
    expect(digitsAgreed(1.001e-200, 1e-200)).toBeCloseTo(3, 0);
    expect(digitsAgreed(3, 1)).toBe(0);
  });
  it("are none for a number beside zero, or none at all", () => {
    expect(digitsAgreed(1e-30, 0)).toBe(0);
    expect(digitsAgreed(NaN, 1)).toBe(0);
  });
});
